//! Orders by GraphQL: numbers keep all their digits.

use serde_json::{Value, json};
use testkit::{Caller, TestApp};

const DIGITS: &str = "1234567890123456789012345678.9012345678";
const ORDER: &str =
    "orderId userId status orderTime restaurantId totalAmount version body orderItems { id name price quantity }";

fn order(amount: &str) -> Value {
    json!({
        "restaurantId": 9_007_199_254_740_993_i64, "totalAmount": amount,
        "orderItems": [{"id": 3, "name": "Soup", "price": "0.10", "quantity": 2}]
    })
}

#[tokio::test]
async fn an_order_is_placed_replaced_seen_and_canceled() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let place = format!("mutation($order: OrderInput!) {{ placeOrder(id: \"o\", order: $order) {{ {ORDER} }} }}");
    let placed = ada.graphql(&place, &json!({"order": order(DIGITS)})).await;
    let text = placed.text();
    let placed = placed.data()["placeOrder"].clone();
    assert_eq!((&placed["totalAmount"], &placed["status"]), (&json!(DIGITS), &json!("PLACED")));
    assert_eq!(placed["orderItems"], json!([{"id": 3, "name": "Soup", "price": "0.1", "quantity": 2}]));
    assert_eq!(placed["restaurantId"].to_string(), "9007199254740993");
    assert_eq!(placed["body"], ada.get("/orders/o").await.json(200));
    assert!(text.contains(&format!("\"totalAmount\":{DIGITS}")), "the document has the number itself: {text}");
    // A repeated order is the first one, whatever else it says.
    let again = ada.graphql(&place, &json!({"order": order("1")})).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.data()["placeOrder"]["totalAmount"], json!(DIGITS));

    let replace = format!(
        "mutation($v: Long) {{ replaceOrder(id: \"o\", ifVersion: $v, order: {{restaurantId: 1, totalAmount: 0.30000000000000000001, \
        orderItems: [{{id: 1, name: \"Tea\", price: 3, quantity: 1}}], more: {{note: \"hot\"}}}}) {{ {ORDER} }} }}"
    );
    ada.graphql(&replace, &json!({"v": 1})).await.graphql_problem(200, "precondition-failed");
    let replaced = ada.graphql(&replace, &json!({"v": placed["version"]})).await.data()["replaceOrder"].clone();
    assert_eq!(
        (&replaced["totalAmount"], &replaced["body"]["note"]),
        (&json!("0.30000000000000000001"), &json!("hot"))
    );
    let list = "{ orders { nextCursor items { orderId totalAmount } } order(id: \"o\") { status } }";
    let wanted = json!({
        "orders": {"nextCursor": null, "items": [{"orderId": "o", "totalAmount": "0.30000000000000000001"}]},
        "order": {"status": "PLACED"},
    });
    assert_eq!(ada.graphql(list, &Value::Null).await.data(), wanted);
    let canceled = ada.graphql("mutation { cancelOrder(id: \"o\") { status } }", &Value::Null).await.data();
    assert_eq!(canceled, json!({"cancelOrder": {"status": "CANCELED"}}));
    ada.graphql(&replace, &json!({"v": null})).await.graphql_problem(200, "order-not-placed");
    // Everybody has orders of their own.
    let bob = app.user("bob").await;
    bob.graphql("{ order(id: \"o\") { status } }", &Value::Null).await.graphql_problem(200, "not-found");
}

#[tokio::test]
async fn amounts_that_cannot_be_kept_are_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let place = "mutation($order: OrderInput!) { placeOrder(id: \"o\", order: $order) { status } }";
    for amount in [format!("{DIGITS}9"), "-1".to_owned(), "1e200".to_owned()] {
        let problem = ada.graphql(place, &json!({"order": order(&amount)})).await.graphql_problem(200, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/totalAmount", "{problem}");
    }
    for amount in ["", "ten", "1,5"] {
        ada.graphql(place, &json!({"order": order(amount)})).await.graphql_problem(200, "invalid");
    }
    let literal =
        "mutation { placeOrder(id: \"o\", order: {restaurantId: 1, totalAmount: 1e200, orderItems: []}) { status } }";
    ada.graphql(literal, &Value::Null).await.graphql_problem(200, "invalid");
}
