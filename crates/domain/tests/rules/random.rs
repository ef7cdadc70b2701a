//! Random rules, zones, times and neighbours.

use domain::alternatives::{Sought, bookable};
use domain::booking::{Claim, Part, Site};
use domain::occupancy::Ledger;
use domain::resource::Rules;
use domain::rules::Procedure;
use domain::time::{DAY_MINUTES, Interval, Minute};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::reference::{House, Naive};

const ZONES: [&str; 20] = [
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Lisbon",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Nuuk",
    "America/Asuncion",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
];

/// A time, mostly within a day of a change of the zone's clocks.
fn moments() -> impl Strategy<Value = (&'static str, i64)> {
    let days = 15_000i64..20_800;
    (prop::sample::select(ZONES.to_vec()), days, -DAY_MINUTES..DAY_MINUTES, 0u8..5).prop_map(
        |(zone, day, offset, far)| {
            let start = Timestamp::from_second(day * 86_400).unwrap();
            let change =
                jiff::tz::TimeZone::get(zone).unwrap().following(start).next().map(|change| change.timestamp());
            let at = change.filter(|_| far > 0).unwrap_or(start);
            (zone, at.as_second().div_euclid(60) + offset)
        },
    )
}

fn hours() -> impl Strategy<Value = Value> {
    // Four cuts of a day in quarters of an hour make two intervals, which may touch.
    prop::collection::btree_set(0i64..=96, 4).prop_map(|cuts| {
        let cuts: Vec<i64> = cuts.into_iter().collect();
        let time = |cut: i64| format!("{:02}:{:02}", cut / 4, cut % 4 * 15);
        json!([{"opens": time(cuts[2]), "closes": time(cuts[3])}, {"opens": time(cuts[0]), "closes": time(cuts[1])}])
    })
}

fn weeks() -> impl Strategy<Value = Value> {
    prop::collection::vec(prop::option::weighted(0.8, hours()), 7).prop_filter_map("never open", |days| {
        let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let open = names.into_iter().zip(days).filter_map(|(name, hours)| Some((name.to_owned(), hours?)));
        let week: serde_json::Map<String, Value> = open.collect();
        (!week.is_empty()).then_some(Value::Object(week))
    })
}

/// An exception some days before or after a time.
fn exceptions() -> impl Strategy<Value = (i64, i64, Option<Value>)> {
    (-5i64..5, 0i64..3, prop::option::of(hours()))
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) house: House,
    pub(crate) at: Minute,
    pub(crate) now: Timestamp,
    wanted: Interval,
    pub(crate) minutes: i64,
    taken: Vec<(i64, i64)>,
    pub(crate) buffers: (i64, i64),
}

prop_compose! {
    fn rules()(
        week in prop::option::weighted(0.7, weeks()),
        grid in prop::option::of(prop::sample::select(vec![5i64, 15, 30, 45, 60, 90, 120, 1440])),
        least in prop::option::of(1i64..5),
        most in prop::option::of(5i64..12),
        notice in prop::option::of(0i64..4000),
        horizon in prop::option::of(3i64..6),
    ) -> Value {
        let mut rules = json!({});
        let unit = grid.unwrap_or(30);
        let mut set = |name: &str, value: Option<Value>| if let Some(value) = value { rules[name] = value };
        set("openingHours", week);
        set("slotGridMinutes", grid.map(Value::from));
        set("minMinutes", least.map(|least| json!(least * unit)));
        set("maxMinutes", most.map(|most| json!(most * unit)));
        set("minNoticeMinutes", notice.map(Value::from));
        set("maxHorizonDays", horizon.map(Value::from));
        rules
    }
}

prop_compose! {
    pub(crate) fn cases()(
        (zone, at) in moments(),
        rules in rules(),
        exception in prop::option::of(exceptions()),
        of_location in prop::option::of(exceptions()),
        (start, length, fine) in (-800i64..800, 1i64..12, any::<bool>()),
        ago in 0i64..4000,
        second in 0i64..60,
        taken in prop::collection::vec((-6000i64..6000, 1i64..600), 0..12),
        buffers in (0i64..40, 0i64..40),
    ) -> Case {
        let mut house = House::new(zone, rules);
        for (exception, item) in [(exception, &mut house.resource), (of_location, &mut house.location)] {
            let Some((days, more, hours)) = exception else { continue };
            let first = Timestamp::from_second(at * 60).unwrap().to_zoned(jiff::tz::TimeZone::UTC).date()
                + jiff::Span::new().days(days);
            let mut exception = json!({"startDate": first, "endDate": first + jiff::Span::new().days(more)});
            match hours {
                Some(hours) => exception["hours"] = hours,
                None => exception["closed"] = json!(true),
            }
            item["exceptions"] = json!([exception]);
        }
        // On quarters of an hour most of the time, so that bookings are accepted too.
        let start = Minute(if fine { at + start } else { (at + start).div_euclid(15) * 15 });
        let minutes = if fine { length * 7 } else { length * 30 };
        let now = Timestamp::from_second((start.0 - ago) * 60 + second).unwrap();
        Case { house, at: Minute(at), now, wanted: Interval::new(start, start.plus(minutes)), minutes, taken, buffers }
    }
}

