//! Bookings at the limits of a commit and of numbers.

use app::{BookingList, Command, Failure, Idempotency, Viewer};
use serde_json::{Value, json};
use store::{Key, Table};

use crate::support::{Desk, MIDNIGHT, body, plant, rule};

const DAY: i64 = 24 * 3600;

/// The most that one decision loads: a booking moves between 31 days of one resource and 31 of another that is taken, so that the
/// days around are searched for alternatives; its answer is recorded.
#[tokio::test]
async fn the_widest_decision_fits_into_a_commit() {
    let desk = Desk::open().await;
    for resource in ["r", "taken", "free"] {
        desk.resource(resource, 1).await.unwrap();
    }
    let (noon, month) = (MIDNIGHT + DAY / 2, 30 * DAY);
    let wish = |resource: &str, start: i64| json!({"resourceID": resource, "starttimeepochtime": start, "endtimeepochtime": start + month});
    desk.book("u", "b", &wish("r", noon)).await.unwrap();
    desk.book("v", "in the way", &wish("taken", noon + month)).await.unwrap();
    let put = |resource: &'static str, start: i64| {
        let idempotency =
            Idempotency { key: resource.into(), method: "PUT", route: "/".into(), fingerprint: String::new() };
        let command = Command { idempotency: Some(idempotency), ..Command::default() };
        desk.app.put_booking(command, "u", Some("b"), body(&wish(resource, start)))
    };
    let Err(Failure::Refused(refusal)) = put("taken", noon + DAY).await else { panic!("it is taken") };
    assert_eq!((refusal.rule.as_str(), refusal.alternatives.len()), ("capacity", 1), "a day earlier it is free");
    put("free", noon + 40 * DAY).await.unwrap();
    assert_eq!((desk.days("r").await, desk.days("free").await), (0, 31));
}

#[tokio::test]
async fn a_clients_numbers_outlast_every_change() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let wish = r#"{"resourceID":"r","starttimeepochtime":1617278400.0,"price":12345678901234567890.123456789012345678,"deep":[{"n":1e-130}]}"#;
    let wish = domain::json::object(wish.as_bytes()).unwrap();
    desk.app.put_booking(Command::default(), "u", Some("b"), wish).await.unwrap();
    let before: Value = serde_json::from_str(&desk.app.get_booking("u", "b").await.unwrap().body.unwrap()).unwrap();
    desk.cancel("u", "b").await.unwrap();
    let text = desk.app.get_booking("u", "b").await.unwrap().body.unwrap();
    let after: Value = serde_json::from_str(&text).unwrap();
    assert!(text.contains("12345678901234567890.123456789012345678"), "{text}");
    assert_eq!(
        (&after["price"], &after["deep"], &after["status"]),
        (&before["price"], &before["deep"], &json!("CANCELED"))
    );
}

#[tokio::test]
async fn a_booking_of_another_program_claims_nothing_until_it_is_put() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    for booking in ["canceled", "put"] {
        let foreign = json!({"bookingID": booking, "userID": "u", "resourceID": "r", "starttimeepochtime": MIDNIGHT});
        plant(&desk, Key::new(Table::Bookings, booking), foreign).await;
    }
    desk.cancel("u", "canceled").await.unwrap();
    assert_eq!((desk.status("canceled").await.as_str(), desk.days("r").await), ("CANCELED", 0));
    let wish = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT});
    desk.book("u", "put", &wish).await.unwrap();
    assert_eq!(rule(desk.book("v", "second", &wish).await), "capacity");
    desk.cancel("u", "put").await.unwrap();
    assert_eq!(desk.days("r").await, 0);
}

#[tokio::test]
async fn what_another_program_stored_is_shown_also_where_it_cannot_be_read() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    for (member, odd) in [("status", json!("BOOKED")), ("units", json!("two")), ("endtimeepochtime", json!("noon"))] {
        let mut other = json!({"bookingID": member, "userID": "u", "resourceID": "r", "starttimeepochtime": MIDNIGHT});
        other[member] = odd;
        plant(&desk, Key::new(Table::Bookings, member), other.clone()).await;
        let shown = desk.app.get_booking("u", member).await.unwrap().body.unwrap();
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), other);
        assert_eq!(rule(desk.cancel("u", member).await), "booking-unreadable");
        assert_eq!(rule(desk.cancel("v", member).await), "not-found");
    }
    let list = || BookingList { all: false, limit: 10, cursor: None };
    assert_eq!(desk.app.list_user_bookings("u", list()).await.unwrap().items.len(), 3);
    for (user_id, outline) in [("u", false), ("v", true)] {
        let viewer = Viewer { user_id, sees_all: false };
        let listed = desk.app.list_resource_bookings("l", "r", viewer, list()).await.unwrap().items;
        let odd = listed.iter().filter(|shown| shown.contains("BOOKED") || shown.contains("noon")).count();
        assert_eq!((listed.len(), odd == 0), (3, outline), "{listed:?}");
    }
}

#[tokio::test]
async fn the_item_of_an_additional_resource_is_no_booking() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    desk.resource("s", 1).await.unwrap();
    let wish = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT, "additionalResources": [{"resourceID": "s"}]});
    desk.book("u", "b", &wish).await.unwrap();
    let (app, part) = (&desk.app, "b\u{1f}s");
    for outcome in [
        app.get_booking("u", part).await,
        app.cancel_booking(Command::default(), "u", part).await,
        app.approve_booking(Command::default(), "u", part).await,
        app.check_in_booking(Command::default(), "u", part).await,
    ] {
        assert_eq!(rule(outcome), "not-found");
    }
}

#[tokio::test]
async fn rules_of_another_program_that_no_client_could_set_are_refused() {
    for odd in [
        json!({"slotMinutes": 0}),
        json!({"slotMinutes": -60}),
        json!({"bufferBeforeMinutes": -90}),
        json!({"bufferAfterMinutes": 90_000_000}),
        json!({"minMinutes": i64::MAX}),
        json!({"maxHorizonDays": i64::MAX}),
    ] {
        let desk = Desk::open().await;
        let mut resource = json!({"resourceID": "r", "locationID": "l", "name": "R"});
        resource.as_object_mut().unwrap().extend(odd.as_object().unwrap().clone());
        plant(&desk, Key::new(Table::Resources, "r"), resource).await;
        let wish = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT});
        assert_eq!(rule(desk.ask("u", "b", &wish).await), "resource-unreadable", "{odd}");
    }
}
