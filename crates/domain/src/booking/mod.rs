//! Bookings: what is asked for, what is granted, and the claim by which a booking uses units of a resource.

mod claim;
pub mod part;
mod place;
mod request;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::attendee::Attendee;
use crate::meant::Meant;
use crate::occupancy::Ledger;
use crate::refusal::Refusal;
use crate::rules::Counted;
use crate::time::{Interval, timestamp};

pub use claim::Claim;
pub use part::{Part, PartItem};
pub use place::{Place, Refused, Site, place};
pub use request::Request;

/// Where a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It stands.
    Confirmed,
    /// It holds its units for a while.
    Held,
    /// It holds its units until it is approved, declined or expires.
    Pending,
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
    /// Whether the booking uses units; one that does not is kept for the record and never changes again.
    pub const fn stands(self) -> bool {
        matches!(self, Self::Confirmed | Self::Held | Self::Pending)
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

/// What the product keeps beside a booking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What the booking claims now, one claim a resource; nothing when it was canceled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// What it counts in its user's quotas, by resource. Giving the booking up takes back exactly this, whatever the rules are then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counted: BTreeMap<String, Counted>,
    /// The local time that it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meant: Option<Meant>,
}

/// A booking that was granted, with its claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The booking.
    pub booking: Booking,
    /// What it claims.
    pub state: State,
}

impl Booking {
    /// Whether it is from then until then.
    fn is_at(&self, interval: Interval) -> bool {
        self.start == interval.start.epoch_seconds() && self.end == Some(interval.end.epoch_seconds())
    }

    /// The resources of which a booking of `parts` at a time, in its place, would leave a part of its time or units to others.
    pub fn given_up_by<'a>(&'a self, parts: &'a [Part], wanted: Interval) -> impl Iterator<Item = &'a str> {
        let Interval { start, end } = wanted;
        let covered = start.epoch_seconds() <= self.start && self.end.is_none_or(|until| until <= end.epoch_seconds());
        let kept = move |(id, units): &(&str, i64)| {
            covered && parts.iter().any(|part| part.resource_id == *id && *units <= part.units)
        };
        self.parts().filter(move |part| !kept(part)).map(|(id, _)| id)
    }
}

impl Granted {
    /// Takes back what the booking claims.
    fn give_up(&self, ledger: &mut Ledger) {
        self.state.claims.iter().for_each(|claim| ledger.release(claim));
    }
}

/// Cancels a booking and takes back its claims. A booking that is canceled already stays as it is: `None`.
pub fn cancel(earlier: Granted, ledger: &mut Ledger, now: Timestamp) -> Option<Granted> {
    if !earlier.booking.status.stands() {
        return None;
    }
    earlier.give_up(ledger);
    let booking = Booking { status: Status::Canceled, timestamp: timestamp(now), ..earlier.booking };
    Some(Granted { booking, state: State::default() })
}

/// The refusal of a change to a canceled booking.
pub fn canceled() -> Refusal {
    Refusal::conflict("booking-canceled", "The booking was canceled; make a new one.")
}
