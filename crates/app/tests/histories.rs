//! Random histories of bookings on the embedded store: after each, the occupancy is exactly the sum of the bookings that stand,
//! no resource is used beyond what was granted, and every change has its event.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use app::{App, Command, Failure, Settings};
use domain::booking::{Booking, Claim, Status};
use domain::occupancy::{Day, Ledger};
use domain::{Clock, Ids, time::Minute};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;
use store::sqlite::{Options, SqliteStore};
use store::{Index, Key, Query, Store, Table};
use uuid::Uuid;

/// A clock that stands still, and identifiers that count.
#[derive(Default)]
struct Ambient(AtomicU64);

impl Clock for Ambient {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_600_000_000).unwrap()
    }
}

impl Ids for Ambient {
    fn ordered(&self) -> Uuid {
        Uuid::from_u128(self.0.fetch_add(1, Ordering::Relaxed).into())
    }

    fn random(&self) -> Uuid {
        self.ordered()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Put { user: u8, booking: u8, resource: u8, start: i64, minutes: i64, units: i64 },
    Cancel { user: u8, booking: u8 },
    Capacity { resource: u8, capacity: i64 },
    Delete { resource: u8, cascade: bool },
}

fn steps() -> impl Strategy<Value = Step> {
    // Around a midnight, in half hours, so that bookings meet and touch two days.
    let put = (0u8..2, 0u8..8, 0u8..2, -20i64..20, 1i64..10, 1i64..3).prop_map(
        |(user, booking, resource, at, length, units)| Step::Put {
            user,
            booking,
            resource,
            start: 1_617_235_200 + at * 1800,
            minutes: length * 30,
            units,
        },
    );
    prop_oneof![
        12 => put,
        4 => (0u8..2, 0u8..8).prop_map(|(user, booking)| Step::Cancel { user, booking }),
        1 => (0u8..2, 1i64..4).prop_map(|(resource, capacity)| Step::Capacity { resource, capacity }),
        1 => (0u8..2, any::<bool>()).prop_map(|(resource, cascade)| Step::Delete { resource, cascade }),
    ]
}

async fn run(app: &App, step: Step) -> Result<(), Failure> {
    let body = |value: serde_json::Value| domain::json::object(value.to_string().as_bytes()).unwrap();
    let command = Command::default();
    match step {
        Step::Put { user, booking, resource, start, minutes, units } => {
            let body = body(
                json!({"resourceID": format!("r{resource}"), "starttimeepochtime": start, "durationMinutes": minutes, "units": units}),
            );
            app.put_booking(command, &format!("u{user}"), Some(&format!("b{booking}")), body).await.map(drop)
        }
        Step::Cancel { user, booking } => {
            app.cancel_booking(command, &format!("u{user}"), &format!("b{booking}")).await.map(drop)
        }
        Step::Capacity { resource, capacity } => {
            let body = body(json!({"name": "R", "capacity": capacity}));
            app.put_resource(command, "l", Some(&format!("r{resource}")), body).await.map(drop)
        }
        Step::Delete { resource, cascade } => {
            app.delete_resource(command, "l", &format!("r{resource}"), cascade).await.map(drop)
        }
    }
}

type Use = BTreeMap<(String, i64), Day>;

/// The use that the standing bookings add up to.
async fn booked(store: &dyn Store) -> Use {
    let mut ledger = Ledger::default();
    for resource in ["r0", "r1"] {
        let page = store.query(Query::index(Index::BookingsByResourceByTime, resource)).await.unwrap();
        for booking in page.items.iter().map(|item| item.body::<Booking>().unwrap()) {
            if booking.status == Status::Confirmed {
                let minute = |seconds| Minute::from_epoch_seconds(seconds).unwrap();
                let (start, end) = (minute(booking.start), minute(booking.end));
                let claim = Claim { resource_id: booking.resource_id, start, end, units: booking.units };
                ledger.claim(&claim, i64::MAX).unwrap();
            }
        }
    }
    ledger.changed().map(|(resource, day, used)| ((resource.to_owned(), day), used.clone())).collect()
}

/// The use that is stored.
async fn stored(store: &dyn Store) -> Use {
    let mut days = Use::new();
    for resource in ["r0", "r1"] {
        let page = store.query(Query::table(Table::Occupancy, resource)).await.unwrap();
        for item in page.items {
            let key: serde_json::Value = item.body().unwrap();
            days.insert((resource.to_owned(), key["day"].as_i64().unwrap()), item.body().unwrap());
        }
    }
    days
}

async fn assert_events(store: &dyn Store) {
    for table in [Table::Bookings, Table::Resources] {
        for item in store.scan(table, 100, None).await.unwrap().items {
            let body: serde_json::Value = item.body().unwrap();
            let (kind, id) = match table {
                Table::Bookings => ("booking", &body["bookingID"]),
                _ => ("resource", &body["resourceID"]),
            };
            let aggregate = format!("{kind}/{}", id.as_str().unwrap());
            let events = store.query(Query::table(Table::Events, &aggregate)).await.unwrap().items;
            let last: serde_json::Value = events.last().unwrap().body().unwrap();
            assert_eq!(last["data"], body, "the last event of {aggregate} tells how it is now");
            if table == Table::Bookings {
                let key = Key::number(Table::Events, &aggregate, item.version);
                assert!(store.get(&key).await.unwrap().is_some(), "{aggregate} has an event of its version");
            }
        }
    }
}

async fn play(steps: Vec<Step>) {
    let directory = tempfile::tempdir().unwrap();
    let ambient = Arc::new(Ambient::default());
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(Options::new(directory.path()), ambient.clone()).unwrap());
    let app = App::new(store.clone(), ambient.clone(), ambient, Settings::default());
    app.put_location(Command::default(), Some("l"), domain::json::object(br#"{"name":"L"}"#).unwrap()).await.unwrap();
    for resource in 0..2 {
        run(&app, Step::Capacity { resource, capacity: 2 }).await.unwrap();
    }
    for step in steps {
        match run(&app, step.clone()).await {
            Ok(()) | Err(Failure::Refused(_)) => {}
            Err(Failure::Store(error)) => panic!("{step:?}: {error}"),
        }
        assert_eq!(stored(store.as_ref()).await, booked(store.as_ref()).await, "after {step:?}");
    }
    assert_events(store.as_ref()).await;
    app.delete_location(Command::default(), "l", true).await.unwrap();
    assert!(stored(store.as_ref()).await.is_empty() && booked(store.as_ref()).await.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn occupancy_is_always_the_sum_of_the_standing_bookings(steps in prop::collection::vec(steps(), 1..40)) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(play(steps));
    }
}
