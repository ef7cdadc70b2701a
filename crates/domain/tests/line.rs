//! Property tests: those who wait in line, against a naive reference that counts every minute and keeps one list in the order of arrival.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use domain::booking::{Claim, Granted, Part, Place, Request, Site, Status, cancel, expire, grant, place};
use domain::limits::WAITERS;
use domain::occupancy::{Day, Ledger};
use domain::resource::Rules;
use domain::rules::{Local, Procedure};
use domain::time::{DAY_MINUTES, Interval, Minute};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

/// The first minute of the days that the tests play on.
const ORIGIN: i64 = 20_000 * DAY_MINUTES;
/// The clock's beginning.
const BEGINNING: i64 = ORIGIN - 60;

#[derive(Clone, Debug)]
enum Step {
    /// A new booking, or one moved: from half hour, half hours, units, whether it waits.
    Put(usize, i64, i64, i64, bool),
    Cancel(usize),
    /// Half hours pass.
    Pass(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0usize..12, 0i64..80, 1i64..40, 1i64..4, prop::bool::weighted(0.8))
            .prop_map(|(at, start, length, units, waits)| Step::Put(at, start, length, units, waits)),
        4 => (0usize..12).prop_map(Step::Cancel),
        1 => (0i64..6).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 1..60)
}

/// A booking in the reference: what it claims, and whether it waits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Own {
    claim: Claim,
    waits: bool,
}

/// The reference: bookings that stand or wait, those that wait in the order in which they came.
#[derive(Default)]
struct Naive(Vec<(usize, Own)>);

impl Naive {
    fn fits(&self, claim: &Claim, capacity: i64) -> bool {
        let used = |minute: i64| {
            let uses = |own: &&Own| !own.waits && own.claim.start.0 <= minute && minute < own.claim.end.0;
            self.0.iter().map(|(_, own)| own).filter(uses).map(|own| own.claim.units).sum::<i64>()
        };
        (claim.start.0..claim.end.0).all(|minute| used(minute) + claim.units <= capacity)
    }

    /// What came free goes to those who wait, one after the other.
    fn grant(&mut self, capacity: i64) {
        for index in 0..self.0.len() {
            let own = self.0[index].1.clone();
            if own.waits && self.fits(&own.claim, capacity) {
                self.0[index].1.waits = false;
            }
        }
    }

    fn take(&mut self, at: usize) -> Option<Own> {
        let index = self.0.iter().position(|(other, _)| *other == at)?;
        Some(self.0.remove(index).1)
    }
}

/// The bookings and days as they are stored.
struct World {
    days: BTreeMap<i64, Day>,
    bookings: BTreeMap<usize, Granted>,
    now: i64,
    capacity: i64,
}

