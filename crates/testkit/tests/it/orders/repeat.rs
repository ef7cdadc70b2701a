//! An order that is sent twice is placed once: by `orderId`, of this user, within the period.

use serde_json::json;
use testkit::{Caller, TestApp, order_of};

#[tokio::test]
async fn repeating_an_order_returns_the_first_answer_whatever_else_it_says() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let first = ada.order("o").await;
    app.clock.advance_seconds(5);
    let mut other = order_of("o");
    other["totalAmount"] = json!(999);
    other["orderItems"][0]["quantity"] = json!(50);
    let second = ada.post("/orders", &other).await;
    assert_eq!((second.status, &second.body), (200, &first.body));
    assert_eq!(second.etag(), first.etag());
    assert_eq!(ada.get("/orders").await.json(200)["orders"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_first_answer_is_repeated_even_when_the_order_has_changed_since() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let first = ada.order("o").await.json(200);
    ada.delete("/orders/o").await.expect(200);
    assert_eq!(ada.order("o").await.json(200), first);
    assert_eq!(ada.get("/orders/o").await.json(200)["status"], "CANCELED");
}

#[tokio::test]
async fn the_same_order_id_of_another_user_is_another_order() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let of_ada = ada.order("o").await.json(200);
    let of_bob = bob.order("o").await.json(200);
    assert_eq!((&of_ada["userId"], &of_bob["userId"]), (&json!(ada.sub), &json!(bob.sub)));
    ada.delete("/orders/o").await.expect(200);
    assert_eq!(bob.get("/orders/o").await.json(200), of_bob);
}

#[tokio::test]
async fn after_the_period_an_order_id_that_is_taken_is_a_conflict() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let first = ada.order("o").await.json(200);
    app.clock.advance_seconds(3_599);
    assert_eq!(ada.signed_in_again(&app.cognito).await.order("o").await.json(200), first);
    app.clock.advance_seconds(1);
    let ada = ada.signed_in_again(&app.cognito).await;
    ada.order("o").await.problem(409, "exists");
    assert_eq!(ada.get("/orders/o").await.json(200), first);
}

#[tokio::test]
async fn the_period_is_a_setting() {
    let app = TestApp::with(|setup| setup.app.order_repeat_seconds = 10).await;
    let ada = app.user("ada").await;
    ada.order("o").await.expect(200);
    app.clock.advance_seconds(9);
    ada.order("o").await.expect(200);
    app.clock.advance_seconds(1);
    ada.order("o").await.problem(409, "exists");
}

#[tokio::test]
async fn an_invalid_order_leaves_nothing_behind() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut wrong = order_of("o");
    wrong["orderItems"] = json!([]);
    ada.post("/orders", &wrong).await.problem(400, "invalid");
    ada.order("o").await.expect(200);
}

#[tokio::test]
async fn an_idempotency_key_wins_over_the_order_id() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.order("o").key("k").await.expect(200);
    ada.order("o").key("k").await.expect(200);
    ada.order("o").key("other").await.problem(409, "exists");
    ada.order("p").key("k").await.problem(422, "idempotency-key-reused");
    ada.get("/orders/p").await.problem(404, "not-found");
}
