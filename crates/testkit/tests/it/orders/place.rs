//! POST /orders, GET /orders, GET /orders/{orderId}.

use serde_json::{Value, json};
use testkit::{Caller, TestApp, order_of};

#[tokio::test]
async fn an_order_is_placed_with_what_the_server_decides() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut body = order_of("o-1");
    body["status"] = json!("ACKNOWLEDGED");
    body["orderTime"] = json!("1999-01-01T00:00:00Z");
    body["userId"] = json!("somebody");
    body["note"] = json!({"gift": true});
    body["orderItems"][0]["spice"] = json!(2.5);
    let placed = ada.post("/orders", &body).await.json(200);
    let mut wanted = body;
    wanted["status"] = json!("PLACED");
    wanted["orderTime"] = json!("2030-01-01T12:00:00Z");
    wanted["userId"] = json!(ada.sub);
    assert_eq!(placed, wanted);
    assert_eq!(ada.get("/orders/o-1").await.json(200), wanted);
}

#[tokio::test]
async fn the_total_need_not_be_the_sum_and_money_is_exact() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let body = r#"{"orderId":"m","restaurantId":1,"totalAmount":0.1000000000000000055511151231257827,
        "orderItems":[{"id":1,"name":"A","price":0,"quantity":1}]}"#;
    let placed = ada.call(reqwest::Method::POST, "/orders").body(body).await.json(200);
    assert_eq!(placed["totalAmount"].to_string(), "0.1000000000000000055511151231257827");
}

#[tokio::test]
async fn each_missing_property_is_named_by_its_pointer() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let answer = ada.post("/orders", &json!({})).await;
    assert_eq!(answer.pointers(), ["/orderId", "/orderItems", "/restaurantId", "/totalAmount"]);
    let body = json!({"orderId": "o", "restaurantId": 1, "totalAmount": 1, "orderItems": [{}, {"id": 1, "name": "A"}]});
    let wanted =
        ["0/id", "0/name", "0/price", "0/quantity", "1/price", "1/quantity"].map(|end| format!("/orderItems/{end}"));
    assert_eq!(ada.post("/orders", &body).await.pointers(), wanted);
}

#[tokio::test]
async fn wrong_members_are_refused_at_their_place() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for (pointer, value) in [
        ("/orderId", json!(7)),
        ("/orderId", json!("")),
        ("/restaurantId", json!("one")),
        ("/restaurantId", json!(1.5)),
        ("/totalAmount", json!(-0.01)),
        ("/totalAmount", json!("21.40")),
        ("/orderItems", json!([])),
        ("/orderItems", json!({})),
        ("/orderItems/0", json!("soup")),
        ("/orderItems/0/id", json!("seven")),
        ("/orderItems/0/name", json!("")),
        ("/orderItems/0/price", json!(-1)),
        ("/orderItems/0/quantity", json!(0)),
        ("/orderItems/0/quantity", json!(-2)),
        ("/orderItems/0/quantity", json!(1.5)),
    ] {
        let mut body = order_of("o");
        *body.pointer_mut(pointer).unwrap() = value.clone();
        assert_eq!(ada.post("/orders", &body).await.pointers(), [pointer], "{value}");
    }
    assert_eq!(ada.get("/orders").await.json(200), json!({"orders": []}));
}

#[tokio::test]
async fn orders_are_listed_by_id_canceled_ones_too() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for id in ["c", "a", "b"] {
        ada.order(id).await.expect(200);
    }
    ada.delete("/orders/b").await.expect(200);
    let list = ada.get("/orders").await.json(200);
    let shown: Vec<_> = orders(&list).iter().map(|order| (order["orderId"].clone(), order["status"].clone())).collect();
    let wanted = [("a", "PLACED"), ("b", "CANCELED"), ("c", "PLACED")].map(|(id, status)| (json!(id), json!(status)));
    assert_eq!(shown, wanted);
    assert_eq!(list.get("nextCursor"), None);
}

#[tokio::test]
async fn a_long_list_has_a_cursor() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for id in ["a", "b", "c", "d", "e"] {
        ada.order(id).await.expect(200);
    }
    let mut seen = Vec::new();
    let mut path = "/orders?limit=2".to_owned();
    loop {
        let page = ada.get(&path).await.json(200);
        seen.extend(orders(&page).iter().map(|order| order["orderId"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/orders?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ["a", "b", "c", "d", "e"]);
}

#[tokio::test]
async fn orders_are_the_callers_own() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    ada.order("o").await.expect(200);
    bob.get("/orders/o").await.problem(404, "not-found");
    bob.put("/orders/o", &order_of("o")).await.problem(404, "not-found");
    bob.delete("/orders/o").await.problem(404, "not-found");
    assert_eq!(bob.get("/orders").await.json(200), json!({"orders": []}));
    assert_eq!(ada.get("/orders/o").await.json(200)["status"], "PLACED");
}

fn orders(list: &Value) -> &Vec<Value> {
    list["orders"].as_array().unwrap()
}
