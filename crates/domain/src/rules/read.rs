//! Reading rules from a request, and refusing those that contradict themselves or each other.

use jiff::civil::Date;
use serde_json::Value;

use super::Rules;
use super::exception::Exception;
use super::hours::{Hours, OpeningHours, TimeOfDay};
use super::joint::rounded_up;
use super::quota;
use crate::fields::{Fields, finish_object, note, objects};
use crate::json::{escape, kind};
use crate::limits::{
    BOOKING_DAYS, BUFFER_MINUTES, EXCEPTION_DAYS, EXCEPTIONS, HORIZON_DAYS, HOURS_OF_DAY, NAME_BYTES, NOTICE_MINUTES,
};
use crate::refusal::Problem;
use crate::time::DAY_MINUTES;

/// Minutes of the longest booking.
pub(super) const MOST_MINUTES: i64 = BOOKING_DAYS * DAY_MINUTES;

/// Takes the rules of a resource, whose bookings without an end are so long, out of a request.
pub fn read(fields: &mut Fields, slot_minutes: Option<i64>) -> Rules {
    let rules = Rules {
        opening_hours: read_week(fields),
        exceptions: read_exceptions(fields),
        slot_grid_minutes: fields.integer("slotGridMinutes", 1..=DAY_MINUTES),
        min_minutes: fields.integer("minMinutes", 1..=MOST_MINUTES),
        max_minutes: fields.integer("maxMinutes", 1..=MOST_MINUTES),
        min_notice_minutes: fields.integer("minNoticeMinutes", 0..=NOTICE_MINUTES),
        max_horizon_days: fields.integer("maxHorizonDays", 1..=HORIZON_DAYS),
        buffer_before_minutes: fields.integer("bufferBeforeMinutes", 0..=BUFFER_MINUTES),
        buffer_after_minutes: fields.integer("bufferAfterMinutes", 0..=BUFFER_MINUTES),
        cancellation_notice_minutes: fields.integer("cancellationNoticeMinutes", 0..=NOTICE_MINUTES),
        quota: quota::read(fields),
        approval_required: fields.boolean("approvalRequired"),
        approval_expiry_minutes: fields.integer("approvalExpiryMinutes", 1..=NOTICE_MINUTES),
        no_show_minutes: fields.integer("noShowMinutes", 1..=DAY_MINUTES),
        check_in_opens_minutes: fields.integer("checkInOpensMinutes", 0..=NOTICE_MINUTES),
    };
    check_lengths(fields, &rules, slot_minutes);
    check_quota(fields, &rules, slot_minutes);
    if let (Some(days), Some(notice)) = (rules.max_horizon_days, rules.min_notice_minutes)
        && days.saturating_mul(DAY_MINUTES) < notice
    {
        fields.wrong("maxHorizonDays", format!("must not be shorter than minNoticeMinutes, {notice} minutes"));
    }
    rules
}

/// The shortest, the longest and the usual length, and the grid, must leave a length that all accept.
fn check_lengths(fields: &mut Fields, rules: &Rules, slot_minutes: Option<i64>) {
    let (least, most) = (rules.min_minutes.unwrap_or(1), rules.max_minutes.unwrap_or(MOST_MINUTES));
    let grid = rules.slot_grid_minutes.unwrap_or(1).max(1);
    let on_grid = |minutes: i64| minutes.rem_euclid(grid) == 0;
    if least > most {
        fields.wrong("maxMinutes", format!("must not be less than minMinutes, {least}"));
    } else if !on_grid(DAY_MINUTES) {
        fields.wrong("slotGridMinutes", format!("must divide the {DAY_MINUTES} minutes of a day"));
    } else if most.saturating_sub(most.rem_euclid(grid)) < least {
        fields.wrong("slotGridMinutes", format!("leaves no length from {least} to {most} minutes"));
    } else if slot_minutes.is_some_and(|slot| slot < least || slot > most || !on_grid(slot)) {
        let detail = "must itself be a length that minMinutes, maxMinutes and slotGridMinutes allow";
        fields.wrong("slotMinutes", detail);
    }
}

/// A quota of minutes must leave room for the shortest and for the usual booking.
fn check_quota(fields: &mut Fields, rules: &Rules, slot_minutes: Option<i64>) {
    let Some(quota) = &rules.quota else { return };
    let shortest = rounded_up(rules.min_minutes.unwrap_or(1), rules.slot_grid_minutes.unwrap_or(1).max(1));
    let least = slot_minutes.map_or(shortest, |slot| slot.max(shortest));
    let problem = |name| Problem {
        pointer: format!("/quota/{name}"),
        detail: format!("must leave room for the shortest and the usual booking: {least} minutes"),
    };
    fields.wrong_all(quota.too_small_for(least).map(problem).collect());
}

