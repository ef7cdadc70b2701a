//! Random histories of bookings on the embedded store: after each, the occupancy is exactly the sum of the bookings that stand,
//! no resource is used beyond what was granted, quotas are what a recount says, and every change has its event.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::{Command, Failure};
use domain::Clock;
use domain::booking::{Claim, Granted, Status};
use domain::occupancy::{Day, Holder, Ledger};
use domain::time::{Interval, Minute};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use store::{Key, Query, Store, Table};

use crate::quotas;
use crate::support::{Desk, MIDNIGHT};

/// The most units that a resource ever has.
const CAPACITY: i64 = 3;
/// Resources that are booked, alone or together.
const RESOURCES: u8 = 3;

#[derive(Clone, Debug)]
enum Step {
    Put {
        user: u8,
        booking: u8,
        resource: u8,
        start: i64,
        minutes: i64,
        units: i64,
        more: Vec<u8>,
        bound: bool,
        hold: Option<i64>,
        waitlist: bool,
    },
    Cancel {
        user: u8,
        booking: u8,
    },
    Confirm {
        user: u8,
        booking: u8,
        bound: bool,
    },
    Approve {
        user: u8,
        booking: u8,
    },
    Decline {
        user: u8,
        booking: u8,
    },
    CheckIn {
        user: u8,
        booking: u8,
    },
    RunDue,
    Capacity {
        resource: u8,
        capacity: i64,
    },
    Delete {
        resource: u8,
        cascade: bool,
    },
    Wait {
        minutes: i64,
    },
}

fn steps() -> impl Strategy<Value = Step> {
    // Around a midnight, in half hours, so that bookings meet, touch two days, and are past or to come.
    let more = prop::collection::vec(0..RESOURCES, 0..3);
    let hold = prop::option::weighted(0.3, 1i64..=60);
    let put = (0u8..2, 0u8..8, 0..RESOURCES, -20i64..20, 1i64..10, 1i64..3, more, any::<(bool, bool)>(), hold)
        .prop_map(|(user, booking, resource, at, length, units, more, (bound, waitlist), hold)| Step::Put {
            user,
            booking,
            resource,
            start: MIDNIGHT + at * 1800,
            minutes: length * 30,
            units,
            more,
            bound,
            hold,
            waitlist,
        });
    let one = || (0u8..2, 0u8..8);
    prop_oneof![
        12 => put,
        4 => one().prop_map(|(user, booking)| Step::Cancel { user, booking }),
        3 => (one(), any::<bool>()).prop_map(|((user, booking), bound)| Step::Confirm { user, booking, bound }),
        3 => one().prop_map(|(user, booking)| Step::Approve { user, booking }),
        1 => one().prop_map(|(user, booking)| Step::Decline { user, booking }),
        2 => one().prop_map(|(user, booking)| Step::CheckIn { user, booking }),
        2 => Just(Step::RunDue),
        1 => (0..RESOURCES, 1..=CAPACITY).prop_map(|(resource, capacity)| Step::Capacity { resource, capacity }),
        1 => (0..RESOURCES, any::<bool>()).prop_map(|(resource, cascade)| Step::Delete { resource, cascade }),
        // Five days later the month before does not count any more in quotas.
        2 => prop_oneof![12 => -40i64..120, 1 => Just(120 * 60)].prop_map(|minutes| Step::Wait { minutes }),
    ]
}

