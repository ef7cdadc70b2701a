//! The rules of orders, on orders of ours and on those that another program stored.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::order::{Request, Stored, object};
use jiff::Timestamp;
use serde_json::json;

const BODY: &str = r#"{"orderId":"o1","restaurantId":200,"totalAmount":54.30,"tip":1.5,"status":"FREE",
    "orderItems":[{"id":1,"name":"Soup","price":27.15,"quantity":2,"spicy":true}]}"#;

fn parse(text: &str) -> Result<(String, Request), domain::Refusal> {
    Request::parse(domain::json::object(text.as_bytes()).unwrap(), None)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn placed() -> Stored {
    let (order_id, request) = parse(BODY).unwrap();
    let data = object(&request.place("u1", &order_id, at("2026-01-02T03:04:05Z")));
    Stored { user_id: "u1".into(), order_id, data }
}

#[test]
fn an_order_has_the_servers_members_and_keeps_the_clients_numbers() {
    let wanted = r#"{"orderId":"o1","userId":"u1","status":"PLACED","orderTime":"2026-01-02T03:04:05Z","restaurantId":200,"totalAmount":54.3,"orderItems":[{"id":1,"name":"Soup","price":27.15,"quantity":2,"spicy":true}],"tip":1.5}"#;
    assert_eq!(serde_json::to_string(&placed().data).unwrap(), wanted);
}

#[test]
fn only_a_placed_order_changes() {
    let (_, request) = parse(BODY).unwrap();
    let acknowledged = Stored { data: placed().acknowledge().unwrap(), ..placed() };
    assert_eq!(acknowledged.status(), "ACKNOWLEDGED");
    for refusal in
        [acknowledged.replace(&request), acknowledged.cancel(at("2026-01-02T03:04:06Z")), acknowledged.acknowledge()]
    {
        assert_eq!(refusal.unwrap_err().rule, "order-not-placed");
    }
}

#[test]
fn an_order_can_be_canceled_for_ten_minutes() {
    assert_eq!(placed().cancel(at("2026-01-02T03:14:04Z")).unwrap()["status"], "CANCELED");
    assert_eq!(placed().cancel(at("2026-01-02T03:14:05Z")).unwrap_err().rule, "order-too-old");
}

#[test]
fn a_replaced_order_keeps_what_the_server_decided() {
    let (_, request) = Request::parse(
        domain::json::object(br#"{"orderId":"x","restaurantId":1,"totalAmount":0,"orderTime":"1999","orderItems":[{"id":1,"name":"A","price":0,"quantity":1}]}"#).unwrap(),
        Some("o1"),
    )
    .unwrap();
    let data = placed().replace(&request).unwrap();
    assert_eq!(data["orderId"], "o1");
    assert_eq!(data["orderTime"], "2026-01-02T03:04:05Z");
    assert!(data.get("tip").is_none(), "PUT replaces the whole");
}

#[test]
fn an_order_of_another_program_is_ruled_on_like_ours() {
    let text = r#"{"userId":"u","orderId":"o","data":{"orderTime":"2026-01-02T03:04:05Z","restaurantId":"many"}}"#;
    let foreign: Stored = serde_json::from_str(text).unwrap();
    assert_eq!(foreign.cancel(at("2026-01-02T03:05:00Z")).unwrap()["status"], "CANCELED");
    let timeless: Stored = serde_json::from_str(r#"{"userId":"u","orderId":"o","data":{}}"#).unwrap();
    assert_eq!(timeless.cancel(at("2026-01-02T03:05:00Z")).unwrap_err().rule, "order-too-old");
}

#[test]
fn everything_wrong_with_an_order_is_named() {
    let good: serde_json::Value = serde_json::from_str(BODY).unwrap();
    for (pointer, value) in [
        ("/orderId", json!("")),
        ("/restaurantId", json!("x")),
        ("/restaurantId", json!(1.5)),
        ("/totalAmount", json!(-1)),
        ("/totalAmount", json!("1")),
        ("/orderItems", json!([])),
        ("/orderItems/0", json!(1)),
        ("/orderItems/0/quantity", json!(0)),
        ("/orderItems/0/price", json!(-0.01)),
        ("/orderItems/0/name", json!(null)),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value.clone();
        let refusal = parse(&bad.to_string()).unwrap_err();
        assert_eq!(refusal.errors[0].pointer, pointer, "{value}");
    }
    assert_eq!(parse("{}").unwrap_err().errors.len(), 4);
}
