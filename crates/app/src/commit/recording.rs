//! Recorded answers: a request that is repeated under its `Idempotency-Key` is answered once.

use domain::limits::IDEMPOTENCY_KEY_SECONDS;
use domain::{Kind, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{Changes, Item, Key, Loaded, StoreError, Table};

use super::Recorder;
use crate::{Command, Reply, Success};

/// Under which record the answer to a request is kept.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    id: String,
    /// None: the record answers whatever the request says.
    fingerprint: Option<String>,
    seconds: i64,
}

/// A recorded answer. It is an item of the commit that it tells of.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    id: String,
    expiration: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    success: Option<Success>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    body: Option<&'a RawValue>,
    /// Whether there is no answer yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    claimed: bool,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

impl Recording {
    /// The record of the request's `Idempotency-Key`: scoped to caller, method and route.
    pub(crate) fn of_key(command: &Command) -> Option<Self> {
        let idempotency = command.idempotency.as_ref()?;
        Some(Self {
            id: format!("{}#{}#{}#{}", command.caller, idempotency.method, idempotency.route, idempotency.key),
            fingerprint: Some(idempotency.fingerprint.clone()),
            seconds: IDEMPOTENCY_KEY_SECONDS,
        })
    }

    /// The record of a user's order.
    pub(crate) fn of_order(user_id: &str, order_id: &str, seconds: i64) -> Self {
        Self { id: format!("order#{user_id}#{order_id}"), fingerprint: None, seconds }
    }

    pub(crate) fn key(&self) -> Key {
        Key::new(Table::Idempotency, self.id.clone())
    }

    /// Whether a stored record is of a request of that user.
    pub(crate) fn is_of(item: &Item, user: &str) -> bool {
        let id = item.body::<Id>().map(|record| record.id).unwrap_or_default();
        let of = |id: &str| id.strip_prefix(user).is_some_and(|rest| rest.starts_with('#'));
        of(&id) || id.strip_prefix("order#").is_some_and(of)
    }

    /// Notes that the request is being done, before there is an answer.
    pub(crate) fn claim(&self, loaded: &Loaded, changes: &mut Changes) -> Result<(), StoreError> {
        changes.put(self.key(), &Record { claimed: true, ..self.blank(loaded) })
    }

    fn blank(&self, loaded: &Loaded) -> Record<'static> {
        Record {
            id: self.id.clone(),
            expiration: loaded.now().as_second().saturating_add(self.seconds),
            fingerprint: self.fingerprint.clone(),
            refusal: None,
            success: None,
            version: None,
            body: None,
            claimed: false,
        }
    }
}

impl Recorder for Recording {
    fn keys(&self) -> Vec<Key> {
        vec![self.key()]
    }

    /// The recorded answer, if there is one that has not expired.
    fn recall(&self, loaded: &Loaded) -> Result<Option<Result<Reply, Refusal>>, StoreError> {
        let Some(item) = loaded.item(&self.key())? else { return Ok(None) };
        let record: Record<'_> = serde_json::from_str(&item.body).map_err(|error| item.corrupt(error))?;
        if record.expiration <= loaded.now().as_second() {
            return Ok(None);
        }
        if self.fingerprint.is_some() && self.fingerprint != record.fingerprint {
            let detail = "This Idempotency-Key was used for another request; use a new key for a new request.";
            return Ok(Some(Err(Refusal::new(Kind::Mismatch, "idempotency-key-reused", detail))));
        }
        if record.claimed {
            let detail = "The first request under this Idempotency-Key is still being done, or was cut off before its outcome was \
                          known. Read the item to see whether it took effect; it is not done again under this key.";
            return Ok(Some(Err(Refusal::conflict("idempotency-key-in-use", detail))));
        }
        Ok(Some(record.refusal.map_or_else(
            || {
                Ok(Reply {
                    success: record.success.unwrap_or(Success::Ok),
                    body: record.body.map(|body| body.get().to_owned()),
                    version: record.version,
                    replayed: true,
                })
            },
            |refusal| Err(Refusal { replayed: true, ..refusal }),
        )))
    }

    fn record(
        &self,
        loaded: &Loaded,
        changes: &mut Changes,
        answer: Result<&Reply, &Refusal>,
    ) -> Result<(), StoreError> {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).ok();
        let body = answer.ok().and_then(|reply| reply.body.as_deref()).and_then(raw);
        let record = Record {
            refusal: answer.err().cloned(),
            success: answer.ok().map(|reply| reply.success),
            version: answer.ok().and_then(|reply| reply.version),
            body: body.as_deref(),
            ..self.blank(loaded)
        };
        changes.put(self.key(), &record)
    }
}
