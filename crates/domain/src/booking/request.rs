//! What a client asks for.

use serde_json::{Map, Value};

use super::claim::Claim;
use super::part::Part;
use crate::attendee::{self, Attendee};
use crate::fields::{Fields, finish_object, objects};
use crate::id;
use crate::limits::{
    BOOKING_DAYS, BOOKING_RESOURCE_DAYS, BOOKING_RESOURCES, CAPACITY, HOLD_MINUTES, ID_BYTES, NAME_BYTES, TEXT_BYTES,
    WAITING_DAYS,
};
use crate::refusal::Refusal;
use crate::resource::{DEFAULT_MINUTES, Rules};
use crate::time::{DAY_MINUTES, END_OF_TIME, Interval, MINUTE_SECONDS, Minute};

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The resources, the main one first.
    pub parts: Vec<Part>,
    start: Minute,
    minutes: Option<i64>,
    /// For how many minutes it is only to be held, until it is confirmed; none to book it.
    pub(super) hold: Option<i64>,
    /// Whether it waits in line where too few units are free.
    pub(super) waitlist: bool,
    pub(super) title: Option<String>,
    pub(super) notes: Option<String>,
    pub(super) attendees: Vec<Attendee>,
    pub(super) more: Map<String, Value>,
}

/// Members of a booking that the server decides.
const DECIDED: [&str; 12] = [
    "bookingID",
    "userID",
    "locationID",
    "timeZone",
    "status",
    "timestamp",
    "expiresAt",
    "waitingSince",
    "checkedInAt",
    "declineReason",
    "partOf",
    "ownerID",
];

impl Request {
    /// Reads a client's body. Identifiers in it (but `resourceID`) and everything that the server decides are ignored.
    pub fn parse(members: Map<String, Value>) -> Result<Self, Refusal> {
        let mut fields = Fields::new(members);
        fields.ignore(&DECIDED);
        let mut parts = vec![read_part(&mut fields)];
        let start = required_minute(&mut fields, "starttimeepochtime");
        let minutes = read_length(&mut fields, start);
        let hold = fields.integer("hold", 1..=HOLD_MINUTES);
        let title = fields.text("title", NAME_BYTES);
        let notes = fields.text("notes", TEXT_BYTES);
        let attendees = attendee::read(&mut fields);
        read_additional(&mut fields, &mut parts);
        let waitlist = read_waitlist(&mut fields, &parts, hold);
        let more = fields.finish()?;
        Ok(Self { parts, start: start.unwrap_or(Minute(0)), minutes, hold, waitlist, title, notes, attendees, more })
    }

    /// The main resource.
    pub fn resource_id(&self) -> &str {
        self.parts.first().map_or("", |part| &part.resource_id)
    }

    /// The same for another main resource, at a time that is no matter of its slot.
    #[must_use]
    pub fn elsewhere(&self, resource_id: &str, wanted: Interval) -> Self {
        let mut other = Self { minutes: Some(wanted.minutes()), ..self.clone() };
        if let Some(main) = other.parts.first_mut() {
            resource_id.clone_into(&mut main.resource_id);
        }
        other
    }

    /// Refuses what is impossible whatever the rules of the resources are: times beyond all limits, and who cannot wait in line.
    pub fn check(&self) -> Result<(), Refusal> {
        // Without a length in the request it follows from the rules.
        if self.minutes.is_none() {
            return Ok(());
        }
        let none = Rules::default();
        let claims = self.claims(vec![&none; self.parts.len()])?;
        self.check_waitlist(&claims)
    }

    /// Refuses who would wait in line for too many days.
    pub(super) fn check_waitlist(&self, claims: &[Claim]) -> Result<(), Refusal> {
        if self.waitlist && claims.iter().any(|claim| claim.interval().day_count() > WAITING_DAYS) {
            let detail = format!("is for bookings of at most {WAITING_DAYS} UTC days, buffers included");
            return Err(Refusal::invalid("/waitlist", detail));
        }
        Ok(())
    }

    /// From when until when the booking is to be, by the rules of its main resource.
    pub fn interval(&self, rules: Option<&Rules>) -> Result<Interval, Refusal> {
        let usual = rules.map_or(DEFAULT_MINUTES, |rules| rules.slot_minutes);
        let end = self.start.plus(self.minutes.unwrap_or(usual));
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

    /// What the booking will claim of its resources, whose rules these are: its time with the buffers of each.
    pub fn claims<'a>(&self, rules: impl IntoIterator<Item = &'a Rules>) -> Result<Vec<Claim>, Refusal> {
        let mut rules = rules.into_iter().peekable();
        let wanted = self.interval(rules.peek().copied())?;
        let claim = |(part, rules): (&Part, &Rules)| {
            let Interval { start, end } = rules.claimed(wanted);
            Claim { resource_id: part.resource_id.clone(), start, end, units: part.units }
        };
        let claims: Vec<Claim> = self.parts.iter().zip(rules).map(claim).collect();
        let days: i64 = claims.iter().map(|claim| claim.interval().day_count()).fold(0, i64::saturating_add);
        if claims.len() > 1 && days > BOOKING_RESOURCE_DAYS {
            let detail = format!(
                "The resources of a booking may have at most {BOOKING_RESOURCE_DAYS} UTC days together, buffers \
                 included; these would have {days}."
            );
            return Err(Refusal::invalid("/additionalResources", detail));
        }
        Ok(claims)
    }
}

fn read_part(fields: &mut Fields) -> Part {
    let resource_id = fields.required_text("resourceID", ID_BYTES);
    if let Some(detail) = id::wrong(&resource_id).filter(|_| !resource_id.is_empty()) {
        fields.wrong("resourceID", detail);
    }
    Part { resource_id, units: fields.integer("units", 1..=CAPACITY).unwrap_or(1) }
}

fn read_additional(fields: &mut Fields, parts: &mut Vec<Part>) {
    let Some(value) = fields.take("additionalResources") else { return };
    if matches!(&value, Value::Array(none) if none.is_empty()) {
        return;
    }
    let mut errors = Vec::new();
    let most = BOOKING_RESOURCES.saturating_sub(1);
    for (base, mut members) in objects(value, "/additionalResources", most, &mut errors) {
        let part = read_part(&mut members);
        if !part.resource_id.is_empty() && parts.iter().any(|other| other.resource_id == part.resource_id) {
            members.wrong("resourceID", "is a resource of this booking already; ask for more `units` of it");
        }
        finish_object(&base, members, &mut errors);
        parts.push(part);
    }
    fields.wrong_all(errors);
}

fn read_waitlist(fields: &mut Fields, parts: &[Part], hold: Option<i64>) -> bool {
    let waitlist = fields.boolean("waitlist").unwrap_or_default();
    if waitlist && parts.len() > 1 {
        fields.wrong(
            "waitlist",
            "is for bookings of one resource; leave `additionalResources` out, or book them on their own",
        );
    }
    if waitlist && hold.is_some() {
        fields.wrong("waitlist", "cannot be combined with `hold`");
    }
    waitlist
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
