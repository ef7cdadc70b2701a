//! Quotas against a plain list of bookings that is counted anew for every question.

use domain::alternatives::Sought;
use domain::booking::{Part, Site};
use domain::limits::QUOTA_DATES;
use domain::occupancy::Ledger;
use domain::resource::Rules;
use domain::rules::{Binding, Counted, Local, Period, Procedure, Usage};
use domain::time::{DAY_MINUTES, Interval, Minute};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::reference::House;

const ZONES: [&str; 6] =
    ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia"];

/// A date by its distance from a day near a turn of month, week and, in Berlin, of the clocks.
fn date(offset: i64) -> Date {
    "2026-03-29".parse::<Date>().unwrap() + Span::new().days(offset)
}

fn midnight(offset: i64, local: &Local) -> Minute {
    local.minute(date(offset), 0)
}

/// Whether two dates lie in one period, as one reads it off a calendar.
fn together(period: Period, one: Date, other: Date) -> bool {
    match period {
        Period::Day => one == other,
        Period::Week => {
            (one.iso_week_date().year(), one.iso_week_date().week())
                == (other.iso_week_date().year(), other.iso_week_date().week())
        }
        Period::Month => (one.year(), one.month()) == (other.year(), other.month()),
    }
}

const LIMITS: [(&str, Period, bool); 6] = [
    ("bookingsPerDay", Period::Day, true),
    ("minutesPerDay", Period::Day, false),
    ("bookingsPerWeek", Period::Week, true),
    ("minutesPerWeek", Period::Week, false),
    ("bookingsPerMonth", Period::Month, true),
    ("minutesPerMonth", Period::Month, false),
];

/// The limits that a list of bookings would exceed with one more.
fn exceeded(quota: &Value, booked: &[Counted], asked: Counted) -> Vec<&'static str> {
    let over = |&(name, period, bookings): &(&'static str, Period, bool)| {
        let most = quota[name].as_i64()?;
        let near = booked.iter().chain([&asked]).filter(|other| together(period, other.date, asked.date));
        let count: i64 = near.map(|counted| if bookings { 1 } else { counted.minutes }).sum();
        (count > most).then_some(name)
    };
    LIMITS.iter().filter_map(over).collect()
}

fn quotas() -> impl Strategy<Value = Value> {
    let limits = [2i64..5, 60..300, 3..8, 120..600, 5..12, 300..1200];
    let limits = limits.map(prop::option::of);
    limits.prop_filter_map("nothing set", |limits| {
        let mut quota = json!({});
        let mut longer = [i64::MAX; 2];
        for (at, most) in limits.into_iter().enumerate().rev() {
            let Some(most) = most else { continue };
            longer[at % 2] = longer[at % 2].min(most);
            quota[LIMITS[at].0] = json!(longer[at % 2]);
        }
        (quota != json!({})).then_some(quota)
    })
}

/// When a booking starts, and its minutes.
fn bookings() -> impl Strategy<Value = (i64, i64, i64)> {
    (-12i64..12, -90i64..DAY_MINUTES, 1i64..200)
}

fn interval((day, minute, minutes): (i64, i64, i64), local: &Local) -> Interval {
    let start = midnight(day, local).plus(minute);
    Interval::new(start, start.plus(minutes))
}

fn binding(zone: &str, quota: &Value, booked: &[Counted]) -> Binding {
    let mut usage = Usage::default();
    booked.iter().for_each(|counted| usage.count(*counted));
    House::new(zone, json!({"quota": quota})).binding().unwrap().with_usage(usage)
}