async fn run(desk: &Desk, step: Step) -> Result<(), Failure> {
    match step {
        Step::Put { user, booking, resource, start, minutes, units, more, bound, hold, waitlist } => {
            let more: Vec<_> = more.iter().map(|resource| json!({"resourceID": format!("r{resource}")})).collect();
            let mut wish = json!({"resourceID": format!("r{resource}"), "starttimeepochtime": start, "durationMinutes": minutes, "units": units,
                "additionalResources": more});
            // Neither together with a hold, nor for several resources.
            wish["waitlist"] = json!(waitlist && hold.is_none() && more.is_empty());
            if let Some(minutes) = hold {
                wish["hold"] = json!(minutes);
            }
            let (user, booking) = (format!("u{user}"), format!("b{booking}"));
            if bound { desk.ask(&user, &booking, &wish).await } else { desk.book(&user, &booking, &wish).await }
                .map(drop)
        }
        Step::Cancel { user, booking } => desk.cancel(&format!("u{user}"), &format!("b{booking}")).await.map(drop),
        Step::Confirm { user, booking, bound } => {
            let command = Command { soft_rules: bound, ..Command::default() };
            desk.app.confirm_booking(command, &format!("u{user}"), &format!("b{booking}")).await.map(drop)
        }
        Step::Approve { user, booking } => {
            desk.app.approve_booking(Command::default(), &format!("u{user}"), &format!("b{booking}")).await.map(drop)
        }
        Step::Decline { user, booking } => {
            let (user, booking, body) = (format!("u{user}"), format!("b{booking}"), Map::new());
            desk.app.decline_booking(Command::default(), &user, &booking, body).await.map(drop)
        }
        Step::CheckIn { user, booking } => {
            desk.app.check_in_booking(Command::default(), &format!("u{user}"), &format!("b{booking}")).await.map(drop)
        }
        Step::RunDue => desk.app.run_due(10).await.map(drop),
        Step::Capacity { resource, capacity } => {
            let mut of = json!({"capacity": capacity, "quota": quotas::of_resource(resource)});
            if resource > 0 {
                of["noShowMinutes"] = json!(20);
                of["checkInOpensMinutes"] = json!(120);
            }
            if resource == 2 {
                of["approvalRequired"] = json!(true);
                of["approvalExpiryMinutes"] = json!(60);
            }
            desk.resource_with(&format!("r{resource}"), &of).await.map(drop)
        }
        Step::Delete { resource, cascade } => desk.delete(&format!("r{resource}"), cascade).await.map(drop),
        Step::Wait { minutes } => {
            desk.clock.wait(minutes * 60);
            Ok(())
        }
    }
}

pub(crate) type Use = BTreeMap<(String, i64), Value>;

/// All bookings, and beside them the items of their additional resources, by key.
async fn bookings(store: &dyn Store) -> (Vec<Granted>, BTreeMap<String, Value>) {
    let (mut bookings, mut parts) = (Vec::new(), BTreeMap::new());
    for item in store.scan(Table::Bookings, 1_000, None).await.unwrap().items {
        let body: Value = item.body().unwrap();
        match body.get("partOf") {
            Some(_) => drop(parts.insert(body["bookingID"].as_str().unwrap().to_owned(), body)),
            None => bookings.push(Granted { booking: item.body().unwrap(), state: item.private().unwrap() }),
        }
    }
    (bookings, parts)
}

