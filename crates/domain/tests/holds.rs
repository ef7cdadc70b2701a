//! Property tests: claims and holds, written by processes whose clocks are apart, against a naive reference that counts every minute.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use domain::booking::Claim;
use domain::limits::HOLDS;
use domain::occupancy::{Day, Holder, Ledger};
use domain::time::{DAY_MINUTES, Interval, Minute};
use jiff::Timestamp;
use proptest::prelude::*;

/// The first minute of the days that the tests play on.
const ORIGIN: i64 = 20_000 * DAY_MINUTES;

#[derive(Clone, Debug)]
enum Step {
    Claim(Claim),
    Hold(Claim, i64),
    Approve(usize),
    GiveUp(usize),
}

/// What a booking has in the reference: a claim, or holds until a minute.
#[derive(Clone, Debug)]
struct Own {
    claim: Claim,
    until: Option<i64>,
    /// The days of which a hold is still stored.
    days: Vec<i64>,
}

fn claims() -> impl Strategy<Value = Claim> {
    (0i64..3 * 48 - 24, 1i64..24, 1i64..4).prop_map(|(start, length, units)| {
        let start = Minute(ORIGIN + start * 30);
        Claim { resource_id: "r".into(), start, end: start.plus(length * 30), units }
    })
}

/// Steps, each by a process with a clock of its own: minutes since the beginning.
fn steps() -> impl Strategy<Value = Vec<(Step, i64)>> {
    let step = prop_oneof![
        3 => claims().prop_map(Step::Claim),
        4 => (claims(), 1i64..40).prop_map(|(claim, until)| Step::Hold(claim, until)),
        2 => (0usize..64).prop_map(Step::Approve),
        2 => (0usize..64).prop_map(Step::GiveUp),
    ];
    prop::collection::vec((step, 0i64..10), 1..40).prop_map(|steps| {
        // Time passes, but not alike everywhere.
        (0i64..).zip(steps).map(|(number, (step, apart))| (step, number + apart)).collect()
    })
}

/// The days as they are stored, and the reference.
#[derive(Default)]
struct World {
    days: BTreeMap<i64, Day>,
    own: BTreeMap<usize, Own>,
}

impl World {
    fn used(&self, minute: i64, now: i64) -> i64 {
        let counts = |own: &&Own| {
            let live = own.until.is_none_or(|until| until > now && own.days.contains(&minute.div_euclid(DAY_MINUTES)));
            live && own.claim.start.0 <= minute && minute < own.claim.end.0
        };
        self.own.values().filter(counts).map(|own| own.claim.units).sum()
    }

    fn fits(&self, claim: &Claim, capacity: i64, now: i64) -> bool {
        (claim.start.0..claim.end.0).all(|minute| self.used(minute, now) + claim.units <= capacity)
    }

    /// Whoever writes a day removes the holds that are void by the clock there.
    fn prune(&mut self, claim: &Claim, now: i64) {
        for own in self.own.values_mut().filter(|own| own.until.is_some_and(|until| until <= now)) {
            own.days.retain(|day| !claim.interval().days().contains(day));
        }
    }

    fn ledger(&self, now: i64) -> Ledger {
        let mut ledger = Ledger::new(instant(now));
        for (day, stored) in &self.days {
            ledger.insert("r", *day, stored.clone());
        }
        ledger
    }

    fn write(&mut self, ledger: &Ledger) {
        for (_, day, changed) in ledger.changed() {
            let text = serde_json::to_string(changed).unwrap();
            self.days.insert(day, serde_json::from_str(&text).unwrap());
        }
        self.days.retain(|_, day| !day.is_free());
    }
}

fn instant(now: i64) -> Timestamp {
    Timestamp::from_second(now * 60 + 30).unwrap()
}

