//! Bookings: what is asked for, what is granted, and the claim by which a booking uses units of a resource.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::alternatives::Sought;
use crate::fields::Fields;
use crate::limits::{BOOKING_DAYS, CAPACITY, ID_BYTES, NAME_BYTES, TEXT_BYTES};
use crate::occupancy::Ledger;
use crate::refusal::{Kind, Problem, Refusal, Shortage};
use crate::resource::Rules;
use crate::rules::Binding;
use crate::time::{self, DAY_MINUTES, END_OF_TIME, Interval, MINUTE_SECONDS, Minute};
use crate::{id, time::timestamp};

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

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The resource.
    pub resource_id: String,
    start: Minute,
    minutes: Option<i64>,
    units: i64,
    title: Option<String>,
    notes: Option<String>,
    more: Map<String, Value>,
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
    /// Units of the resource.
    #[serde(default = "one")]
    pub units: i64,
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
    #[serde(flatten)]
    more: Map<String, Value>,
}

const fn one() -> i64 {
    1
}

const fn confirmed() -> Status {
    Status::Confirmed
}

/// What a booking added to the occupancy of a resource; cancelling subtracts exactly this, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The resource.
    #[serde(rename = "resourceID")]
    pub resource_id: String,
    /// The first minute, buffers included.
    pub start: Minute,
    /// The first minute behind it, buffers included.
    pub end: Minute,
    /// Units.
    pub units: i64,
}

/// What the product keeps beside a booking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What the booking claims now; none when it was canceled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
}

/// A booking that was granted, with its claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The booking.
    pub booking: Booking,
    /// What it claims.
    pub state: State,
}

impl Claim {
    /// From its first minute to its last.
    pub const fn interval(&self) -> Interval {
        Interval::new(self.start, self.end)
    }

    /// Whether another claim needs nothing that this one has not.
    fn covers(&self, other: &Self) -> bool {
        self.resource_id == other.resource_id
            && self.start <= other.start
            && other.end <= self.end
            && other.units <= self.units
    }

    /// The UTC days that it touches: day, from minute, until minute of that day.
    pub fn days(&self) -> impl Iterator<Item = (i64, i64, i64)> + use<> {
        let (start, end) = (self.start.0, self.end.0);
        self.interval().days().map(move |day| {
            let midnight = Minute::of_day(day).0;
            let of_day = |minute: i64| minute.saturating_sub(midnight).clamp(0, DAY_MINUTES);
            (day, of_day(start), of_day(end))
        })
    }
}

impl Request {
    /// Reads a client's body. Identifiers in it (but `resourceID`) and everything that the server decides are ignored.
    pub fn parse(members: Map<String, Value>) -> Result<Self, Refusal> {
        let mut fields = Fields::new(members);
        fields.ignore(&["bookingID", "userID", "locationID", "status", "timestamp"]);
        let resource_id = fields.required_text("resourceID", ID_BYTES);
        if let Some(detail) = id::wrong(&resource_id).filter(|_| !resource_id.is_empty()) {
            fields.wrong("resourceID", detail);
        }
        let start = required_minute(&mut fields, "starttimeepochtime");
        let minutes = read_length(&mut fields, start);
        let units = fields.integer("units", 1..=CAPACITY).unwrap_or(1);
        let title = fields.text("title", NAME_BYTES);
        let notes = fields.text("notes", TEXT_BYTES);
        let more = fields.finish()?;
        Ok(Self { resource_id, start: start.unwrap_or(Minute(0)), minutes, units, title, notes, more })
    }

    /// From when until when the booking is to be.
    pub fn interval(&self, rules: &Rules) -> Result<Interval, Refusal> {
        let end = self.start.plus(self.minutes.unwrap_or(rules.slot_minutes));
        if end > END_OF_TIME {
            return Err(Refusal::invalid("/starttimeepochtime", "The booking must end by 9999-12-30."));
        }
        let interval = Interval::new(self.start, end);
        if interval.day_count() > BOOKING_DAYS {
            let detail = format!("A booking may touch at most {BOOKING_DAYS} UTC days.");
            return Err(Refusal::invalid("/endtimeepochtime", detail));
        }
        Ok(interval)
    }

