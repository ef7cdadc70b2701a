//! Two instances on the same tables: what one does, the other knows, at once or within a bounded time.

use serde_json::json;
use testkit::{Caller, HOUR, NINE, TestApp, User, booking_of};

/// How long an instance believes what it knows of an account (`epoch_seconds`).
const EPOCH_SECONDS: i64 = 60;

async fn two() -> (TestApp, TestApp) {
    let one = TestApp::on_dynamodb().await;
    let other = one.beside().await;
    (one, other)
}

/// The same user, who turns to another instance.
fn at(user: &User, app: &TestApp) -> User {
    User { http: app.http.clone(), ..user.clone() }
}

#[tokio::test]
async fn tokens_of_one_are_good_at_the_other() {
    let (one, other) = two().await;
    let ada = one.user("ada").await;
    at(&ada, &other).get("/users/{me}").await.expect(200);
    let bob = other.user("bob").await;
    at(&bob, &one).get("/users/{me}").await.expect(200);
    // Also refresh tokens, and the administrator that either of them made.
    let body = json!({
        "ClientId": testkit::CLIENT, "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": ada.tokens.refresh},
    });
    other.cognito.act("InitiateAuth", &body).await.expect(200);
    assert_eq!(one.admin().await.get("/users").await.array().len(), 3);
    assert_eq!(other.admin().await.sub, one.admin().await.sub);
}

#[tokio::test]
async fn what_one_revokes_the_other_believes_no_longer_than_it_may() {
    for action in ["AdminUserGlobalSignOut", "AdminDisableUser", "AdminDeleteUser"] {
        let (one, other) = two().await;
        let ada = one.user("ada").await;
        let elsewhere = at(&ada, &other);
        elsewhere.get("/users/{me}").await.expect(200);
        one.cognito.admin_user(action, &ada.email).await.expect(200);
        ada.get("/users/{me}").await.expect(401);
        one.clock.advance_seconds(EPOCH_SECONDS);
        elsewhere.get("/users/{me}").await.expect(401);
    }
}

#[tokio::test]
async fn a_repeated_request_is_answered_by_the_other_too() {
    let (one, other) = two().await;
    one.admin().await.resource("l", "r", 1).await;
    let ada = one.user("ada").await;
    let book = |user: &User| user.put("/users/{me}/bookings", &booking_of("r", NINE, 60)).key("k");
    let first = book(&ada).await.expect(201);
    let again = book(&at(&ada, &other)).await.expect(201);
    assert_eq!(again.body, first.body);
    assert!(again.header("idempotent-replayed").is_some());
    let refused = at(&ada, &other).put("/users/{me}/bookings", &booking_of("r", NINE, 60)).key("l").await.expect(409);
    let repeated = ada.put("/users/{me}/bookings", &booking_of("r", NINE, 60)).key("l").await.expect(409);
    assert_eq!(refused.json(409)["conflicts"], repeated.json(409)["conflicts"]);
    ada.book("b", "r", NINE + HOUR, 60).await.expect(201);
}

#[tokio::test]
async fn a_key_whose_tombstone_has_gone_can_be_used_again_and_versions_grow() {
    let app = TestApp::on_dynamodb().await;
    let mut last = 0;
    let mut versions = Vec::new();
    for round in 0..4 {
        let admin = app.admin().await;
        admin.location("l").await;
        let version: i64 = admin.get("/locations/l").await.etag().trim_matches('"').parse().unwrap();
        assert!(version > last, "{version} after {last}");
        versions.push(version);
        last = version;
        admin.delete("/locations/l").await.expect(200);
        admin.get("/locations/l").await.problem(404, "not-found");
        // Its time to live takes the tombstone away: a day later, and in every other round.
        if round % 2 == 0 {
            let key = aws_sdk_dynamodb::types::AttributeValue::S("l".to_owned());
            let table = app.raw_tables();
            let there = table.get_item().table_name("locations").key("locationID", key.clone()).send().await.unwrap();
            let end: i64 = there.item.unwrap()["_fd_expiration"].as_n().unwrap().parse().unwrap();
            app.clock.advance_seconds(end - app.now_seconds());
            table.delete_item().table_name("locations").key("locationID", key).send().await.unwrap();
        }
        app.admin().await.get("/locations/l").await.problem(404, "not-found");
    }
    println!("{versions:?}");
}
