//! What is known to be different, and why the embedded store stays as it is.

use serde_json::{Map, Value};
use store::records::Operation;

use crate::engines::{Answer, local};

/// What can be wrong with several parts of a request at once. Which of them is told is nobody's promise.
const SEVERAL: [&str; 10] = [
    "Attempting to store more than 38 significant digits in a Number",
    "Number overflow. Attempting to store a number with magnitude larger than supported range",
    "The document path provided in the update expression is invalid for update",
    "An operand in the update expression has an incorrect data type",
    "The provided expression refers to an attribute that does not exist in the item",
    "Type mismatch for attribute to update",
    "ADD action is not supported for the type",
    "One or more parameter values were invalid: ",
    "The BETWEEN condition was provided a range ",
    "Nesting Levels have exceeded supported limits: ",
];

/// What AWS's own DynamoDB Local refuses before it looks at any item, as the embedded store does, and dynoxide only when it comes to
/// evaluate it, if then.
const STATIC: [&str; 6] = [
    "Incorrect operand type for operator or function; operator or function: ",
    "Invalid attribute type name found; ",
    "The BETWEEN operator requires same data type ",
    "The BETWEEN operator requires upper bound ",
    "The first operand must be distinct from the remaining operands ",
    "Two document paths conflict with each other; ",
];

/// Whether both are the same error although the words are others.
pub(crate) fn is_same_fault(ours: &Answer, theirs: &Answer) -> bool {
    let (Err((mine, said, _)), Err((other, told, _))) = (ours, theirs) else { return false };
    if mine != other {
        return false;
    }
    let of = |message: &str| message.split_once("Expression: ").map(|(before, _)| before.to_owned());
    let starts = |message: &str| {
        let message = message.strip_prefix("1 validation error detected: ").unwrap_or(message);
        SEVERAL.iter().any(|start| message.starts_with(start))
    };
    // DynamoDB Local is of 2020, when messages were others.
    local().is_some()
        // dynoxide tells what its own JSON parser says, or leaves out which expression it is.
        || told.contains(" at line ")
        || told.starts_with("expected ")
        || told.starts_with("Unexpected token in ")
        || said.ends_with(told.as_str())
        || told.ends_with(said.as_str())
        || (mine == "SerializationException" && told.contains("_VALUE cannot be converted to "))
        // The parsers found a syntax error at different tokens.
        || told.contains("Expression: Syntax error; ")
        || (said.contains("Expression: Syntax error; ") && of(said) == of(told))
        // Of several faults one is told.
        || (starts(said) && starts(told))
        || said.contains("Expression: An expression attribute value used in expression is not defined")
        || told.starts_with("The TotalSegments parameter is required ")
}

/// Whether it is known that dynoxide does otherwise than AWS's own DynamoDB Local.
pub(crate) fn is_theirs(operation: Operation, request: &Map<String, Value>, ours: &Answer, theirs: &Answer) -> bool {
    if local().is_some() && is_of_2020(ours, theirs) {
        return true;
    }
    match (ours, theirs) {
        // dynoxide shows the key of an item that was not there before.
        (Ok(mine), Ok(other)) => {
            let size = |of: Option<&Value>| of.and_then(Value::as_object).map(Map::len);
            operation == Operation::UpdateItem
                && request.get("ReturnValues").is_some_and(|shown| shown == "ALL_OLD")
                && mine.get("Attributes").is_none()
                && size(other.get("Attributes")) == size(request.get("Key"))
        }
        (Err((kind, message, _)), theirs) => {
            let what = message.split_once("Expression: ").map(|(_, what)| what);
            what.is_some_and(|what| STATIC.iter().any(|start| what.starts_with(start)))
                // AWS reads all of a request before it checks any of it.
                || (kind == "SerializationException" && theirs.is_err())
                // dynoxide does not look at the sets of a legacy DELETE.
                || message.ends_with("set  may not be empty")
                // dynoxide does not look for these in an UpdateItem without an update.
                || message.contains(" unused in expressions: keys: ")
        }
        // dynoxide does not take an operand in parentheses.
        (_, Err((_, message, _))) => {
            message.ends_with("The expression has redundant parentheses;")
                || message.contains("Syntax error; token: \")\"")
        }
    }
}

/// Whether DynamoDB Local of 2020 did otherwise than DynamoDB does today: empty strings and bytes were refused, and its own HTTP front
/// takes values of other JSON types and unknown words.
fn is_of_2020(ours: &Answer, theirs: &Answer) -> bool {
    let empty = |message: &str| {
        ["may not contain an empty string", "may not contain a null or empty binary", "may not have a empty "]
            .iter()
            .any(|part| message.contains(part))
    };
    let unchecked =
        |message: &str| message.contains("failed to satisfy constraint: Member must satisfy enum value set");
    matches!(ours, Err((kind, message, _)) if kind == "SerializationException" || unchecked(message))
        || matches!(theirs, Err((kind, message, _)) if empty(message) || kind == "InternalFailure")
}
