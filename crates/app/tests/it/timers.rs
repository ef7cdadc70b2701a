//! Timers: run late, twice, or beside others that fail.

use app::Command;
use serde_json::{Value, json};
use store::{Key, Table};

use crate::support::{Desk, MIDNIGHT, plant, rule};

/// Before each booking's timer lies one that cannot be read, one of a booking that cannot be read, and one of none.
#[tokio::test]
async fn a_timer_that_fails_does_not_keep_others() {
    let desk = Desk::open().await;
    desk.resource_with("r", &json!({"name": "R", "capacity": 100, "noShowMinutes": 10})).await.unwrap();
    plant(&desk, Key::new(Table::Bookings, "odd"), json!({"bookingID": "odd", "units": "many"})).await;
    for shard in (0..16).map(|shard| shard.to_string()) {
        for number in 0..3 {
            for (kind, booking) in [("explode", "b"), ("expire", "odd"), ("expire", "none")] {
                let due = format!("{number:012}#{kind}#{booking}");
                let timer = json!({"shard": shard, "due": due, "kind": kind, "bookingID": booking});
                plant(&desk, Key::text(Table::Timers, &shard, &due), timer).await;
            }
        }
    }
    for number in 0..20 {
        let wish = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + 3600});
        desk.book("u", &format!("b{number}"), &wish).await.unwrap();
    }
    desk.clock.wait(3600 + 600);
    for _ in 0..20 {
        desk.app.run_due(2).await.unwrap();
    }
    for number in 0..20 {
        assert_eq!(desk.status(&format!("b{number}")).await, "NO_SHOW");
    }
    assert_eq!(desk.days("r").await, 0);
    assert_eq!(desk.app.run_due(10).await.unwrap(), 0, "what fails is not done");
}

#[tokio::test]
async fn a_booking_that_is_late_already_is_not_released() {
    let desk = Desk::open().await;
    desk.resource_with("r", &json!({"name": "R", "noShowMinutes": 10})).await.unwrap();
    desk.book("u", "b", &json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT - 3600, "durationMinutes": 120}))
        .await
        .unwrap();
    desk.clock.wait(24 * 3600);
    desk.app.run_due(10).await.unwrap();
    assert_eq!(desk.status("b").await, "CONFIRMED");
}

/// A desk with a booking of the next hour, released ten minutes after its start.
async fn desk_with_booking() -> (Desk, Value) {
    let desk = Desk::open().await;
    desk.resource_with("r", &json!({"noShowMinutes": 10})).await.unwrap();
    let wish = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + 3600, "durationMinutes": 60});
    desk.ask("u", "b", &wish).await.unwrap();
    desk.clock.wait(3600);
    (desk, wish)
}

#[tokio::test]
async fn nobody_keeps_what_is_to_be_released_by_booking_it_once_more() {
    let (desk, wish) = desk_with_booking().await;
    desk.clock.wait(600);
    assert_eq!(rule(desk.ask("u", "b", &wish).await), "no-show");
    desk.app.run_due(10).await.unwrap();
    assert_eq!((desk.status("b").await.as_str(), desk.days("r").await), ("NO_SHOW", 0));
}

#[tokio::test]
async fn who_has_checked_in_stays_so_when_the_end_moves() {
    let (desk, mut wish) = desk_with_booking().await;
    desk.app.check_in_booking(Command::default(), "u", "b").await.unwrap();
    for minutes in [90, 30] {
        wish["durationMinutes"] = json!(minutes);
        desk.ask("u", "b", &wish).await.unwrap();
    }
    desk.clock.wait(600);
    assert_eq!(desk.app.run_due(10).await.unwrap(), 0);
    assert_eq!(desk.status("b").await, "CONFIRMED");
}

#[tokio::test]
async fn a_look_at_the_last_hour_leaves_what_is_late_to_the_look_at_all() {
    let (desk, _) = desk_with_booking().await;
    desk.clock.wait(10 * 60 + 61 * 60);
    assert_eq!(desk.app.run_recently_due(10).await.unwrap(), 0);
    assert_eq!(desk.app.run_due(10).await.unwrap(), 1);

    let (desk, _) = desk_with_booking().await;
    desk.clock.wait(10 * 60 + 59 * 60);
    assert_eq!(desk.app.run_recently_due(10).await.unwrap(), 1);
    assert_eq!(desk.status("b").await, "NO_SHOW");
}
