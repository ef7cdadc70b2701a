//! Every origin may read, and credentials are never asked for.

use reqwest::Method;
use testkit::{Answer, Caller, TestApp};

use crate::operations::operations;

#[track_caller]
fn open_to_all(answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{}", answer.asked);
    assert_eq!(answer.header("access-control-allow-credentials"), None, "{}", answer.asked);
}

#[tokio::test]
async fn a_preflight_is_answered_on_every_route() {
    let app = TestApp::start().await;
    for operation in operations(&app).await {
        let call = app.anonymous().call(Method::OPTIONS, &operation.example_path());
        let call =
            call.header("origin", "https://app.example.com").header("access-control-request-method", &operation.method);
        let answer = call.header("access-control-request-headers", "authorization,x-amz-target,x-api-key").await;
        assert!([200, 204].contains(&answer.status), "{}: {}", operation.name(), answer.status);
        open_to_all(&answer);
        let list = |name: &str| -> Vec<String> {
            answer.header(name).unwrap_or_default().split(',').map(|item| item.trim().to_lowercase()).collect()
        };
        assert!(
            list("access-control-allow-methods").contains(&operation.method.to_lowercase()),
            "{}",
            operation.name()
        );
        let headers = list("access-control-allow-headers");
        for needed in ["authorization", "content-type", "x-amz-target", "x-api-key", "if-match", "idempotency-key"] {
            assert!(headers.iter().any(|header| header == needed), "{needed}");
        }
    }
}

#[tokio::test]
async fn successes_refusals_and_the_pools_answers_are_open_to_all() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let origin = "https://app.example.com";
    open_to_all(&ada.get("/users/{me}").header("origin", origin).await);
    open_to_all(&ada.get("/users").header("origin", origin).await.expect(403));
    open_to_all(&app.anonymous().get("/orders").header("origin", origin).await.expect(401));
    open_to_all(&app.anonymous().get("/nowhere").header("origin", origin).await.expect(404));
    open_to_all(&app.cognito.initiate("nobody@example.com", "x").await.expect(400));
    let exposed = ada.get("/users/{me}").await.header("access-control-expose-headers").unwrap().to_lowercase();
    for header in ["etag", "link", "x-request-id"] {
        assert!(exposed.contains(header), "{exposed}");
    }
}
