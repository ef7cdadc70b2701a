//! The line where it is easily wrong: looks, wide moves, neighbours that overlap, days that are not loaded.

use std::sync::Arc;

use app::{Command, Idempotency};
use serde_json::{Value, json};
use store::{Changes, Key, Loaded, Table, Verdict};

use crate::support::{Desk, MIDNIGHT, before_the_second_commit, body, rule};

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

fn several(resources: &[&str], from: i64, days: i64) -> Value {
    let more: Vec<_> = resources[1..].iter().map(|resource| json!({"resourceID": resource})).collect();
    let mut wish = wish(resources[0], from, days * 24 * 60);
    wish["additionalResources"] = json!(more);
    wish
}

/// A look that is being taken, and one more is noted within the same minute, just before it ends.
#[tokio::test]
async fn a_look_that_is_noted_while_one_is_taken_is_not_lost() {
    let desk = Arc::new(Desk::open().await);
    desk.resource("r", 20).await.unwrap();
    let mut all = wish("r", 48 * HOUR, 60);
    all["units"] = json!(20);
    desk.book("u", "a", &all).await.unwrap();
    for number in 0..8 {
        let mut two = patient("r", 48 * HOUR, 60);
        two["units"] = json!(2);
        desk.ask("w", &format!("w{number}"), &two).await.unwrap();
    }
    desk.resource("r", 21).await.unwrap();
    let app = before_the_second_commit(&desk, |desk| {
        Box::pin(async move {
            desk.cancel("u", "a").await.unwrap();
        })
    });
    app.run_recently_due(10).await.unwrap();
    for _ in 0..3 {
        desk.clock.wait(60);
        desk.app.run_due(10).await.unwrap();
    }
    let mut waiting = Vec::new();
    for number in 0..8 {
        if desk.status(&format!("w{number}")).await == "WAITING" {
            waiting.push(number);
        }
    }
    let newcomer = desk.ask("n", "n", &wish("r", 48 * HOUR, 60)).await.map(|_| ());
    assert!(waiting.is_empty(), "still in line, with 15 of 21 units free: {waiting:?}; newcomer: {newcomer:?}");
}

/// The widest move (as in `several.rs`), of resources with quotas, while somebody waits for one that is left.
#[tokio::test]
async fn the_widest_move_works_while_somebody_waits() {
    let desk = Desk::open().await;
    let (old, new) = (["a", "b", "c", "d", "e"], ["f", "g", "h", "i", "j"]);
    for resource in old.iter().chain(&new) {
        desk.resource_with(resource, &json!({"quota": {"bookingsPerDay": 5}})).await.unwrap();
    }
    desk.ask("u", "b", &several(&old, DAY, 6)).await.unwrap();
    desk.ask("w", "w", &patient("a", 2 * DAY, 60)).await.unwrap();
    let idempotency = Idempotency { key: "k".into(), method: "PUT", route: "/".into(), fingerprint: String::new() };
    let command = Command { idempotency: Some(idempotency), soft_rules: true, ..Command::default() };
    let moved = desk.app.put_booking(command, "u", Some("b"), body(&several(&new, 20 * DAY, 6))).await;
    assert!(moved.is_ok(), "{moved:?}");
}

/// The same without quotas or keys, by an administrator: lines before the new booking take the room for what is freed.
#[tokio::test]
async fn a_move_works_while_others_wait_for_what_it_leaves_and_what_it_takes() {
    let desk = Desk::open().await;
    let (old, new) = (["a", "b", "c", "d", "e"], ["f", "g", "h", "i", "j"]);
    for resource in old {
        desk.resource(resource, 1).await.unwrap();
    }
    for resource in new {
        desk.resource(resource, 2).await.unwrap();
    }
    desk.book("u", "b", &several(&old, DAY, 6)).await.unwrap();
    desk.ask("w", "w", &patient("a", 2 * DAY, 60)).await.unwrap();
    // Resource, first day, days, and the day on which it is blocked.
    for (resource, start, days, blocked) in [("f", 14, 7, 14), ("f", 25, 7, 31), ("g", 18, 3, 18)] {
        let mut two = wish(resource, blocked * DAY, 60);
        two["units"] = json!(2);
        desk.book("z", &format!("block {resource} {start}"), &two).await.unwrap();
        let mut line = patient(resource, start * DAY, days * 24 * 60);
        line["units"] = json!(2);
        desk.book("y", &format!("line {resource} {start}"), &line).await.unwrap();
        assert_eq!(desk.status(&format!("line {resource} {start}")).await, "WAITING");
    }
    // There is no room to see that who waits for the last one cannot have it.
    assert_eq!(rule(desk.book("u", "b", &several(&new, 20 * DAY, 6)).await), "capacity");
    desk.cancel("y", "line g 18").await.unwrap();
    let moved = desk.book("u", "b", &several(&new, 20 * DAY, 6)).await;
    assert!(moved.is_ok(), "{moved:?}");
}

