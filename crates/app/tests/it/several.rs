//! Bookings of several resources, at the limits of a commit.

use app::{Command, Failure, Idempotency};
use serde_json::{Value, json};
use store::{Index, Query, Store};

use crate::support::{Desk, MIDNIGHT, body, rule};

const DAY: i64 = 24 * 3600;

fn wish(resources: &[&str], start: i64, days: i64) -> Value {
    let more: Vec<_> = resources[1..].iter().map(|resource| json!({"resourceID": resource})).collect();
    json!({"resourceID": resources[0], "starttimeepochtime": start, "endtimeepochtime": start + days * DAY, "additionalResources": more})
}

/// How many bookings, or parts of them, a resource's index has.
async fn listed(store: &dyn Store, resource: &str) -> usize {
    store.query(Query::index(Index::BookingsByResourceByTime, resource)).await.unwrap().items.len()
}

/// The most that a move loads: five resources of six days each that rules bind, to five others; its answer is recorded.
#[tokio::test]
async fn the_widest_move_fits_into_a_commit() {
    let desk = Desk::open().await;
    let (old, new) = (["a", "b", "c", "d", "e"], ["f", "g", "h", "i", "j"]);
    for resource in old.iter().chain(&new) {
        desk.resource(resource, 1).await.unwrap();
    }
    for other in 0..20 {
        desk.resource(&format!("other {other}"), 1).await.unwrap();
    }
    desk.book("u", "b", &wish(&old, MIDNIGHT + DAY, 6)).await.unwrap();
    assert_eq!(rule(desk.book("u", "b", &wish(&new, MIDNIGHT, 7)).await), "invalid");
    let put = |key: &str, start: i64| {
        let idempotency = Idempotency { key: key.into(), method: "PUT", route: "/".into(), fingerprint: String::new() };
        let command = Command { idempotency: Some(idempotency), soft_rules: true, ..Command::default() };
        desk.app.put_booking(command, "u", Some("b"), body(&wish(&new, start, 6)))
    };
    desk.book("v", "in the way", &wish(&["j"], MIDNIGHT + 10 * DAY, 1)).await.unwrap();
    let Err(Failure::Refused(refusal)) = put("1", MIDNIGHT + 10 * DAY).await else { panic!("it is taken") };
    assert_eq!(refusal.errors[0].pointer, "/additionalResources/3/resourceID");
    put("2", MIDNIGHT + 20 * DAY).await.unwrap();
    for (left, taken) in old.iter().zip(&new) {
        assert_eq!((desk.days(left).await, listed(desk.store.as_ref(), left).await), (0, 0));
        assert!(desk.days(taken).await >= 6 && listed(desk.store.as_ref(), taken).await >= 1);
    }
}

#[tokio::test]
async fn alternatives_are_times_that_all_resources_have() {
    let desk = Desk::open().await;
    for resource in ["room", "beamer"] {
        desk.resource(resource, 1).await.unwrap();
    }
    let hour = |resources: &[&str], start: i64| {
        let mut wish = wish(resources, MIDNIGHT + DAY + start * 3600, 0);
        wish["endtimeepochtime"] = json!(MIDNIGHT + DAY + (start + 1) * 3600);
        wish
    };
    for (booking, resource, start) in [("a", "room", 9), ("b", "beamer", 10), ("c", "room", 11), ("d", "beamer", 8)] {
        desk.book("u", booking, &hour(&[resource], start)).await.unwrap();
    }
    let Err(Failure::Refused(refusal)) = desk.book("u", "new", &hour(&["room", "beamer"], 9)).await else {
        panic!("the room is taken")
    };
    assert_eq!(refusal.errors[0].pointer, "/resourceID");
    let starts: Vec<_> =
        refusal.alternatives.iter().map(|found| (found.start.epoch_seconds() - MIDNIGHT - DAY) / 3600).collect();
    assert_eq!(starts, [7, 12], "before eight o'clock and from twelve on both are free");
}

#[tokio::test]
async fn no_alternative_touches_more_days_than_a_booking_may() {
    let desk = Desk::open().await;
    let all = ["a", "b", "c", "d", "e"];
    for resource in all {
        desk.resource(resource, 1).await.unwrap();
    }
    let hour = json!({"resourceID": "a", "starttimeepochtime": MIDNIGHT + 5 * DAY, "durationMinutes": 60});
    desk.book("v", "taken", &hour).await.unwrap();
    let Err(Failure::Refused(refusal)) = desk.book("u", "b", &wish(&all, MIDNIGHT + 2 * DAY, 6)).await else {
        panic!("it is taken")
    };
    for (number, found) in refusal.alternatives.iter().enumerate() {
        let other = wish(&all, found.start.epoch_seconds(), 6);
        desk.book("u", &number.to_string(), &other).await.unwrap();
    }
}

#[tokio::test]
async fn no_alternative_is_one_to_which_the_booking_may_not_be_moved() {
    let desk = Desk::open().await;
    desk.resource_with("r", &json!({"cancellationNoticeMinutes": 600})).await.unwrap();
    let wish = |start: i64, minutes: i64| json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + start * 3600, "durationMinutes": minutes});
    desk.ask("u", "b", &wish(2, 60)).await.unwrap();
    desk.ask("v", "c", &wish(3, 60)).await.unwrap();
    let Err(Failure::Refused(refusal)) = desk.ask("u", "b", &wish(2, 120)).await else { panic!("it is taken") };
    let starts: Vec<_> = refusal.alternatives.iter().map(|found| found.start.epoch_seconds() - MIDNIGHT).collect();
    assert_eq!(starts, [3600], "only there it keeps the hour that it may not give up any more");
}
