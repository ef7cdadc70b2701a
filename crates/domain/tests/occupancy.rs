//! Property tests: occupancy against a naive reference that counts every minute, and bookings against both.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use domain::alternatives::Sought;
use domain::booking::{Claim, Granted, Part, Place, Request, Site, Status, cancel, place};
use domain::occupancy::{Day, Ledger};
use domain::resource::Rules;
use domain::rules::{Local, Procedure};
use domain::time::{DAY_MINUTES, Interval, Minute};
use proptest::prelude::*;

/// The first minute of the days that the tests play on.
const ORIGIN: i64 = 20_000 * DAY_MINUTES;
/// Minutes that the tests play on.
const SPAN: i64 = 3 * DAY_MINUTES;

/// The reference: units in use, minute by minute.
#[derive(Clone)]
struct Naive(Vec<i64>);

impl Naive {
    fn new() -> Self {
        Self(vec![0; SPAN as usize])
    }

    fn range(claim: &Claim) -> std::ops::Range<usize> {
        (claim.start.0 - ORIGIN) as usize..(claim.end.0 - ORIGIN) as usize
    }

    fn fits(&self, claim: &Claim, capacity: i64) -> bool {
        self.0[Self::range(claim)].iter().all(|used| used + claim.units <= capacity)
    }

    /// Also where nothing is taken because the tests do not play there.
    fn fits_anywhere(&self, claim: &Claim, capacity: i64) -> bool {
        let used = |minute: i64| usize::try_from(minute - ORIGIN).ok().and_then(|minute| self.0.get(minute));
        (claim.start.0..claim.end.0).all(|minute| used(minute).unwrap_or(&0) + claim.units <= capacity)
    }

    fn add(&mut self, claim: &Claim, units: i64) {
        self.0[Self::range(claim)].iter_mut().for_each(|used| *used += units);
    }
}

fn claim(start: i64, minutes: i64, units: i64) -> Claim {
    let start = Minute(ORIGIN + start);
    Claim { resource_id: "r".into(), start, end: start.plus(minutes), units }
}

fn claims() -> impl Strategy<Value = Claim> {
    // Coarse times make neighbours meet; fine ones make odd pieces.
    let coarse = (0..SPAN / 30 - 8, 1i64..8).prop_map(|(start, length)| (start * 30, length * 30));
    let fine = (0..SPAN - 400, 1i64..400);
    (prop_oneof![coarse, fine], 1i64..4).prop_map(|((start, minutes), units)| claim(start, minutes, units))
}

fn use_of(ledger: &Ledger, minute: i64, capacity: i64) -> i64 {
    let at = Minute(ORIGIN + minute);
    let window = Interval::new(at, at.plus(1));
    let free = ledger.free("r", window, i64::MIN, capacity);
    capacity - free[0].1
}

fn assert_alike(ledger: &Ledger, naive: &Naive, capacity: i64) {
    for minute in 0..SPAN {
        assert_eq!(use_of(ledger, minute, capacity), naive.0[minute as usize], "minute {minute}");
    }
}

