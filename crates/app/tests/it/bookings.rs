//! Bookings at the limits of a commit and of numbers.

use app::{Command, Failure, Idempotency};
use serde_json::{Value, json};
use store::{Changes, Key, Table, Verdict};

use crate::support::{Desk, MIDNIGHT, body, rule};

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
        let key = Key::new(Table::Bookings, booking);
        let decide = move |_: &store::Loaded| {
            let mut changes = Changes::none();
            changes.put(key.clone(), &foreign)?;
            Ok(Verdict::<(), ()>::Commit(changes, ()))
        };
        store::transact(desk.store.as_ref(), Vec::new(), decide).await.unwrap().unwrap();
    }
    desk.cancel("u", "canceled").await.unwrap();
    assert_eq!((desk.status("canceled").await.as_str(), desk.days("r").await), ("CANCELED", 0));
    let wish = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT});
    desk.book("u", "put", &wish).await.unwrap();
    assert_eq!(rule(desk.book("v", "second", &wish).await), "capacity");
    desk.cancel("u", "put").await.unwrap();
    assert_eq!(desk.days("r").await, 0);
}
