//! Bookings that wait in line for units.

use app::{Command, Failure};
use serde_json::{Value, json};
use store::{Key, Query, Table};

use crate::support::{Desk, MIDNIGHT, ahead, body, rule};

const HOUR: i64 = 3600;

fn wish(start: i64, units: i64) -> Value {
    json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + start * HOUR, "durationMinutes": 60, "units": units})
}

fn patient(start: i64, units: i64) -> Value {
    let mut wish = wish(start, units);
    wish["waitlist"] = json!(true);
    wish
}

fn held(start: i64, minutes: i64) -> Value {
    let mut wish = wish(start, 1);
    wish["hold"] = json!(minutes);
    wish
}

/// A desk with a resource of so many units, all taken by `a` from hour 48 on, for an hour.
async fn taken(units: i64) -> Desk {
    let desk = Desk::open().await;
    desk.resource("r", units).await.unwrap();
    desk.book("u", "a", &wish(48, units)).await.unwrap();
    desk
}

async fn statuses(desk: &Desk, bookings: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for booking in bookings {
        all.push(desk.status(booking).await);
    }
    all
}

async fn events(desk: &Desk, booking: &str) -> Vec<String> {
    let events = desk.store.query(Query::table(Table::Events, format!("booking/{booking}"))).await.unwrap().items;
    let kind = |event: Value| event["type"].as_str().unwrap().to_owned();
    events.iter().map(|item| kind(item.body().unwrap())).collect()
}

async fn timers(desk: &Desk) -> usize {
    desk.store.scan(Table::Timers, 100, None).await.unwrap().items.len()
}

#[tokio::test]
async fn what_is_canceled_goes_to_the_first_in_line_in_the_same_commit() {
    let desk = taken(1).await;
    assert_eq!(rule(desk.ask("v", "b", &wish(48, 1)).await), "capacity");
    let reply = desk.ask("v", "b", &patient(48, 1)).await.unwrap();
    let booking: Value = serde_json::from_str(&reply.body.unwrap()).unwrap();
    assert_eq!((&booking["status"], booking.get("waitlist")), (&json!("WAITING"), None));
    assert_eq!(booking["waitingSince"], "2021-04-01T00:00:00.000Z");
    assert_eq!(booking["expiresAt"], "2021-04-03T00:00:00Z", "its start");
    desk.ask("w", "c", &patient(48, 1)).await.unwrap();
    assert_eq!(timers(&desk).await, 2);
    desk.cancel("u", "a").await.unwrap();
    assert_eq!(statuses(&desk, &["a", "b", "c"]).await, ["CANCELED", "CONFIRMED", "WAITING"]);
    assert_eq!(events(&desk, "b").await, ["frontdesk.booking.created", "frontdesk.booking.granted"]);
    let stored = desk.store.get(&Key::new(Table::Bookings, "b")).await.unwrap().unwrap().body::<Value>().unwrap();
    assert_eq!((stored.get("waitingSince"), stored.get("expiresAt")), (None, None));
    desk.cancel("w", "c").await.unwrap();
    desk.cancel("v", "b").await.unwrap();
    assert_eq!(statuses(&desk, &["b", "c"]).await, ["CANCELED", "CANCELED"]);
    assert_eq!((desk.days("r").await, timers(&desk).await), (0, 0));
}

#[tokio::test]
async fn who_does_not_fit_is_passed_over_and_keeps_the_place() {
    let desk = taken(3).await;
    for (booking, units) in [("b", 2), ("c", 3), ("d", 1)] {
        desk.ask("v", booking, &patient(48, units)).await.unwrap();
    }
    // A move that leaves two units: the first has them.
    desk.book("u", "a", &wish(48, 1)).await.unwrap();
    assert_eq!(statuses(&desk, &["b", "c", "d"]).await, ["CONFIRMED", "WAITING", "WAITING"]);
    desk.book("u", "a", &wish(60, 1)).await.unwrap();
    assert_eq!(statuses(&desk, &["b", "c", "d"]).await, ["CONFIRMED", "WAITING", "CONFIRMED"]);
    desk.cancel("v", "b").await.unwrap();
    desk.cancel("v", "d").await.unwrap();
    assert_eq!(desk.status("c").await, "CONFIRMED");
}