pub(crate) fn resource(buffers: (i64, i64)) -> Rules {
    Rules { buffer_before: buffers.0, buffer_after: buffers.1, ..Rules::default() }
}

/// The calendar with the neighbours, and whether a booking with its buffers lies between them.
pub(crate) fn calendar(case: &Case) -> (Ledger, impl Fn(Interval) -> bool) {
    let mut ledger = Ledger::default();
    let mut taken: Vec<Interval> = Vec::new();
    for (start, minutes) in &case.taken {
        let start = case.at.plus(*start);
        let claim = Claim { resource_id: "r".into(), start, end: start.plus(*minutes), units: 1 };
        if ledger.claim(&claim, 1).is_ok() {
            taken.push(claim.interval());
        }
    }
    let (before, after) = case.buffers;
    let free = move |wanted: Interval| {
        taken.iter().all(|taken| wanted.end.plus(after) <= taken.start || taken.end <= wanted.start.plus(-before))
    };
    (ledger, free)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_rules_accept_exactly_what_every_minute_of_the_wall_clock_allows(case in cases(), shift in -40i64..40) {
        let Some(binding) = case.house.binding() else { return Ok(()) };
        let naive = Naive::around(&case.house, case.at, 9);
        for offset in [0, shift, shift * 15] {
            let wanted = Interval::new(case.wanted.start.plus(offset), case.wanted.end.plus(offset));
            let broken = naive.broken(&case.house, wanted, case.now);
            match binding.check(wanted, case.now) {
                Ok(()) => prop_assert_eq!(broken, Vec::<&str>::new()),
                Err(refusal) => {
                    let open = ["exception", "opening-hours"].contains(&refusal.rule.as_str());
                    let rule = if open { "open" } else { refusal.rule.as_str() };
                    prop_assert_eq!(Some(&rule), broken.first());
                    prop_assert!(refusal.errors.len() >= broken.len());
                }
            }
        }
    }

    #[test]
    fn alternatives_are_accepted_by_all_rules_and_the_first_is_the_nearest(case in cases()) {
        let binding = case.house.binding();
        let naive = Naive::around(&case.house, case.at, 15);
        let (ledger, free) = calendar(&case);
        let rules = resource(case.buffers);
        let sites = [Site { part: Part { resource_id: "r".into(), units: 1 }, rules, binding, usage: None, procedure: Procedure::default() }];
        let found = Sought::new(&sites, case.wanted, case.now).find(&ledger, &sites, case.now);
        let accepts = |wanted| free(wanted) && naive.is_open(wanted) && naive.broken(&case.house, wanted, case.now).is_empty();
        prop_assert!(found.len() <= 5);
        for alternative in &found {
            prop_assert!(accepts(*alternative), "{alternative:?}");
        }
        let distance = |interval: &Interval| interval.start.0.abs_diff(case.wanted.start.0);
        prop_assert!(found.windows(2).all(|pair| distance(&pair[0]) <= distance(&pair[1]) && pair[0] != pair[1]));
        // A length that is off the grid every day but one, on which clocks change, is not looked for.
        let on_grid = case.minutes % case.house.resource["slotGridMinutes"].as_i64().unwrap_or(1) == 0;
        let length = found.first().map(|found| found.minutes()).or(on_grid.then_some(case.minutes));
        let Some(length) = length else { return Ok(()) };
        let earliest = Minute::containing(case.now).plus(1).min(case.wanted.start);
        let near = (0..=7 * DAY_MINUTES).flat_map(|distance| [case.wanted.start.plus(-distance), case.wanted.start.plus(distance)]);
        let best = near
            .filter(|start| *start >= earliest)
            .map(|start| Interval::new(start, start.plus(length)))
            .find(|wanted| accepts(*wanted));
        if let Some(best) = best {
            prop_assert_eq!(found.first().map(distance), Some(distance(&best)), "{:?}", best);
        }
    }

    #[test]
    fn what_is_shown_as_free_is_what_can_be_booked(case in cases(), starts in prop::collection::vec(-4000i64..4000, 60)) {
        let Some(binding) = case.house.binding() else { return Ok(()) };
        let naive = Naive::around(&case.house, case.at, 9);
        let (ledger, free) = calendar(&case);
        let window = Interval::new(case.at.plus(-4500), case.at.plus(4500));
        let stretches = bookable(&ledger, "r", window, 1, &resource(case.buffers));
        let shown = binding.openings(&stretches, window, case.minutes, case.now);
        let accepts = |wanted| free(wanted) && naive.is_open(wanted) && naive.broken(&case.house, wanted, case.now).is_empty();
        let ends = |start: Minute, last: Minute| (start.plus(case.minutes).0..=last.0).map(Minute);
        for (stretch, _) in &shown {
            let start = stretch.start;
            prop_assert!(ends(start, stretch.end).any(|end| accepts(Interval::new(start, end))), "{stretch:?}");
        }
        for start in starts.into_iter().map(|start| Minute((case.at.0 + start).div_euclid(15) * 15)) {
            let wanted = Interval::new(start, start.plus(case.minutes));
            let inside = shown.iter().any(|(stretch, _)| stretch.intersection(wanted) == wanted);
            prop_assert!(inside || !accepts(wanted), "{wanted:?} {shown:?}");
        }
    }
}
