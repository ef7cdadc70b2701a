//! The messages of the WebSocket protocol, in the form of an API Gateway WebSocket API: a client's name their route by `action`.

use app::Topic;
use domain::{Refusal, json as strict};
use http::StatusCode;
use identity::Caller;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::subscription::{Label, NAMES, position, topic};
use crate::problem::Problem;

/// What a client asks for.
#[derive(Debug, PartialEq)]
pub(super) enum Wish {
    /// To hear of a topic, perhaps from a position on.
    Subscribe(Topic, Option<i64>),
    /// Not to hear of it any more.
    Unsubscribe(Topic),
    /// A sign of life.
    Ping,
}

impl Wish {
    /// Reads a message.
    pub(super) fn read(text: &[u8], caller: &Caller) -> Result<Self, Box<Problem>> {
        let message = strict::object(text)?;
        let action = message.get("action").and_then(Value::as_str);
        Ok(match action {
            Some("ping") => Self::Ping,
            Some("subscribe") => Self::Subscribe(topic_in(&message, caller)?, last_event_id(&message)?),
            Some("unsubscribe") => Self::Unsubscribe(topic_in(&message, caller)?),
            _ => {
                let detail = "`action` must be one of `subscribe`, `unsubscribe` and `ping`.";
                return Err(Problem::new(StatusCode::BAD_REQUEST, "unknown-action", detail));
            }
        })
    }
}

fn topic_in(message: &Map<String, Value>, caller: &Caller) -> Result<Topic, Refusal> {
    let mut named = NAMES.iter().filter_map(|name| message.get_key_value(*name));
    match (named.next(), named.next()) {
        (Some((name, Value::String(value))), None) => topic(name, value, caller),
        (Some((name, _)), None) => Err(Refusal::invalid(format!("/{name}"), "must be a string")),
        _ => {
            let detail =
                "A message names one of `message_id`, `resourceID`, `bookings` and `orders`; send one for each topic.";
            Err(Refusal::invalid("", detail))
        }
    }
}

fn last_event_id(message: &Map<String, Value>) -> Result<Option<i64>, Refusal> {
    let text = match message.get("lastEventId") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    position("/lastEventId", &text).map(Some)
}

/// A message to a client.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    label: Label,
    #[serde(rename = "eventId", skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
    #[serde(rename = "lastEventId", skip_serializing_if = "Option::is_none")]
    last_event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

/// What a client that must read everything anew is told, on every transport.
pub(super) const RESET: &str = "Events since that id are not kept any more, or the id is none of ours: read what you follow anew. Events \
                                after `lastEventId` follow.";

impl<'a> Told<'a> {
    fn new(kind: &'static str, topic: &Topic) -> Self {
        let label = Label::of(topic);
        Self { kind, label, event_id: None, last_event_id: None, event: None, state: None, detail: None }
    }

    /// That everything behind a position follows.
    pub(super) fn subscribed(topic: &Topic, position: i64) -> Self {
        Self { last_event_id: Some(position.to_string()), ..Self::new("subscribed", topic) }
    }

    /// That nothing more follows.
    pub(super) fn unsubscribed(topic: &Topic) -> Self {
        Self::new("unsubscribed", topic)
    }

    /// How a request stands.
    pub(super) fn state(topic: &Topic, state: &'a Value) -> Self {
        Self { state: Some(state), ..Self::new("state", topic) }
    }

    /// An event.
    pub(super) fn event(topic: &Topic, position: i64, event: &'a RawValue) -> Self {
        Self { event_id: Some(position.to_string()), event: Some(event), ..Self::new("event", topic) }
    }

    /// That something may have been missed.
    pub(super) fn reset(topic: &Topic, head: i64) -> Self {
        Self { last_event_id: Some(head.to_string()), detail: Some(RESET), ..Self::new("reset", topic) }
    }

    /// As text.
    pub(super) fn text(&self) -> String {
        // Nothing in it can fail to serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The answer to a sign of life.
pub(super) fn pong() -> String {
    json!({"type": "pong"}).to_string()
}

/// An error in the form of API Gateway, with the members of the problem that say more.
pub(super) fn error(problem: &Problem, connection_id: &str, request_id: &str) -> String {
    let rendered: Value = serde_json::from_slice(&problem.render(request_id)).unwrap_or_default();
    let member = |name| rendered.get(name).cloned().unwrap_or_default();
    let mut told = json!({
        "type": "error", "message": member("title"), "connectionId": connection_id, "requestId": request_id,
        "status": member("status"), "code": member("code"), "detail": member("detail"),
    });
    if let (Some(errors), Some(told)) = (rendered.get("errors"), told.as_object_mut()) {
        told.insert("errors".to_owned(), errors.clone());
    }
    told.to_string()
}