#[tokio::test]
async fn it_waits_until_its_start_and_may_move_or_leave() {
    let desk = taken(1).await;
    desk.ask("v", "b", &patient(48, 1)).await.unwrap();
    desk.ask("w", "c", &patient(48, 1)).await.unwrap();
    // It keeps its place when it only becomes less, and leaves it for a time that is free.
    desk.clock.wait(60);
    let mut titled = patient(48, 1);
    titled["title"] = json!("T");
    titled["durationMinutes"] = json!(30);
    let reply = desk.ask("v", "b", &titled).await.unwrap();
    assert!(reply.body.unwrap().contains(r#""waitingSince":"2021-04-01T00:00:00.000Z""#));
    assert_eq!(rule(desk.ask("v", "b", &wish(48, 1)).await), "capacity");
    assert_eq!(desk.status("b").await, "WAITING", "what is refused changes nothing");
    desk.ask("w", "c", &patient(50, 1)).await.unwrap();
    assert_eq!(desk.status("c").await, "CONFIRMED");
    assert_eq!(rule(desk.ask("w", "c", &patient(48, 1)).await), "capacity", "what stands does not wait");
    assert_eq!(desk.status("c").await, "CONFIRMED");
    desk.clock.wait(48 * HOUR - 60);
    assert_eq!(rule(desk.app.confirm_booking(Command::default(), "v", "b").await), "expired");
    desk.app.run_due(10).await.unwrap();
    assert_eq!((desk.status("b").await.as_str(), timers(&desk).await), ("EXPIRED", 0));
    desk.cancel("u", "a").await.unwrap();
    assert_eq!(
        rule(desk.ask("w", "d", &patient(40, 1)).await.and_then(|_| Err(domain::Refusal::not_found("x").into()))),
        "not-found"
    );
    assert_eq!(desk.status("d").await, "CONFIRMED", "what is free is booked");
}

#[tokio::test]
async fn holds_that_expire_no_shows_and_declined_bookings_make_room() {
    let desk = Desk::open().await;
    desk.resource_with("r", &json!({"noShowMinutes": 10})).await.unwrap();
    desk.ask("u", "a", &held(48, 10)).await.unwrap();
    desk.ask("v", "b", &patient(48, 1)).await.unwrap();
    desk.clock.wait(600);
    assert_eq!(rule(desk.book("x", "z", &wish(48, 1)).await), "capacity", "nobody overtakes, though nothing ran yet");
    desk.app.run_due(10).await.unwrap();
    assert_eq!(statuses(&desk, &["a", "b"]).await, ["EXPIRED", "CONFIRMED"]);

    let mut late = patient(48, 1);
    late["starttimeepochtime"] = json!(MIDNIGHT + 48 * HOUR + 1800);
    late["durationMinutes"] = json!(30);
    desk.ask("w", "c", &late).await.unwrap();
    desk.clock.wait(48 * HOUR);
    desk.app.run_due(10).await.unwrap();
    assert_eq!(statuses(&desk, &["b", "c"]).await, ["NO_SHOW", "CONFIRMED"]);

    desk.resource_with("r", &json!({"approvalRequired": true})).await.unwrap();
    desk.ask("u", "d", &wish(80, 1)).await.unwrap();
    desk.ask("v", "e", &patient(80, 1)).await.unwrap();
    let decline = desk.app.decline_booking(Command::default(), "u", "d", body(&json!({})));
    decline.await.unwrap();
    assert_eq!(statuses(&desk, &["d", "e"]).await, ["DECLINED", "PENDING"], "it needs approval, too");
    desk.app.approve_booking(Command::default(), "v", "e").await.unwrap();
    assert_eq!(desk.status("e").await, "CONFIRMED");
}

#[tokio::test]
async fn more_than_one_commit_grants_is_granted_right_afterwards_and_nobody_comes_between() {
    let desk = taken(20).await;
    let names: Vec<String> = (0..20).map(|number| format!("w{number:02}")).collect();
    for name in &names {
        desk.ask("v", name, &patient(48, 1)).await.unwrap();
    }
    desk.cancel("u", "a").await.unwrap();
    let mut granted = 0;
    for name in &names {
        granted += usize::from(desk.status(name).await == "CONFIRMED");
    }
    assert_eq!(granted, domain::limits::GRANTS);
    assert_eq!(rule(desk.book("x", "z", &wish(48, 4)).await), "capacity");
    assert_eq!(rule(desk.book("x", "z", &wish(48, 1)).await), "capacity");
    assert_eq!(desk.app.run_recently_due(10).await.unwrap(), 1);
    for name in &names {
        assert_eq!(desk.status(name).await, "CONFIRMED");
    }
    let all = desk.store.scan(Table::Timers, 10, None).await.unwrap().items.len();
    assert_eq!(all, 0);
}

#[tokio::test]
async fn units_that_a_resource_gets_go_to_the_line_first() {
    let desk = taken(1).await;
    desk.ask("v", "b", &patient(48, 1)).await.unwrap();
    desk.resource("r", 2).await.unwrap();
    assert_eq!(rule(desk.book("x", "z", &wish(48, 1)).await), "capacity");
    desk.app.run_recently_due(10).await.unwrap();
    assert_eq!((desk.status("b").await.as_str(), timers(&desk).await), ("CONFIRMED", 0));
}

#[tokio::test]
async fn a_booking_of_several_days_is_granted_when_all_of_it_is_free() {
    let desk = taken(1).await;
    desk.book("u", "z", &wish(90, 1)).await.unwrap();
    let long = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + 40 * HOUR, "durationMinutes": 72 * 60, "waitlist": true});
    desk.ask("v", "b", &long).await.unwrap();
    assert_eq!(desk.days("r").await, 4);
    desk.cancel("u", "a").await.unwrap();
    assert_eq!(desk.status("b").await, "WAITING");
    desk.book("w", "c", &wish(50, 1)).await.unwrap();
    desk.cancel("u", "z").await.unwrap();
    assert_eq!(desk.status("b").await, "WAITING");
    desk.cancel("w", "c").await.unwrap();
    assert_eq!(desk.status("b").await, "CONFIRMED");
}

