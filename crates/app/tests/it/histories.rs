//! Random histories of bookings on the embedded store: after each, the occupancy is exactly the sum of the bookings that stand,
//! no resource is used beyond what was granted, quotas are what a recount says, and every change has its event.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::{Command, Failure};
use domain::Clock;
use domain::booking::{Booking, Claim, Status};
use domain::occupancy::{Day, Ledger};
use domain::time::Minute;
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};
use store::{Key, Query, Store, Table};

use crate::quotas;
use crate::support::{Desk, MIDNIGHT};

/// The most units that a resource ever has.
const CAPACITY: i64 = 3;
/// Resources that are booked, alone or together.
const RESOURCES: u8 = 3;

#[derive(Clone, Debug)]
enum Step {
    Put { user: u8, booking: u8, resource: u8, start: i64, minutes: i64, units: i64, more: Vec<u8> },
    Cancel { user: u8, booking: u8 },
    Capacity { resource: u8, capacity: i64 },
    Delete { resource: u8, cascade: bool },
    Wait { hours: i64 },
}

fn steps() -> impl Strategy<Value = Step> {
    // Around a midnight, in half hours, so that bookings meet, touch two days, and are past or to come.
    let more = prop::collection::vec(0..RESOURCES, 0..3);
    let put = (0u8..2, 0u8..8, 0..RESOURCES, -20i64..20, 1i64..10, 1i64..3, more).prop_map(
        |(user, booking, resource, at, length, units, more)| Step::Put {
            user,
            booking,
            resource,
            start: MIDNIGHT + at * 1800,
            minutes: length * 30,
            units,
            more,
        },
    );
    prop_oneof![
        12 => put,
        4 => (0u8..2, 0u8..8).prop_map(|(user, booking)| Step::Cancel { user, booking }),
        1 => (0..RESOURCES, 1..=CAPACITY).prop_map(|(resource, capacity)| Step::Capacity { resource, capacity }),
        1 => (0..RESOURCES, any::<bool>()).prop_map(|(resource, cascade)| Step::Delete { resource, cascade }),
        // Five days later the month before does not count any more in quotas.
        1 => prop_oneof![12 => -2i64..4, 1 => Just(120)].prop_map(|hours| Step::Wait { hours }),
    ]
}

async fn run(desk: &Desk, step: Step) -> Result<(), Failure> {
    match step {
        Step::Put { user, booking, resource, start, minutes, units, more } => {
            let more: Vec<_> = more.iter().map(|resource| json!({"resourceID": format!("r{resource}")})).collect();
            let wish = json!({"resourceID": format!("r{resource}"), "starttimeepochtime": start, "durationMinutes": minutes, "units": units,
                "additionalResources": more});
            desk.book(&format!("u{user}"), &format!("b{booking}"), &wish).await.map(drop)
        }
        Step::Cancel { user, booking } => desk.cancel(&format!("u{user}"), &format!("b{booking}")).await.map(drop),
        Step::Capacity { resource, capacity } => {
            let members = json!({"capacity": capacity, "quota": quotas::of_resource(resource)});
            desk.resource_with(&format!("r{resource}"), &members).await.map(drop)
        }
        Step::Delete { resource, cascade } => desk.delete(&format!("r{resource}"), cascade).await.map(drop),
        Step::Wait { hours } => {
            desk.clock.wait(hours * 3600);
            Ok(())
        }
    }
}

type Use = BTreeMap<(String, i64), Day>;

/// All bookings, and beside them the items of their additional resources, by key.
async fn bookings(store: &dyn Store) -> (Vec<Booking>, BTreeMap<String, Value>) {
    let (mut bookings, mut parts) = (Vec::new(), BTreeMap::new());
    for item in store.scan(Table::Bookings, 1_000, None).await.unwrap().items {
        let body: Value = item.body().unwrap();
        match body.get("partOf") {
            Some(_) => drop(parts.insert(body["bookingID"].as_str().unwrap().to_owned(), body)),
            None => bookings.push(item.body::<Booking>().unwrap()),
        }
    }
    (bookings, parts)
}

/// The use that the standing bookings add up to. The items of additional resources say what their bookings say.
async fn booked(store: &dyn Store) -> Use {
    let (mut ledger, (bookings, parts)) = (Ledger::default(), bookings(store).await);
    let wanted = bookings.iter().flat_map(Booking::part_items);
    let wanted: BTreeMap<_, _> = wanted.map(|part| (part.key.clone(), serde_json::to_value(&part).unwrap())).collect();
    assert_eq!(parts, wanted);
    for booking in bookings.iter().filter(|booking| booking.status == Status::Confirmed) {
        let minute = |seconds| Minute::from_epoch_seconds(seconds).unwrap();
        let (start, end) = (minute(booking.start), minute(booking.end.unwrap()));
        for (resource_id, units) in booking.parts() {
            let claim = Claim { resource_id: resource_id.to_owned(), start, end, units };
            ledger.claim(&claim, i64::MAX).unwrap();
        }
    }
    ledger.changed().map(|(resource, day, used)| ((resource.to_owned(), day), used.clone())).collect()
}

