//! Resources: what can be booked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::features;
use crate::fields::Fields;
use crate::limits::{BUFFER_MINUTES, CAPACITY, NAME_BYTES, TEXT_BYTES};
use crate::location::Closing;
use crate::refusal::Refusal;
use crate::rules::{self, Quota, within};
use crate::time::{self, DAY_MINUTES, Interval};

/// The kinds of resource that every installation knows.
pub const KINDS: [&str; 4] = ["room", "demo", "arena", "hall"];

/// Minutes of a booking that names neither end nor length, of a resource without a slot.
pub const DEFAULT_MINUTES: i64 = 60;

/// What a client says of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    features: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<i64>,
    #[serde(rename = "slotMinutes", skip_serializing_if = "Option::is_none")]
    slot_minutes: Option<i64>,
    #[serde(flatten)]
    rules: rules::Rules,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// A resource as it is stored and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resource<'a> {
    #[serde(rename = "resourceID")]
    resource_id: &'a str,
    #[serde(rename = "locationID")]
    location_id: &'a str,
    timestamp: String,
    #[serde(flatten)]
    request: &'a Request,
}

/// What every booking needs to know of a stored resource; the rules that may be passed are [`rules::Rules`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Rules {
    /// Where it is.
    #[serde(rename = "locationID")]
    pub location_id: String,
    /// Units that it has.
    #[serde(default = "one")]
    pub capacity: i64,
    /// Minutes of a booking that names neither end nor length.
    #[serde(rename = "slotMinutes", default = "default_minutes", deserialize_with = "within::<_, _, 1, DAY_MINUTES>")]
    pub slot_minutes: i64,
    /// Minutes that a booking claims before its start. The buffers of neighbours do not overlap: both pass between them.
    #[serde(rename = "bufferBeforeMinutes", default, deserialize_with = "within::<_, _, 0, BUFFER_MINUTES>")]
    pub buffer_before: i64,
    /// Minutes that a booking claims after its end.
    #[serde(rename = "bufferAfterMinutes", default, deserialize_with = "within::<_, _, 0, BUFFER_MINUTES>")]
    pub buffer_after: i64,
    /// How much one user may book. It binds users, but everybody's bookings count.
    #[serde(default)]
    pub quota: Option<Quota>,
}

/// Of a resource that says nothing of them.
impl Default for Rules {
    fn default() -> Self {
        Self {
            location_id: String::new(),
            capacity: 1,
            slot_minutes: DEFAULT_MINUTES,
            buffer_before: 0,
            buffer_after: 0,
            quota: None,
        }
    }
}

impl Rules {
    /// What bookings in an interval claim: buffers included.
    pub const fn claimed(&self, interval: Interval) -> Interval {
        interval.widened(self.buffer_before, self.buffer_after)
    }
}

/// What the product keeps beside a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The mark of a deletion in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
}

/// What is wrong with a kind that is neither among [`KINDS`] nor among those that the operator added.
pub fn unknown_kind(kind: &str, added: &[String]) -> Option<String> {
    let known: Vec<&str> = KINDS.into_iter().chain(added.iter().map(String::as_str)).collect();
    (!known.contains(&kind)).then(|| format!("`{kind}` is not one of: {}", known.join(", ")))
}

const fn one() -> i64 {
    1
}

const fn default_minutes() -> i64 {
    DEFAULT_MINUTES
}

impl Request {
    /// Units that it has.
    pub fn capacity(&self) -> i64 {
        self.capacity.unwrap_or_else(one)
    }

    /// Reads a client's body. `kinds` are those that the operator added to [`KINDS`].
    pub fn parse(members: Map<String, Value>, kinds: &[String]) -> Result<Self, Refusal> {
        let mut fields = Fields::new(members);
        fields.ignore(&["resourceID", "locationID", "timestamp"]);
        let name = fields.required_text("name", NAME_BYTES);
        let description = fields.text("description", TEXT_BYTES);
        let kind = fields.text("type", NAME_BYTES);
        if let Some(detail) = kind.as_deref().and_then(|kind| unknown_kind(kind, kinds)) {
            fields.wrong("type", detail);
        }
        let features = features::read(&mut fields);
        let capacity = fields.integer("capacity", 0..=CAPACITY);
        let slot_minutes = fields.integer("slotMinutes", 1..=time::DAY_MINUTES);
        let rules = rules::read(&mut fields, slot_minutes);
        Ok(Self { name, description, kind, features, capacity, slot_minutes, rules, more: fields.finish()? })
    }

    /// The resource with what the server decides.
    pub fn stamp<'a>(&'a self, location_id: &'a str, resource_id: &'a str, now: Timestamp) -> Resource<'a> {
        Resource { resource_id, location_id, timestamp: time::timestamp(now), request: self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Request, Refusal> {
        Request::parse(crate::json::object(text.as_bytes()).unwrap(), &["desk".to_owned()])
    }

    #[test]
    fn rules_are_read_back_from_the_stored_resource() {
        let request = parse(r#"{"name":"A","type":"desk","capacity":10.0,"color":{"r":1.5}}"#).unwrap();
        let text = serde_json::to_string(&request.stamp("l", "r", "2026-01-02T03:04:05Z".parse().unwrap())).unwrap();
        assert!(text.contains(r#""capacity":10,"color":{"r":1.5}"#), "{text}");
        let rules: Rules = serde_json::from_str(&text).unwrap();
        let wanted = Rules { location_id: "l".into(), capacity: 10, ..Rules::default() };
        assert_eq!(rules, wanted);
    }

    #[test]
    fn unknown_kinds_and_impossible_rules_are_refused() {
        for (text, pointer) in [
            (r#"{"name":"A","type":"cave"}"#, "/type"),
            (r#"{"name":"A","capacity":-1}"#, "/capacity"),
            (r#"{"name":"A","slotMinutes":0}"#, "/slotMinutes"),
            (r#"{"type":"room"}"#, "/name"),
        ] {
            assert_eq!(parse(text).unwrap_err().errors[0].pointer, pointer, "{text}");
        }
    }
}