#[tokio::test]
async fn deleting_the_resource_cancels_who_waits() {
    let desk = taken(1).await;
    desk.ask("v", "b", &patient(48, 1)).await.unwrap();
    desk.ask("v", "c", &patient(48, 1)).await.unwrap();
    assert_eq!(rule(desk.delete("r", false).await), "bookings-to-come");
    desk.delete("r", true).await.unwrap();
    assert_eq!(statuses(&desk, &["a", "b", "c"]).await, ["CANCELED", "CANCELED", "CANCELED"]);
    assert_eq!(desk.days("r").await, 0);
    desk.clock.wait(60);
    desk.app.run_due(10).await.unwrap();
    assert_eq!(timers(&desk).await, 0);
}

#[tokio::test]
async fn erasing_a_person_frees_units_for_the_line_and_takes_the_person_out_of_it() {
    let desk = taken(1).await;
    desk.ask("v", "b", &patient(48, 1)).await.unwrap();
    desk.ask("w", "c", &patient(48, 1)).await.unwrap();
    let erased = desk.app.erase_person("v").await.unwrap();
    assert_eq!((erased.bookings, erased.released), (1, 0));
    desk.app.erase_person("u").await.unwrap();
    assert_eq!(desk.status("c").await, "CONFIRMED");
}

#[tokio::test]
async fn a_place_that_another_clock_saw_end_is_gone() {
    let desk = taken(1).await;
    desk.ask("v", "b", &patient(48, 1)).await.unwrap();
    let (other, _) = ahead(&desk, 48 * HOUR);
    other.cancel_booking(Command::default(), "u", "a").await.unwrap();
    assert_eq!(desk.status("b").await, "WAITING", "by the clock here");
    assert_eq!(rule(desk.ask("v", "b", &patient(48, 1)).await), "expired");
    desk.book("x", "c", &wish(48, 1)).await.unwrap();
    desk.clock.wait(48 * HOUR);
    desk.app.run_due(10).await.unwrap();
    assert_eq!(desk.status("b").await, "EXPIRED");
}

#[tokio::test]
async fn waiting_counts_in_the_quota() {
    let desk = Desk::open().await;
    desk.resource_with("r", &json!({"quota": {"bookingsPerDay": 1}})).await.unwrap();
    desk.book("u", "a", &wish(48, 1)).await.unwrap();
    desk.ask("v", "b", &patient(48, 1)).await.unwrap();
    assert_eq!(rule(desk.ask("v", "c", &patient(48, 1)).await), "quota");
    desk.cancel("v", "b").await.unwrap();
    desk.ask("v", "c", &patient(48, 1)).await.unwrap();
    desk.cancel("u", "a").await.unwrap();
    assert_eq!(rule(desk.ask("v", "d", &wish(50, 1)).await), "quota");
    desk.cancel("v", "c").await.unwrap();
    assert_eq!(desk.store.scan(Table::Quotas, 10, None).await.unwrap().items.len(), 0);
}

