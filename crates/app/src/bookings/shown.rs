//! A stored booking as it is shown: as it is, but that one which nobody confirmed or approved in time has expired, also before that
//! is written down.

use std::borrow::Cow;

use domain::booking::Status;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use store::{Item, StoreError};

/// What has to be known of a stored booking, or of the item of an additional resource, to show it.
#[derive(Deserialize)]
pub(crate) struct Shown<'a> {
    #[serde(rename = "userID", borrow, default)]
    pub(crate) user_id: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "readable")]
    status: Option<Status>,
    #[serde(rename = "expiresAt", default)]
    expires_at: Option<Value>,
    #[serde(skip)]
    body: &'a str,
}

impl<'a> Shown<'a> {
    pub(crate) fn read(item: &'a Item) -> Result<Self, StoreError> {
        let shown: Self = serde_json::from_str(&item.body).map_err(|error| item.corrupt(error))?;
        Ok(Self { body: &item.body, ..shown })
    }

    /// Whether it still says that it waits, but has expired.
    fn has_expired(&self, now: Timestamp) -> bool {
        let expires = || self.expires_at.as_ref()?.as_str()?.parse::<Timestamp>().ok();
        self.status.is_some_and(Status::waits) && expires().is_some_and(|expires| expires <= now)
    }

    /// Where it stands at a time.
    pub(crate) fn status(&self, now: Timestamp) -> Status {
        let stored = self.status.unwrap_or(Status::Confirmed);
        if self.has_expired(now) { Status::Expired } else { stored }
    }

    /// The body to show at a time, if it is another than the stored one.
    pub(crate) fn other_body(&self, now: Timestamp) -> Result<Option<String>, StoreError> {
        if !self.has_expired(now) {
            return Ok(None);
        }
        let mut members: Map<String, Value> = serde_json::from_str(self.body).map_err(corrupt)?;
        members.insert("status".to_owned(), Value::from("EXPIRED"));
        Ok(Some(Value::Object(members).to_string()))
    }
}

/// A member, or nothing where another program stored one that cannot be read.
pub(crate) fn readable<'de, D: Deserializer<'de>, T: DeserializeOwned>(member: D) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(member)?).ok())
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` passes")]
fn corrupt(error: serde_json::Error) -> StoreError {
    StoreError::Corrupt(error.to_string())
}