fn play(world: &mut World, number: usize, step: Step, now: i64, capacity: i64) {
    let mut ledger = world.ledger(now);
    let name = |number: usize| format!("b{number}");
    match step {
        Step::Claim(claim) => {
            let fits = world.fits(&claim, capacity, now);
            assert_eq!(ledger.claim(&claim, capacity).is_ok(), fits);
            if fits {
                world.prune(&claim, now);
                world.own.insert(number, Own { claim, until: None, days: Vec::new() });
            }
        }
        Step::Hold(claim, minutes) => {
            let (fits, until) = (world.fits(&claim, capacity, now), now + minutes);
            let holder = Holder { booking_id: &name(number), until: Minute(until) };
            assert_eq!(ledger.hold(holder, &claim, capacity).is_ok(), fits);
            if fits {
                world.prune(&claim, now);
                let days = claim.interval().days().collect();
                world.own.insert(number, Own { claim, until: Some(until), days });
            }
        }
        Step::Approve(at) => {
            let waiting: Vec<usize> =
                world.own.iter().filter(|(_, own)| own.until.is_some()).map(|(key, _)| *key).collect();
            let Some(key) = waiting.get(at % waiting.len().max(1)).copied() else { return };
            let own = world.own[&key].clone();
            let whole = own.until.unwrap() > now && own.claim.interval().days().all(|day| own.days.contains(&day));
            assert_eq!(ledger.holds(&name(key), &own.claim), whole);
            if whole {
                ledger.release_hold(&name(key), &own.claim);
                ledger.claim(&own.claim, i64::MAX).unwrap();
                world.prune(&own.claim, now);
                world.own.insert(key, Own { until: None, days: Vec::new(), ..own });
            }
        }
        Step::GiveUp(at) => {
            let Some(key) = world.own.keys().nth(at % world.own.len().max(1)).copied() else { return };
            let own = world.own.remove(&key).unwrap();
            match own.until {
                Some(_) => {
                    ledger.release_hold(&name(key), &own.claim);
                    // Only days with a hold of its own are written.
                    for day in own.days {
                        let start = Minute::of_day(day);
                        let claim = Claim { start, end: start.plus(1), ..own.claim.clone() };
                        world.prune(&claim, now);
                    }
                }
                None => {
                    ledger.release(&own.claim);
                    world.prune(&own.claim, now);
                }
            }
        }
    }
    world.write(&ledger);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn holds_count_until_they_are_void_and_nothing_is_granted_twice(steps in steps(), capacity in 1i64..6) {
        let mut world = World::default();
        for (number, (step, now)) in steps.into_iter().enumerate() {
            play(&mut world, number, step, now, capacity);
            let ledger = world.ledger(now);
            let all = Interval::new(Minute(ORIGIN), Minute(ORIGIN + 4 * DAY_MINUTES));
            for (interval, free) in ledger.free("r", all, i64::MIN, capacity) {
                prop_assert!(free >= 0);
                let _ = interval;
            }
            for minute in (ORIGIN..ORIGIN + 4 * DAY_MINUTES).step_by(30) {
                let at = Interval::new(Minute(minute), Minute(minute + 1));
                prop_assert_eq!(capacity - ledger.free("r", at, i64::MIN, capacity)[0].1, world.used(minute, now));
            }
        }
    }
}

#[test]
fn a_day_has_so_many_holds_and_void_ones_make_room() {
    let claim = |units| Claim { resource_id: "r".into(), start: Minute(ORIGIN), end: Minute(ORIGIN + 30), units };
    let mut ledger = Ledger::new(instant(0));
    for number in 0..HOLDS {
        assert!(ledger.has_room_for_hold("r", claim(1).interval()));
        let holder = Holder { booking_id: &number.to_string(), until: Minute(10) };
        ledger.hold(holder, &claim(1), 1_000).unwrap();
    }
    assert!(!ledger.has_room_for_hold("r", claim(1).interval()));
    let (_, day, full) = ledger.changed().next().unwrap();
    let mut later = Ledger::new(instant(10));
    later.insert("r", day, full.clone());
    assert!(later.has_room_for_hold("r", claim(1).interval()));
    later.claim(&claim(1), 1).unwrap();
    let (_, _, pruned) = later.changed().next().unwrap();
    assert_eq!(serde_json::to_string(pruned).unwrap(), r#"{"steps":[[0,1],[30,0]]}"#);
}