/// A time before all that is booked.
fn long_before() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_quota_accepts_exactly_what_a_count_of_all_bookings_leaves(
        zone in prop::sample::select(ZONES.to_vec()),
        quota in quotas(),
        booked in prop::collection::vec(bookings(), 0..12),
        asked in prop::collection::vec(bookings(), 1..8),
    ) {
        let local = Local::named(Some(zone)).unwrap();
        let booked: Vec<Counted> = booked.into_iter().map(|at| Counted::new(interval(at, &local), &local)).collect();
        let binding = binding(zone, &quota, &booked);
        for wanted in asked.into_iter().map(|at| interval(at, &local)) {
            let wrong = exceeded(&quota, &booked, Counted::new(wanted, &local));
            match binding.check(wanted, long_before()) {
                Ok(()) => prop_assert_eq!(wrong, Vec::<&str>::new()),
                Err(refusal) => {
                    prop_assert_eq!(refusal.rule, "quota");
                    let named = refusal.errors.iter().zip(&wrong).all(|(error, name)| error.detail.contains(name));
                    prop_assert!(named && refusal.errors.len() == wrong.len(), "{:?} {:?}", refusal.errors, wrong);
                }
            }
        }
    }

    #[test]
    fn what_is_counted_taken_back_and_forgotten_is_what_a_list_says(
        steps in prop::collection::vec((0u8..5, -40i64..40, 1i64..100, any::<prop::sample::Index>()), 1..60),
    ) {
        let instant = |date: Date| date.to_zoned(TimeZone::UTC).unwrap().timestamp();
        let (mut usage, mut list, mut now) = (Usage::default(), Vec::<Counted>::new(), instant(date(-50)));
        for (kind, day, minutes, which) in steps {
            match kind {
                0 | 1 => {
                    let counted = Counted { date: date(day), minutes };
                    usage.replace(None, Some(counted), now);
                    list.push(counted);
                }
                2 | 3 if !list.is_empty() => usage.replace(Some(list.swap_remove(which.index(list.len()))), None, now),
                _ => {
                    now = now.max(instant(date(day.min(0))));
                    usage.replace(None, None, now);
                }
            }
            let first = Usage::first_date(now);
            list.retain(|counted| counted.date >= first);
            let kept = &list;
            prop_assert_eq!(usage.is_empty(), kept.is_empty());
            prop_assert!(usage.dates().all(|(date, tally)| date >= first && tally.bookings > 0));
            for day in (-40..40).map(date) {
                for period in [Period::Day, Period::Week, Period::Month] {
                    let near = kept.iter().filter(|counted| together(period, counted.date, day));
                    let (count, minutes) = near.fold((0, 0), |(count, sum), counted| (count + 1, sum + counted.minutes));
                    let tally = usage.within(period, day);
                    prop_assert_eq!((tally.bookings, tally.minutes), (count, minutes), "{:?} {}", period, day);
                }
            }
            let text = serde_json::to_string(&usage).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Usage>(&text).unwrap(), &usage);
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn alternatives_are_within_the_quota_and_the_first_is_the_nearest(
        zone in prop::sample::select(ZONES.to_vec()),
        quota in quotas(),
        booked in prop::collection::vec(bookings(), 3..20),
        at in bookings(),
    ) {
        let local = Local::named(Some(zone)).unwrap();
        let booked: Vec<Counted> = booked.into_iter().map(|at| Counted::new(interval(at, &local), &local)).collect();
        let binding = binding(zone, &quota, &booked);
        let rules = Rules::default();
        let (wanted, now) = (interval(at, &local), long_before());
        let part = Part { resource_id: "r".into(), units: 1 };
        let sites = [Site { part, rules, binding: Some(binding.clone()), usage: None, procedure: Procedure::default() }];
        let found = Sought::new(&sites, wanted, now).find(&Ledger::default(), &sites, now);
        for alternative in &found {
            prop_assert!(binding.check(*alternative, now).is_ok(), "{:?}", alternative);
        }
        let longest = ["minutesPerDay", "minutesPerWeek", "minutesPerMonth"].into_iter().filter_map(|name| quota[name].as_i64()).min();
        let length = wanted.minutes().min(longest.unwrap_or(i64::MAX));
        let near = (0..=7 * DAY_MINUTES).flat_map(|distance| [wanted.start.plus(-distance), wanted.start.plus(distance)]);
        let best = near
            .map(|start| Interval::new(start, start.plus(length)))
            .find(|wanted| exceeded(&quota, &booked, Counted::new(*wanted, &local)).is_empty());
        prop_assert_eq!(found.first().map(|found| found.start.0.abs_diff(wanted.start.0)), best.map(|best| best.start.0.abs_diff(wanted.start.0)));
    }
}

