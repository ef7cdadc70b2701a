//! What is known to be different, and why the embedded store stays as it is.
//!
//! A rule names what the embedded store says and what has to be so for it to be right: in the request, or in what the other says. What the
//! store refuses and dynoxide takes is held against DynamoDB Local by the same test (`cargo xtask dynamodb-local`).

use serde_json::{Map, Value};
use store::records::Operation;

use crate::compare::canonical;
use crate::engines::{Answer, local};

/// What can be wrong with several parts of a request at once. Which of them is told is nobody's promise.
const SEVERAL: [&str; 13] = [
    "Attempting to store more than 38 significant digits in a Number",
    "The parameter cannot be converted to a numeric value",
    "Number overflow. Attempting to store a number with magnitude larger than supported range",
    "The document path provided in the update expression is invalid for update",
    "An operand in the update expression has an incorrect data type",
    "The provided expression refers to an attribute that does not exist in the item",
    "Input collection contains duplicates",
    "Type mismatch for attribute to update",
    "Member must satisfy enum value set: [ADD, DELETE, PUT]",
    "ADD action is not supported for the type",
    "One or more parameter values were invalid: ",
    "The BETWEEN condition was provided a range ",
    "Nesting Levels have exceeded supported limits: ",
];

/// What AWS's own DynamoDB Local refuses before it looks at any item, as the embedded store does, and dynoxide only when it comes to
/// evaluate it, if then.
const STATIC: [&str; 10] = [
    "Incorrect operand type for operator or function; operator or function: ",
    "Invalid attribute type name found; ",
    "The BETWEEN operator requires same data type ",
    "The BETWEEN operator requires upper bound ",
    "The first operand must be distinct from the remaining operands ",
    "Two document paths conflict with each other; ",
    "The function is not allowed to be used this way in an expression; function: list_append",
    "The function is not allowed in ",
    "The document path has too many nesting levels; ",
    "The expression contains too many operators; ",
];

/// What DynamoDB Local refuses in the values of a legacy condition, and dynoxide in some of them.
const LEGACY: [&str; 3] = [
    "One or more parameter values were invalid: ComparisonOperator ",
    "One or more parameter values were invalid: AttributeValues inside AttributeValueList must be of same type",
    "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
];

/// Whether both are the same error although the words are others.
pub(crate) fn is_same_fault(request: &Map<String, Value>, ours: &Answer, theirs: &Answer) -> bool {
    let (Err((mine, said, _)), Err((other, told, _))) = (ours, theirs) else { return false };
    let starts = |message: &str| SEVERAL.iter().any(|start| uncounted(message).starts_with(start));
    if mine != other {
        // One part of the request is of another JSON type, and another part has a fault of its own.
        return other == "SerializationException" && is_of_a_parser(told) && starts(said);
    }
    let of = |message: &str| message.split_once("Expression: ").map(|(before, _)| before.to_owned());
    // DynamoDB Local is of 2020, when messages were others.
    local().is_some()
        // dynoxide tells what its own JSON parser says, or leaves out which expression it is.
        || is_of_a_parser(told)
        || said.ends_with(told.as_str())
        || told.ends_with(said.as_str())
        // The parsers found a syntax error at different tokens.
        || told.contains("Expression: Syntax error; ")
        || (said.contains("Expression: Syntax error; ") && of(said) == of(told))
        // Of several faults one is told.
        || (starts(said) && starts(told))
        || is_undefined(request, said)
        || told.starts_with("The TotalSegments parameter is required ")
}

fn uncounted(message: &str) -> &str {
    message.strip_prefix("1 validation error detected: ").unwrap_or(message)
}

/// Whether a message is of dynoxide's own, about JSON or about the syntax of a projection.
fn is_of_a_parser(told: &str) -> bool {
    told.contains(" at line ")
        || told.starts_with("expected ")
        || told.starts_with("Unexpected token in ")
        // Whatever the type is.
        || told == "TRUE_VALUE cannot be converted to String"
}

/// Whether a placeholder is told to be undefined that is so: then something else may be wrong, too.
fn is_undefined(request: &Map<String, Value>, said: &str) -> bool {
    let places = [
        ("ExpressionAttributeValues", "value used in expression is not defined; attribute value: "),
        ("ExpressionAttributeNames", "name used in the document path is not defined; attribute name: "),
    ];
    let name = |words: &str| said.split_once(words).map(|(_, name)| name.to_owned());
    let defined = |parameter: &str, name: &str| request.get(parameter).is_some_and(|all| all.get(name).is_some());
    places.into_iter().any(|(parameter, words)| name(words).is_some_and(|name| !defined(parameter, &name)))
}

