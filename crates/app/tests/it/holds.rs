//! Bookings that are held until they are confirmed.

use app::{App, Command, Failure, Reply};
use serde_json::{Value, json};
use store::{Query, Table};

use crate::support::{Desk, MIDNIGHT, ahead, body, rule};

const HOUR: i64 = 3600;

fn wish(start: i64) -> Value {
    json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + start * HOUR, "durationMinutes": 60})
}

fn held(start: i64, minutes: i64) -> Value {
    let mut wish = wish(start);
    wish["hold"] = json!(minutes);
    wish
}

/// Confirms as one whom the rules bind.
async fn confirm(app: &App, booking: &str) -> Result<Reply, Failure> {
    app.confirm_booking(Command { soft_rules: true, ..Command::default() }, "u", booking).await
}

fn shown(outcome: Result<Reply, Failure>) -> (String, Option<String>) {
    let booking: Value = serde_json::from_str(&outcome.unwrap().body.unwrap()).unwrap();
    assert_eq!(booking.get("hold"), None);
    (booking["status"].as_str().unwrap().to_owned(), booking["expiresAt"].as_str().map(str::to_owned))
}

async fn timers(desk: &Desk) -> usize {
    desk.store.scan(Table::Timers, 10, None).await.unwrap().items.len()
}

#[tokio::test]
async fn a_hold_is_confirmed_once_or_expires() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let until = |text: &str| ("HELD".to_owned(), Some(text.to_owned()));
    assert_eq!(shown(desk.ask("u", "b", &held(48, 10)).await), until("2021-04-01T00:10:00Z"));
    assert_eq!(rule(desk.book("v", "c", &wish(48)).await), "capacity");
    desk.clock.wait(599);
    let confirmed = shown(confirm(&desk.app, "b").await);
    assert_eq!(confirmed, ("CONFIRMED".to_owned(), None));
    assert_eq!((shown(confirm(&desk.app, "b").await), timers(&desk).await), (confirmed, 0));
    let events = desk.store.query(Query::table(Table::Events, "booking/b")).await.unwrap().items;
    assert_eq!(events.len(), 2, "created and confirmed");
    desk.clock.wait(HOUR);
    desk.app.run_due(10).await.unwrap();
    assert_eq!((desk.status("b").await.as_str(), desk.days("r").await), ("CONFIRMED", 1));

    desk.ask("u", "d", &held(50, 60)).await.unwrap();
    desk.clock.wait(HOUR);
    assert_eq!(desk.app.run_due(10).await.unwrap(), 0, "it began within a minute, and ends with one");
    desk.clock.wait(1);
    assert_eq!(rule(confirm(&desk.app, "d").await), "expired");
    desk.book("v", "c", &wish(50)).await.unwrap();
    desk.app.run_due(10).await.unwrap();
    assert_eq!(desk.status("d").await, "EXPIRED");
    assert_eq!(rule(confirm(&desk.app, "d").await), "expired");
    assert_eq!(timers(&desk).await, 0);
}

#[tokio::test]
async fn a_hold_does_not_last_beyond_its_start_and_is_released_by_canceling() {
    let desk = Desk::open().await;
    desk.resource_with("r", &json!({"cancellationNoticeMinutes": 600})).await.unwrap();
    let mut soon = held(0, 60);
    soon["starttimeepochtime"] = json!(MIDNIGHT + 1800);
    assert_eq!(shown(desk.ask("u", "b", &soon).await).1.unwrap(), "2021-04-01T00:30:00Z");
    assert_eq!(shown(desk.ask("u", "b", &held(1, 60)).await).1.unwrap(), "2021-04-01T01:00:00Z", "it may be moved");
    let command = Command { soft_rules: true, ..Command::default() };
    desk.app.cancel_booking(command, "u", "b").await.unwrap();
    assert_eq!((desk.status("b").await.as_str(), desk.days("r").await, timers(&desk).await), ("CANCELED", 0, 0));
    assert_eq!(rule(confirm(&desk.app, "b").await), "booking-canceled");
}

#[tokio::test]
async fn a_put_holds_anew_or_books_and_never_holds_what_is_booked() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    desk.ask("u", "b", &held(48, 10)).await.unwrap();
    desk.clock.wait(300);
    assert_eq!(shown(desk.ask("u", "b", &held(49, 10)).await).1.unwrap(), "2021-04-01T00:15:00Z");
    desk.book("v", "c", &wish(48)).await.unwrap();
    assert_eq!(shown(desk.ask("u", "b", &wish(49)).await), ("CONFIRMED".to_owned(), None));
    let Err(Failure::Refused(refusal)) = desk.ask("u", "b", &held(49, 10)).await else { panic!("it is booked") };
    assert_eq!((refusal.rule.as_str(), refusal.errors[0].pointer.as_str()), ("not-held", "/hold"));
    for minutes in [json!(0), json!(61), json!("10"), json!(1.5)] {
        let mut wish = wish(50);
        wish["hold"] = minutes;
        assert_eq!(rule(desk.ask("u", "d", &wish).await), "invalid");
    }
}

