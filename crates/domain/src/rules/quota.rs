//! Quotas: how often and how long one user may book a resource in a day, a week and a month.
//!
//! A booking counts on the local date on which it starts, with all of its minutes and whatever its units are. Weeks are those of
//! ISO 8601, which begin on Monday. What was booked so far is [`Usage`].

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::usage::{Counted, Period, Tally, Usage};
use crate::fields::{Fields, finish_object};
use crate::json::kind;
use crate::limits::QUOTA;

/// The quotas of a resource, each optional, for each user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bookings_per_day: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minutes_per_day: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bookings_per_week: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minutes_per_week: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bookings_per_month: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minutes_per_month: Option<i64>,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Bookings,
    Minutes,
}

impl Unit {
    const fn of(self, tally: Tally) -> i64 {
        match self {
            Self::Bookings => tally.bookings,
            Self::Minutes => tally.minutes,
        }
    }

    /// The member of a request that is to blame.
    const fn pointer(self) -> &'static str {
        match self {
            Self::Bookings => "/starttimeepochtime",
            Self::Minutes => "/durationMinutes",
        }
    }
}

/// One limit that is set.
#[derive(Clone, Copy, Debug)]
struct Limit {
    name: &'static str,
    unit: Unit,
    period: Period,
    most: i64,
}

/// A limit that a booking would exceed.
pub(super) struct Exceeded {
    pub(super) pointer: &'static str,
    pub(super) detail: String,
}

impl Quota {
    /// The limits that are set, the shortest periods first.
    fn limits(&self) -> impl Iterator<Item = Limit> {
        let limit = |name, unit, period, most: Option<i64>| Some(Limit { name, unit, period, most: most? });
        [
            limit("bookingsPerDay", Unit::Bookings, Period::Day, self.bookings_per_day),
            limit("minutesPerDay", Unit::Minutes, Period::Day, self.minutes_per_day),
            limit("bookingsPerWeek", Unit::Bookings, Period::Week, self.bookings_per_week),
            limit("minutesPerWeek", Unit::Minutes, Period::Week, self.minutes_per_week),
            limit("bookingsPerMonth", Unit::Bookings, Period::Month, self.bookings_per_month),
            limit("minutesPerMonth", Unit::Minutes, Period::Month, self.minutes_per_month),
        ]
        .into_iter()
        .flatten()
    }

    /// The limits that a booking would exceed, on top of what the user has booked.
    pub(super) fn exceeded(&self, usage: &Usage, asked: Counted) -> impl Iterator<Item = Exceeded> {
        self.limits().filter_map(move |limit| {
            let used = limit.unit.of(usage.within(limit.period, asked.date));
            let more = limit.unit.of(asked.tally());
            (used.saturating_add(more) > limit.most).then(|| limit.exceeded(asked.date, used, more))
        })
    }

    /// The minutes of the longest booking that it ever accepts.
    pub(super) fn longest(&self) -> Option<i64> {
        self.limits().filter(|limit| limit.unit == Unit::Minutes).map(|limit| limit.most).min()
    }

    /// The limits that leave no room for a booking of so many minutes.
    pub(super) fn too_small_for(&self, minutes: i64) -> impl Iterator<Item = &'static str> {
        let of_minutes = self.limits().filter(|limit| limit.unit == Unit::Minutes);
        of_minutes.filter(move |limit| limit.most < minutes).map(|limit| limit.name)
    }
}

impl Limit {
    fn exceeded(self, date: Date, used: i64, more: i64) -> Exceeded {
        let Self { name, unit, period, most } = self;
        let dates = period.shown(date);
        let detail = format!("The quota {name} is {most}: the user has {used} {dates}, and asked for {more} more.");
        Exceeded { pointer: unit.pointer(), detail }
    }
}

/// Takes the quotas of a resource out of a request. A limit that a longer period's would never let be reached is refused.
pub(super) fn read(fields: &mut Fields) -> Option<Quota> {
    let members = match fields.take("quota")? {
        Value::Object(members) => members,
        other => {
            fields.wrong("quota", format!("must be an object, not {}", kind(&other)));
            return None;
        }
    };
    let mut members = Fields::at("/quota".to_owned(), members);
    let mut most = |name| members.integer(name, 1..=QUOTA);
    let quota = Quota {
        bookings_per_day: most("bookingsPerDay"),
        minutes_per_day: most("minutesPerDay"),
        bookings_per_week: most("bookingsPerWeek"),
        minutes_per_week: most("minutesPerWeek"),
        bookings_per_month: most("bookingsPerMonth"),
        minutes_per_month: most("minutesPerMonth"),
    };
    for (name, detail) in contradictions(&quota) {
        members.wrong(name, detail);
    }
    let mut errors = Vec::new();
    finish_object("/quota", members, &mut errors);
    if errors.is_empty() && quota == Quota::default() {
        fields.wrong("quota", "must set at least one limit; leave it out when there is none");
    }
    fields.wrong_all(errors);
    Some(quota)
}

/// The limits that are above that of a longer period.
fn contradictions(quota: &Quota) -> Vec<(&'static str, String)> {
    let longer = |limit: Limit| {
        let above = |other: &Limit| other.unit == limit.unit && other.period > limit.period && other.most < limit.most;
        quota
            .limits()
            .find(above)
            .map(|other| (limit.name, format!("must not be above {}, {}", other.name, other.most)))
    };
    quota.limits().filter_map(longer).collect()
}
