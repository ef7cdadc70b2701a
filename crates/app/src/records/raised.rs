//! Errors as the original raises them: Python's own, the SDK's, and DynamoDB's.

use domain::refusal::Raised;
use domain::{Kind, Problem, Refusal};
use serde_json::{Map, Value};
use store::StoreError;
use store::records::{Fault, Operation, RecordsTable};

use super::place::{TABLE_NAME, Wrong};
use super::python;
use crate::Failure;

/// Errors of DynamoDB's that the SDK raises under their own name (botocore 1.44.5, the service model's exceptions); it raises all others as
/// `ClientError`.
const MODELED: [&str; 10] = [
    "ConditionalCheckFailedException",
    "InternalServerError",
    "ItemCollectionSizeLimitExceededException",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "ResourceNotFoundException",
    "ThrottlingException",
    "TransactionConflictException",
];

/// The rule of a refusal because of another write at the same moment; nothing was done.
pub(super) const WRITE_CONFLICT: &str = "write-conflict";

/// Tables that are named to whom asks for another one.
const NAMED_TABLES: usize = 10;

/// An exception of that class and text.
pub(super) fn exception(kind: Kind, rule: &str, class: &str, text: impl Into<String>) -> Refusal {
    let message = text.into();
    let mut refusal = Refusal::new(kind, rule, format!("{class}: {message}"));
    refusal.raised = Some(Box::new(Raised { error_type: class.to_owned(), error_message: message, item: None }));
    refusal
}

/// An exception because the request is wrong.
pub(super) fn invalid(class: &str, text: impl Into<String>) -> Refusal {
    exception(Kind::Invalid, "invalid", class, text)
}

/// A member of the event is not there.
pub(super) fn missing(name: &str, detail: &str) -> Refusal {
    let mut refusal = invalid("KeyError", format!("'{name}'"));
    detail.clone_into(&mut refusal.detail);
    refusal
}

/// Something is of the wrong type for Python.
pub(super) fn type_error(text: impl Into<String>) -> Refusal {
    invalid("TypeError", text)
}

/// The event is no JSON that can be read.
pub(super) fn unreadable(text: impl std::fmt::Display) -> Refusal {
    invalid("Runtime.UnmarshalError", format!("Unable to unmarshal input: {text}"))
}