#[test]
fn a_refusal_names_limit_period_what_is_booked_and_what_was_asked_for() {
    let quota = json!({"bookingsPerDay": 1, "minutesPerWeek": 100, "bookingsPerMonth": 9});
    let local = Local::named(Some("Europe/Berlin")).unwrap();
    let booked = Counted { date: date(0), minutes: 60 };
    let binding = binding("Europe/Berlin", &quota, &[booked]);
    let refusal = binding.check(interval((0, 600, 45), &local), long_before()).unwrap_err();
    assert_eq!(refusal.detail, "The quota bookingsPerDay is 1: the user has 1 on 2026-03-29, and asked for 1 more.");
    let week = &refusal.errors[1];
    assert_eq!(week.pointer, "/durationMinutes");
    assert_eq!(
        week.detail,
        "The quota minutesPerWeek is 100: the user has 60 from 2026-03-23 to 2026-03-29, and asked for 45 more."
    );
}

#[test]
fn a_booking_counts_on_the_date_of_its_start_however_the_clocks_go() {
    for (zone, start, date) in [
        ("Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29T21:59:00Z", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-30"),
        ("Asia/Kathmandu", "2026-03-31T18:14:00Z", "2026-03-31"),
        ("Asia/Kathmandu", "2026-03-31T18:15:00Z", "2026-04-01"),
        ("America/St_Johns", "2010-11-07T02:30:00Z", "2010-11-07"),
        ("America/St_Johns", "2010-11-07T02:35:00Z", "2010-11-07"),
    ] {
        let start = Minute::containing(start.parse().unwrap());
        let counted = Counted::new(Interval::new(start, start.plus(3_000)), &Local::named(Some(zone)).unwrap());
        assert_eq!((counted.date.to_string().as_str(), counted.minutes), (date, 3_000), "{zone}");
    }
}

#[test]
fn weeks_and_months_that_are_over_do_not_count() {
    for (now, first) in [
        ("2026-04-01T23:59:59Z", "2026-03-01"),
        ("2026-04-02T00:00:00Z", "2026-03-30"),
        ("2026-04-07T00:00:00Z", "2026-04-01"),
        ("2027-01-02T00:00:00Z", "2026-12-28"),
    ] {
        assert_eq!(Usage::first_date(now.parse().unwrap()).to_string(), first, "{now}");
    }
    let local = Local::named(Some("Asia/Kathmandu")).unwrap();
    let booked = [Counted { date: date(-20), minutes: 60 }];
    let binding = binding("Asia/Kathmandu", &json!({"bookingsPerMonth": 1}), &booked);
    let wanted = interval((-20, 600, 60), &local);
    assert!(binding.check(wanted, "2026-04-01T23:59:59Z".parse().unwrap()).is_err());
    assert!(binding.check(wanted, "2026-04-07T00:00:00Z".parse().unwrap()).is_ok());
}

#[test]
fn the_dates_are_bounded() {
    let on = |day: usize| Counted { date: date(i64::try_from(day).unwrap()), minutes: 1 };
    let mut usage = Usage::default();
    let now = "2026-04-01T00:00:00Z".parse().unwrap();
    for day in 0..QUOTA_DATES {
        usage.check_room(on(day), now).unwrap();
        usage.count(on(day));
    }
    usage.check_room(on(0), now).unwrap();
    assert_eq!(usage.check_room(on(QUOTA_DATES), now).unwrap_err().rule, "too-many-dates");
    let later = "2029-04-01T00:00:00Z".parse().unwrap();
    usage
        .check_room(on(QUOTA_DATES + 365), later)
        .expect("what is over takes no room, also where nothing was written since");
    let text = serde_json::to_string(&usage).unwrap();
    assert!(text.len() < 64 * 1024, "{}", text.len());
}