/// Whether it is known that dynoxide does otherwise than AWS's own DynamoDB Local.
pub(crate) fn is_theirs(operation: Operation, request: &Map<String, Value>, ours: &Answer, theirs: &Answer) -> bool {
    if local().is_some() {
        return is_of_2020(request, ours, theirs);
    }
    match (ours, theirs) {
        (Ok(mine), Ok(other)) => match operation {
            Operation::UpdateItem => is_key_shown(request, mine, other),
            Operation::Scan => is_one_too_many(mine, other),
            _ => false,
        },
        (Err((kind, message, _)), theirs) => {
            let what = message.split_once("Expression: ").map(|(_, what)| what);
            what.is_some_and(|what| STATIC.iter().any(|start| what.starts_with(start)))
                || is_undefined(request, message)
                || is_unread(theirs)
                // dynoxide looks into a key and finds nothing.
                || message.starts_with("Key attributes must be scalars; ")
                || (has(request, &["Expected", "ScanFilter"])
                    && LEGACY.iter().any(|start| uncounted(message).starts_with(start)))
                // AWS reads all of a request before it checks any of it.
                || (kind == "SerializationException" && theirs.is_err())
                // dynoxide does not look at the sets of a legacy DELETE.
                || (has(request, &["AttributeUpdates"])
                    && ["set  may not be empty", "Binary sets should not be empty"]
                        .iter()
                        .any(|empty| message.ends_with(empty)))
                // dynoxide takes such a Scan for one of whole items.
                || message.contains("'attributesToGet' failed to satisfy constraint: ")
                // dynoxide does not look for these in an UpdateItem without an update.
                || (operation == Operation::UpdateItem
                    && !has(request, &["UpdateExpression"])
                    && message.contains(" unused in expressions: keys: "))
        }
        _ => is_unread(theirs),
    }
}

/// Whether dynoxide shows the key of an item that was not there before.
fn is_key_shown(request: &Map<String, Value>, mine: &Value, other: &Value) -> bool {
    let size = |of: Option<&Value>| of.and_then(Value::as_object).map(Map::len);
    request.get("ReturnValues").is_some_and(|shown| shown == "ALL_OLD")
        && mine.get("Attributes").is_none()
        && size(other.get("Attributes")) == size(request.get("Key"))
}

/// Whether dynoxide counts the item that a page of 1 MB had no room for, although the next page begins with it.
fn is_one_too_many(mine: &Value, other: &Value) -> bool {
    let scanned = |page: &Value| page.get("ScannedCount").and_then(Value::as_u64);
    let end = |page: &Value| page.get("LastEvaluatedKey").cloned();
    let alike = ["Count", "Items", "ConsumedCapacity"].iter().all(|name| match (mine.get(*name), other.get(*name)) {
        (Some(mine), Some(other)) => canonical(&Ok(mine.clone())) == canonical(&Ok(other.clone())),
        (mine, other) => mine == other,
    });
    alike && end(mine).is_some() && end(mine) == end(other) && scanned(mine).map(|mine| mine + 1) == scanned(other)
}

/// Whether dynoxide does not take what DynamoDB Local takes: an operand in parentheses, white space before an index, a single value of
/// IN that is in no list, and a null for what is not there.
fn is_unread(theirs: &Answer) -> bool {
    let Err((_, message, _)) = theirs else { return false };
    let near = message.split_once(", near: \"[").map(|(_, near)| near);
    message.ends_with("The expression has redundant parentheses;")
        || ["\")\"", "\"(\""].iter().any(|sign| message.contains(&format!("Syntax error; token: {sign}")))
        || near.is_some_and(|near| near.starts_with(char::is_whitespace))
        || message.contains("Value or AttributeValueList must be used with ComparisonOperator: IN ")
        || message.starts_with("invalid type: null, expected ")
}

fn has(request: &Map<String, Value>, any: &[&str]) -> bool {
    any.iter().any(|name| request.get(*name).is_some_and(|value| !value.is_null()))
}

/// Whether DynamoDB Local of 2020 did otherwise than DynamoDB does today: empty strings and bytes were refused, its own HTTP front takes
/// values of other JSON types and unknown words, and it looks at some of a request late or not at all.
fn is_of_2020(request: &Map<String, Value>, ours: &Answer, theirs: &Answer) -> bool {
    let empty = |message: &str| {
        ["may not contain an empty string", "may not contain a null or empty binary", "may not have a empty "]
            .iter()
            .any(|part| message.contains(part))
    };
    let unchecked =
        |message: &str| message.contains("failed to satisfy constraint: Member must satisfy enum value set");
    let is = |answer: &Answer, wanted: &str| matches!(answer, Err((kind, ..)) if kind == wanted);
    matches!(ours, Err((kind, message, _)) if kind == "SerializationException" || unchecked(message))
        || matches!(theirs, Err((kind, message, _)) if empty(message) || kind == "InternalFailure")
        // The condition comes before the update.
        || (is(ours, "ValidationException")
            && is(theirs, "ConditionalCheckFailedException")
            && has(request, &["AttributeUpdates"]))
        || is_of_an_update(request, ours, theirs)
        // It takes the word for a function's name behind a dot.
        || matches!(ours, Err((_, message, _)) if message.ends_with("reserved keyword; reserved keyword: size"))
        // A Scan may name an attribute twice, or none.
        || (theirs.is_ok() && matches!(ours, Err((_, message, _)) if is_of_attributes_to_get(message)))
}

fn is_of_attributes_to_get(message: &str) -> bool {
    message.contains("Duplicate value in attribute name: ")
        || message.contains("'attributesToGet' failed to satisfy constraint: ")
}

/// Whether DynamoDB Local shows more or less of what an update of a nested path changed, or wanted the other operand of if_not_exists where
/// it is not needed.
fn is_of_an_update(request: &Map<String, Value>, ours: &Answer, theirs: &Answer) -> bool {
    let text = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default();
    match (ours, theirs) {
        (Ok(_), Ok(_)) => text("ReturnValues").starts_with("UPDATED_") && text("UpdateExpression").contains(['.', '[']),
        (Ok(_), Err((_, message, _))) => {
            text("UpdateExpression").contains("if_not_exists")
                && message == "The provided expression refers to an attribute that does not exist in the item"
        }
        _ => false,
    }
}
