//! Requests for bookings that are made later.

use serde_json::{Value, json};
use testkit::{Caller, NINE, TestApp, User};

const SEEN: &str = "query($id: ID!) { bookingRequest(messageId: $id) {
    messageId status confirmCode bookingID booking { status }
    reason { code status detail alternatives { starttimeepochtime start } } } }";

async fn ask(user: &User) -> String {
    let document = "mutation($b: BookingInput) { requestBooking(booking: $b) { messageId status confirmCode } }";
    let wish = json!({"resourceID": "r", "starttimeepochtime": NINE, "durationMinutes": 60});
    let asked = user.graphql(document, &json!({"b": wish})).await.data()["requestBooking"].clone();
    assert_eq!((&asked["status"], &asked["confirmCode"]), (&json!("IN_PROCESS"), &Value::Null));
    asked["messageId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_request_goes_from_accepted_to_its_end() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let (first, second) = (ask(&ada).await, ask(&bob).await);
    app.instance.app.fulfil_waiting().await.unwrap();
    let done = ada.graphql(SEEN, &json!({"id": first})).await.data()["bookingRequest"].clone();
    assert_eq!((&done["status"], &done["booking"]["status"]), (&json!("COMPLETED"), &json!("CONFIRMED")));
    assert_eq!(done["confirmCode"].as_str().unwrap().len(), 36);
    let refused = bob.graphql(SEEN, &json!({"id": second})).await.data()["bookingRequest"].clone();
    assert_eq!((&refused["status"], &refused["reason"]["code"]), (&json!("REJECTED"), &json!("capacity")));
    assert!(refused["reason"]["alternatives"][0]["starttimeepochtime"].is_i64(), "{refused}");
    // Nobody else's, but for administrators.
    bob.graphql(SEEN, &json!({"id": first})).await.graphql_problem(200, "not-found");
    app.admin().await.graphql(SEEN, &json!({"id": first})).await.data();
}

#[tokio::test]
async fn any_other_body_asks_for_admission() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let document = "mutation($body: JSON) { requestBooking(body: $body) { messageId } }";
    for body in [Value::Null, json!({"event": "concert", "seats": [1, 2]}), json!("text")] {
        let asked = ada.graphql(document, &json!({"body": body})).await.data();
        app.instance.app.fulfil_waiting().await.unwrap();
        let id = &asked["requestBooking"]["messageId"];
        let done = ada.graphql(SEEN, &json!({"id": id})).await.data()["bookingRequest"].clone();
        assert_eq!((&done["status"], &done["bookingID"]), (&json!("COMPLETED"), &Value::Null));
    }
    let both =
        "mutation { requestBooking(body: 1, booking: {resourceID: \"r\", starttimeepochtime: 0}) { messageId } }";
    ada.graphql(both, &Value::Null).await.graphql_problem(200, "invalid");
}

#[tokio::test]
async fn what_is_wrong_by_form_is_refused_at_once() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let document = "mutation($body: JSON) { requestBooking(body: $body) { messageId } }";
    let body = json!({"resourceID": "r", "starttimeepochtime": NINE, "hold": "ten"});
    ada.graphql(document, &json!({"body": body})).await.graphql_problem(200, "invalid");
    let document = "mutation($b: BookingInput) { requestBooking(booking: $b) { messageId } }";
    let body = json!({"resourceID": "r", "starttimeepochtime": NINE, "hold": 10, "waitlist": true});
    ada.graphql(document, &json!({"b": body})).await.graphql_problem(200, "invalid");
    assert_eq!(app.instance.app.fulfil_waiting().await.unwrap(), 0);
}
