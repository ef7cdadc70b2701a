//! What nobody, a guest and an administrator may do.

use serde_json::json;
use testkit::Caller;

use crate::desk::{play, unauthorized};

#[tokio::test]
async fn who_is_not_signed_in_is_refused() {
    play(async |desk| {
        let name = &desk.name;
        for path in ["/users", "/orders", "/locations", "/availability"] {
            unauthorized(&desk.anonymous.get(path).plain().await);
        }
        unauthorized(&desk.anonymous.get(&format!("/query/{name}")).plain().await);
        unauthorized(&desk.anonymous.post("/book", &json!({})).plain().await);
        unauthorized(&desk.anonymous.post("/DynamoDBManager", &json!({"operation": "ping"})).plain().await);
        unauthorized(&desk.anonymous.put(&format!("/locations/{name}"), &json!({"name": name})).plain().await);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_was_altered_is_refused() {
    play(async |desk| {
        let (signed, signature) = desk.admin.tokens.id.rsplit_once('.').unwrap();
        let middle = signature.len() / 2;
        let (first, other) = (&signature[..middle], if &signature[middle..=middle] == "A" { "B" } else { "A" });
        for forged in
            [format!("{signed}.{first}{other}{}", &signature[middle + 1..]), format!("{signed}."), "x".to_owned()]
        {
            unauthorized(&desk.anonymous.get("/users").authorization(&forged).plain().await);
            unauthorized(&desk.anonymous.get("/users").authorization(&format!("Bearer {forged}")).plain().await);
        }
        let bearer = format!("Bearer {}", desk.admin.tokens.id);
        desk.anonymous.get("/users").authorization(&bearer).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_guest_may_not_do_what_administrators_do() {
    play(async |desk| {
        let (guest, name) = (&desk.guest, &desk.name);
        let body = json!({"userid": name, "name": name});
        guest.get("/users").await.problem(403, "forbidden");
        guest.post("/users", &body).await.problem(403, "forbidden");
        guest.put("/locations", &body).await.problem(403, "forbidden");
        guest.put(&format!("/locations/{name}"), &body).await.problem(403, "forbidden");
        guest.delete(&format!("/locations/{name}")).await.problem(403, "forbidden");
        guest.put(&format!("/locations/{name}/resources/{name}"), &body).await.problem(403, "forbidden");
        guest.post("/DynamoDBManager", &json!({"operation": "ping"})).await.problem(403, "forbidden");
        desk.admin.get(&format!("/locations/{name}")).await.problem(404, "not-found");
    })
    .await;
}

#[tokio::test]
async fn another_users_path_is_refused_whether_or_not_it_is_there() {
    play(async |desk| {
        let guest = &desk.guest;
        for other in [&desk.admin.sub, &desk.name] {
            for path in ["", "/bookings", "/bookings/b", "/orders"] {
                guest.get(&format!("/users/{other}{path}")).await.problem(403, "forbidden");
            }
            guest.put(&format!("/users/{other}"), &json!({"name": "x"})).await.problem(403, "forbidden");
            guest.delete(&format!("/users/{other}")).await.problem(403, "forbidden");
        }
        guest.get("/users/{me}/bookings").await.expect(200);
        desk.admin.get(&guest.path("/bookings")).await.expect(200);
    })
    .await;
}