/// The use that the bookings add up to: what is confirmed, and what is held and not void at the latest time that any clock showed
/// (whoever wrote a day then has removed what was void). The items of additional resources say what their bookings say.
pub(crate) async fn booked(store: &dyn Store, latest: Timestamp) -> Use {
    let (mut ledger, (bookings, parts)) = (Ledger::new(latest), bookings(store).await);
    let wanted = bookings.iter().flat_map(|granted| granted.booking.part_items());
    let wanted: BTreeMap<_, _> = wanted.map(|part| (part.key.clone(), serde_json::to_value(&part).unwrap())).collect();
    assert_eq!(parts, wanted);
    let mut lines: BTreeMap<(String, i64), Vec<Value>> = BTreeMap::new();
    for Granted { booking, state } in &bookings {
        let waits = booking.status == Status::Waiting && !state.until.unwrap().has_begun(latest);
        for claim in state.claims.iter().filter(|_| waits) {
            let Claim { resource_id, start, end, units } = claim;
            let mut waiter = json!({"bookingID": booking.booking_id, "place": state.place, "start": start, "end": end, "units": units,
                "until": state.until});
            if state.approval.is_some() {
                waiter["holds"] = json!(true);
            }
            for (day, _, _) in claim.days() {
                lines.entry((resource_id.clone(), day)).or_default().push(waiter.clone());
            }
        }
        let minute = |seconds| Minute::from_epoch_seconds(seconds).unwrap();
        let (start, end) = (minute(booking.start), minute(booking.end.unwrap()));
        let holder = state.until.map(|until| Holder { booking_id: &booking.booking_id, until });
        for (resource_id, units) in booking.parts().filter(|_| booking.status.stands()) {
            let claim = Claim { resource_id: resource_id.to_owned(), start, end, units };
            match holder.filter(|_| booking.status.waits()) {
                Some(holder) if holder.until.has_begun(latest) => {}
                Some(holder) => ledger.hold(holder, &claim, i64::MAX).unwrap(),
                None => ledger.claim(&claim, i64::MAX).unwrap(),
            }
        }
    }
    let mut days: Use =
        ledger.changed().map(|(resource, day, used)| ((resource.to_owned(), day), sorted(used))).collect();
    for (key, mut line) in lines {
        line.sort_by_key(|waiter| waiter["place"].as_i64());
        days.entry(key).or_insert_with(|| json!({"steps": []}))["waiting"] = json!(line);
    }
    days
}

/// A day as a value, its holds in the order of their bookings, its line in the order of places.
fn sorted(day: &Day) -> Value {
    let mut day = serde_json::to_value(day).unwrap();
    if let Some(holds) = day.get_mut("holds").and_then(Value::as_array_mut) {
        holds.sort_by_key(|hold| hold["bookingID"].to_string());
    }
    if let Some(waiting) = day.get_mut("waiting").and_then(Value::as_array_mut) {
        waiting.sort_by_key(|waiter| waiter["place"].as_i64());
    }
    day
}

/// The use that is stored, without what was void at the latest time.
pub(crate) async fn stored(store: &dyn Store, now: Timestamp, latest: Timestamp) -> Use {
    let (mut days, mut ledger) = (Use::new(), Ledger::new(now));
    for resource in (0..RESOURCES).map(|resource| format!("r{resource}")) {
        let page = store.query(Query::table(Table::Occupancy, &resource)).await.unwrap();
        for item in page.items {
            let key: Value = item.body().unwrap();
            let (mut day, number): (Day, _) = (item.body().unwrap(), key["day"].as_i64().unwrap());
            ledger.insert(&resource, number, day.clone());
            day.prune(latest);
            if !day.is_free() {
                days.insert((resource.clone(), number), sorted(&day));
            }
        }
        let all = Interval::new(Minute(MIDNIGHT / 60 - 10_000), Minute(MIDNIGHT / 60 + 10_000));
        let free = ledger.free(&resource, all, i64::MIN, CAPACITY);
        assert!(free.iter().all(|(_, free)| (0..=CAPACITY).contains(free)), "{free:?}");
    }
    days
}

/// The timers are exactly those of the bookings, but for looks at lines.
async fn assert_timers(store: &dyn Store) {
    let (bookings, _) = bookings(store).await;
    let wanted: BTreeSet<(i64, String)> = bookings
        .iter()
        .filter_map(|granted| Some((granted.timer()?.due.0, granted.booking.booking_id.clone())))
        .collect();
    let mut found = BTreeSet::new();
    for item in store.scan(Table::Timers, 1_000, None).await.unwrap().items {
        let timer: Value = item.body().unwrap();
        if timer["kind"] == "line" {
            continue;
        }
        let due = timer["due"].as_str().unwrap().split('#').next().unwrap().parse().unwrap();
        assert!(found.insert((due, timer["bookingID"].as_str().unwrap().to_owned())));
    }
    assert_eq!(found, wanted);
}