#[tokio::test]
async fn what_cannot_wait_is_said() {
    let desk = taken(1).await;
    desk.resource("s", 1).await.unwrap();
    let wrong = |member: &str, value: Value| {
        let mut wish = patient(48, 1);
        wish[member] = value;
        wish
    };
    for (member, value) in [
        ("waitlist", json!("yes")),
        ("hold", json!(10)),
        ("additionalResources", json!([{"resourceID": "s"}])),
        ("durationMinutes", json!(7 * 24 * 60 + 1)),
    ] {
        let Err(Failure::Refused(refusal)) = desk.ask("v", "b", &wrong(member, value)).await else {
            panic!("{member}")
        };
        assert_eq!((refusal.rule.as_str(), refusal.errors[0].pointer.as_str()), ("invalid", "/waitlist"), "{member}");
    }
    assert_eq!(rule(desk.ask("v", "b", &patient(48, 2)).await), "capacity", "two units there will never be");
    desk.clock.wait(49 * HOUR - 60);
    assert_eq!(rule(desk.ask("v", "b", &patient(48, 1)).await), "capacity", "it has begun");
}

/// 32 clients that come while the units come free: whoever they are, the first in line has them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn newcomers_do_not_overtake_who_waits() {
    for _ in 0..8 {
        let desk = std::sync::Arc::new(taken(1).await);
        desk.ask("v", "b", &patient(48, 1)).await.unwrap();
        let mut all = tokio::task::JoinSet::new();
        for number in 0..32 {
            let desk = desk.clone();
            all.spawn(async move {
                if number == 16 {
                    return desk.cancel("u", "a").await.map(drop).is_err();
                }
                let wish = if number % 2 == 0 { wish(48, 1) } else { patient(48, 1) };
                let reply = desk.ask("x", &format!("n{number}"), &wish).await;
                reply.is_ok_and(|reply| reply.body.unwrap().contains("CONFIRMED"))
            });
        }
        assert!(all.join_all().await.into_iter().all(|confirmed| !confirmed));
        assert_eq!(desk.status("b").await, "CONFIRMED");
    }
}

/// Who would have to hold units where a day has no more holds is passed over, and blocks nobody.
#[tokio::test]
async fn who_cannot_hold_units_yet_is_passed_over() {
    let desk = Desk::open().await;
    desk.resource_with("r", &json!({"capacity": 200, "approvalRequired": true})).await.unwrap();
    desk.book("u", "a", &wish(48, 200)).await.unwrap();
    desk.ask("v", "b", &patient(48, 1)).await.unwrap();
    desk.book("v", "c", &patient(48, 1)).await.unwrap();
    for number in 0..100 {
        desk.ask("x", &format!("held {number}"), &held(50, 60)).await.unwrap();
    }
    desk.cancel("u", "a").await.unwrap();
    assert_eq!(statuses(&desk, &["b", "c"]).await, ["WAITING", "CONFIRMED"]);
    desk.cancel("x", "held 7").await.unwrap();
    assert_eq!(desk.status("b").await, "PENDING", "the day has room for one more hold");
}

/// Whom the events of a booking concern, in their order.
async fn concerned(desk: &Desk, booking: &str) -> Vec<Value> {
    let events = desk.store.query(Query::table(Table::Events, format!("booking/{booking}"))).await.unwrap().items;
    events.iter().map(|item| item.private::<Value>().unwrap()["concerns"].clone()).collect()
}

#[tokio::test]
async fn who_follows_the_calendar_hears_of_who_is_granted_not_of_who_waits() {
    let desk = taken(1).await;
    desk.ask("v", "b", &patient(48, 1)).await.unwrap();
    desk.ask("w", "c", &patient(48, 1)).await.unwrap();
    desk.cancel("u", "a").await.unwrap();
    desk.cancel("w", "c").await.unwrap();
    assert_eq!(concerned(&desk, "a").await, [json!(["bookings/u", "resource/r"]), json!(["bookings/u", "resource/r"])]);
    assert_eq!(concerned(&desk, "b").await, [json!(["bookings/v"]), json!(["bookings/v", "resource/r"])]);
    assert_eq!(concerned(&desk, "c").await, [json!(["bookings/w"]), json!(["bookings/w"])]);
}

/// How many bookings of the resource somebody sees.
async fn listed(desk: &Desk, user_id: &str, sees_all: bool) -> usize {
    let list = app::BookingList { all: false, limit: 10, cursor: None };
    let viewer = app::Viewer { user_id, sees_all };
    desk.app.list_resource_bookings("l", "r", viewer, list).await.unwrap().items.len()
}

/// The calendar as everybody sees it does not have those who wait.
#[tokio::test]
async fn who_waits_uses_nothing() {
    let desk = taken(1).await;
    desk.ask("v", "b", &patient(48, 1)).await.unwrap();
    assert_eq!(listed(&desk, "x", false).await, 1);
    assert_eq!(listed(&desk, "v", false).await, 2);
    assert_eq!(listed(&desk, "root", true).await, 2);
}
