//! Exceptions: dates on which other hours hold, or none.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::hours::{Hours, spans};

/// One date, or a range of dates, on which it is closed or has other hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exception {
    /// The first date.
    pub start_date: Date,
    /// The last date; the first when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_date: Option<Date>,
    /// Closed all day; else `hours` says when it is open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// The hours of these dates instead of the weekly ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Hours>,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Exception {
    /// The last date.
    pub fn last_date(&self) -> Date {
        self.end_date.unwrap_or(self.start_date)
    }

    /// Whether both hold on some date.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start_date <= other.last_date() && other.start_date <= self.last_date()
    }

    /// When it is open on each of these dates, in minutes of the day.
    pub(super) fn spans(&self) -> Vec<(i64, i64)> {
        if self.closed { Vec::new() } else { spans(&self.hours) }
    }
}

/// The exception that holds on a date: there is at most one.
pub(super) fn on(exceptions: &[Exception], date: Date) -> Option<&Exception> {
    exceptions.iter().find(|exception| exception.start_date <= date && date <= exception.last_date())
}
