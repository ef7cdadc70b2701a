//! Errors of DynamoDB's that are the request's.

use serde_json::{Map, Value};

/// Errors after which nothing was done and trying again may help.
const BUSY: [&str; 6] = [
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionConflictException",
];

/// The longest message, in bytes. DynamoDB repeats whole values and sets of a request in some of its messages; here the middle of such
/// a message is left out, so that a request of megabytes is not answered with several times as many.
const LONGEST: usize = 2048;
/// How much is kept of the beginning and of the end of a longer one.
const KEPT: [usize; 2] = [1024, 256];

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
    /// An error of that name. Of a very long message the middle is left out.
    pub fn new(kind: &str, message: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), message: shortened(message.into()), item: None }
    }

    /// Whether nothing was done and trying again may help.
    pub fn is_busy(&self) -> bool {
        BUSY.contains(&self.kind.as_str())
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

fn shortened(message: String) -> String {
    if message.len() <= LONGEST {
        return message;
    }
    let [first, last] = KEPT;
    let (beginning, rest) = message.split_at(message.floor_char_boundary(first));
    let (middle, end) = rest.split_at(rest.ceil_char_boundary(rest.len().saturating_sub(last)));
    format!("{beginning} ... ({} bytes are left out) ... {end}", middle.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_told_without_its_middle() {
        let message = |middle: usize| format!("Input collection [{}] contains duplicates.", "ü".repeat(middle));
        assert_eq!(Fault::validation(message(900)).message, message(900));
        let cut = Fault::validation(message(2_000_000)).message;
        assert!(cut.len() < 1400, "{}", cut.len());
        assert!(cut.starts_with("Input collection [ü") && cut.ends_with("ü] contains duplicates."), "{cut}");
        assert!(cut.contains("üü ... (3998") && cut.contains(" bytes are left out) ... üü"), "{cut}");
    }
}
