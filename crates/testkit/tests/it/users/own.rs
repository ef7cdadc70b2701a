//! GET, PUT and DELETE /users/{userid} by the owner.

use serde_json::json;
use testkit::{Caller, TestApp, claims};

#[tokio::test]
async fn signing_up_creates_the_profile() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let profile = ada.get("/users/{me}").await.json(200);
    assert_eq!(profile["userid"], ada.sub.as_str());
    assert_eq!(profile["timestamp"], "2030-01-01T12:00:00.000Z");
    assert_eq!(profile.get("email"), None, "account data is the pool's");
}

#[tokio::test]
async fn put_replaces_the_whole_profile_and_the_path_decides_the_id() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.put("/users/{me}", &json!({"name": "Ada", "old": true})).await.expect(200);
    app.clock.advance_seconds(1);
    let body = json!({"userid": "other", "timestamp": "mine", "name": "A. L.", "new": {"a/b": [1.25]}});
    let replaced = ada.put("/users/{me}", &body).await.json(200);
    let wanted =
        json!({"userid": ada.sub, "timestamp": "2030-01-01T12:00:01.000Z", "name": "A. L.", "new": {"a/b": [1.25]}});
    assert_eq!(replaced, wanted);
    assert_eq!(ada.get("/users/{me}").await.json(200), wanted);
}

#[tokio::test]
async fn a_deleted_profile_is_gone_and_deleting_again_is_fine() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    assert_eq!(ada.delete("/users/{me}").await.json(200), json!({}));
    ada.get("/users/{me}").await.problem(404, "not-found");
    assert_eq!(ada.delete("/users/{me}").await.json(200), json!({}));
    ada.put("/users/{me}", &json!({"name": "Ada"})).await.expect(200);
    assert_eq!(ada.get("/users/{me}").await.json(200)["name"], "Ada");
}

#[tokio::test]
async fn account_data_cannot_be_changed_through_a_profile() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let body = json!({"sub": "x", "email": "root@example.com", "groups": ["apiAdmins"], "cognito:groups": ["apiAdmins"],
        "status": "DISABLED"});
    ada.put("/users/{me}", &body).await.expect(200);
    let again = app.cognito.signed_in(ada.sub.clone(), &ada.email, &ada.password).await;
    let claims = claims(&again.tokens.id);
    assert_eq!((&claims["sub"], &claims["email"]), (&json!(ada.sub), &json!("ada@example.com")));
    assert_eq!(claims.get("cognito:groups"), None);
    again.get("/users").await.problem(403, "forbidden");
}
