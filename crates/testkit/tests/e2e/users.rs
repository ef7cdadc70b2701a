//! Profiles.

use serde_json::json;
use testkit::{Caller, is_timestamp};

use crate::desk::{Side, play};

#[tokio::test]
async fn a_profile_is_made_read_replaced_and_deleted() {
    play(async |desk| {
        let (admin, name) = (&desk.admin, &desk.name);
        let path = format!("/users/{name}");
        admin.get(&path).await.problem(404, "not-found");
        desk.leaves(Side::Admin, path.clone());
        let body = json!({"userid": name, "name": "Ada", "shoe": {"size": 38.25}, "tags": [1, null]});
        let stored = admin.post("/users", &body).await.json(200);
        assert_eq!((&stored["userid"], &stored["shoe"], &stored["tags"]), (&json!(name), &body["shoe"], &body["tags"]));
        assert!(is_timestamp(&stored["timestamp"]), "{stored}");
        admin.post("/users", &json!({"userid": name, "name": "Bob"})).await.problem(409, "exists");
        assert_eq!(admin.get(&path).await.json(200), stored);
        assert!(!admin.get("/users").await.array().is_empty());

        let replaced = admin.put(&path, &json!({"userid": "other", "name": "Grace"})).await.json(200);
        assert_eq!((&replaced["userid"], &replaced["name"]), (&json!(name), &json!("Grace")));
        assert_eq!(replaced.get("shoe"), None, "all of it is replaced");
        assert_eq!(admin.get(&path).await.json(200), replaced);

        assert_eq!(admin.delete(&path).await.json(200), json!({}));
        admin.get(&path).await.problem(404, "not-found");
        assert_eq!(admin.delete(&path).await.json(200), json!({}));
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_profile_is_named() {
    play(async |desk| {
        assert_eq!(desk.admin.post("/users", &json!({"name": ""})).await.pointers(), ["/name"]);
        assert_eq!(desk.admin.post("/users", &json!({"userid": 7})).await.pointers(), ["/userid"]);
        desk.admin.post("/users", &json!([1])).await.problem(400, "invalid");
    })
    .await;
}