/// The use that is stored.
async fn stored(store: &dyn Store) -> Use {
    let mut days = Use::new();
    for resource in (0..RESOURCES).map(|resource| format!("r{resource}")) {
        let page = store.query(Query::table(Table::Occupancy, &resource)).await.unwrap();
        for item in page.items {
            let key: Value = item.body().unwrap();
            let day: Day = item.body().unwrap();
            assert!(day.pieces().all(|(_, _, used)| (0..=CAPACITY).contains(&used)), "{day:?}");
            days.insert((resource.clone(), key["day"].as_i64().unwrap()), day);
        }
    }
    days
}

async fn assert_events(store: &dyn Store) {
    for table in [Table::Bookings, Table::Resources] {
        for item in store.scan(table, 1_000, None).await.unwrap().items {
            let body: Value = item.body().unwrap();
            if body.get("partOf").is_some() {
                continue;
            }
            let (kind, id) = match table {
                Table::Bookings => ("booking", &body["bookingID"]),
                _ => ("resource", &body["resourceID"]),
            };
            let aggregate = format!("{kind}/{}", id.as_str().unwrap());
            let events = store.query(Query::table(Table::Events, &aggregate)).await.unwrap().items;
            let last: Value = events.last().unwrap().body().unwrap();
            assert_eq!(last["data"], body, "the last event of {aggregate} tells how it is now");
            if table == Table::Bookings {
                let key = Key::number(Table::Events, &aggregate, item.version);
                assert!(store.get(&key).await.unwrap().is_some(), "{aggregate} has an event of its version");
            }
        }
    }
}

async fn play(steps: Vec<Step>) {
    let desk = Desk::open().await;
    desk.zone(quotas::ZONE).await;
    let mut latest = desk.clock.now();
    let store = desk.store.as_ref();
    for resource in 0..RESOURCES {
        run(&desk, Step::Capacity { resource, capacity: 2 }).await.unwrap();
    }
    for step in steps {
        match run(&desk, step.clone()).await {
            Ok(()) | Err(Failure::Refused(_)) => {}
            Err(Failure::Store(error)) => panic!("{step:?}: {error}"),
        }
        assert_eq!(stored(store).await, booked(store).await, "after {step:?}");
        latest = latest.max(desk.clock.now());
        quotas::assert_recount(store, &bookings(store).await.0, latest).await;
    }
    assert_events(store).await;
    desk.app.delete_location(Command::default(), "l", true).await.unwrap();
    assert_eq!(stored(store).await, booked(store).await, "what is past stays");
    quotas::assert_recount(store, &bookings(store).await.0, latest).await;
}

/// Several histories at once.
async fn play_together(lanes: Vec<Vec<Step>>) {
    let desk = Arc::new(Desk::open().await);
    desk.zone(quotas::ZONE).await;
    let waits = lanes.iter().flatten().map(|step| if let Step::Wait { hours } = step { *hours } else { 0 });
    let latest = desk.clock.now() + SignedDuration::from_hours(waits.filter(|hours| *hours > 0).sum());
    for resource in 0..RESOURCES {
        run(&desk, Step::Capacity { resource, capacity: 2 }).await.unwrap();
    }
    let lanes: Vec<_> = lanes
        .into_iter()
        .map(|steps| {
            let desk = desk.clone();
            tokio::spawn(async move {
                for step in steps {
                    match run(&desk, step.clone()).await {
                        Ok(()) | Err(Failure::Refused(_)) => {}
                        Err(Failure::Store(error)) => panic!("{step:?}: {error}"),
                    }
                }
            })
        })
        .collect();
    for lane in lanes {
        lane.await.unwrap();
    }
    assert_eq!(stored(desk.store.as_ref()).await, booked(desk.store.as_ref()).await);
    quotas::assert_recount(desk.store.as_ref(), &bookings(desk.store.as_ref()).await.0, latest).await;
    assert_events(desk.store.as_ref()).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn occupancy_is_always_the_sum_of_the_standing_bookings(steps in prop::collection::vec(steps(), 1..40)) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(play(steps));
    }

    #[test]
    fn occupancy_is_the_sum_of_the_standing_bookings_also_when_all_happens_at_once(
        lanes in prop::collection::vec(prop::collection::vec(steps(), 1..30), 2..6),
    ) {
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap().block_on(play_together(lanes));
    }
}
