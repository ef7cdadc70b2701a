//! DELETE of resources, with and without bookings to come.

use serde_json::json;
use testkit::{Caller, HOUR, NINE, TestApp};

const PATH: &str = "/locations/l/resources/r";

#[tokio::test]
async fn a_resource_without_bookings_is_deleted_with_an_empty_answer() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    admin.delete(PATH).await.empty(200);
    admin.get(PATH).await.problem(404, "not-found");
    admin.delete(PATH).await.problem(404, "not-found");
    assert_eq!(admin.get("/locations/l/resources").await.json(200), json!([]));
}

#[tokio::test]
async fn bookings_to_come_are_in_the_way_unless_they_are_to_be_canceled() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 2).await;
    ada.book("soon", "r", NINE, 60).await.expect(201);
    ada.book("later", "r", NINE + 900 * HOUR, 2_000).await.expect(201);
    admin.delete(PATH).await.problem(409, "bookings-to-come");
    ada.book("still", "r", NINE, 60).await.expect(201);
    admin.delete(&format!("{PATH}?cascade=true")).await.empty(200);
    admin.get(PATH).await.problem(404, "not-found");
    for booking in ["soon", "later", "still"] {
        assert_eq!(ada.get(&ada.path(&format!("/bookings/{booking}"))).await.json(200)["status"], "CANCELED");
    }
    ada.book("new", "r", NINE, 60).await.problem(404, "not-found");
}

#[tokio::test]
async fn canceled_and_past_bookings_are_not_in_the_way() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    let now = app.now_seconds();
    ada.book("past", "r", now - 5 * HOUR, 60).await.expect(201);
    ada.book("canceled", "r", NINE, 60).await.expect(201);
    ada.cancel("canceled").await.empty(200);
    admin.delete(PATH).await.empty(200);
    assert_eq!(ada.get("/users/{me}/bookings/past").await.json(200)["status"], "CONFIRMED");
}

#[tokio::test]
async fn many_bookings_are_canceled_with_their_resource() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    for number in 0..120 {
        ada.book(&format!("b{number}"), "r", NINE + number * 7 * HOUR, 60).await.expect(201);
    }
    admin.delete(&format!("{PATH}?cascade=true")).await.empty(200);
    let list = ada.get("/users/{me}/bookings?status=all").await.array();
    assert_eq!((list.len(), list.iter().filter(|booking| booking["status"] == "CANCELED").count()), (120, 120));
    assert_eq!(ada.get("/users/{me}/bookings").await.json(200), json!([]));
}

#[tokio::test]
async fn past_bookings_of_a_deleted_resource_free_nothing_of_its_successor() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    let past = app.now_seconds() - 48 * HOUR;
    for round in 0..2 {
        admin.resource("l", "r", 1).await;
        let old = format!("old{round}");
        ada.book(&old, "r", past + round * HOUR, 60).await.expect(201);
        admin.delete(PATH).await.empty(200);
        admin.resource("l", "r", 1).await;
        if round == 0 {
            ada.cancel(&old).await.empty(200);
        } else {
            ada.book(&old, "r", NINE, 60).await.expect(200);
        }
        ada.book(&format!("first{round}"), "r", past + round * HOUR, 60).await.expect(201);
        ada.book("second", "r", past + round * HOUR, 60).await.problem(409, "capacity");
    }
}

#[tokio::test]
async fn a_refused_deletion_changes_nothing() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    let (location, resource) = (admin.get("/locations/l").await.etag(), admin.get(PATH).await.etag());
    admin.delete(PATH).await.problem(409, "bookings-to-come");
    admin.delete("/locations/l").await.problem(409, "has-resources");
    assert_eq!(admin.get(PATH).await.etag(), resource);
    assert_eq!(admin.get("/locations/l").await.etag(), location);
    ada.book("c", "r", NINE + HOUR, 60).await.expect(201);
}
