//! DELETE of locations, with and without what is in them.

use serde_json::json;
use testkit::{Caller, HOUR, NINE, TestApp};

#[tokio::test]
async fn an_empty_location_is_deleted_with_an_empty_answer() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.location("l").await;
    admin.delete("/locations/l").await.empty(200);
    admin.get("/locations/l").await.problem(404, "not-found");
    admin.delete("/locations/l").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_location_with_resources_is_deleted_only_with_cascade() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    admin.resource("l", "s", 1).await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    admin.delete("/locations/l").await.problem(409, "has-resources");
    admin.delete("/locations/l?cascade=false").await.problem(409, "has-resources");
    assert_eq!(admin.get("/locations/l/resources").await.array().len(), 2);
    admin.delete("/locations/l?cascade=true").await.empty(200);
    for path in ["/locations/l", "/locations/l/resources", "/locations/l/resources/r", "/locations/l/resources/s"] {
        admin.get(path).await.problem(404, "not-found");
    }
    assert_eq!(ada.get("/users/{me}/bookings/b").await.json(200)["status"], "CANCELED");
}

#[tokio::test]
async fn a_location_whose_resources_were_deleted_is_empty() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    admin.put("/locations/l/resources/r", &json!({"name": "again"})).await.expect(201);
    admin.delete("/locations/l").await.problem(409, "has-resources");
    admin.delete("/locations/l/resources/r").await.empty(200);
    admin.put("/locations/l", &json!({"name": "replaced"})).await.expect(201);
    admin.delete("/locations/l").await.empty(200);
}

#[tokio::test]
async fn replacing_a_location_does_not_forget_its_resources() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    admin.put("/locations/l", &json!({"name": "replaced"})).await.expect(201);
    admin.delete("/locations/l").await.problem(409, "has-resources");
}

#[tokio::test]
async fn what_was_deleted_starts_afresh_when_it_comes_back() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    admin.delete("/locations/l?cascade=true").await.empty(200);
    admin.resource("l", "r", 1).await;
    assert_eq!(ada.get("/locations/l/resources/r/bookings").await.array(), Vec::<serde_json::Value>::new());
    ada.book("c", "r", NINE + HOUR / 2, 60).await.expect(201);
}

#[tokio::test]
async fn cascade_is_true_or_false() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.location("l").await;
    assert_eq!(admin.delete("/locations/l?cascade=yes").await.pointers(), ["?cascade"]);
    admin.get("/locations/l").await.expect(200);
}