#[tokio::test]
async fn a_hold_that_needs_approval_waits_for_it_once_it_is_confirmed() {
    let desk = Desk::open().await;
    desk.resource_with("r", &json!({"approvalRequired": true, "approvalExpiryMinutes": 600})).await.unwrap();
    desk.ask("u", "b", &held(48, 10)).await.unwrap();
    assert_eq!(rule(desk.app.approve_booking(Command::default(), "u", "b").await), "not-pending");
    // What the resource required when it was held binds.
    desk.resource("r", 1).await.unwrap();
    desk.clock.wait(300);
    let pending = shown(confirm(&desk.app, "b").await);
    assert_eq!(pending, ("PENDING".to_owned(), Some("2021-04-01T10:05:00Z".to_owned())));
    assert_eq!((shown(confirm(&desk.app, "b").await), timers(&desk).await), (pending, 1));
    desk.clock.wait(HOUR);
    desk.app.run_due(10).await.unwrap();
    assert_eq!(rule(desk.book("v", "c", &wish(48)).await), "capacity", "it holds its units");
    desk.app.approve_booking(Command::default(), "u", "b").await.unwrap();
    assert_eq!((desk.status("b").await.as_str(), timers(&desk).await), ("CONFIRMED", 0));

    desk.resource_with("r", &json!({"approvalRequired": true})).await.unwrap();
    desk.ask("u", "d", &held(50, 10)).await.unwrap();
    desk.app.confirm_booking(Command::default(), "u", "d").await.unwrap();
    assert_eq!(desk.status("d").await, "CONFIRMED", "an administrator approves, too");
    desk.ask("u", "e", &held(52, 10)).await.unwrap();
    assert_eq!(shown(desk.ask("u", "e", &wish(52)).await).0, "PENDING", "booking it is no way around approval");
}

#[tokio::test]
async fn a_hold_that_another_clock_saw_expire_and_granted_over_is_never_confirmed() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    desk.ask("u", "b", &held(48, 60)).await.unwrap();
    let (other, _) = ahead(&desk, HOUR);
    let mut taken = wish(48);
    taken["durationMinutes"] = json!(1);
    other.put_booking(Command::default(), "v", Some("c"), body(&taken)).await.unwrap();
    assert_eq!(desk.status("b").await, "HELD", "by the clock here");
    assert_eq!(rule(confirm(&desk.app, "b").await), "expired");
    assert_eq!(rule(desk.ask("u", "b", &wish(48)).await), "expired");
}

#[tokio::test]
async fn a_day_has_only_so_many_holds_and_alternatives_avoid_it() {
    let desk = Desk::open().await;
    desk.resource("r", 1_000).await.unwrap();
    let all = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + 48 * HOUR, "units": 1_000});
    desk.book("v", "all", &all).await.unwrap();
    for number in 0..100 {
        desk.book("u", &format!("b{number}"), &held(36, 60)).await.unwrap();
    }
    let Err(Failure::Refused(refusal)) = desk.ask("u", "b", &held(36, 60)).await else { panic!("too many") };
    assert_eq!(refusal.rule, "too-many-holds");
    let starts: Vec<_> = refusal.alternatives.iter().map(|found| found.start.epoch_seconds() - MIDNIGHT).collect();
    assert_eq!(starts, [49 * HOUR], "on the next day");
    desk.ask("u", "c", &held(49, 60)).await.unwrap();
    desk.ask("u", "d", &wish(36)).await.unwrap();
}

#[tokio::test]
async fn a_hold_counts_in_the_quota_until_it_expires() {
    let desk = Desk::open().await;
    desk.resource_with("r", &json!({"capacity": 5, "quota": {"bookingsPerDay": 1}})).await.unwrap();
    desk.ask("u", "b", &held(48, 10)).await.unwrap();
    assert_eq!(rule(desk.ask("u", "c", &wish(49)).await), "quota");
    desk.clock.wait(600);
    desk.app.run_due(10).await.unwrap();
    desk.ask("u", "c", &wish(49)).await.unwrap();
}
