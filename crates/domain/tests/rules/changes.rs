//! Every change of every zone's clocks in ten years.

use std::collections::BTreeMap;

use domain::rules::stretches;
use domain::time::{Interval, Minute};
use jiff::tz::{TimeZone, db};
use jiff::{Span, Timestamp};
use serde_json::{Value, json};

use crate::reference::{House, Naive};

/// Changes by their instant and the offsets before and after: zones that change alike are looked at once.
fn changes() -> BTreeMap<(i64, i32, i32), String> {
    let (from, to): (Timestamp, Timestamp) =
        ("2017-01-01T00:00:00Z".parse().unwrap(), "2027-01-01T00:00:00Z".parse().unwrap());
    let mut changes = BTreeMap::new();
    for name in db().available() {
        let zone = TimeZone::get(name.as_str()).unwrap();
        for change in zone.following(from).take_while(|change| change.timestamp() < to) {
            let before = zone.to_offset(change.timestamp() - Span::new().seconds(1));
            if before != change.offset() {
                let key = (change.timestamp().as_second(), before.seconds(), change.offset().seconds());
                changes.entry(key).or_insert_with(|| name.as_str().to_owned());
            }
        }
    }
    changes
}

/// Rules that meet a change in different ways: an edge in the hour that is skipped or repeated, at midnight, and a grid.
fn rules(number: usize) -> Value {
    let every_day = |hours: Value| {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        days.into_iter().map(|day| (day.to_owned(), hours.clone())).collect::<serde_json::Map<_, _>>()
    };
    let hours = |list: &[(&str, &str)]| {
        let list: Vec<Value> = list.iter().map(|(from, to)| json!({"opens": from, "closes": to})).collect();
        every_day(json!(list))
    };
    match number % 4 {
        0 => json!({"openingHours": hours(&[("00:00", "02:30"), ("02:30", "24:00")]), "slotGridMinutes": 30}),
        1 => json!({"openingHours": hours(&[("00:15", "00:45"), ("01:20", "02:10"), ("02:40", "23:30")]),
            "slotGridMinutes": 60, "maxMinutes": 240}),
        2 => json!({"openingHours": hours(&[("00:30", "03:15"), ("22:00", "24:00")]), "slotGridMinutes": 15,
            "minMinutes": 30}),
        _ => json!({"slotGridMinutes": 1440}),
    }
}

#[test]
fn hours_days_and_grids_follow_every_change_of_ten_years() {
    let changes = changes();
    assert!(changes.len() > 400, "{}", changes.len());
    let mut accepted = 0;
    for (number, ((second, ..), zone)) in changes.iter().enumerate() {
        let house = House::new(zone, rules(number));
        let change = Minute(second.div_euclid(60));
        let naive = Naive::around(&house, change, 4);
        let binding = house.binding().unwrap();
        let inner = naive.inner();
        let open = stretches::union(naive_open(&naive, inner));
        assert_eq!(binding.open(inner), open, "{zone} {}", change.rfc3339());
        let now = Timestamp::from_second(*second).unwrap();
        for start in (-300..300).step_by(15).map(|minutes| change.plus(minutes)) {
            for minutes in [15, 30, 60, 90, 1380, 1440, 1500] {
                let wanted = Interval::new(start, start.plus(minutes));
                let broken = naive.broken(&house, wanted, now);
                let refusal = binding.check(wanted, now).err();
                assert_eq!(refusal.is_none(), broken.is_empty(), "{zone} {wanted:?} {broken:?} {refusal:?}");
                accepted += usize::from(broken.is_empty());
            }
        }
    }
    assert!(accepted > changes.len(), "{accepted} of the bookings were accepted");
}

fn naive_open(naive: &Naive, inner: Interval) -> Vec<Interval> {
    let minutes = (inner.start.0..inner.end.0).map(Minute);
    let offset = naive.window().start.0;
    minutes
        .filter(|minute| naive.open[usize::try_from(minute.0 - offset).unwrap()])
        .map(|minute| Interval::new(minute, minute.plus(1)))
        .collect()
}
