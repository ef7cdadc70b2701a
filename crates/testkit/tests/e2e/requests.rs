//! Bookings that are asked for at once and made later.

use serde_json::{Value, json};
use testkit::{Caller, User, booking_of, is_uuid};

use crate::desk::{Desk, play};

/// Asks for something, and gives the request's identifier.
async fn request(user: &User, body: &Value) -> String {
    let answer = user.post("/book", body).await.expect(200);
    let published = answer.json(200)["PublishResponse"]["PublishResult"].clone();
    assert!(is_uuid(&published["MessageId"]), "{published}");
    let message = published["MessageId"].as_str().unwrap().to_owned();
    let location = answer.header("location").unwrap_or_default();
    assert!(location.ends_with(&format!("/query/{message}")), "{location}");
    message
}

/// What became of a request, in the end.
async fn end(desk: &Desk, user: &User, message: &str) -> Value {
    let path = format!("/query/{message}");
    desk.wait("the request's end", async || {
        let answer = user.get(&path).await.json(200);
        assert_eq!(answer["message_id"], json!(message));
        (answer["result"] != "booking still in the process").then_some(answer)
    })
    .await
}

#[tokio::test]
async fn a_request_becomes_a_booking_and_the_next_one_hears_why_not() {
    play(async |desk| {
        let (admin, guest, name, nine) = (&desk.admin, &desk.guest, &desk.name, desk.nine);
        desk.resource(1).await;
        let first = request(guest, &booking_of(name, nine, 60)).await;
        let done = end(desk, guest, &first).await;
        assert_eq!(done["result"], "booking completed", "{done}");
        assert!(is_uuid(&done["confirm_code"]), "{done}");
        let booking = guest.path(&format!("/bookings/{}", done["bookingID"].as_str().unwrap()));
        assert_eq!(guest.get(&booking).await.json(200)["status"], "CONFIRMED");

        let second = request(admin, &booking_of(name, nine, 60)).await;
        let refused = end(desk, admin, &second).await;
        assert_eq!((&refused["result"], &refused["reason"]["code"]), (&json!("booking rejected"), &json!("capacity")));
        assert!(!refused["reason"]["alternatives"].as_array().unwrap().is_empty(), "{refused}");
        let hidden = guest.get(&format!("/query/{second}")).await.problem(404, "not-found");
        assert_eq!(hidden["result"], "message_id not found");
        assert_eq!(end(desk, admin, &first).await, done, "administrators see it, and it ended once");
    })
    .await;
}

#[tokio::test]
async fn any_other_body_asks_for_admission() {
    play(async |desk| {
        let message = request(&desk.guest, &json!({"event": desk.name})).await;
        let done = end(desk, &desk.guest, &message).await;
        assert_eq!((&done["result"], done.get("bookingID")), (&json!("booking completed"), None), "{done}");
        assert!(is_uuid(&done["confirm_code"]), "{done}");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_is_accepted_once() {
    play(async |desk| {
        let (guest, name, nine) = (&desk.guest, &desk.name, desk.nine);
        desk.resource(2).await;
        let wish = booking_of(name, nine, 60);
        let first = guest.post("/book", &wish).key(name).await.json(200);
        let again = guest.post("/book", &wish).key(name).await.json(200);
        let id = |answer: &Value| answer["PublishResponse"]["PublishResult"]["MessageId"].as_str().unwrap().to_owned();
        assert_eq!(id(&again), id(&first));
        end(desk, guest, &id(&first)).await;
        let own = guest.get(&format!("/locations/{name}/resources/{name}/bookings")).await.array();
        assert_eq!(own.len(), 1, "{own:?}");
    })
    .await;
}
