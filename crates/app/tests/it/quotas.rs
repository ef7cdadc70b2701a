//! The items of quotas against a recount of all bookings.

use std::collections::BTreeMap;

use app::Command;
use domain::booking::{Booking, Granted, Status};
use domain::rules::{Counted, Local, Usage};
use domain::time::{Interval, Minute};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use store::{Store, Table};

use crate::support::{Desk, MIDNIGHT, rule};

/// The zone of the location; its midnights are at 18:15 UTC.
pub(crate) const ZONE: &str = "Asia/Kathmandu";

/// The quota of a resource by its number: the last one has none.
pub(crate) fn of_resource(resource: u8) -> Value {
    if resource < 2 { json!({"bookingsPerDay": 3, "minutesPerMonth": 600}) } else { Value::Null }
}

type Counts = BTreeMap<(String, String, Date), (i64, i64)>;

/// Checks that each date from the first one that still counted at the latest time says what the bookings of its user add up to.
pub(crate) async fn assert_recount(store: &dyn Store, bookings: &[Granted], latest: Timestamp) {
    let first = Usage::first_date(latest);
    let (wanted, found) = (recount(bookings, first), stored(store, first).await);
    assert_eq!(found, wanted);
}

fn recount(bookings: &[Granted], first: Date) -> Counts {
    let local = Local::named(Some(ZONE)).unwrap();
    let mut counts = Counts::new();
    let begun = |booking: &Booking| booking.timestamp.parse::<Timestamp>().unwrap().as_second() >= booking.start;
    let counts_still = |booking: &&Booking| match booking.status {
        Status::Canceled => begun(booking),
        status => status.is_open() || status == Status::NoShow,
    };
    for booking in bookings.iter().map(|granted| &granted.booking).filter(counts_still) {
        let minute = |seconds| Minute::from_epoch_seconds(seconds).unwrap();
        let counted = Counted::new(Interval::new(minute(booking.start), minute(booking.end.unwrap())), &local);
        for (resource, _) in booking.parts().filter(|(resource, _)| *resource < "r2") {
            let key = (booking.user_id.clone(), resource.to_owned(), counted.date);
            let count = counts.entry(key).or_default();
            *count = (count.0 + 1, count.1 + counted.minutes);
        }
    }
    counts.retain(|(_, _, date), _| *date >= first);
    counts
}

async fn stored(store: &dyn Store, first: Date) -> Counts {
    let mut counts = Counts::new();
    for item in store.scan(Table::Quotas, 1_000, None).await.unwrap().items {
        let (key, usage): (Value, Usage) = (item.body().unwrap(), item.body().unwrap());
        assert!(!usage.is_empty(), "{key}");
        let text = |name: &str| key[name].as_str().unwrap().to_owned();
        for (date, tally) in usage.dates().filter(|(date, _)| *date >= first) {
            counts.insert((text("userID"), text("resourceID"), date), (tally.bookings, tally.minutes));
        }
    }
    counts
}

#[tokio::test]
async fn what_has_begun_stays_counted_when_it_is_canceled() {
    let desk = Desk::open().await;
    desk.zone(ZONE).await;
    desk.resource_with("hall", &json!({"capacity": 9, "quota": {"bookingsPerDay": 1}})).await.unwrap();
    let wish =
        |hour: i64| json!({"resourceID": "hall", "starttimeepochtime": MIDNIGHT + hour * 3600, "durationMinutes": 60});
    desk.ask("u", "a", &wish(6)).await.unwrap();
    desk.app.cancel_booking(Command::default(), "u", "a").await.unwrap();
    desk.ask("u", "b", &wish(1)).await.unwrap();
    desk.clock.wait(3600);
    desk.app.cancel_booking(Command::default(), "u", "b").await.unwrap();
    assert_eq!(rule(desk.ask("u", "c", &wish(6)).await), "quota");
}

#[tokio::test]
async fn what_waits_counts_and_a_no_show_stays_counted_but_not_what_was_declined_or_has_expired() {
    let desk = Desk::open().await;
    desk.zone(ZONE).await;
    let hall = json!({"capacity": 9, "approvalRequired": true, "approvalExpiryMinutes": 60, "noShowMinutes": 10,
        "quota": {"bookingsPerDay": 1}});
    desk.resource_with("hall", &hall).await.unwrap();
    let wish = json!({"resourceID": "hall", "starttimeepochtime": MIDNIGHT + 6 * 3600, "durationMinutes": 60});
    desk.ask("u", "declined", &wish).await.unwrap();
    assert_eq!(rule(desk.ask("u", "b", &wish).await), "quota");
    desk.app.decline_booking(Command::default(), "u", "declined", Map::new()).await.unwrap();
    desk.ask("u", "expired", &wish).await.unwrap();
    assert_eq!(rule(desk.ask("u", "b", &wish).await), "quota");
    desk.clock.wait(3600);
    desk.app.run_due(10).await.unwrap();
    desk.ask("u", "released", &wish).await.unwrap();
    desk.app.approve_booking(Command::default(), "u", "released").await.unwrap();
    assert_eq!(rule(desk.ask("u", "b", &wish).await), "quota");
    desk.clock.wait(6 * 3600);
    desk.app.run_due(10).await.unwrap();
    let statuses = [desk.status("declined").await, desk.status("expired").await, desk.status("released").await];
    assert_eq!(statuses, ["DECLINED", "EXPIRED", "NO_SHOW"]);
    assert_eq!(rule(desk.ask("u", "b", &wish).await), "quota");
    desk.app.cancel_booking(Command::default(), "u", "released").await.unwrap();
    assert_eq!(rule(desk.ask("u", "b", &wish).await), "quota", "cancelling a no-show changes nothing");
}