/// X is first in line and could have 9-10 (a hold that is void and not written down); Y is behind, and overlaps X.
#[tokio::test]
async fn who_is_first_is_not_overtaken_by_a_grant_beside_it() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let mut held = wish("r", 48 * HOUR + 9 * HOUR, 60);
    held["hold"] = json!(10);
    desk.ask("u", "held", &held).await.unwrap();
    desk.ask("u", "late", &wish("r", 48 * HOUR + 11 * HOUR, 60)).await.unwrap();
    desk.ask("x", "X", &patient("r", 48 * HOUR + 9 * HOUR, 60)).await.unwrap();
    desk.ask("y", "Y", &patient("r", 48 * HOUR + 9 * HOUR, 180)).await.unwrap();
    desk.clock.wait(600);
    desk.cancel("u", "late").await.unwrap();
    desk.app.run_due(10).await.unwrap();
    let found = (desk.status("X").await, desk.status("Y").await);
    assert_eq!(found, ("CONFIRMED".to_owned(), "WAITING".to_owned()));
}

/// Cancelling five resources of six days: the first in line of the last one is passed over since its days are not loaded.
#[tokio::test]
async fn nobody_overtakes_where_days_are_not_loaded() {
    let desk = Desk::open().await;
    let all = ["a", "b", "c", "d", "e"];
    for resource in all {
        desk.resource(resource, 1).await.unwrap();
    }
    desk.book("u", "A", &several(&all, 10 * DAY, 6)).await.unwrap();
    for resource in ["a", "b", "c", "d"] {
        for (name, start, blocked) in [("before", 4, 4), ("behind", 15, 21)] {
            desk.book("z", &format!("{name} block {resource}"), &wish(resource, blocked * DAY, 60)).await.unwrap();
            let line = patient(resource, start * DAY, 7 * 24 * 60);
            desk.ask("y", &format!("{name} {resource}"), &line).await.unwrap();
        }
    }
    desk.ask("x", "first", &patient("e", 4 * DAY, 7 * 24 * 60)).await.unwrap();
    desk.clock.wait(60);
    desk.ask("y", "second", &patient("e", 10 * DAY, 60)).await.unwrap();
    desk.cancel("u", "A").await.unwrap();
    desk.app.run_due(10).await.unwrap();
    let found = (desk.status("first").await, desk.status("second").await);
    assert_eq!(found, ("CONFIRMED".to_owned(), "WAITING".to_owned()));
}

/// The first in line asks again, without `waitlist`, while units are free but not granted yet.
#[tokio::test]
async fn who_is_behind_does_not_keep_the_first_from_its_units() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let mut held = wish("r", 48 * HOUR, 60);
    held["hold"] = json!(10);
    desk.ask("u", "held", &held).await.unwrap();
    desk.ask("x", "first", &patient("r", 48 * HOUR, 60)).await.unwrap();
    desk.ask("y", "second", &patient("r", 48 * HOUR, 60)).await.unwrap();
    desk.clock.wait(600);
    let outcome = desk.ask("x", "first", &wish("r", 48 * HOUR, 60)).await;
    assert!(outcome.is_ok(), "{outcome:?}");
}

/// The commit that grants is done for a resource whose rules were unreadable for a while.
#[tokio::test]
async fn a_line_goes_on_when_a_resource_is_readable_again() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    desk.book("u", "a", &wish("r", 48 * HOUR, 60)).await.unwrap();
    desk.ask("v", "b", &patient("r", 48 * HOUR, 60)).await.unwrap();
    // Another program stores it with a member that is no rule.
    let key = Key::new(Table::Resources, "r");
    let mut stored: Value = desk.store.get(&key).await.unwrap().unwrap().body().unwrap();
    stored["capacity"] = json!("one");
    let decide = move |_: &Loaded| {
        let mut changes = Changes::none();
        changes.put(key.clone(), &stored)?;
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    store::transact(desk.store.as_ref(), vec![Key::new(Table::Resources, "r")], decide).await.unwrap().unwrap();
    desk.cancel("u", "a").await.unwrap();
    desk.resource("r", 1).await.unwrap();
    desk.clock.wait(60);
    desk.app.run_due(10).await.unwrap();
    assert_eq!(desk.status("b").await, "CONFIRMED");
}

/// A newcomer whom the line refuses is not offered the very time that is refused.
#[tokio::test]
async fn alternatives_do_not_name_what_is_the_lines() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let mut held = wish("r", 48 * HOUR, 60);
    held["hold"] = json!(10);
    desk.ask("u", "held", &held).await.unwrap();
    desk.ask("x", "first", &patient("r", 48 * HOUR, 60)).await.unwrap();
    desk.clock.wait(600);
    let Err(app::Failure::Refused(refusal)) = desk.ask("n", "n", &wish("r", 48 * HOUR, 60)).await else { panic!() };
    let offered: Vec<i64> = refusal.alternatives.iter().map(|time| time.start.epoch_seconds()).collect();
    for start in offered {
        assert_ne!(start, MIDNIGHT + 48 * HOUR, "offered what was refused");
    }
}