impl World {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.now * 60).unwrap()
    }

    fn ledger(&self) -> Ledger {
        let mut ledger = Ledger::new(self.now());
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

    /// Grants what a change frees, as the use case does.
    fn settle(&mut self, mut ledger: Ledger, freed: &[Claim]) {
        for claim in freed {
            for waiter in ledger.line("r", claim.interval(), self.capacity, None).first {
                let (_, earlier) = self.bookings.iter().find(|(at, _)| name(**at) == waiter.booking_id).unwrap();
                let granted = grant(earlier.clone(), self.capacity, &mut ledger, self.now()).unwrap();
                let at = waiter.booking_id[1..].parse().unwrap();
                self.bookings.insert(at, granted);
            }
        }
        self.write(&ledger);
    }

    fn put(&mut self, at: usize, claim: &Claim, waits: bool) -> bool {
        let earlier = self.bookings.get(&at).filter(|granted| granted.status(self.now()).is_open()).cloned();
        let mut ledger = self.ledger();
        let Some(granted) = self.ask(at, claim, waits, earlier.as_ref(), &mut ledger) else { return false };
        let freed = earlier.map(|earlier| earlier.frees(&granted)).unwrap_or_default();
        self.bookings.insert(at, granted);
        self.settle(ledger, &freed);
        true
    }

    /// The booking, if these days have room for it.
    fn ask(
        &self,
        at: usize,
        claim: &Claim,
        waits: bool,
        earlier: Option<&Granted>,
        ledger: &mut Ledger,
    ) -> Option<Granted> {
        let body = json!({"resourceID": "r", "starttimeepochtime": claim.start.epoch_seconds(), "units": claim.units,
            "durationMinutes": claim.interval().minutes(), "waitlist": waits});
        let request = Request::parse(domain::json::object(body.to_string().as_bytes()).unwrap()).unwrap();
        let site = Site {
            part: Part { resource_id: "r".into(), units: claim.units },
            rules: Rules { capacity: self.capacity, ..Rules::default() },
            binding: None,
            usage: None,
            procedure: Procedure::default(),
        };
        let (booking_id, local) = (name(at), Local::named(None).unwrap());
        let place_at = Place { booking_id: &booking_id, user_id: "u", sites: &[site], local: &local, now: self.now() };
        place(place_at, &request, earlier, ledger).ok()
    }

    fn cancel(&mut self, at: usize) {
        let Some(earlier) = self.bookings.get(&at).cloned() else { return };
        let mut ledger = self.ledger();
        let Some(canceled) = cancel(earlier.clone(), &mut ledger, self.now()) else { return };
        self.bookings.insert(at, canceled.clone());
        self.settle(ledger, &earlier.frees(&canceled));
    }

    /// Who waits no more is told, as timers do.
    fn expire(&mut self) {
        for at in self.bookings.keys().copied().collect::<Vec<_>>() {
            let mut ledger = self.ledger();
            if let Some(expired) = expire(self.bookings[&at].clone(), &mut ledger, self.now()) {
                self.bookings.insert(at, expired);
                self.write(&ledger);
            }
        }
    }

    /// Where those stand that stand or wait.
    fn open(&self) -> BTreeMap<usize, Status> {
        let status = |(at, granted): (&usize, &Granted)| (*at, granted.status(self.now()));
        self.bookings.iter().map(status).filter(|(_, status)| status.is_open()).collect()
    }
}

fn name(at: usize) -> String {
    format!("b{at}")
}

fn play(world: &mut World, naive: &mut Naive, step: &Step) {
    match *step {
        Step::Put(at, start, length, units, waits) => {
            let start = Minute(ORIGIN + start * 30);
            let claim = Claim { resource_id: "r".into(), start, end: start.plus(length * 30), units };
            let index = naive.0.iter().position(|(other, _)| *other == at);
            let before = naive.take(at);
            let fits = naive.fits(&claim, world.capacity);
            let old = before.as_ref();
            let may_wait =
                waits && old.is_none_or(|own| own.waits) && units <= world.capacity && claim.start.0 > world.now;
            assert_eq!(world.put(at, &claim, waits), fits || may_wait, "{step:?}");
            let own = Own { claim: claim.clone(), waits: !fits };
            let less = |old: &Own| {
                old.claim.start <= claim.start && claim.end <= old.claim.end && claim.units <= old.claim.units
            };
            match (fits || may_wait, old) {
                // It keeps its place in line.
                (true, Some(old)) if !fits && less(old) => naive.0.insert(index.unwrap(), (at, own)),
                (true, _) => naive.0.push((at, own)),
                (false, Some(old)) => naive.0.insert(index.unwrap(), (at, old.clone())),
                (false, None) => {}
            }
        }
        Step::Cancel(at) => {
            world.cancel(at);
            naive.take(at);
        }
        Step::Pass(half_hours) => {
            world.now += half_hours * 30;
            naive.0.retain(|(_, own)| !own.waits || own.claim.start.0 > world.now);
            world.expire();
        }
    }
    naive.grant(world.capacity);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn units_go_to_the_first_in_line_whom_they_suffice(steps in steps(), capacity in 1i64..5) {
        let mut world = World { days: BTreeMap::new(), bookings: BTreeMap::new(), now: BEGINNING, capacity };
        let mut naive = Naive::default();
        for step in &steps {
            play(&mut world, &mut naive, step);
            let status = |own: &Own| if own.waits { Status::Waiting } else { Status::Confirmed };
            let wanted: BTreeMap<usize, Status> = naive.0.iter().map(|(at, own)| (*at, status(own))).collect();
            prop_assert_eq!(world.open(), wanted, "after {:?}", step);
            let ledger = world.ledger();
            let all = Interval::new(Minute(ORIGIN), Minute(ORIGIN + 4 * DAY_MINUTES));
            prop_assert!(ledger.free("r", all, i64::MIN, capacity).iter().all(|(_, free)| *free >= 0));
            prop_assert_eq!(ledger.line("r", all, capacity, None).all().count(), 0);
        }
        world.now = ORIGIN + 10 * DAY_MINUTES;
        world.expire();
        for at in 0..12 {
            world.cancel(at);
        }
        prop_assert!(world.days.is_empty(), "nothing is left over");
    }

    /// Units have come free that nobody was granted yet, and some days are not loaded: a newcomer gets nothing that it would not get if
    /// all were.
    #[test]
    fn nobody_overtakes_who_waits_for_days_that_are_not_loaded(
        steps in steps(),
        (before, capacity) in (1i64..3, 3i64..5),
        (start, length, units) in (0i64..80, 1i64..40, 1i64..4),
        loaded in prop::collection::vec(any::<bool>(), 5),
    ) {
        let mut world = World { days: BTreeMap::new(), bookings: BTreeMap::new(), now: BEGINNING, capacity: before };
        let mut naive = Naive::default();
        for step in &steps {
            play(&mut world, &mut naive, step);
        }
        world.capacity = capacity;
        let start = Minute(ORIGIN + start * 30);
        let claim = Claim { resource_id: "r".into(), start, end: start.plus(length * 30), units };
        let wanted = claim.interval().days();
        let mut some = Ledger::new(world.now());
        for (day, loaded) in (ORIGIN / DAY_MINUTES..).zip(loaded) {
            if loaded || wanted.contains(&day) {
                some.insert("r", day, world.days.get(&day).cloned().unwrap_or_default());
            }
        }
        let is_granted = |mut ledger| world.ask(99, &claim, false, None, &mut ledger).is_some();
        prop_assert!(!is_granted(some) || is_granted(all_days(&world)));
    }
}