    /// What the booking will claim of a resource: its time with the buffers.
    pub fn claim(&self, rules: &Rules) -> Result<Claim, Refusal> {
        let Interval { start, end } = rules.claimed(self.interval(rules)?);
        Ok(Claim { resource_id: self.resource_id.clone(), start, end, units: self.units })
    }

    /// The claim of a booking that stays when it is: the same minutes as before, whatever the buffers are now.
    fn kept_claim(&self, wanted: Interval, earlier: Option<&Granted>) -> Option<Claim> {
        let earlier = earlier.filter(|earlier| earlier.booking.is_at(&self.resource_id, wanted))?;
        Some(Claim { units: self.units, ..earlier.state.claim.clone()? })
    }

    fn granted(&self, place: Place<'_>, wanted: Interval, claim: Claim) -> Granted {
        let booking = Booking {
            booking_id: place.booking_id.to_owned(),
            user_id: place.user_id.to_owned(),
            resource_id: self.resource_id.clone(),
            location_id: place.rules.location_id.clone(),
            start: wanted.start.epoch_seconds(),
            end: Some(wanted.end.epoch_seconds()),
            units: claim.units,
            status: Status::Confirmed,
            timestamp: timestamp(place.now),
            title: self.title.clone(),
            notes: self.notes.clone(),
            more: self.more.clone(),
        };
        Granted { booking, state: State { claim: Some(claim) } }
    }
}

fn required_minute(fields: &mut Fields, name: &str) -> Option<Minute> {
    let before = fields.problems();
    let seconds = fields.required_integer(name, 0..=END_OF_TIME.epoch_seconds());
    if fields.problems() > before {
        return None;
    }
    let minute = Minute::from_epoch_seconds(seconds);
    if minute.is_none() {
        fields.wrong(name, "must be a whole minute from 1970 to 9999, in epoch seconds");
    }
    minute
}

/// The length that end or duration ask for; none when neither is given, or when the start is wrong already.
fn read_length(fields: &mut Fields, start: Option<Minute>) -> Option<i64> {
    let most = BOOKING_DAYS.saturating_mul(DAY_MINUTES);
    let duration = fields.integer("durationMinutes", 1..=most);
    let end = fields.integer("endtimeepochtime", 0..=END_OF_TIME.epoch_seconds());
    let Some(end) = end else { return duration };
    if end.rem_euclid(MINUTE_SECONDS) != 0 {
        fields.wrong("endtimeepochtime", "must be a whole minute, in epoch seconds");
        return None;
    }
    let minutes = end.div_euclid(MINUTE_SECONDS).saturating_sub(start?.0);
    if minutes < 1 || minutes > most {
        fields.wrong("endtimeepochtime", format!("must be after starttimeepochtime, by at most {BOOKING_DAYS} days"));
    } else if duration.is_some_and(|duration| duration != minutes) {
        fields.wrong("durationMinutes", "contradicts endtimeepochtime; send one of them, or equal ones");
    }
    Some(minutes)
}

impl Booking {
    /// Whether it is for that resource from then until then.
    fn is_at(&self, resource_id: &str, interval: Interval) -> bool {
        let (start, end) = (interval.start.epoch_seconds(), interval.end.epoch_seconds());
        self.resource_id == resource_id && self.start == start && self.end == Some(end)
    }

    /// Whether a booking in its place, by that request, would leave a part of its time or of its units to others.
    pub fn is_given_up_by(&self, request: &Request, rules: &Rules) -> bool {
        let Ok(wanted) = request.interval(rules) else { return false };
        let kept = self.resource_id == request.resource_id
            && wanted.start.epoch_seconds() <= self.start
            && self.end.is_none_or(|end| end <= wanted.end.epoch_seconds())
            && self.units <= request.units;
        !kept
    }
}

