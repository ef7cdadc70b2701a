//! POST /users.

use serde_json::json;
use testkit::{Caller, TestApp, is_timestamp, is_uuid};

#[tokio::test]
async fn an_administrator_creates_a_profile_under_a_chosen_id_and_gets_the_stored_object() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({"userid": "u-1", "name": "Ada", "timestamp": "mine", "shoe": {"size": 38.50}, "tags": [1, null]});
    let stored = admin.post("/users", &body).await.json(200);
    assert_eq!(stored["userid"], "u-1");
    assert_eq!(stored["name"], "Ada");
    assert_eq!(stored["shoe"]["size"].to_string(), "38.5");
    assert_eq!(stored["tags"], json!([1, null]));
    assert_eq!(stored["timestamp"], "2030-01-01T12:00:00.000Z");
    assert_eq!(admin.get("/users/u-1").await.json(200), stored);
}

#[tokio::test]
async fn a_profile_without_a_chosen_id_gets_a_new_one() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let first = admin.post("/users", &json!({"name": "A"})).await.json(200);
    let second = admin.post("/users", &json!({"name": "A"})).await.json(200);
    assert!(is_uuid(&first["userid"]) && is_uuid(&second["userid"]));
    assert_ne!(first["userid"], second["userid"]);
    assert!(is_timestamp(&first["timestamp"]));
}

#[tokio::test]
async fn an_id_that_is_taken_is_a_conflict_and_changes_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.post("/users", &json!({"userid": "u", "name": "A"})).await.expect(200);
    admin.post("/users", &json!({"userid": "u", "name": "B"})).await.problem(409, "exists");
    assert_eq!(admin.get("/users/u").await.json(200)["name"], "A");
}

#[tokio::test]
async fn only_administrators_create_profiles() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.post("/users", &json!({"name": "A"})).await.problem(403, "forbidden");
}

#[tokio::test]
async fn numbers_keep_their_value_to_38_digits_and_no_more() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let kept = "12345678901234567890.123456789012345678";
    let body = format!(r#"{{"userid":"n","a":{kept},"b":9.9e125,"c":1e-130,"d":-0.10}}"#);
    admin.call(reqwest::Method::POST, "/users").body(body).await.expect(200);
    let stored = admin.get("/users/n").await.json(200);
    assert_eq!(stored["a"].to_string(), kept);
    assert_eq!(stored["b"].to_string().len(), 126, "in whatever form, 9.9e125 was kept: {}", stored["b"]);
    assert_eq!(stored["d"].to_string(), "-0.1");
    for beyond in
        ["123456789012345678901234567890123456789", "1e126", "1e-131", "1.2345678901234567890123456789012345678901"]
    {
        let refused = admin.call(reqwest::Method::POST, "/users").body(format!(r#"{{"x":[{beyond}]}}"#)).await;
        assert_eq!(refused.pointers(), ["/x/0"], "{beyond}");
    }
}

#[tokio::test]
async fn names_of_ours_and_wrong_members_are_refused_by_name() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (body, pointer) in [
        (json!({"name": ""}), "/name"),
        (json!({"name": 7}), "/name"),
        (json!({"name": null}), "/name"),
        (json!({"userid": 7}), "/userid"),
        (json!({"userid": ""}), "/userid"),
        (json!({"userid": "a\u{0}b"}), "/userid"),
        (json!({"_fd_version": 1}), "/_fd_version"),
    ] {
        assert_eq!(admin.post("/users", &body).await.pointers(), [pointer], "{body}");
    }
}
