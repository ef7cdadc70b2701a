//! Named cases: what each rule refuses, what it says, and what is offered instead.

use domain::alternatives::Sought;
use domain::booking::{Part, Site};
use domain::occupancy::Ledger;
use domain::refusal::{Kind, Refusal};
use domain::resource::Rules;
use domain::rules::Procedure;
use domain::time::{Interval, Minute};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::reference::House;

fn interval(start: &str, minutes: i64) -> Interval {
    let start = Minute::containing(start.parse().unwrap());
    Interval::new(start, start.plus(minutes))
}

fn check(house: &House, start: &str, minutes: i64, now: &str) -> Result<(), Refusal> {
    let (now, wanted): (Timestamp, _) = (now.parse().unwrap(), interval(start, minutes));
    let binding = house.binding().unwrap();
    binding.check(wanted, now).map_err(|refusal| {
        let rules = Rules::default();
        let part = Part { resource_id: "r".into(), units: 1 };
        let sites =
            [Site { part, rules, binding: Some(binding.clone()), usage: None, procedure: Procedure::default() }];
        let alternatives = Sought::new(&sites, wanted, now).find(&Ledger::default(), &sites, now);
        Refusal { alternatives, ..refusal }
    })
}

fn berlin(resource: Value) -> House {
    House::new("Europe/Berlin", resource)
}

fn starts(refusal: &Refusal) -> Vec<String> {
    refusal.alternatives.iter().map(|found| found.start.rfc3339()).collect()
}

const NOW: &str = "2030-06-03T06:00:00Z";

#[test]
fn each_rule_says_its_name_the_value_and_what_would_be_accepted() {
    let monday = json!({"monday": [{"opens": "09:00", "closes": "12:00"}, {"opens": "13:00", "closes": "18:00"}]});
    for (rules, start, minutes, rule, pointer, instead) in [
        (json!({"openingHours": monday}), "2030-06-03T10:30:00Z", 60, "opening-hours", "/starttimeepochtime", "11:00"),
        (json!({"openingHours": monday}), "2030-06-03T09:30:00Z", 60, "opening-hours", "/endtimeepochtime", "09:00"),
        (json!({"slotGridMinutes": 30}), "2030-06-03T09:10:00Z", 60, "slot-grid", "/starttimeepochtime", "09:00"),
        (json!({"minMinutes": 30}), "2030-06-03T09:00:00Z", 20, "min-duration", "/durationMinutes", "09:00"),
        (json!({"maxMinutes": 30}), "2030-06-03T09:00:00Z", 60, "max-duration", "/durationMinutes", "09:00"),
        (json!({"minNoticeMinutes": 60}), "2030-06-03T06:30:00Z", 60, "min-notice", "/starttimeepochtime", "07:00"),
        (json!({"maxHorizonDays": 1}), "2030-06-05T09:00:00Z", 60, "max-horizon", "/endtimeepochtime", "21:00"),
    ] {
        let refusal = check(&berlin(rules), start, minutes, NOW).unwrap_err();
        assert_eq!((refusal.kind, refusal.rule.as_str()), (Kind::Conflict, rule), "{refusal:?}");
        assert_eq!(refusal.errors[0].pointer, pointer, "{refusal:?}");
        assert!(starts(&refusal)[0].contains(&format!("T{instead}:00Z")), "{refusal:?}");
    }
}

#[test]
fn an_exception_says_why_and_binds_beside_the_other() {
    let mut house = berlin(json!({
        "openingHours": {"tuesday": [{"opens": "09:00", "closes": "18:00"}]},
        "exceptions": [{"startDate": "2030-06-04", "hours": [{"opens": "08:00", "closes": "16:00"}], "reason": "Half day"}],
    }));
    assert!(check(&house, "2030-06-04T06:00:00Z", 60, NOW).is_ok(), "08:00 in Berlin, by the exception");
    let refusal = check(&house, "2030-06-04T14:00:00Z", 60, NOW).unwrap_err();
    assert_eq!(refusal.rule, "exception");
    assert!(refusal.detail.contains("2030-06-04 16:00 Europe/Berlin (Half day)"), "{}", refusal.detail);
    assert!(refusal.detail.contains("is open from 08:00 to 16:00"), "{}", refusal.detail);
    house.location = json!({"exceptions": [{"startDate": "2030-06-01", "endDate": "2030-06-05", "closed": true, "reason": "Works"}]});
    let refusal = check(&house, "2030-06-04T07:00:00Z", 60, NOW).unwrap_err();
    assert_eq!(refusal.rule, "exception");
    assert!(refusal.detail.contains("(Works)") && refusal.detail.contains("is closed"), "{}", refusal.detail);
    house.location =
        json!({"exceptions": [{"startDate": "2030-06-04", "hours": [{"opens": "10:00", "closes": "20:00"}]}]});
    assert_eq!(check(&house, "2030-06-04T07:00:00Z", 60, NOW).unwrap_err().rule, "exception");
    assert!(check(&house, "2030-06-04T08:00:00Z", 360, NOW).is_ok());
}

