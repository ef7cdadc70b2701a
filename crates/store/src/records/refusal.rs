//! Refusals on their way to becoming a [`Fault`], and the two ways in which DynamoDB reads a request.
//!
//! PutItem, UpdateItem and DeleteItem introduce most mistakes with `1 validation error detected: `; GetItem and Scan name the same
//! mistake plainly. So a check says only whether the mistake is of that kind, and the request's end settles the form.

use serde_json::Value;

use super::Fault;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The same from every operation.
    Plain(Fault),
    /// A mistake that the writing operations count.
    Counted(String),
}

impl Refusal {
    /// A mistake that the writing operations count.
    pub(super) fn counted(message: impl Into<String>) -> Self {
        Self::Counted(message.into())
    }

    /// A mistake that no operation counts.
    pub(super) fn plain(message: impl Into<String>) -> Self {
        Self::Plain(Fault::validation(message))
    }

    /// The fault, as an operation that counts mistakes says it, or one that does not.
    pub(super) fn settle(self, counts: bool) -> Fault {
        match self {
            Self::Plain(fault) => fault,
            Self::Counted(message) if counts => Fault::validation(detected(&message)),
            Self::Counted(message) => Fault::validation(message),
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Plain(fault)
    }
}

/// Makes every mistake a counted one.
pub(super) fn count(fault: Fault) -> Refusal {
    if fault.kind == "ValidationException" { Refusal::Counted(fault.message) } else { Refusal::Plain(fault) }
}

/// One mistake, counted.
pub(super) fn detected(message: &str) -> String {
    format!("1 validation error detected: {message}")
}

/// Several mistakes at once, none if there are none.
pub(super) fn all_detected(mistakes: &[String]) -> Result<(), Fault> {
    match mistakes {
        [] => Ok(()),
        [one] => Err(Fault::validation(detected(one))),
        more => Err(Fault::validation(format!("{} validation errors detected: {}", more.len(), more.join("; ")))),
    }
}

/// Which of DynamoDB's two readers a request meets. They word some mistakes differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// The one that requests usually meet.
    Current,
    /// The one for requests that have a truth value written as a string, or a value of more than one type. It counts nothing.
    Older,
}

impl Reader {
    /// The reader of these parameters.
    pub(super) fn of(parameters: &serde_json::Map<String, Value>) -> Self {
        if parameters.values().any(is_older) { Self::Older } else { Self::Current }
    }
}

/// The members of a value, one for each type.
pub(super) const TYPES: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"];

fn is_older(value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            let written = ["BOOL", "NULL", "Exists"].iter().any(|name| object.get(*name).is_some_and(Value::is_string));
            let types = || TYPES.iter().filter_map(|name| object.get(*name)).filter(|value| !value.is_null());
            written || types().count() > 1 && !types().all(Value::is_object) || object.values().any(is_older)
        }
        Value::Array(values) => values.iter().any(is_older),
        _ => false,
    }
}
