//! The messages of `graphql-transport-ws` (github.com/enisdenjo/graphql-ws, PROTOCOL.md).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// What a client says.
pub(super) enum Heard {
    /// Who it is.
    Init(Map<String, Value>),
    Ping(Option<Box<RawValue>>),
    Pong,
    /// An operation, under an identifier of the client's.
    Subscribe(String, Box<RawValue>),
    /// No more of an operation.
    Complete(String),
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    id: Option<String>,
    payload: Option<Box<RawValue>>,
}

impl Heard {
    /// Reads a message; what is wrong with it otherwise.
    pub(super) fn read(text: &[u8]) -> Result<Self, &'static str> {
        if domain::json::has_reserved_text(text) {
            return Err("a message has a reserved name");
        }
        let Message { kind, id, payload } =
            serde_json::from_slice(text).map_err(|_| "a message must be a JSON object with a `type`")?;
        let id = || id.filter(|id| !id.is_empty()).ok_or("the message needs an `id`");
        Ok(match kind.as_str() {
            "connection_init" => {
                let payload = payload.map(|payload| serde_json::from_str::<Option<Map<String, Value>>>(payload.get()));
                let payload = payload.transpose().map_err(|_| "the payload of `connection_init` must be an object")?;
                Self::Init(payload.flatten().unwrap_or_default())
            }
            "ping" => Self::Ping(payload),
            "pong" => Self::Pong,
            "subscribe" => Self::Subscribe(id()?, payload.ok_or("the message needs a `payload`")?),
            "complete" => Self::Complete(id()?),
            _ => return Err("unknown `type`; connection_init, subscribe, complete, ping and pong are known"),
        })
    }
}

/// What the server says.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Said<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Box<RawValue>>,
    },
    Next {
        id: &'a str,
        payload: &'a RawValue,
    },
    Error {
        id: &'a str,
        payload: &'a RawValue,
    },
    Complete {
        id: &'a str,
    },
}

impl Said<'_> {
    pub(super) fn text(&self) -> String {
        // Nothing in it can fail to serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The errors of a response, as text.
pub(super) fn errors(response: &str) -> Option<Box<RawValue>> {
    let mut members: HashMap<String, Box<RawValue>> = serde_json::from_str(response).ok()?;
    members.remove("errors")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> bool {
        Heard::read(text.as_bytes()).is_err()
    }

    #[test]
    fn messages_are_read() {
        assert!(matches!(Heard::read(br#"{"type":"ping"}"#), Ok(Heard::Ping(None))));
        assert!(matches!(Heard::read(br#"{"type":"pong","payload":{}}"#), Ok(Heard::Pong)));
        assert!(matches!(Heard::read(br#"{"type":"connection_init","payload":null}"#), Ok(Heard::Init(_))));
        let subscribe = Heard::read(br#"{"id":"1","type":"subscribe","payload":{"query":"{a}"}}"#);
        assert!(matches!(subscribe, Ok(Heard::Subscribe(id, _)) if id == "1"));
        for text in [
            "",
            "[]",
            "{}",
            r#"{"type":"x"}"#,
            r#"{"type":1}"#,
            r#"{"type":"subscribe","payload":{}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"complete","id":""}"#,
            r#"{"type":"connection_init","payload":[]}"#,
        ] {
            assert!(wrong(text), "{text}");
        }
    }

    #[test]
    fn messages_are_written() {
        let payload = RawValue::from_string("{\"data\":1}".into()).unwrap();
        assert_eq!(Said::ConnectionAck.text(), r#"{"type":"connection_ack"}"#);
        assert_eq!(Said::Pong { payload: None }.text(), r#"{"type":"pong"}"#);
        let next = Said::Next { id: "1", payload: &payload }.text();
        assert_eq!(next, r#"{"type":"next","id":"1","payload":{"data":1}}"#);
        assert_eq!(errors(r#"{"errors":[{"message":"x"}]}"#).unwrap().get(), r#"[{"message":"x"}]"#);
    }
}
