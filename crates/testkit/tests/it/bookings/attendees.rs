//! Who is to come to a booking.

use serde_json::{Value, json};
use testkit::{Caller, NINE, TestApp, booking_of};

fn with(attendees: &Value) -> Value {
    let mut body = booking_of("r", NINE, 60);
    body["attendees"] = attendees.clone();
    body
}

#[tokio::test]
async fn attendees_are_kept_with_the_booking_and_shown_to_its_owner_only() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 1).await;
    let attendees = json!([{"name": "Grace"}, {"name": "Alan", "email": "alan@example.com"}]);
    let booked = ada.put("/users/{me}/bookings/b", &with(&attendees)).await.json(201);
    assert_eq!(booked["attendees"], attendees);
    assert_eq!(ada.get("/users/{me}/bookings/b").await.json(200), booked);
    let list = bob.get("/locations/l/resources/r/bookings").await.array();
    assert_eq!((list.len(), list[0].get("attendees")), (1, None));
    // A replacement without them has none.
    let replaced = ada.put("/users/{me}/bookings/b", &booking_of("r", NINE, 60)).await.json(200);
    assert_eq!(replaced.get("attendees"), None);
}

#[tokio::test]
async fn what_is_no_attendee_is_refused_by_its_place() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    for (attendees, pointers) in [
        (json!("Grace"), vec!["/attendees"]),
        (json!([{"email": "nobody"}, {}]), vec!["/attendees/0/email", "/attendees/1/name"]),
        (json!(vec![json!({"name": "Grace"}); 101]), vec!["/attendees"]),
    ] {
        assert_eq!(ada.put("/users/{me}/bookings/b", &with(&attendees)).await.pointers(), pointers);
    }
    ada.put("/users/{me}/bookings/b", &with(&json!(vec![json!({"name": "Grace"}); 100]))).await.expect(201);
}
