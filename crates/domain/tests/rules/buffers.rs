//! Buffers: claimed with the booking, by everybody.

use domain::booking::{Granted, Part, Place, Request, Site, cancel, place};
use domain::occupancy::Ledger;
use domain::refusal::Refusal;
use domain::resource::Rules;
use domain::rules::{Local, Procedure};
use domain::time::Minute;
use jiff::Timestamp;

/// 2030-06-03T00:00Z.
const MIDNIGHT: i64 = 31_778_460 - 9 * 60;

fn resource(capacity: i64, before: i64, after: i64) -> Rules {
    Rules { capacity, buffer_before: before, buffer_after: after, ..Rules::default() }
}

fn request(start: i64, minutes: i64, units: i64) -> Request {
    let start = Minute(MIDNIGHT + start).epoch_seconds();
    let body =
        format!(r#"{{"resourceID":"r","starttimeepochtime":{start},"durationMinutes":{minutes},"units":{units}}}"#);
    Request::parse(domain::json::object(body.as_bytes()).unwrap()).unwrap()
}

fn put(rules: &Rules, ledger: &mut Ledger, request: &Request, earlier: Option<&Granted>) -> Result<Granted, Refusal> {
    let now = Timestamp::UNIX_EPOCH;
    let procedure = Procedure::default();
    let site = |part: &Part| Site { part: part.clone(), rules: rules.clone(), binding: None, usage: None, procedure };
    let sites: Vec<Site> = request.parts.iter().map(site).collect();
    let at = Place { booking_id: "b", user_id: "u", sites: &sites, local: &Local::named(None).unwrap(), now };
    let mut tried = ledger.clone();
    let granted = place(at, request, earlier, &mut tried).map_err(|refused| {
        let sought = refused.sought.map(|sought| sought.find(&tried, &sites, now));
        Refusal { alternatives: sought.unwrap_or_default(), ..refused.refusal }
    })?;
    *ledger = tried;
    Ok(granted)
}

#[test]
fn the_buffers_of_neighbours_add_up() {
    let rules = resource(1, 10, 20);
    let mut ledger = Ledger::default();
    let granted = put(&rules, &mut ledger, &request(600, 60, 1), None).unwrap();
    assert_eq!((granted.booking.start, granted.booking.end), ((MIDNIGHT + 600) * 60, Some((MIDNIGHT + 660) * 60)));
    for (start, free) in [(660, false), (689, false), (690, true), (570, false), (511, false), (510, true)] {
        assert_eq!(put(&rules, &mut ledger.clone(), &request(start, 60, 1), None).is_ok(), free, "{start}");
    }
    let refusal = put(&rules, &mut ledger, &request(660, 60, 1), None).unwrap_err();
    assert_eq!(refusal.rule, "capacity");
    let starts: Vec<i64> = refusal.alternatives.iter().map(|found| found.start.0 - MIDNIGHT).collect();
    assert_eq!(starts, [690, 510]);
}

#[test]
fn buffers_reach_over_midnight_and_go_with_their_booking() {
    let rules = resource(1, 30, 30);
    let mut ledger = Ledger::default();
    let late = put(&rules, &mut ledger, &request(23 * 60, 60, 1), None).unwrap();
    assert_eq!(late.state.claims[0].days().count(), 2);
    assert_eq!(put(&rules, &mut ledger, &request(24 * 60 + 59, 60, 1), None).unwrap_err().rule, "capacity");
    put(&rules, &mut ledger, &request(25 * 60, 60, 1), None).unwrap();
    let early = put(&rules, &mut ledger, &request(-24 * 60 + 10, 30, 1), None).unwrap();
    cancel(late, &mut ledger, Timestamp::UNIX_EPOCH).unwrap();
    put(&rules, &mut ledger, &request(23 * 60, 60, 1), None).unwrap();
    assert_eq!(early.state.claims[0].start, Minute(MIDNIGHT - 24 * 60 - 20));
}

#[test]
fn a_booking_moves_onto_itself_also_with_buffers() {
    let rules = resource(1, 30, 30);
    let mut ledger = Ledger::default();
    let mut granted = put(&rules, &mut ledger, &request(600, 60, 1), None).unwrap();
    put(&rules, &mut ledger, &request(720, 60, 1), None).unwrap();
    for (start, minutes) in [(600, 60), (590, 70), (540, 60), (600, 60)] {
        granted = put(&rules, &mut ledger, &request(start, minutes, 1), Some(&granted)).unwrap();
    }
    assert_eq!(put(&rules, &mut ledger, &request(601, 60, 1), Some(&granted)).unwrap_err().rule, "capacity");
}

#[test]
fn a_booking_that_stays_keeps_its_time_when_buffers_come_later() {
    let mut ledger = Ledger::default();
    let granted = put(&resource(1, 0, 0), &mut ledger, &request(600, 60, 1), None).unwrap();
    put(&resource(1, 0, 0), &mut ledger, &request(660, 60, 1), None).unwrap();
    let later = resource(1, 15, 15);
    let kept = put(&later, &mut ledger, &request(600, 60, 1), Some(&granted)).unwrap();
    assert_eq!(kept.state, granted.state);
    assert_eq!(put(&later, &mut ledger, &request(590, 60, 1), Some(&kept)).unwrap_err().rule, "capacity");
    put(&later, &mut ledger, &request(570, 60, 1), Some(&kept)).unwrap();
}

#[test]
fn buffers_count_in_units_where_capacity_is_shared() {
    let rules = resource(3, 30, 30);
    let mut ledger = Ledger::default();
    put(&rules, &mut ledger, &request(600, 60, 2), None).unwrap();
    put(&rules, &mut ledger, &request(630, 60, 1), None).unwrap();
    // With their buffers the claims are 09:30 to 11:30 and 10:00 to 12:00: until 11:30 nothing is left, until 12:00 two units.
    for (start, units, free) in
        [(680, 1, false), (719, 1, false), (720, 2, true), (720, 3, false), (749, 3, false), (750, 3, true)]
    {
        assert_eq!(put(&rules, &mut ledger.clone(), &request(start, 60, units), None).is_ok(), free, "{start} {units}");
    }
}