/// All days, those included on which nothing is.
fn all_days(world: &World) -> Ledger {
    let mut ledger = world.ledger();
    for day in ORIGIN / DAY_MINUTES..ORIGIN / DAY_MINUTES + 5 {
        if !world.days.contains_key(&day) {
            ledger.insert("r", day, Day::default());
        }
    }
    ledger
}

#[test]
fn a_line_has_so_many_places_and_who_waits_no_more_makes_room() {
    let mut world = World { days: BTreeMap::new(), bookings: BTreeMap::new(), now: BEGINNING, capacity: 1 };
    let claim = |start: i64| {
        let start = Minute(ORIGIN + start * 30);
        Claim { resource_id: "r".into(), start, end: start.plus(600), units: 1 }
    };
    assert!(world.put(0, &claim(0), false));
    for at in 1..=WAITERS {
        assert!(world.put(at, &claim(i64::from(at == 1)), true));
    }
    assert!(!world.put(100, &claim(0), true), "the line is full");
    assert!(world.put(1, &claim(1), true), "who is in it stays in it");
    world.cancel(2);
    assert!(world.put(100, &claim(1), true));
    world.now = ORIGIN;
    assert!(world.put(101, &claim(1), true), "all but two of the others wait no more");
    assert_eq!(world.open().into_keys().collect::<Vec<_>>(), [0, 1, 100, 101]);
}

#[test]
fn who_waits_is_not_overtaken_and_nobody_waits_for_more_days_than_are_looked_at() {
    let mut world = World { days: BTreeMap::new(), bookings: BTreeMap::new(), now: BEGINNING, capacity: 1 };
    let claim = |start: i64, hours: i64| {
        let start = Minute(ORIGIN + start * 60);
        Claim { resource_id: "r".into(), start, end: start.plus(hours * 60), units: 1 }
    };
    assert!(world.put(0, &claim(0, 10), false));
    assert!(world.put(1, &claim(9, 30), true));
    // The units come free without anybody being granted them yet, as when the capacity is raised.
    world.capacity = 2;
    assert!(!world.put(2, &claim(5, 10), false), "they are the one's who waits");
    assert!(world.put(2, &claim(39, 10), false));
    let ledger = world.ledger();
    world.settle(ledger, &[claim(0, 1), claim(9, 1)]);
    assert_eq!(world.open()[&1], Status::Confirmed);
    assert!(!world.put(3, &claim(0, 24 * 7 + 1), true), "eight days");
}
