//! What becomes of a booking of a resource once it is made: it may wait for approval, and people check in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::from_now;
use crate::limits::{APPROVAL_MINUTES, CHECK_IN_MINUTES};
use crate::time::{Interval, Minute};

/// What a booking needs to know of a resource to be approved and to be checked in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Procedure {
    #[serde(default)]
    approval_required: Option<bool>,
    #[serde(default)]
    approval_expiry_minutes: Option<i64>,
    #[serde(default)]
    no_show_minutes: Option<i64>,
    #[serde(default)]
    check_in_opens_minutes: Option<i64>,
}

/// When one may check in to a booking, as its resources said when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckIn {
    /// From when.
    pub opens: Minute,
    /// From when on the booking is released if nobody has; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<Minute>,
}

impl Procedure {
    /// The same, but nobody has to approve: for those whom soft rules do not bind.
    #[must_use]
    pub fn approved(self) -> Self {
        Self { approval_required: None, ..self }
    }

    /// Whether a booking waits for approval.
    pub fn needs_approval(self) -> bool {
        self.approval_required == Some(true)
    }

    /// How many minutes a booking waits for approval; none when it needs none.
    pub fn approval_minutes(self) -> Option<i64> {
        self.needs_approval().then(|| self.approval_expiry_minutes.unwrap_or(APPROVAL_MINUTES))
    }
}

/// Until when a booking that starts then waits, if it may so many minutes: not beyond its start, unless that is past.
pub fn waits_until(minutes: i64, start: Minute, now: Timestamp) -> Minute {
    let until = from_now(now, minutes);
    if start.has_begun(now) { until } else { until.min(start) }
}

impl CheckIn {
    /// When one may check in to a booking of several resources: as soon as one of them lets, until one of them is released. A booking
    /// that is made when that is past is not released.
    pub fn of(procedures: impl Iterator<Item = Procedure> + Clone, booked: Interval, now: Timestamp) -> Self {
        let opens = procedures.clone().map(|one| one.check_in_opens_minutes.unwrap_or(CHECK_IN_MINUTES)).max();
        let closes = procedures.filter_map(|one| one.no_show_minutes).min();
        let opens = booked.start.plus(opens.unwrap_or(CHECK_IN_MINUTES).saturating_neg());
        let closes = closes.map(|minutes| booked.start.plus(minutes).min(booked.end));
        Self { opens, closes }.at(now)
    }

    /// The same, without an end that is past.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        Self { closes: self.closes.filter(|closes| !closes.has_begun(now)), ..self }
    }
}
