//! Locations: where resources are.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fields::Fields;
use crate::limits::{CLOSING_SECONDS, NAME_BYTES, TEXT_BYTES};
use crate::refusal::Refusal;
use crate::rules::{Exception, read_exceptions};
use crate::time;

/// What a client says of a location.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(rename = "imageUrl", skip_serializing_if = "Option::is_none")]
    image_url: Option<String>,
    #[serde(rename = "timeZone", skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exceptions: Vec<Exception>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// A location as it is stored and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Location<'a> {
    #[serde(rename = "locationID")]
    location_id: &'a str,
    timestamp: String,
    #[serde(flatten)]
    request: &'a Request,
}

/// What the product keeps beside a location.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// How many resources it has.
    #[serde(default)]
    pub resources: i64,
    /// The mark of a deletion in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
}

/// A mark that a deletion is in progress: while it stands, nothing new may be added. It is void once past `until`, so that a
/// deletion that was cut off blocks nothing for long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Whose mark it is: one deletion.
    pub by: String,
    /// When it is void, in epoch seconds.
    pub until: i64,
}

impl Closing {
    /// A mark that stands from now on for [`CLOSING_SECONDS`].
    pub fn new(by: &str, now: Timestamp) -> Self {
        Self { by: by.to_owned(), until: now.as_second().saturating_add(CLOSING_SECONDS) }
    }

    /// Whether the mark stands.
    pub fn stands(mark: Option<&Self>, now: Timestamp) -> bool {
        mark.is_some_and(|closing| now.as_second() < closing.until)
    }

    /// Whether another deletion's mark stands.
    pub fn stands_for_another(mark: Option<&Self>, by: &str, now: Timestamp) -> bool {
        Self::stands(mark, now) && mark.is_some_and(|closing| closing.by != by)
    }

    /// The refusal of what may not be added meanwhile.
    pub fn refusal(what: &str) -> Refusal {
        Refusal::conflict("closing", format!("The {what} is being deleted."))
    }
}

impl Request {
    /// Reads a client's body.
    pub fn parse(members: Map<String, Value>) -> Result<Self, Refusal> {
        let mut fields = Fields::new(members);
        fields.ignore(&["locationID", "timestamp"]);
        let name = fields.required_text("name", NAME_BYTES);
        let description = fields.text("description", TEXT_BYTES);
        let image_url = fields.text("imageUrl", TEXT_BYTES);
        let time_zone = fields.text("timeZone", NAME_BYTES);
        if let Some(zone) = time_zone.as_deref().filter(|zone| TimeZone::get(zone).is_err()) {
            let detail = format!("`{zone}` is not a time zone of the IANA database, such as `Europe/Berlin`");
            fields.wrong("timeZone", detail);
        }
        let exceptions = read_exceptions(&mut fields);
        Ok(Self { name, description, image_url, time_zone, exceptions, more: fields.finish()? })
    }

    /// The location with what the server decides.
    pub fn stamp<'a>(&'a self, location_id: &'a str, now: Timestamp) -> Location<'a> {
        Location { location_id, timestamp: time::timestamp(now), request: self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Request, Refusal> {
        Request::parse(crate::json::object(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_location_has_the_contracts_members_and_the_clients_own() {
        let request = parse(r#"{"name":"A","timeZone":"Asia/Kathmandu","locationID":"other","floors":3}"#).unwrap();
        let text = serde_json::to_string(&request.stamp("l1", "2026-01-02T03:04:05Z".parse().unwrap())).unwrap();
        let wanted = r#"{"locationID":"l1","timestamp":"2026-01-02T03:04:05.000Z","name":"A","timeZone":"Asia/Kathmandu","floors":3}"#;
        assert_eq!(text, wanted);
    }

    #[test]
    fn an_unknown_time_zone_is_refused() {
        assert_eq!(parse(r#"{"name":"A","timeZone":"Mars/Olympus"}"#).unwrap_err().errors[0].pointer, "/timeZone");
        assert_eq!(parse("{}").unwrap_err().errors[0].pointer, "/name");
    }

    #[test]
    fn a_mark_of_closing_is_void_after_its_time() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let mark = Closing::new("d1", now);
        let later = Timestamp::from_second(mark.until).unwrap();
        assert!(Closing::stands(Some(&mark), now) && !Closing::stands(Some(&mark), later));
        assert!(Closing::stands_for_another(Some(&mark), "d2", now));
        assert!(!Closing::stands_for_another(Some(&mark), "d1", now));
    }
}