/// Where a booking goes: the identifiers, the resource that it is for, and the rules that bind it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The booking's identifier.
    pub booking_id: &'a str,
    /// Whose it is.
    pub user_id: &'a str,
    /// The resource's rules that bind everybody.
    pub rules: &'a Rules,
    /// The rules that bind this caller.
    pub binding: Option<&'a Binding>,
    /// The time of the decision.
    pub now: Timestamp,
}

impl Place<'_> {
    /// What is refused, and where to look for alternatives.
    fn refused(self, request: &Request, wanted: Interval, refusal: Refusal) -> Box<Refused> {
        let possible = request.units <= self.rules.capacity;
        let sought = possible.then(|| Sought::new(&request.resource_id, wanted, request.units, self.binding, self.now));
        Box::new(Refused { refusal, sought })
    }
}

/// Grants a booking, new or in place of an earlier one of the same identifier, or says which rule refuses it. A booking that stays
/// when it is keeps its time, also where the rules have changed since.
pub fn place(
    place: Place<'_>,
    request: &Request,
    earlier: Option<&Granted>,
    ledger: &mut Ledger,
) -> Result<Granted, Box<Refused>> {
    let invalid = |refusal| Box::new(Refused { refusal, sought: None });
    let wanted = request.interval(place.rules).map_err(invalid)?;
    let kept = request.kept_claim(wanted, earlier);
    let old = earlier.and_then(|earlier| earlier.state.claim.as_ref());
    if let Some(old) = old {
        ledger.release(old);
    }
    if let Some(binding) = place.binding.filter(|_| kept.is_none()) {
        binding.check(wanted, place.now).map_err(|refusal| place.refused(request, wanted, refusal))?;
    }
    let claim = kept.map_or_else(|| request.claim(place.rules), Ok).map_err(invalid)?;
    // What it had it keeps, also where the capacity has been lowered since.
    let capacity = if old.is_some_and(|old| old.covers(&claim)) { i64::MAX } else { place.rules.capacity };
    match ledger.claim(&claim, capacity) {
        Ok(()) => Ok(request.granted(place, wanted, claim)),
        Err(shortages) => Err(place.refused(request, wanted, over_capacity(&claim, place.rules, shortages))),
    }
}

/// A booking that was not granted.
#[derive(Debug)]
pub struct Refused {
    /// The refusal, still without alternatives.
    pub refusal: Refusal,
    /// What alternatives may be looked for.
    pub sought: Option<Sought>,
}

fn over_capacity(claim: &Claim, rules: &Rules, conflicts: Vec<Shortage>) -> Refusal {
    let capacity = rules.capacity;
    if claim.units > capacity {
        let detail = format!("{} units were asked for, but the resource has {capacity}.", claim.units);
        let errors = vec![Problem { pointer: "/units".to_owned(), detail: format!("must be at most {capacity}") }];
        return Refusal { errors, conflicts, ..Refusal::new(Kind::Conflict, "capacity", detail) };
    }
    let first = conflicts.first().map_or_else(String::new, |shortage| {
        let Interval { start, end } = shortage.interval;
        format!(": from {} to {} {} of {capacity} are in use", start.rfc3339(), end.rfc3339(), shortage.used)
    });
    let detail = format!("Fewer than {} units are free{first}.", claim.units);
    Refusal { conflicts, ..Refusal::new(Kind::Conflict, "capacity", detail) }
}

/// Cancels a booking and takes back its claim. A booking that is canceled already stays as it is: `None`.
pub fn cancel(earlier: Granted, ledger: &mut Ledger, now: Timestamp) -> Option<Granted> {
    let Granted { booking, state } = earlier;
    if !booking.status.stands() {
        return None;
    }
    if let Some(claim) = &state.claim {
        ledger.release(claim);
    }
    let booking = Booking { status: Status::Canceled, timestamp: time::timestamp(now), ..booking };
    Some(Granted { booking, state: State { claim: None } })
}

/// The refusal of a change to a canceled booking.
pub fn canceled() -> Refusal {
    Refusal::conflict("booking-canceled", "The booking was canceled; make a new one.")
}
