//! The calendar of a resource: everybody sees when it is taken, and not by whom.

use serde_json::{Value, json};
use testkit::{Caller, HOUR, NINE};

use super::{Events, app, socket};

/// What everybody may see of a booking.
const OUTLINE: [&str; 6] = ["endtimeepochtime", "locationID", "resourceID", "starttimeepochtime", "status", "units"];

fn members(value: &Value) -> Vec<&str> {
    let mut members: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    members
}

#[tokio::test]
async fn others_see_an_outline_and_owner_and_administrator_everything() {
    let app = app().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let mut sockets = Vec::new();
    for user in [&ada, &bob, &*admin] {
        let mut socket = socket(&app, user).await;
        socket.follow("resourceID", "r").await;
        sockets.push(socket);
    }
    let mut events = Events::open(&app.http, "resourceID=r&bookings=me", &bob.tokens.id, None).await;
    events.expect("subscribed").await;
    let body = json!({"resourceID": "r", "starttimeepochtime": NINE, "durationMinutes": 60, "title": "Secret"});
    let booking = ada.put(&ada.path("/bookings/booking-1"), &body).await.json(201);
    ada.put(&ada.path("/bookings/booking-1"), &json!({"resourceID": "r", "starttimeepochtime": NINE + HOUR}))
        .await
        .expect(200);
    ada.cancel("booking-1").await.expect(200);
    let [own, others, administrators] = sockets.as_mut_slice() else { panic!() };
    for (start, status) in [(NINE, "CONFIRMED"), (NINE + HOUR, "CONFIRMED"), (NINE + HOUR, "CANCELED")] {
        let whole = own.event().await;
        assert_eq!(administrators.event().await, whole);
        assert_eq!((&whole.1["data"]["bookingID"], &whole.1["data"]["status"]), (&json!("booking-1"), &json!(status)));
        let (id, outline) = others.event().await;
        assert_eq!(id, whole.0);
        assert_eq!(members(&outline["data"]), OUTLINE);
        let data = &outline["data"];
        assert_eq!((&data["starttimeepochtime"], &data["status"]), (&json!(start), &json!(status)));
        let streamed = events.next().await.unwrap();
        assert_eq!((&streamed.id, &streamed.data), (&id, &outline));
        let text = outline.to_string();
        assert!(!text.contains("booking-1") && !text.contains(&ada.sub) && !text.contains("Secret"), "{text}");
    }
    assert_eq!(booking["title"], "Secret");
}

#[tokio::test]
async fn a_resource_beside_the_main_one_has_the_booking_in_its_calendar_too() {
    let app = app().await;
    let admin = app.admin().await;
    admin.resource("l", "hall", 1).await;
    admin.resource("l", "chairs", 100).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let mut chairs = socket(&app, &bob).await;
    chairs.follow("resourceID", "chairs").await;
    let body = json!({
        "resourceID": "hall", "starttimeepochtime": NINE, "durationMinutes": 60,
        "additionalResources": [{"resourceID": "chairs", "units": 30}],
    });
    ada.put(&ada.path("/bookings/b"), &body).await.expect(201);
    let (_, event) = chairs.event().await;
    assert_eq!((&event["data"]["resourceID"], &event["data"]["units"]), (&json!("chairs"), &json!(30)));
    assert!(!event.to_string().contains("hall"), "{event}");
}
