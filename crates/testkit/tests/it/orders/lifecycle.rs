//! PLACED to ACKNOWLEDGED, PLACED to CANCELED, and nothing else.

use serde_json::json;
use testkit::{Caller, TestApp, order_of};

#[tokio::test]
async fn a_canceled_order_stays_and_cannot_be_changed() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    ada.order("o").await.expect(200);
    let canceled = ada.delete("/orders/o").await.json(200);
    assert_eq!((&canceled["status"], &canceled["orderId"]), (&json!("CANCELED"), &json!("o")));
    assert_eq!(ada.get("/orders/o").await.json(200), canceled);
    ada.delete("/orders/o").await.problem(400, "order-not-placed");
    ada.put("/orders/o", &order_of("o")).await.problem(400, "order-not-placed");
    admin.post(&ada.path("/orders/o/acknowledge"), &json!({})).await.problem(400, "order-not-placed");
}

#[tokio::test]
async fn an_order_can_be_canceled_until_it_is_ten_minutes_old() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.order("young").await.expect(200);
    ada.order("old").await.expect(200);
    app.clock.advance_seconds(599);
    ada.delete("/orders/young").await.expect(200);
    app.clock.advance_seconds(1);
    ada.delete("/orders/old").await.problem(400, "order-too-old");
    assert_eq!(ada.get("/orders/old").await.json(200)["status"], "PLACED");
    ada.put("/orders/old", &order_of("old")).await.expect(200);
    ada.delete("/orders/old").await.problem(400, "order-too-old");
}

#[tokio::test]
async fn administrators_acknowledge_and_then_nothing_changes_the_order() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    ada.order("o").await.expect(200);
    let path = ada.path("/orders/o/acknowledge");
    ada.post(&path, &json!({})).await.problem(403, "forbidden");
    let acknowledged = admin.call(reqwest::Method::POST, &path).await.json(200);
    assert_eq!(acknowledged["status"], "ACKNOWLEDGED");
    assert_eq!(ada.get("/orders/o").await.json(200), acknowledged);
    ada.delete("/orders/o").await.problem(400, "order-not-placed");
    ada.put("/orders/o", &order_of("o")).await.problem(400, "order-not-placed");
    admin.post(&path, &json!({})).await.problem(400, "order-not-placed");
    admin.post(&ada.path("/orders/none/acknowledge"), &json!({})).await.problem(404, "not-found");
}

#[tokio::test]
async fn administrators_list_a_users_orders_and_others_do_not() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    ada.order("b").await.expect(200);
    ada.order("a").await.expect(200);
    let path = ada.path("/orders");
    let list = admin.get(&path).await.json(200);
    assert_eq!(list, ada.get("/orders").await.json(200));
    assert_eq!(list["orders"].as_array().unwrap().len(), 2);
    bob.get(&path).await.problem(403, "forbidden");
    bob.post(&ada.path("/orders/a/acknowledge"), &json!({})).await.problem(403, "forbidden");
}
