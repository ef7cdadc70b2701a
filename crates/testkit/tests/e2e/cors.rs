//! Pages of every origin may call, without credentials.

use reqwest::Method;
use testkit::{Answer, Caller};

use crate::desk::{play, unauthorized};

const ORIGIN: &str = "https://app.example.com";

#[track_caller]
fn open_to_all(answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{}", answer.asked);
    assert_eq!(answer.header("access-control-allow-credentials"), None, "{}", answer.asked);
}

#[tokio::test]
async fn a_preflight_is_answered() {
    play(async |desk| {
        for (method, path) in [
            ("GET", "/users/u"),
            ("POST", "/orders"),
            ("PUT", "/locations/l/resources/r"),
            ("DELETE", "/users/u/bookings/b"),
            ("POST", "/book"),
            ("POST", "/DynamoDBManager"),
        ] {
            let call = desk.anonymous.call(Method::OPTIONS, path).plain().header("origin", ORIGIN);
            let call = call.header("access-control-request-method", method);
            let answer = call.header("access-control-request-headers", "authorization,x-amz-target,x-api-key").await;
            assert!([200, 204].contains(&answer.status), "{path}: {}", answer.status);
            open_to_all(&answer);
            let methods = answer.header("access-control-allow-methods").unwrap_or_default();
            assert!(methods.split(',').any(|one| one.trim() == method), "{path}: {methods}");
            let headers = answer.header("access-control-allow-headers").unwrap_or_default().to_lowercase();
            for needed in ["authorization", "content-type", "x-api-key"] {
                assert!(headers.split(',').any(|one| one.trim() == needed), "{path}: {headers}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn successes_and_refusals_are_open_to_all() {
    play(async |desk| {
        let (guest, anonymous) = (&desk.guest, &desk.anonymous);
        open_to_all(&guest.get("/locations").header("origin", ORIGIN).await.expect(200));
        open_to_all(&guest.get("/users").header("origin", ORIGIN).await.expect(403));
        open_to_all(&guest.get(&format!("/orders/{}", desk.name)).header("origin", ORIGIN).await.expect(404));
        let answer = anonymous.get("/orders").plain().header("origin", ORIGIN).await;
        unauthorized(&answer);
        open_to_all(&answer);
    })
    .await;
}
