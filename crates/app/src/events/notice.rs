//! An event as it is read from the log.

use serde::Deserialize;
use serde_json::value::RawValue;
use store::StoreError;
use store::log::{Kept, Logged};

/// An event as it is read from the log.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its position in the log.
    pub position: i64,
    /// Its kind, `frontdesk.…`.
    pub kind: String,
    /// The aggregate: the kind of item and its key.
    pub aggregate: String,
    /// The key of the item.
    pub subject: String,
    /// The item's version after the change.
    pub sequence: i64,
    /// When it happened (RFC 3339).
    pub time: String,
    /// What it tells: the item as it was then, or `null` where it was removed.
    pub data: Box<RawValue>,
    /// The whole event: CloudEvents 1.0, JSON format.
    pub event: String,
    /// The topics to which it belongs.
    pub concerns: Vec<String>,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    aggregate: String,
    #[serde(default)]
    subject: String,
    sequence: i64,
    #[serde(default)]
    time: String,
    #[serde(default)]
    data: Option<Box<RawValue>>,
}

impl Notice {
    /// Reads an event of the log.
    pub fn read(logged: Logged) -> Result<Self, StoreError> {
        let Logged { position, item } = logged;
        let Envelope { kind, aggregate, subject, sequence, time, data } = item.body()?;
        let concerns = item.private::<Kept>()?.concerns;
        let data = data.unwrap_or_else(|| RawValue::NULL.to_owned());
        Ok(Self { position, kind, aggregate, subject, sequence, time, data, event: item.body, concerns })
    }
}