/// Every day reads back from its stored form as it was.
fn assert_stored_alike(ledger: &Ledger) {
    for (_, _, day) in ledger.changed() {
        let text = serde_json::to_string(day).unwrap();
        assert_eq!(&serde_json::from_str::<Day>(&text).unwrap(), day);
        let pieces: Vec<_> = day.pieces().collect();
        assert!(pieces.windows(2).all(|pair| pair[0].1 == pair[1].0 && pair[0].2 != pair[1].2), "{pieces:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn never_more_than_capacity_and_always_what_was_claimed(
        steps in prop::collection::vec((claims(), any::<bool>()), 1..40),
        capacity in 1i64..6,
    ) {
        let (mut ledger, mut naive, mut granted) = (Ledger::default(), Naive::new(), Vec::new());
        for (claim, release) in steps {
            if release && !granted.is_empty() {
                let old: Claim = granted.swap_remove(granted.len() / 2);
                ledger.release(&old);
                naive.add(&old, -old.units);
            }
            let fits = naive.fits(&claim, capacity);
            prop_assert_eq!(ledger.claim(&claim, capacity).is_ok(), fits);
            if fits {
                naive.add(&claim, claim.units);
                granted.push(claim);
            }
        }
        assert_alike(&ledger, &naive, capacity);
        assert_stored_alike(&ledger);
        for old in &granted {
            ledger.release(old);
        }
        prop_assert!(ledger.changed().all(|(_, _, day)| day.is_free()));
    }

    #[test]
    fn shortages_are_exactly_the_minutes_with_too_few_units(
        taken in prop::collection::vec(claims(), 1..12),
        wanted in claims(),
        capacity in 1i64..4,
    ) {
        let (mut ledger, mut naive) = (Ledger::default(), Naive::new());
        for claim in &taken {
            if ledger.claim(claim, capacity).is_ok() {
                naive.add(claim, claim.units);
            }
        }
        let named: BTreeMap<i64, i64> = ledger.claim(&wanted, capacity).err().unwrap_or_default().iter()
            .flat_map(|s| (s.interval.start.0..s.interval.end.0).map(|minute| (minute - ORIGIN, s.used)))
            .collect();
        let short: BTreeMap<i64, i64> = Naive::range(&wanted).map(|minute| (minute as i64, naive.0[minute]))
            .filter(|(_, used)| used + wanted.units > capacity)
            .collect();
        // At most ten stretches are named, from the first on.
        prop_assert!(named == short || short.iter().take(named.len()).eq(named.iter()) && !named.is_empty());
    }

    #[test]
    fn alternatives_are_free_and_the_nearest_first(
        taken in prop::collection::vec(claims(), 1..20),
        wanted in claims(),
        capacity in 1i64..4,
    ) {
        let (mut ledger, mut naive) = (Ledger::default(), Naive::new());
        for claim in &taken {
            if ledger.claim(claim, capacity).is_ok() {
                naive.add(claim, claim.units);
            }
        }
        let found = alternatives(&ledger, &wanted, capacity);
        let length = wanted.interval().minutes();
        let distance = |start: i64| (start - wanted.start.0).abs();
        for alternative in &found {
            let claim = Claim { start: alternative.start, end: alternative.end, ..wanted.clone() };
            prop_assert_eq!(alternative.minutes(), length);
            prop_assert!(naive.fits_anywhere(&claim, capacity));
        }
        prop_assert!(found.windows(2).all(|pair| distance(pair[0].start.0) <= distance(pair[1].start.0)));
        let near = (0..7 * DAY_MINUTES).flat_map(|distance| [wanted.start.0 - distance, wanted.start.0 + distance]);
        let best = near
            .map(|start| claim(start - ORIGIN, length, wanted.units))
            .find(|claim| naive.fits_anywhere(claim, capacity))
            .map(|claim| distance(claim.start.0));
        prop_assert_eq!(found.first().map(|found| distance(found.start.0)), best);
    }
}

/// What could be had instead, as of a time long before.
fn alternatives(ledger: &Ledger, wanted: &Claim, capacity: i64) -> Vec<Interval> {
    let now = jiff::Timestamp::UNIX_EPOCH;
    let sites = [site("r", wanted.units, capacity)];
    Sought::new(&sites, wanted.interval(), now).find(ledger, &sites, now)
}

fn site(resource: &str, units: i64, capacity: i64) -> Site {
    Site {
        part: Part { resource_id: resource.into(), units },
        rules: rules(capacity),
        binding: None,
        usage: None,
        procedure: Procedure::default(),
    }
}

fn rules(capacity: i64) -> Rules {
    Rules { capacity, slot_minutes: 45, ..Rules::default() }
}

fn request(text: &str) -> Result<Request, domain::Refusal> {
    Request::parse(domain::json::object(text.as_bytes()).unwrap())
}

fn put(
    request: &Request,
    ledger: &mut Ledger,
    earlier: Option<&Granted>,
    capacity: i64,
) -> Result<Granted, domain::Refusal> {
    let sites: Vec<Site> = request.parts.iter().map(|part| site(&part.resource_id, part.units, capacity)).collect();
    let now = "2026-01-02T03:04:05Z".parse().unwrap();
    let at = Place { booking_id: "b", user_id: "u", sites: &sites, local: &Local::named(None).unwrap(), now };
    place(at, request, earlier, ledger).map_err(|refused| refused.refusal)
}

#[test]
fn a_booking_without_an_end_takes_the_resources_slot() {
    let Granted { booking, .. } = put(
        &request(r#"{"resourceID":"r","starttimeepochtime":1617278400.0}"#).unwrap(),
        &mut Ledger::default(),
        None,
        1,
    )
    .unwrap();
    assert_eq!(
        (booking.start, booking.end, booking.units, booking.status),
        (1_617_278_400, Some(1_617_281_100), 1, Status::Confirmed)
    );
}

#[test]
fn a_booking_may_move_onto_its_own_time() {
    let mut ledger = Ledger::default();
    let first = request(r#"{"resourceID":"r","starttimeepochtime":1617278400,"durationMinutes":60}"#).unwrap();
    let earlier = put(&first, &mut ledger, None, 1).unwrap();
    let later = request(r#"{"resourceID":"r","starttimeepochtime":1617280200,"durationMinutes":60}"#).unwrap();
    assert_eq!(put(&later, &mut ledger.clone(), None, 1).unwrap_err().rule, "capacity");
    assert!(put(&later, &mut ledger, Some(&earlier), 1).is_ok());
}

#[test]
fn a_booking_keeps_what_it_has_when_the_capacity_is_lowered() {
    let mut ledger = Ledger::default();
    let of = |minutes: i64, units: i64| {
        let text =
            format!(r#"{{"resourceID":"r","starttimeepochtime":600,"durationMinutes":{minutes},"units":{units}}}"#);
        request(&text).unwrap()
    };
    let first = put(&of(60, 2), &mut ledger, None, 4).unwrap();
    put(&of(60, 2), &mut ledger, None, 4).unwrap();
    for more in [of(61, 1), of(60, 3)] {
        assert_eq!(put(&more, &mut ledger.clone(), Some(&first), 2).unwrap_err().rule, "capacity");
    }
    put(&of(60, 2), &mut ledger.clone(), Some(&first), 2).unwrap();
    put(&of(30, 1), &mut ledger, Some(&first), 1).unwrap();
    assert_eq!(put(&of(60, 1), &mut ledger, None, 3).unwrap_err().conflicts[0].used, 3);
}

#[test]
fn cancelling_frees_the_units_once() {
    let mut ledger = Ledger::default();
    let first = request(r#"{"resourceID":"r","starttimeepochtime":1617278400,"units":2}"#).unwrap();
    let granted = put(&first, &mut ledger, None, 3).unwrap();
    let now = "2026-01-02T03:04:05Z".parse().unwrap();
    let canceled = cancel(granted, &mut ledger, now).unwrap();
    assert!(ledger.changed().all(|(_, _, day)| day.is_free()));
    assert!(cancel(canceled, &mut ledger, now).is_none());
}

#[test]
fn more_units_than_the_resource_has_are_refused_at_their_place() {
    let refusal = put(
        &request(r#"{"resourceID":"r","starttimeepochtime":0,"units":4}"#).unwrap(),
        &mut Ledger::default(),
        None,
        3,
    );
    let refusal = refusal.unwrap_err();
    assert_eq!((refusal.rule.as_str(), refusal.errors[0].pointer.as_str()), ("capacity", "/units"));
}

#[test]
fn impossible_requests_are_refused_with_their_place() {
    for (members, pointer) in [
        (r#""starttimeepochtime":1617278401"#, "/starttimeepochtime"),
        (r#""starttimeepochtime":-60"#, "/starttimeepochtime"),
        (r#""starttimeepochtime":"1617278400""#, "/starttimeepochtime"),
        (r#""starttimeepochtime":253402300800"#, "/starttimeepochtime"),
        (r#""starttimeepochtime":60,"endtimeepochtime":60"#, "/endtimeepochtime"),
        (r#""starttimeepochtime":60,"endtimeepochtime":0"#, "/endtimeepochtime"),
        (r#""starttimeepochtime":60,"endtimeepochtime":90"#, "/endtimeepochtime"),
        (r#""starttimeepochtime":60,"endtimeepochtime":99999960"#, "/endtimeepochtime"),
        (r#""starttimeepochtime":60,"endtimeepochtime":120,"durationMinutes":2"#, "/durationMinutes"),
        (r#""starttimeepochtime":60,"durationMinutes":0"#, "/durationMinutes"),
        (r#""starttimeepochtime":60,"units":0"#, "/units"),
        (r#""starttimeepochtime":60,"units":-1"#, "/units"),
        (r#""starttimeepochtime":60,"units":1.5"#, "/units"),
        (r#""starttimeepochtime":60,"title":7"#, "/title"),
        (r#""starttimeepochtime":60,"additionalResources":{}"#, "/additionalResources"),
        (r#""starttimeepochtime":60,"additionalResources":[{},{},{},{},{}]"#, "/additionalResources"),
        (r#""starttimeepochtime":60,"additionalResources":["a"]"#, "/additionalResources/0"),
        (r#""starttimeepochtime":60,"additionalResources":[{"units":1}]"#, "/additionalResources/0/resourceID"),
        (r#""starttimeepochtime":60,"additionalResources":[{"resourceID":"r"}]"#, "/additionalResources/0/resourceID"),
        (
            r#""starttimeepochtime":60,"additionalResources":[{"resourceID":"a","units":0}]"#,
            "/additionalResources/0/units",
        ),
        (
            r#""starttimeepochtime":60,"additionalResources":[{"resourceID":"a","until":0}]"#,
            "/additionalResources/0/until",
        ),
    ] {
        let refusal = request(&format!(r#"{{"resourceID":"r",{members}}}"#)).unwrap_err();
        assert_eq!(refusal.errors[0].pointer, pointer, "{members}");
    }
    assert_eq!(request("{}").unwrap_err().errors.len(), 2);
    let without_start = request(r#"{"resourceID":"r","endtimeepochtime":1617278400}"#).unwrap_err();
    assert_eq!(without_start.errors.len(), 1, "nothing is wrong with the end");
}

#[test]
fn a_booking_of_thirty_one_days_may_not_touch_a_thirty_second() {
    let days = |start: i64| {
        request(&format!(r#"{{"resourceID":"r","starttimeepochtime":{start},"durationMinutes":44640}}"#)).unwrap()
    };
    assert!(put(&days(86_400), &mut Ledger::default(), None, 1).is_ok());
    assert_eq!(put(&days(86_460), &mut Ledger::default(), None, 1).unwrap_err().errors[0].pointer, "/endtimeepochtime");
}

#[test]
fn no_alternative_touches_more_days_than_a_booking_may() {
    let mut ledger = Ledger::default();
    let month = |start: i64| claim(start, 31 * DAY_MINUTES, 1);
    ledger.claim(&claim(0, 60, 1), 1).unwrap();
    ledger.claim(&month(0), 1).unwrap_err();
    assert!(
        alternatives(&ledger, &month(0), 1).iter().all(|found| found.day_count() <= 31),
        "right behind the hour it would touch 32 days"
    );
    let shorter = claim(0, 30 * DAY_MINUTES, 1);
    assert_eq!(alternatives(&ledger, &shorter, 1)[0].start, Minute(ORIGIN + 60));
}

/// A room and a beamer for an hour at that minute.
fn with_beamer(at: i64, beamers: i64) -> Request {
    let text = format!(
        r#"{{"resourceID":"r","starttimeepochtime":{},"additionalResources":[{{"resourceID":"beamer","units":{beamers}}}]}}"#,
        Minute(ORIGIN + at).epoch_seconds()
    );
    request(&text).unwrap()
}

#[test]
fn several_resources_are_booked_all_or_none() {
    let mut ledger = Ledger::default();
    let taken = Claim { resource_id: "beamer".into(), ..claim(60, 60, 2) };
    ledger.claim(&taken, 2).unwrap();
    let before = ledger.clone();
    let refusal = put(&with_beamer(30, 1), &mut ledger, None, 2).unwrap_err();
    assert_eq!(refusal.errors[0].pointer, "/additionalResources/0/resourceID");
    assert_eq!(refusal.conflicts[0].interval.start, Minute(ORIGIN + 60));
    let stretches = |ledger: &Ledger| ledger.free("r", claim(0, SPAN, 1).interval(), 1, 2);
    assert_eq!(stretches(&ledger), stretches(&before), "the room is as it was");
    let granted = put(&with_beamer(120, 2), &mut ledger, None, 2).unwrap();
    assert_eq!(granted.state.claims.len(), 2);
    assert_eq!(
        put(&with_beamer(120, 3), &mut ledger.clone(), None, 2).unwrap_err().errors[1].pointer,
        "/additionalResources/0/units"
    );
    let moved = put(&with_beamer(130, 2), &mut ledger, Some(&granted), 2).unwrap();
    cancel(moved, &mut ledger, jiff::Timestamp::UNIX_EPOCH).unwrap();
    ledger.release(&taken);
    assert!(ledger.changed().all(|(_, _, day)| day.is_free()));
}

#[test]
fn several_resources_have_so_many_days_together() {
    let of = |days: i64| {
        let text = format!(
            r#"{{"resourceID":"r","starttimeepochtime":86400,"durationMinutes":{},"additionalResources":[{{"resourceID":"a"}},{{"resourceID":"b"}}]}}"#,
            days * DAY_MINUTES
        );
        put(&request(&text).unwrap(), &mut Ledger::default(), None, 1)
    };
    assert!(of(10).is_ok());
    assert_eq!(of(11).unwrap_err().errors[0].pointer, "/additionalResources");
}