fn read_week(fields: &mut Fields) -> Option<OpeningHours> {
    let mut errors = Vec::new();
    let week = match fields.take("openingHours")? {
        Value::Object(days) if !days.is_empty() => {
            let mut week = OpeningHours::default();
            for (name, value) in days {
                let base = format!("/openingHours/{}", escape(&name));
                match week.named(&name) {
                    Some(hours) => *hours = read_hours(value, &base, &mut errors),
                    None => note(&mut errors, base, "is not a weekday: monday, tuesday, … or sunday"),
                }
            }
            Some(week)
        }
        Value::Object(_) => {
            fields.wrong(
                "openingHours",
                "must name the hours of at least one weekday; leave it out when it is always open",
            );
            None
        }
        other => {
            fields.wrong("openingHours", format!("must be an object, not {}", kind(&other)));
            None
        }
    };
    fields.wrong_all(errors);
    week
}

/// Takes the exceptions of a resource or of a location out of a request.
pub fn read_exceptions(fields: &mut Fields) -> Vec<Exception> {
    let Some(value) = fields.take("exceptions") else { return Vec::new() };
    if matches!(&value, Value::Array(none) if none.is_empty()) {
        return Vec::new();
    }
    let (mut errors, mut exceptions) = (Vec::new(), Vec::<Exception>::new());
    for (base, mut members) in objects(value, "/exceptions", EXCEPTIONS, &mut errors) {
        let Some(exception) = read_exception(&base, &mut members, &mut errors) else {
            finish_object(&base, members, &mut errors);
            continue;
        };
        if let Some(other) = exceptions.iter().find(|other| other.overlaps(&exception)) {
            members.wrong("startDate", format!("overlaps the exception that begins on {}", other.start_date));
        }
        finish_object(&base, members, &mut errors);
        exceptions.push(exception);
    }
    fields.wrong_all(errors);
    exceptions
}

fn read_exception(base: &str, members: &mut Fields, errors: &mut Vec<Problem>) -> Option<Exception> {
    let start_date = read_date(members, "startDate", true);
    let end_date = read_date(members, "endDate", false);
    let closed = match members.take("closed") {
        None => false,
        Some(Value::Bool(closed)) => closed,
        Some(other) => {
            members.wrong("closed", format!("must be a boolean, not {}", kind(&other)));
            return None;
        }
    };
    let hours = members.take("hours");
    if closed == hours.is_some() {
        members.wrong("closed", "must be true, or else `hours` must say when it is open; not both");
    }
    let hours = hours.map(|value| read_hours(value, &format!("{base}/hours"), errors)).unwrap_or_default();
    let reason = members.text("reason", NAME_BYTES);
    let start_date = start_date?;
    let exception = Exception { start_date, end_date, closed, hours, reason };
    let days = start_date.until(exception.last_date()).map_or(i64::MAX, |span| i64::from(span.get_days()));
    if !(0..EXCEPTION_DAYS).contains(&days) {
        let detail = format!("must not be before startDate, nor make it more than {EXCEPTION_DAYS} days");
        members.wrong("endDate", detail);
        return None;
    }
    Some(exception)
}

/// A list of hours of one day.
fn read_hours(value: Value, base: &str, errors: &mut Vec<Problem>) -> Vec<Hours> {
    let mut found: Vec<Hours> = Vec::new();
    for (base, mut members) in objects(value, base, HOURS_OF_DAY, errors) {
        let (opens, closes) = (read_time(&mut members, "opens"), read_time(&mut members, "closes"));
        if let (Some(opens), Some(closes)) = (opens, closes) {
            let hours = Hours { opens, closes };
            if opens >= closes {
                let detail =
                    "must be after `opens`; hours over midnight are two: until 24:00, and from 00:00 of the next day";
                members.wrong("closes", detail);
            } else if found.iter().any(|other| other.overlap(hours)) {
                members.wrong("opens", "overlaps other hours of the day");
            }
            found.push(hours);
        }
        finish_object(&base, members, errors);
    }
    found
}

fn read_time(members: &mut Fields, name: &str) -> Option<TimeOfDay> {
    let before = members.problems();
    let text = members.required_text(name, NAME_BYTES);
    if members.problems() > before {
        return None;
    }
    text.parse().map_err(|wrong: super::hours::NoTime| members.wrong(name, wrong.to_string())).ok()
}

/// A date of ISO 8601, `YYYY-MM-DD`.
fn read_date(members: &mut Fields, name: &str, required: bool) -> Option<Date> {
    let before = members.problems();
    let text = if required { Some(members.required_text(name, NAME_BYTES)) } else { members.text(name, NAME_BYTES) }?;
    if members.problems() > before {
        return None;
    }
    let date = text.parse().ok().filter(|date: &Date| date.to_string() == text && (1970..=9999).contains(&date.year()));
    if date.is_none() {
        members.wrong(name, "must be a date from 1970 on, such as `2027-12-24`");
    }
    date
}
