//! PUT /orders/{orderId}.

use serde_json::json;
use testkit::{Caller, TestApp, order_of};

#[tokio::test]
async fn put_replaces_the_order_and_keeps_what_is_the_servers() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut first = order_of("o");
    first["note"] = json!("old");
    ada.post("/orders", &first).await.expect(200);
    app.clock.advance_seconds(61);
    let mut body = order_of("another");
    body["totalAmount"] = json!(5);
    body["status"] = json!("CANCELED");
    body["orderTime"] = json!("2031-01-01T00:00:00Z");
    body["userId"] = json!("somebody");
    let replaced = ada.put("/orders/o", &body).await.json(200);
    let mut wanted = order_of("o");
    wanted["totalAmount"] = json!(5);
    wanted["status"] = json!("PLACED");
    wanted["orderTime"] = json!("2030-01-01T12:00:00Z");
    wanted["userId"] = json!(ada.sub);
    assert_eq!(replaced, wanted);
    assert_eq!(ada.get("/orders/o").await.json(200), wanted);
    ada.get("/orders/another").await.problem(404, "not-found");
}

#[tokio::test]
async fn the_order_id_of_the_body_may_be_left_out() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.order("o").await.expect(200);
    let mut body = order_of("o");
    body.as_object_mut().unwrap().remove("orderId");
    assert_eq!(ada.put("/orders/o", &body).await.json(200)["orderId"], "o");
}

#[tokio::test]
async fn an_order_that_is_not_there_is_not_made_by_put() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.put("/orders/none", &order_of("none")).await.problem(404, "not-found");
    ada.get("/orders/none").await.problem(404, "not-found");
    ada.delete("/orders/none").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_wrong_body_is_400_and_changes_nothing() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let placed = ada.order("o").await.json(200);
    assert_eq!(ada.put("/orders/o", &json!({})).await.pointers(), ["/orderItems", "/restaurantId", "/totalAmount"]);
    assert_eq!(ada.get("/orders/o").await.json(200), placed);
}
