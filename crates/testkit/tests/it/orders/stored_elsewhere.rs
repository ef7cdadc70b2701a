//! Orders that another program put into the table.

use serde_json::json;
use store::{Key, Table};
use testkit::{Caller, TestApp, order_of};

#[tokio::test]
async fn an_order_with_members_missing_is_served_and_ruled_on_like_our_own() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    let order = json!({"restaurantId": 2, "odd": [1.5]});
    let stored = json!({"userId": ada.sub, "orderId": "bare", "data": order});
    app.put_item(Key::text(Table::Orders, &ada.sub, "bare"), &stored).await;
    assert_eq!(ada.get("/orders/bare").await.json(200), order);
    assert_eq!(ada.get("/orders").await.json(200)["orders"], json!([order]));
    ada.delete("/orders/bare").await.problem(400, "order-too-old");
    let replaced = ada.put("/orders/bare", &order_of("bare")).await.json(200);
    assert_eq!(replaced["restaurantId"], 1);
    let acknowledged = admin.post(&ada.path("/orders/bare/acknowledge"), &json!({})).await.json(200);
    assert_eq!(acknowledged["status"], "ACKNOWLEDGED");
    ada.put("/orders/bare", &order_of("bare")).await.problem(400, "order-not-placed");
}

#[tokio::test]
async fn an_order_of_ours_is_stored_as_the_contract_says() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let placed = ada.order("o").await.json(200);
    let stored = app.item(&Key::text(Table::Orders, &ada.sub, "o")).await.unwrap();
    assert_eq!(stored, json!({"userId": ada.sub, "orderId": "o", "data": placed}));
}
