//! Errors of DynamoDB's that are the request's.

use serde_json::{Map, Value};

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct Fault {
    /// The error's name, such as `ValidationException`.
    pub kind: String,
    /// What is wrong.
    pub message: String,
    /// The item that did not meet the condition, in DynamoDB's JSON, where the request asked for it.
    pub item: Option<Map<String, Value>>,
}

impl Fault {
    /// An error of that name.
    pub fn new(kind: &str, message: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), message: message.into(), item: None }
    }

    /// The request is wrong.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// The request cannot be read.
    pub fn serialization(message: impl Into<String>) -> Self {
        Self::new("SerializationException", message)
    }
}