/// The body is no event at all; many clients send a form when they are not told otherwise.
pub(super) fn no_event(text: impl std::fmt::Display) -> Refusal {
    let mut refusal = unreadable(text);
    refusal.detail.push_str(r#"; send JSON such as {"operation": "read", "payload": {"Key": {"id": "1"}}}."#);
    refusal
}

/// The table's name is there, but null.
pub(super) fn unset_table() -> Refusal {
    let mut refusal = invalid("ValueError", "Required parameter name not set");
    refusal.detail.push_str(": `tableName` is null; name a table, or leave it out.");
    at_table_name(refusal)
}

/// The same refusal, with the event's `tableName` as the place where it is wrong.
pub(super) fn at_table_name(mut refusal: Refusal) -> Refusal {
    refusal.errors = vec![Problem { pointer: TABLE_NAME.to_owned(), detail: refusal.detail.clone() }];
    refusal
}

/// The payload is more than is taken.
pub(super) fn too_large(text: String) -> Refusal {
    exception(Kind::TooLarge, "too-large", "RequestTooLargeException", text)
}

/// There is no such operation.
pub(super) fn unrecognized(operation: &Value) -> Refusal {
    match operation {
        Value::Array(_) | Value::Object(_) => type_error(format!("unhashable type: '{}'", python::class(operation))),
        _ => {
            let text = python::text(operation);
            let mut refusal = invalid("ValueError", format!("Unrecognized operation \"{text}\""));
            refusal.detail.push_str("; there are create, read, update, delete, list, echo and ping.");
            refusal
        }
    }
}

/// The parameters are not what the operation takes.
pub(super) fn parameters(wrong: Wrong) -> Refusal {
    let refusal = invalid("ParamValidationError", format!("Parameter validation failed:\n{}", wrong.text()));
    Refusal { errors: wrong.into_problems(), ..refusal }
}

/// What DynamoDB refuses, or is not able to do at this moment.
pub(super) fn fault(operation: Operation, fault: Fault, item: Option<Map<String, Value>>) -> Failure {
    let Fault { kind, message, .. } = fault;
    let (sort, rule) = match kind.as_str() {
        "ConditionalCheckFailedException" => (Kind::Conflict, "condition-failed"),
        "TransactionConflictException" | "ReplicatedWriteConflictException" => (Kind::Conflict, WRITE_CONFLICT),
        "ResourceNotFoundException" => (Kind::NotFound, "not-found"),
        "ItemCollectionSizeLimitExceededException" => (Kind::TooLarge, "too-large"),
        "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "ThrottlingException"
        | "LimitExceededException" => (Kind::Busy, "throttled"),
        // What became of a write is not known then.
        "InternalServerError" | "ServiceUnavailable" => {
            return StoreError::Unknown(format!("{kind}: {message}")).into();
        }
        _ => (Kind::Invalid, "invalid"),
    };
    let class = if MODELED.contains(&kind.as_str()) { kind.as_str() } else { "ClientError" };
    let text = format!("An error occurred ({kind}) when calling the {} operation: {message}", operation.name());
    let mut refusal = exception(sort, rule, class, text);
    if !message.is_empty() {
        refusal.detail = message;
    }
    if let Some(raised) = &mut refusal.raised {
        raised.item = item;
    }
    refusal.into()
}

/// A table that is not among those that the operator allows, which are these.
pub(super) fn no_table(operation: Operation, name: &str, served: &[RecordsTable]) -> Refusal {
    let names = served.iter().take(NAMED_TABLES).map(|table| format!("`{}`", table.name));
    let more = if served.len() > NAMED_TABLES { ", …" } else { "" };
    not_found(
        operation,
        &format!(
            "`{}` is none of the tables that are served here ({}{more}); whoever runs this service adds one with \
             --records-table name:key.",
            python::text(&Value::from(name)),
            names.collect::<Vec<_>>().join(", ")
        ),
    )
}

/// No table is allowed.
pub(super) fn turned_off(operation: Operation) -> Refusal {
    let why = "table operations are turned off here (--records-table none); whoever runs this service turns them on with \
               --records-table name:key.";
    not_found(operation, why)
}

fn not_found(operation: Operation, why: &str) -> Refusal {
    let class = "ResourceNotFoundException";
    let message = "Requested resource not found";
    let text = format!("An error occurred ({class}) when calling the {} operation: {message}", operation.name());
    let mut refusal = exception(Kind::NotFound, "not-found", class, text);
    refusal.detail = format!("{message}: {why}");
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(kind: &str) -> (Kind, String, String) {
        let fault = fault(Operation::PutItem, Fault::new(kind, "No."), None);
        let Failure::Refused(refusal) = fault else { panic!("{fault}") };
        let raised = refusal.raised.unwrap();
        (refusal.kind, raised.error_type, raised.error_message)
    }

    #[test]
    fn errors_are_raised_as_the_sdk_does() {
        for (kind, sort, class) in [
            ("ConditionalCheckFailedException", Kind::Conflict, "ConditionalCheckFailedException"),
            ("ResourceNotFoundException", Kind::NotFound, "ResourceNotFoundException"),
            ("ProvisionedThroughputExceededException", Kind::Busy, "ProvisionedThroughputExceededException"),
            ("TransactionConflictException", Kind::Conflict, "TransactionConflictException"),
            ("ValidationException", Kind::Invalid, "ClientError"),
            ("SerializationException", Kind::Invalid, "ClientError"),
        ] {
            let text = format!("An error occurred ({kind}) when calling the PutItem operation: No.");
            assert_eq!(refused(kind), (sort, class.to_owned(), text));
        }
    }

    #[test]
    fn after_an_error_inside_the_outcome_is_unknown() {
        let failure = fault(Operation::PutItem, Fault::new("InternalServerError", "x"), None);
        assert!(matches!(failure, Failure::Store(StoreError::Unknown(_))));
    }
}
