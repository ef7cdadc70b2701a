//! Bookings: what is asked for, what is granted, and the claim by which a booking uses units of a resource.

mod approval;
mod attendance;
mod claim;
mod confirmation;
pub mod part;
mod place;
mod request;
mod state;
mod waiting;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::attendee::Attendee;
use crate::occupancy::Ledger;
use crate::time::Interval;

pub use approval::{approve, decline, expire};
pub use attendance::{check_in, release_no_show};
pub use claim::Claim;
pub use confirmation::confirm;
pub use part::{Part, PartItem};
pub use place::{Place, Refused, Site, place};
pub use request::Request;
pub use state::{Granted, State, Timer, TimerKind, ended};
pub use waiting::grant;

/// Where a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It stands.
    Confirmed,
    /// It holds its units until it is confirmed or expires.
    Held,
    /// It holds its units until it is approved, declined or expires.
    Pending,
    /// It waits in line for units, and uses none.
    Waiting,
    /// It was canceled; kept for the record.
    Canceled,
    /// It was not approved.
    Declined,
    /// Nobody approved or confirmed it in time.
    Expired,
    /// Nobody checked in, so that its units were released.
    NoShow,
}

impl Status {
    /// Whether the booking uses units.
    pub const fn stands(self) -> bool {
        matches!(self, Self::Confirmed | Self::Held | Self::Pending)
    }

    /// Whether the booking stands, or may come to; one that does not is kept for the record and never changes again.
    pub const fn is_open(self) -> bool {
        self.stands() || matches!(self, Self::Waiting)
    }

    /// Whether the booking expires at some time, unless it is confirmed, approved or granted before.
    pub const fn waits(self) -> bool {
        matches!(self, Self::Held | Self::Pending | Self::Waiting)
    }
}

/// A booking as it is stored and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Its identifier.
    #[serde(rename = "bookingID")]
    pub booking_id: String,
    /// Whose it is.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// What is booked.
    #[serde(rename = "resourceID")]
    pub resource_id: String,
    /// Where that is; empty where another program that stored the booking did not say.
    #[serde(rename = "locationID", default, skip_serializing_if = "String::is_empty")]
    pub location_id: String,
    /// Start, in epoch seconds.
    #[serde(rename = "starttimeepochtime")]
    pub start: i64,
    /// End, in epoch seconds; none where another program that stored the booking did not say.
    #[serde(rename = "endtimeepochtime", default, skip_serializing_if = "Option::is_none")]
    pub end: Option<i64>,
    /// The IANA name of the time zone in which it was booked; none where another program that stored the booking did not say.
    #[serde(rename = "timeZone", default, skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    /// Units of the resource.
    #[serde(default = "one")]
    pub units: i64,
    /// The resources that it has beside the main one.
    #[serde(rename = "additionalResources", default, skip_serializing_if = "Vec::is_empty")]
    pub additional: Vec<Part>,
    /// Where it stands.
    #[serde(default = "confirmed")]
    pub status: Status,
    /// When it was last changed (RFC 3339).
    #[serde(default)]
    pub timestamp: String,
    /// When it expires unless it is confirmed, approved or granted before (RFC 3339).
    #[serde(rename = "expiresAt", default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Since when it waits in line for units (RFC 3339).
    #[serde(rename = "waitingSince", default, skip_serializing_if = "Option::is_none")]
    waiting_since: Option<String>,
    /// When somebody checked in (RFC 3339).
    #[serde(rename = "checkedInAt", default, skip_serializing_if = "Option::is_none")]
    pub checked_in_at: Option<String>,
    #[serde(rename = "declineReason", default, skip_serializing_if = "Option::is_none")]
    decline_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attendees: Vec<Attendee>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

const fn one() -> i64 {
    1
}

const fn confirmed() -> Status {
    Status::Confirmed
}

impl Booking {
    /// Whether it is from then until then.
    fn is_at(&self, interval: Interval) -> bool {
        self.start == interval.start.epoch_seconds() && self.end == Some(interval.end.epoch_seconds())
    }

    /// The resources of which a booking of `parts` at a time, in its place, would leave a part of its time or units to others.
    pub fn given_up_by<'a>(&'a self, parts: &'a [Part], wanted: Interval) -> impl Iterator<Item = &'a str> {
        let Interval { start, end } = wanted;
        // What is only held, or waited for, may be given up at any time.
        let held = matches!(self.status, Status::Held | Status::Waiting);
        let covered = start.epoch_seconds() <= self.start && self.end.is_none_or(|until| until <= end.epoch_seconds());
        let kept = move |(id, units): &(&str, i64)| {
            covered && parts.iter().any(|part| part.resource_id == *id && *units <= part.units)
        };
        self.parts().filter(move |part| !held && !kept(part)).map(|(id, _)| id)
    }
}

/// Cancels a booking and takes back its claims. A booking that does not stand any more stays as it is: `None`.
pub fn cancel(earlier: Granted, ledger: &mut Ledger, now: Timestamp) -> Option<Granted> {
    earlier.status(now).is_open().then(|| earlier.end(Status::Canceled, ledger, now))
}
