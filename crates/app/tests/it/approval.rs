//! Approval, and processes whose clocks are apart.

use std::sync::Arc;

use app::{App, Command, Failure, Reply};
use serde_json::{Value, json};
use store::{Key, Query, Table};

use crate::support::{Desk, MIDNIGHT, ahead, body, rule};

const HOUR: i64 = 3600;

async fn hall(desk: &Desk) {
    let hall = json!({"name": "Hall", "approvalRequired": true, "approvalExpiryMinutes": 60, "bufferAfterMinutes": 30});
    desk.resource_with("hall", &hall).await.unwrap();
    desk.resource("room", 1).await.unwrap();
}

fn wish(start: i64) -> Value {
    json!({"resourceID": "hall", "starttimeepochtime": MIDNIGHT + start * HOUR, "additionalResources": [{"resourceID": "room"}]})
}

async fn approve(app: &App, booking: &str) -> Result<Reply, Failure> {
    app.approve_booking(Command::default(), "u", booking).await
}

#[tokio::test]
async fn a_hold_that_another_clock_saw_expire_and_granted_over_cannot_be_approved_or_kept() {
    let desk = Desk::open().await;
    hall(&desk).await;
    desk.ask("u", "b", &wish(48)).await.unwrap();
    let (other, _) = ahead(&desk, HOUR);
    let taken = json!({"resourceID": "room", "starttimeepochtime": MIDNIGHT + 48 * HOUR + 60, "durationMinutes": 1});
    other.put_booking(Command::default(), "v", Some("c"), body(&taken)).await.unwrap();
    assert_eq!(desk.status("b").await, "PENDING", "by the clock here it still waits");
    assert_eq!(rule(approve(&desk.app, "b").await), "expired");
    assert_eq!(rule(desk.ask("u", "b", &wish(48)).await), "expired", "nor does it keep its time");
    desk.clock.wait(HOUR);
    desk.app.run_due(10).await.unwrap();
    assert_eq!(desk.status("b").await, "EXPIRED");
    assert_eq!((desk.days("hall").await, desk.days("room").await), (0, 1));
}

#[tokio::test]
async fn what_waits_goes_on_waiting_as_long_as_it_only_becomes_less() {
    let desk = Desk::open().await;
    hall(&desk).await;
    let status = |reply: Reply| {
        let booking: Value = serde_json::from_str(&reply.body.unwrap()).unwrap();
        (booking["status"].as_str().unwrap().to_owned(), booking["expiresAt"].as_str().map(str::to_owned))
    };
    let first = status(desk.ask("u", "b", &wish(48)).await.unwrap());
    assert_eq!(first, ("PENDING".to_owned(), Some("2021-04-01T01:00:00Z".to_owned())));
    desk.clock.wait(600);
    let shorter = json!({"resourceID": "hall", "starttimeepochtime": MIDNIGHT + 48 * HOUR, "durationMinutes": 30});
    assert_eq!(status(desk.ask("u", "b", &shorter).await.unwrap()), first);
    assert_eq!(status(desk.ask("u", "b", &wish(48)).await.unwrap()).1.unwrap(), "2021-04-01T01:10:00Z");
    assert_eq!(status(approve(&desk.app, "b").await.unwrap()), ("CONFIRMED".to_owned(), None));
    assert_eq!(status(desk.ask("u", "b", &shorter).await.unwrap()).0, "CONFIRMED");
    assert_eq!(status(desk.ask("u", "b", &wish(48)).await.unwrap()).0, "PENDING");
    assert_eq!(status(desk.book("u", "b", &wish(49)).await.unwrap()).0, "CONFIRMED", "an administrator moves it");
}

#[tokio::test]
async fn it_does_not_wait_beyond_its_start() {
    let desk = Desk::open().await;
    hall(&desk).await;
    let mut soon = wish(0);
    soon["starttimeepochtime"] = json!(MIDNIGHT + 1800);
    let reply: Value = serde_json::from_str(&desk.ask("u", "b", &soon).await.unwrap().body.unwrap()).unwrap();
    assert_eq!(reply["expiresAt"], "2021-04-01T00:30:00Z");
}

/// 32 approvals beside as many runs of what is due, at the minute at which the booking expires by one clock and not by the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_approvals_and_expiry_at_once_one_happens() {
    for round in 0..8 {
        let desk = Arc::new(Desk::open().await);
        hall(&desk).await;
        desk.ask("u", "b", &wish(48)).await.unwrap();
        let (other, clock) = ahead(&desk, HOUR);
        clock.wait(round % 2 * -60);
        let other = Arc::new(other);
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..32 {
            let (desk, other) = (desk.clone(), other.clone());
            all.spawn(async move { approve(&desk.app, "b").await.is_ok() });
            all.spawn(async move { other.run_due(10).await.is_err() });
        }
        let approved = all.join_all().await.into_iter().filter(|approved| *approved).count();
        let status = desk.status("b").await;
        assert!(matches!((status.as_str(), approved), ("CONFIRMED", 1..=32) | ("EXPIRED", 0)), "{status} {approved}");
        let events = desk.store.query(Query::table(Table::Events, "booking/b")).await.unwrap().items;
        assert_eq!(events.len(), 2, "created, and one thing more");
        assert_eq!(desk.days("hall").await, usize::from(status == "CONFIRMED"));
        let timers = desk.store.scan(Table::Timers, 10, None).await.unwrap().items;
        assert_eq!(timers.len(), 0);
    }
}

#[tokio::test]
async fn the_items_of_a_declined_booking_are_gone_from_the_calendar() {
    let desk = Desk::open().await;
    hall(&desk).await;
    desk.ask("u", "b", &wish(48)).await.unwrap();
    assert_eq!((desk.days("hall").await, desk.days("room").await), (1, 1));
    let reason = body(&json!({"reason": "No."}));
    desk.app.decline_booking(Command::default(), "u", "b", reason).await.unwrap();
    assert_eq!((desk.days("hall").await, desk.days("room").await), (0, 0));
    let part = desk.store.get(&Key::new(Table::Bookings, "b\u{1f}room")).await.unwrap().unwrap();
    assert_eq!(part.body::<Value>().unwrap()["status"], "DECLINED");
}
