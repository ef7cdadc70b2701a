//! The line where a decision has no room for all that it would read, and where it reads as often as it may.

use app::{Command, Failure, Idempotency};
use serde_json::{Value, json};

use crate::support::{Desk, MIDNIGHT, body, rule};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn wish(resource: &str, from: i64, minutes: i64) -> Value {
    json!({"resourceID": resource, "starttimeepochtime": MIDNIGHT + from, "durationMinutes": minutes})
}

fn patient(resource: &str, from: i64, minutes: i64) -> Value {
    let mut wish = wish(resource, from, minutes);
    wish["waitlist"] = json!(true);
    wish
}

fn held(mut wish: Value, minutes: i64) -> Value {
    wish["hold"] = json!(minutes);
    wish
}

fn several(resources: &[&str], from: i64, days: i64) -> Value {
    let more: Vec<_> = resources[1..].iter().map(|resource| json!({"resourceID": resource})).collect();
    let mut wish = wish(resources[0], from, days * 24 * 60);
    wish["additionalResources"] = json!(more);
    wish
}

/// Five resources of which a newcomer wants six days. So many wait around four of them that there is no room to read what the first in
/// line of the fifth waits for beside these days; it could have all of it, since a hold there is void, though nobody wrote that down.
async fn crowded() -> Desk {
    let desk = Desk::open().await;
    for resource in ["a", "b", "c", "d", "e"] {
        desk.resource(resource, 1).await.unwrap();
    }
    for resource in ["a", "b", "c", "d"] {
        for (name, start, blocked) in [("before", 4, 4), ("behind", 15, 21)] {
            desk.book("z", &format!("{name} block {resource}"), &wish(resource, blocked * DAY, 60)).await.unwrap();
            let line = patient(resource, start * DAY, 7 * 24 * 60);
            desk.ask("y", &format!("{name} {resource}"), &line).await.unwrap();
            assert_eq!(desk.status(&format!("{name} {resource}")).await, "WAITING");
        }
    }
    desk.ask("u", "held", &held(wish("e", 4 * DAY, 60), 10)).await.unwrap();
    desk.ask("x", "first", &patient("e", 4 * DAY, 7 * 24 * 60)).await.unwrap();
    desk.clock.wait(600);
    desk
}

#[tokio::test]
async fn no_newcomer_overtakes_who_waits_for_days_for_which_there_is_no_room() {
    let desk = crowded().await;
    let all = several(&["a", "b", "c", "d", "e"], 10 * DAY, 6);
    assert_eq!(rule(desk.ask("n", "newcomer", &all).await), "capacity", "they are the first one's");
    desk.app.run_due(10).await.unwrap();
    assert_eq!(desk.status("first").await, "CONFIRMED");
    // Whoever waits for what is taken on a day that is read keeps nobody from the rest.
    desk.cancel("x", "first").await.unwrap();
    desk.ask("n", "newcomer", &all).await.unwrap();
}

/// Neither does who moves a booking, nor who asks for less at a time.
#[tokio::test]
async fn who_asks_for_less_at_a_time_is_told_by_what_is_there() {
    let desk = crowded().await;
    desk.ask("n", "newcomer", &several(&["a", "b", "c", "d", "e"], 40 * DAY, 6)).await.unwrap();
    let there = several(&["a", "b", "c", "d", "e"], 10 * DAY, 6);
    assert_eq!(rule(desk.ask("n", "newcomer", &there).await), "capacity");
    assert_eq!(rule(desk.ask("n", "of e", &wish("e", 10 * DAY, 60)).await), "capacity");
    desk.ask("n", "of four", &several(&["a", "b", "c", "d"], 11 * DAY, 4)).await.unwrap();
}

/// The most that a move loads, from five resources of six days each to five others, while somebody is in line for each of those that it
/// leaves, and a look at each line is noted already. The new looks are loaded, so that the move does not miss these.
#[tokio::test]
async fn the_widest_move_has_room_for_all_looks() {
    let desk = Desk::open().await;
    let (old, new) = (["a", "b", "c", "d", "e"], ["f", "g", "h", "i", "j"]);
    let with = |capacity: i64| json!({"capacity": capacity, "quota": {"bookingsPerDay": 5}});
    for resource in old.iter().chain(&new) {
        desk.resource_with(resource, &with(1)).await.unwrap();
    }
    desk.ask("u", "b", &held(several(&old, DAY, 6), 60)).await.unwrap();
    for resource in old {
        for waits in ["first", "second"] {
            desk.ask("w", &format!("{waits} {resource}"), &patient(resource, 2 * DAY, 60)).await.unwrap();
        }
        desk.resource_with(resource, &with(2)).await.unwrap();
    }
    let idempotency = Idempotency { key: "k".into(), method: "PUT", route: "/".into(), fingerprint: String::new() };
    let command = Command { idempotency: Some(idempotency), soft_rules: true, ..Command::default() };
    let there = held(several(&new, 20 * DAY, 6), 60);
    desk.app.put_booking(command, "u", Some("b"), body(&there)).await.unwrap();
    desk.app.run_recently_due(100).await.unwrap();
    for resource in old {
        assert_eq!(desk.status(&format!("first {resource}")).await, "CONFIRMED");
        assert_eq!(desk.status(&format!("second {resource}")).await, "CONFIRMED");
    }
}

/// It reads the days that the booking leaves; those of who waits for them; those of who is before them, elsewhere; and the booking that is
/// granted. That of who is before them is not, since another day is taken.
#[tokio::test]
async fn a_move_that_grants_reads_four_times() {
    let desk = Desk::open().await;
    for resource in ["r", "s"] {
        desk.resource(resource, 1).await.unwrap();
    }
    desk.ask("u", "b", &wish("r", 10 * DAY, 60)).await.unwrap();
    desk.ask("z", "in the way", &wish("r", 13 * DAY, 60)).await.unwrap();
    desk.ask("x", "before", &patient("r", 12 * DAY, 36 * 60)).await.unwrap();
    desk.ask("y", "granted", &patient("r", 10 * DAY, 60 * 60)).await.unwrap();
    desk.ask("u", "b", &wish("s", 20 * DAY, 60)).await.unwrap();
    assert_eq!((desk.status("before").await, desk.status("granted").await), ("WAITING".into(), "CONFIRMED".into()));
}

/// It reads the days that the booking would leave; the look at the line of those who wait for them; the days around; and those of the
/// other resources.
#[tokio::test]
async fn a_move_that_is_refused_reads_four_times() {
    let desk = Desk::open().await;
    for resource in ["r", "s", "t"] {
        desk.resource(resource, 1).await.unwrap();
    }
    desk.ask("u", "b", &wish("r", 10 * DAY, 60)).await.unwrap();
    desk.ask("x", "waits", &patient("r", 10 * DAY, 60)).await.unwrap();
    desk.ask("z", "in the way", &wish("s", 20 * DAY, 60)).await.unwrap();
    let Err(Failure::Refused(refusal)) = desk.ask("u", "b", &wish("s", 20 * DAY, 60)).await else { panic!() };
    let elsewhere: Vec<&str> = refusal.elsewhere.iter().map(|other| other.resource_id.as_str()).collect();
    assert_eq!((refusal.rule.as_str(), elsewhere), ("capacity", vec!["t", "r"]));
    assert!(!refusal.alternatives.is_empty());
}