/// Nobody waits for units that are free, but for what a timer is due to grant.
async fn assert_granted(store: &dyn Store, now: Timestamp) {
    for item in store.scan(Table::Timers, 1_000, None).await.unwrap().items {
        let timer: Value = item.body().unwrap();
        let due: i64 = timer["due"].as_str().unwrap().split('#').next().unwrap().parse().unwrap();
        if Minute(due).has_begun(now) {
            return;
        }
    }
    for resource in (0..RESOURCES).map(|resource| format!("r{resource}")) {
        let Some(item) = store.get(&Key::new(Table::Resources, &resource)).await.unwrap() else { continue };
        let capacity = item.body::<Value>().unwrap()["capacity"].as_i64().unwrap();
        let mut ledger = Ledger::new(now);
        for item in store.query(Query::table(Table::Occupancy, &resource)).await.unwrap().items {
            ledger.insert(&resource, item.body::<Value>().unwrap()["day"].as_i64().unwrap(), item.body().unwrap());
        }
        let all = Interval::new(Minute(MIDNIGHT / 60 - 10_000), Minute(MIDNIGHT / 60 + 10_000));
        let first: Vec<_> = ledger.line(&resource, all, capacity, None).all().collect();
        assert!(first.is_empty(), "{resource} is free for {first:?}");
    }
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
    let store = desk.store.as_ref();
    for resource in 0..RESOURCES {
        run(&desk, Step::Capacity { resource, capacity: 2 }).await.unwrap();
    }
    let mut latest = desk.clock.now();
    for step in steps {
        match run(&desk, step.clone()).await {
            Ok(()) | Err(Failure::Refused(_)) => {}
            Err(Failure::Store(error)) => panic!("{step:?}: {error}"),
        }
        latest = latest.max(desk.clock.now());
        assert_eq!(stored(store, desk.clock.now(), latest).await, booked(store, latest).await, "after {step:?}");
        assert_timers(store).await;
        if desk.clock.now() == latest {
            assert_granted(store, latest).await;
        }
        quotas::assert_recount(store, &bookings(store).await.0, latest).await;
    }
    assert_events(store).await;
    desk.clock.wait(latest.as_second() - desk.clock.now().as_second());
    desk.app.run_due(100).await.unwrap();
    desk.app.run_due(100).await.unwrap();
    assert_granted(store, latest).await;
    desk.app.delete_location(Command::default(), "l", true).await.unwrap();
    assert_eq!(stored(store, desk.clock.now(), latest).await, booked(store, latest).await, "what is past stays");
    quotas::assert_recount(store, &bookings(store).await.0, latest).await;
    desk.clock.wait(30 * 24 * 3600);
    desk.app.run_due(100).await.unwrap();
    assert_eq!(store.scan(Table::Timers, 10, None).await.unwrap().items.len(), 0, "all that is due is done");
    assert!(bookings(store).await.0.iter().all(|granted| !granted.booking.status.waits()));
}

/// Several histories at once.
async fn play_together(lanes: Vec<Vec<Step>>) {
    let desk = Arc::new(Desk::open().await);
    desk.zone(quotas::ZONE).await;
    let waits = lanes.iter().flatten().map(|step| if let Step::Wait { minutes } = step { *minutes } else { 0 });
    let latest = desk.clock.now() + SignedDuration::from_mins(waits.filter(|minutes| *minutes > 0).sum());
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
    quotas::assert_recount(desk.store.as_ref(), &bookings(desk.store.as_ref()).await.0, latest).await;
    // Clocks went back and forth meanwhile: by this time all that was held then is void.
    let latest = desk.clock.now() + SignedDuration::from_hours(1_000);
    assert_eq!(stored(desk.store.as_ref(), desk.clock.now(), latest).await, booked(desk.store.as_ref(), latest).await);
    assert_timers(desk.store.as_ref()).await;
    assert_events(desk.store.as_ref()).await;
    desk.clock.wait(200 * 3600);
    desk.app.run_due(100).await.unwrap();
    desk.app.run_due(100).await.unwrap();
    assert_granted(desk.store.as_ref(), desk.clock.now()).await;
    assert_eq!(desk.store.scan(Table::Timers, 10, None).await.unwrap().items.len(), 0);
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