#[test]
fn hours_over_midnight_are_two_that_meet() {
    let house = berlin(json!({"openingHours": {
        "friday": [{"opens": "20:00", "closes": "24:00"}], "saturday": [{"opens": "00:00", "closes": "04:00"}],
    }}));
    assert!(check(&house, "2030-06-07T18:00:00Z", 480, NOW).is_ok());
    assert_eq!(check(&house, "2030-06-07T18:00:00Z", 481, NOW).unwrap_err().rule, "opening-hours");
    assert_eq!(check(&house, "2030-06-07T17:59:00Z", 60, NOW).unwrap_err().rule, "opening-hours");
}

#[test]
fn a_rule_stays_on_the_wall_clock_when_clocks_change() {
    let nine = berlin(json!({"openingHours": {
        "saturday": [{"opens": "09:00", "closes": "10:00"}], "sunday": [{"opens": "09:00", "closes": "10:00"}],
    }}));
    for (start, open) in [
        ("2030-03-30T08:00:00Z", true),
        ("2030-03-31T08:00:00Z", false),
        ("2030-03-31T07:00:00Z", true),
        ("2030-10-26T07:00:00Z", true),
        ("2030-10-27T07:00:00Z", false),
        ("2030-10-27T08:00:00Z", true),
    ] {
        assert_eq!(check(&nine, start, 60, "2030-01-01T00:00:00Z").is_ok(), open, "{start}");
    }
}

#[test]
fn a_day_is_booked_whole_however_long_it_is() {
    let daily = |zone: &str| House::new(zone, json!({"slotGridMinutes": 1440}));
    for (zone, start, minutes) in [
        ("Europe/Berlin", "2030-03-30T23:00:00Z", 1380),
        ("Europe/Berlin", "2030-10-26T22:00:00Z", 1500),
        ("America/Sao_Paulo", "2018-11-04T03:00:00Z", 1380),
        ("Asia/Kathmandu", "2030-01-01T18:15:00Z", 1440),
        ("Australia/Lord_Howe", "2030-10-05T13:30:00Z", 1410),
    ] {
        assert!(check(&daily(zone), start, minutes, NOW).is_ok(), "{zone}");
        assert_eq!(check(&daily(zone), start, minutes + 60, NOW).unwrap_err().rule, "slot-grid", "{zone}");
    }
}

#[test]
fn the_horizon_is_the_end_of_a_local_day() {
    let house = House::new("Pacific/Auckland", json!({"maxHorizonDays": 1}));
    // It is 18:00 of 3 June in Auckland; 4 June ends there at 12:00 UTC.
    assert!(check(&house, "2030-06-04T11:00:00Z", 60, NOW).is_ok());
    assert_eq!(check(&house, "2030-06-04T11:01:00Z", 60, NOW).unwrap_err().rule, "max-horizon");
}

#[test]
fn on_a_grid_the_five_nearest_times_are_offered() {
    let refusal = check(&berlin(json!({"slotGridMinutes": 15})), "2030-06-05T09:05:00Z", 30, NOW).unwrap_err();
    let times: Vec<_> = starts(&refusal).iter().map(|start| start[11..16].to_owned()).collect();
    assert_eq!(times, ["09:00", "09:15", "08:45", "09:30", "08:30"]);
}

#[test]
fn every_broken_rule_is_named_and_the_first_gives_the_refusal_its_name() {
    let house = berlin(json!({"maxMinutes": 60, "slotGridMinutes": 30, "minNoticeMinutes": 600}));
    let refusal = check(&house, "2030-06-03T07:10:00Z", 90, NOW).unwrap_err();
    let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(refusal.rule, "max-duration");
    assert_eq!(pointers, ["/durationMinutes", "/starttimeepochtime", "/endtimeepochtime", "/starttimeepochtime"]);
}

#[test]
fn no_rules_bind_nothing() {
    assert!(berlin(json!({})).binding().is_none());
    assert!(berlin(json!({"bufferAfterMinutes": 5, "cancellationNoticeMinutes": 5})).binding().is_none());
}

#[test]
fn alternatives_to_what_is_too_near_lie_behind_a_long_notice() {
    let month = berlin(json!({"minNoticeMinutes": 43_200, "maxHorizonDays": 60}));
    let refusal = check(&month, "2030-06-04T06:00:00Z", 60, NOW).unwrap_err();
    assert_eq!((refusal.rule.as_str(), starts(&refusal)), ("min-notice", vec!["2030-07-03T06:00:00Z".to_owned()]));
    let refusal = check(&month, "2031-06-04T06:00:00Z", 60, NOW).unwrap_err();
    assert_eq!((refusal.rule.as_str(), starts(&refusal)), ("max-horizon", vec!["2030-08-02T21:00:00Z".to_owned()]));
}

#[test]
fn what_is_open_begins_at_the_first_start_that_has_an_end() {
    // From 01:00 on, clocks go from 02:00 to 02:30: the next time of the grid is 90 minutes away.
    let house = House::new("Australia/Lord_Howe", json!({"slotGridMinutes": 60, "maxMinutes": 60}));
    let window = interval("2026-10-03T14:30:00Z", 300);
    let shown = house.binding().unwrap().openings(&[(window, 1)], window, 1, NOW.parse().unwrap());
    assert_eq!(shown, [(interval("2026-10-03T16:00:00Z", 210), 1)]);
}
