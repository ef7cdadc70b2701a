//! One request after another, in this process.

use serde_json::{Value, json};
use testkit::{Caller, HOUR, NINE, TestApp, User};

use super::request;

fn wish(hour: i64) -> Value {
    json!({"resourceID": "r", "starttimeepochtime": NINE + hour * HOUR, "durationMinutes": 60})
}

async fn fulfil(app: &TestApp) -> usize {
    app.instance.app.fulfil_waiting().await.unwrap()
}

#[tokio::test]
async fn a_request_becomes_a_booking_and_the_next_one_hears_why_not() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let first = request(&ada, &wish(0)).await;
    let second = request(&bob, &wish(0)).await;
    let waits = json!({"result": "booking still in the process", "message_id": first});
    assert_eq!(ada.get(&format!("/query/{first}")).await.json(200), waits);
    assert_eq!(fulfil(&app).await, 2);
    let done = ada.get(&format!("/query/{first}")).await.json(200);
    assert_eq!((&done["result"], &done["message_id"]), (&json!("booking completed"), &json!(first)));
    assert_eq!(done["confirm_code"].as_str().unwrap().len(), 36);
    let booking = ada.get(&format!("/users/{{me}}/bookings/{}", done["bookingID"].as_str().unwrap())).await.json(200);
    assert_eq!((&booking["status"], &booking["userID"]), (&json!("CONFIRMED"), &json!(ada.sub)));
    let refused = bob.get(&format!("/query/{second}")).await.json(200);
    assert_eq!(refused["result"], "booking rejected");
    assert_eq!((&refused["reason"]["code"], &refused["reason"]["status"]), (&json!("capacity"), &json!(409)));
    assert!(!refused["reason"]["alternatives"].as_array().unwrap().is_empty());
    // It ended once.
    assert_eq!(fulfil(&app).await, 0);
    assert_eq!(ada.get(&format!("/query/{first}")).await.json(200), done);
}

#[tokio::test]
async fn any_other_body_asks_for_admission() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut messages = Vec::new();
    for body in [json!({}), json!([1, "two", 3.5]), json!("text"), json!(null), json!({"event": "concert"})] {
        messages.push(request(&ada, &body).await);
    }
    let empty = ada.call(reqwest::Method::POST, "/book").await.json(200);
    messages.push(empty["PublishResponse"]["PublishResult"]["MessageId"].as_str().unwrap().to_owned());
    assert_eq!(fulfil(&app).await, messages.len());
    for message in messages {
        let done = ada.get(&format!("/query/{message}")).await.json(200);
        assert_eq!(done["result"], "booking completed");
        assert!(done["confirm_code"].is_string() && done.get("bookingID").is_none());
    }
}

#[tokio::test]
async fn nobody_else_sees_a_request_but_administrators() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let message = request(&ada, &json!({})).await;
    let path = format!("/query/{message}");
    absent(&bob, &message).await;
    app.admin().await.get(&path).await.expect(200);
    app.anonymous().get(&path).await.expect(401);
    app.anonymous().post("/book", &json!({})).await.expect(401);
    absent(&ada, "none").await;
}

async fn absent(user: &User, message: &str) {
    let problem = user.get(&format!("/query/{message}")).await.problem(404, "not-found");
    assert_eq!((&problem["result"], &problem["message_id"]), (&json!("message_id not found"), &json!(message)));
}

#[tokio::test]
async fn a_repeated_request_is_accepted_once() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 5).await;
    let ada = app.user("ada").await;
    let first = ada.post("/book", &wish(0)).key("k").await.json(200);
    let again = ada.post("/book", &wish(0)).key("k").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let message = |answer: &Value| answer["PublishResponse"]["PublishResult"]["MessageId"].clone();
    assert_eq!(message(&again.json(200)), message(&first));
    assert_eq!(fulfil(&app).await, 1);
    ada.post("/book", &wish(1)).key("k").await.problem(422, "idempotency-key-reused");
    assert_eq!(ada.get("/users/{me}/bookings").await.array().len(), 1);
}

#[tokio::test]
async fn rules_bind_the_requester_as_they_bind_whoever_books() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    let rules = json!({"name": "R", "maxMinutes": 30});
    admin.put("/locations/l/resources/r", &rules).await.expect(201);
    let ada = app.user("ada").await;
    let message = request(&ada, &wish(0)).await;
    fulfil(&app).await;
    let refused = ada.get(&format!("/query/{message}")).await.json(200);
    assert_eq!(refused["reason"]["code"], "max-duration", "{refused}");
}

#[tokio::test]
async fn a_rejection_names_the_request_that_asked() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let body = json!({"resourceID": "none", "starttimeepochtime": NINE});
    let asked = ada.post("/book", &body).await.json(200)["PublishResponse"].clone();
    fulfil(&app).await;
    let message = asked["PublishResult"]["MessageId"].as_str().unwrap();
    let refused = ada.get(&format!("/query/{message}")).await.json(200);
    let reason = &refused["reason"];
    assert_eq!((&reason["code"], &reason["status"]), (&json!("not-found"), &json!(404)), "{refused}");
    assert_eq!(reason["request_id"], asked["ResponseMetadata"]["RequestId"], "{refused}");
}

#[tokio::test]
async fn what_is_wrong_by_form_is_refused_at_once_as_where_one_books() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let ada = app.user("ada").await;
    for body in [
        json!({"resourceID": "r"}),
        json!({"resourceID": ["r"], "starttimeepochtime": NINE}),
        json!({"resourceID": "r", "starttimeepochtime": NINE + 1, "hold": "ten", "waitlist": "yes"}),
        json!({"resourceID": "r", "starttimeepochtime": NINE, "endtimeepochtime": NINE}),
        json!({"resourceID": "r", "starttimeepochtime": NINE, "hold": 10, "waitlist": true}),
        json!({"resourceID": "r", "starttimeepochtime": NINE, "durationMinutes": 31 * 24 * 60}),
        json!({"resourceID": "r", "starttimeepochtime": NINE, "durationMinutes": 7 * 24 * 60, "waitlist": true}),
    ] {
        let refused = ada.post("/book", &body).await.problem(400, "invalid");
        let booked = ada.put("/users/{me}/bookings", &body).await.problem(400, "invalid");
        assert!(!refused["errors"].as_array().unwrap().is_empty(), "{refused}");
        assert_eq!((&refused["errors"], &refused["detail"]), (&booked["errors"], &booked["detail"]), "{body}");
    }
    assert_eq!(fulfil(&app).await, 0, "nothing was accepted");
    // Without `resourceID` anything is.
    let message = request(&ada, &json!({"hold": "ten", "waitlist": 7, "starttimeepochtime": "now"})).await;
    assert_eq!(fulfil(&app).await, 1);
    assert_eq!(ada.get(&format!("/query/{message}")).await.json(200)["result"], "booking completed");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.call(reqwest::Method::POST, "/book").body("{\"a\":").await.problem(400, "invalid");
    ada.call(reqwest::Method::POST, "/book").body(vec![b' '; 2 << 20]).await.problem(413, "too-large");
    ada.call(reqwest::Method::POST, "/book").body("[1e200]").await.problem(400, "invalid");
}
