//! Refusals: a definite "no" that names its rule and says what would be accepted. Refusals are recorded with idempotency keys
//! and replayed, so they can be written down and read back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::time::Interval;

/// What sort of refusal it is; HTTP statuses follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The request itself is wrong (400).
    Invalid,
    /// The caller may not do this (403).
    Forbidden,
    /// There is no such thing here (404).
    NotFound,
    /// The present state forbids it (409).
    Conflict,
    /// An `If-Match` precondition failed (412).
    Precondition,
    /// Too large to be stored (413).
    TooLarge,
    /// An idempotency key was used for another request (422).
    Mismatch,
    /// More than is allowed at this moment; nothing was done (429).
    Busy,
}

/// An error as the function raised it in whose place the product stands. Its clients tell errors by these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// The class of the exception, such as `ValueError`.
    pub error_type: String,
    /// Its text.
    pub error_message: String,
    /// The item that did not meet a condition, as clients see items, where the request asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Map<String, Value>>,
}

/// One thing wrong with a request, at its place in the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// JSON pointer (RFC 6901) into the request body; `?name` for a query parameter.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub detail: String,
}

/// A stretch of time in which too few units are free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortage {
    /// When.
    pub interval: Interval,
    /// Units in use then.
    pub used: i64,
    /// Units that the resource has.
    pub capacity: i64,
}

/// A resource that would have been accepted instead of the one that was asked for, at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// The resource.
    pub resource_id: String,
    /// When.
    pub interval: Interval,
}

/// A definite answer "no".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What sort of refusal it is.
    pub kind: Kind,
    /// The rule that refused: a stable word for programs (`capacity`, `not-found`, `order-not-placed`, …).
    pub rule: String,
    /// One sentence for people: what was refused, why, and what to do.
    pub detail: String,
    /// What is wrong with the body, each at its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Problem>,
    /// The times at which a booking conflicts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Shortage>,
    /// The nearest times that would have been accepted, nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Interval>,
    /// Resources that would have been accepted at that very time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Elsewhere>,
    /// The error as the original raised it, of operations that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raised: Option<Box<Raised>>,
    /// Whether this repeats the recorded answer to an earlier request.
    #[serde(skip)]
    pub replayed: bool,
}

impl Refusal {
    /// A refusal of `kind` by `rule`.
    pub fn new(kind: Kind, rule: &str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            rule: rule.to_owned(),
            detail: detail.into(),
            errors: Vec::new(),
            conflicts: Vec::new(),
            alternatives: Vec::new(),
            elsewhere: Vec::new(),
            raised: None,
            replayed: false,
        }
    }

    /// The body breaks a rule at one place.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid_all(vec![Problem { pointer: pointer.into(), detail: detail.into() }])
    }

    /// The body breaks rules at several places.
    pub fn invalid_all(errors: Vec<Problem>) -> Self {
        let detail = match errors.as_slice() {
            [only] if only.pointer.is_empty() => only.detail.clone(),
            [only] => format!("{}: {}", only.pointer, only.detail),
            many => format!("{} members of the request are not acceptable; `errors` names each.", many.len()),
        };
        Self { errors, ..Self::new(Kind::Invalid, "invalid", detail) }
    }

    /// There is no such thing.
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, "not-found", format!("There is no such {what} here."))
    }

    /// The present state forbids it.
    pub fn conflict(rule: &str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, rule, detail)
    }
}
