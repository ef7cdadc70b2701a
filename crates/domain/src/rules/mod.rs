//! Rules of booking a resource: opening hours, exceptions, a grid, lengths, notice, horizon, quotas and the cancellation window.
//!
//! They are soft: they bind everybody but administrators. Capacity and buffers bind everybody and live in [`crate::booking`].
//! Hours, days and the grid follow the wall clock of the location's time zone; how, is written once, in [`local`].

mod calendar;
mod check;
mod exception;
mod grid;
mod hours;
mod joint;
pub mod local;
mod openings;
mod procedure;
mod quota;
mod read;
mod slots;
pub mod stretches;
mod usage;

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::limits::{HORIZON_DAYS, NOTICE_MINUTES};
use crate::refusal::Refusal;
use crate::time::{DAY_MINUTES, MINUTE_SECONDS, Minute};

pub use exception::Exception;
pub use hours::{Hours, OpeningHours, TimeOfDay};
pub(crate) use joint::Joint;
pub use local::Local;
pub use procedure::{CheckIn, Procedure, waits_until};
pub use quota::Quota;
use read::MOST_MINUTES;
pub use read::{read, read_exceptions};
pub use usage::{Counted, Period, Tally, Usage};

/// The rules of a resource, each optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rules {
    /// When it is open, week after week; always when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening_hours: Option<OpeningHours>,
    /// Dates on which it is closed or has other hours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
    /// Bookings start and end when the wall clock shows a multiple of so many minutes.
    #[serde(default, deserialize_with = "within::<_, _, 1, DAY_MINUTES>", skip_serializing_if = "Option::is_none")]
    pub slot_grid_minutes: Option<i64>,
    /// The shortest booking.
    #[serde(default, deserialize_with = "within::<_, _, 1, MOST_MINUTES>", skip_serializing_if = "Option::is_none")]
    pub min_minutes: Option<i64>,
    /// The longest booking.
    #[serde(default, deserialize_with = "within::<_, _, 1, MOST_MINUTES>", skip_serializing_if = "Option::is_none")]
    pub max_minutes: Option<i64>,
    /// How long before its start it must be booked.
    #[serde(default, deserialize_with = "within::<_, _, 0, NOTICE_MINUTES>", skip_serializing_if = "Option::is_none")]
    pub min_notice_minutes: Option<i64>,
    /// It must end with the local day that is so many days after today.
    #[serde(default, deserialize_with = "within::<_, _, 1, HORIZON_DAYS>", skip_serializing_if = "Option::is_none")]
    pub max_horizon_days: Option<i64>,
    /// Minutes that each booking claims before its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buffer_before_minutes: Option<i64>,
    /// Minutes that each booking claims after its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buffer_after_minutes: Option<i64>,
    /// How long before its start a booking may still be canceled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancellation_notice_minutes: Option<i64>,
    /// How much of it one user may book.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
    /// Whether a booking waits for an administrator's approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_required: Option<bool>,
    /// How long it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_expiry_minutes: Option<i64>,
    /// How long after its start a booking is released when nobody has checked in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_show_minutes: Option<i64>,
    /// How long before its start one may check in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_in_opens_minutes: Option<i64>,
}

/// A number between two bounds: a rule that another program stored is not read where no client could have set it.
pub(crate) fn within<'de, D, T, const LEAST: i64, const MOST: i64>(number: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Copy + Into<Option<i64>>,
{
    let read = T::deserialize(number)?;
    match read.into() {
        Some(number) if !(LEAST..=MOST).contains(&number) => {
            Err(D::Error::custom(format!("{number} is not from {LEAST} to {MOST}")))
        }
        _ => Ok(read),
    }
}

/// What a location says about its resources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Premises {
    /// The IANA name of its time zone; UTC when absent.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Dates on which all that is there is closed or has other hours.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

/// The rules that bind a booking: the resource's and those of its location, in the location's time zone.
#[derive(Clone, Debug)]
pub struct Binding {
    rules: Rules,
    exceptions: Vec<Exception>,
    local: Local,
    usage: Usage,
}

impl Binding {
    /// The rules of both; none when they bind nothing. An error when the time zone is not in the database.
    pub fn new(rules: Rules, premises: Premises) -> Result<Option<Self>, jiff::Error> {
        // The others are no matter of when one may book.
        let of_when = Rules {
            buffer_before_minutes: None,
            buffer_after_minutes: None,
            cancellation_notice_minutes: None,
            approval_required: None,
            approval_expiry_minutes: None,
            no_show_minutes: None,
            check_in_opens_minutes: None,
            ..rules
        };
        if of_when == Rules::default() && premises.exceptions.is_empty() {
            return Ok(None);
        }
        let local = Local::named(premises.time_zone.as_deref())?;
        Ok(Some(Self { rules: of_when, exceptions: premises.exceptions, local, usage: Usage::default() }))
    }

    /// The same rules for a user who has booked so much already.
    #[must_use]
    pub fn with_usage(self, usage: Usage) -> Self {
        Self { usage, ..self }
    }
}

impl Binding {
    /// The same rules on a wall clock that is prepared for a window; of the same zone.
    #[must_use]
    pub fn on(self, local: &Local) -> Self {
        Self { local: local.clone(), ..self }
    }
}

/// The first minute that is so many minutes away: what begins earlier is too near.
fn from_now(now: Timestamp, minutes: i64) -> Minute {
    let begun = Minute::containing(now);
    let whole = begun.epoch_seconds() == now.as_second() && now.subsec_nanosecond() == 0;
    begun.plus(i64::from(!whole)).plus(minutes)
}

/// What a booking needs to know of a resource to be canceled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Cancellation {
    #[serde(rename = "cancellationNoticeMinutes", default)]
    notice_minutes: Option<i64>,
}

impl Cancellation {
    /// Whether a booking that starts in that second may still be given up.
    pub fn check(self, start_seconds: i64, now: Timestamp) -> Result<(), Refusal> {
        let start = Minute(start_seconds.div_euclid(MINUTE_SECONDS));
        let Some(minutes) = self.notice_minutes.filter(|&minutes| from_now(now, minutes) > start) else {
            return Ok(());
        };
        let detail = format!(
            "The booking starts at {}; it could be canceled, or moved, until {minutes} minutes before.",
            start.rfc3339()
        );
        Err(Refusal::conflict("cancellation-window", detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn notice_counts_from_the_next_whole_minute() {
        let minute = |text: &str| Minute::containing(at(text));
        assert_eq!(from_now(at("2030-01-01T12:00:00Z"), 60), minute("2030-01-01T13:00:00Z"));
        assert_eq!(from_now(at("2030-01-01T12:00:00.001Z"), 60), minute("2030-01-01T13:01:00Z"));
    }

    #[test]
    fn the_cancellation_window_ends_to_the_second() {
        let rule: Cancellation = serde_json::from_str(r#"{"name":"A","cancellationNoticeMinutes":60}"#).unwrap();
        let start = at("2030-01-01T13:00:00Z").as_second();
        assert!(rule.check(start, at("2030-01-01T12:00:00Z")).is_ok());
        let refusal = rule.check(start, at("2030-01-01T12:00:01Z")).unwrap_err();
        assert_eq!(refusal.rule, "cancellation-window");
        assert!(Cancellation::default().check(start, at("2031-01-01T12:00:01Z")).is_ok());
    }
}
