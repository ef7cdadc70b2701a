//! How large what a commit writes may be, alike on every store: by its text, and by DynamoDB's count where that is more.
//!
//! DynamoDB counts (Developer Guide, "DynamoDB item sizes and formats") the UTF-8 bytes of every name and string; 1 byte for a null
//! or a truth value; for a number about 1 byte per two significant digits and 1 byte, one more when negative, where zeros at
//! either end do not count; for a list or map 3 bytes, what is in it, and 1 byte for each element or member. So `[1,1,1]` is
//! larger than its text.

use domain::limits::{COMMIT_BYTES, ITEM_BYTES};
use serde_json::{Map, Value};

use crate::{Changes, StoreError, Table, Write};

/// Bytes that a store may add to an item: the version, the mark of the commit, and the key and what is indexed once more where
/// the body is kept as text.
const MARKS: usize = 1024;
/// Bytes that an event may still get for its position in the log.
const POSITION: usize = 64;
/// The bytes of the prefix that private attributes have on stores that keep them beside the public ones.
const PREFIX: usize = 4;

/// An error when an item, or all of them together, are too large.
pub(crate) fn check(changes: &Changes) -> Result<(), StoreError> {
    let mut ceiling: usize = 0;
    for write in changes.writes() {
        // No count is more than twice the text, so that most items need not be counted.
        let most = text_bytes(write).saturating_mul(2);
        ceiling = ceiling.saturating_add(most);
        if most.saturating_add(MARKS) > ITEM_BYTES {
            let bytes = bytes(write)?;
            if bytes.saturating_add(MARKS) > ITEM_BYTES {
                return Err(StoreError::TooLarge(format!(
                    "An item may have at most {ITEM_BYTES} bytes, {MARKS} of them for the store; this one has {bytes}."
                )));
            }
        }
    }
    if ceiling <= COMMIT_BYTES {
        return Ok(());
    }
    let mut total: usize = 0;
    for write in changes.writes() {
        total = total.saturating_add(bytes(write)?);
    }
    if total > COMMIT_BYTES {
        let text = format!("What is stored together may have at most {COMMIT_BYTES} bytes; this has {total}.");
        return Err(StoreError::TooLarge(text));
    }
    Ok(())
}

fn text_bytes(write: &Write) -> usize {
    match write {
        Write::Put { body, private, .. } => {
            body.len().saturating_add(private.as_ref().map_or(0, String::len)).saturating_add(to_come(write))
        }
        Write::Delete { .. } => 0,
    }
}

/// Bytes that the item gets later: an event that has no position yet must have room for it.
fn to_come(write: &Write) -> usize {
    match write {
        Write::Put { key, private, .. } if key.table == Table::Events => {
            let placed = private.as_ref().is_some_and(|private| private.contains("\"position\":"));
            if placed { 0 } else { POSITION }
        }
        _ => 0,
    }
}

fn bytes(write: &Write) -> Result<usize, StoreError> {
    match write {
        Write::Put { body, private, .. } => Ok(item_bytes(body, private.as_deref())?.saturating_add(to_come(write))),
        Write::Delete { .. } => Ok(0),
    }
}

/// The bytes of an item's attributes: of their text, or by DynamoDB's count, whichever is more.
pub fn item_bytes(body: &str, private: Option<&str>) -> Result<usize, StoreError> {
    let public = members(&object(body)?, 0);
    let hidden = private.map(object).transpose()?.map_or(0, |private| members(&private, PREFIX));
    Ok(public.max(body.len()).saturating_add(hidden.max(private.map_or(0, str::len))))
}

fn object(text: &str) -> Result<Map<String, Value>, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Misuse(format!("a body is not a JSON object: {error}")))
}

/// The names and values of members that have so much more each.
fn members(members: &Map<String, Value>, more: usize) -> usize {
    members.iter().map(|(name, member)| name.len().saturating_add(more).saturating_add(value(member))).sum()
}

fn value(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 1,
        Value::Number(digits) => number(&digits.to_string()),
        Value::String(text) => text.len(),
        Value::Array(values) => {
            values.iter().map(self::value).sum::<usize>().saturating_add(values.len()).saturating_add(3)
        }
        Value::Object(object) => members(object, 1).saturating_add(3),
    }
}

/// Two digits are one byte, but where the decimal point lies may take one more.
fn number(text: &str) -> usize {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits = || mantissa.bytes().filter(u8::is_ascii_digit);
    let leading = digits().take_while(|digit| *digit == b'0').count();
    let trailing = digits().rev().take_while(|digit| *digit == b'0').count();
    let significant = digits().count().saturating_sub(leading).saturating_sub(trailing);
    (significant / 2).saturating_add(2).saturating_add(usize::from(text.starts_with('-')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        value(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn values_are_counted_as_dynamodb_does() {
        for (text, bytes) in [
            ("null", 1),
            ("true", 1),
            (r#""ü\u0000""#, 3),
            ("0", 2),
            ("100", 2),
            ("-0.05", 3),
            ("12345678901234567890123456789012345678", 21),
            ("[]", 3),
            ("[1,1]", 9),
            (r#"{"a":null,"bc":[]}"#, 12),
        ] {
            assert_eq!(count(text), bytes, "{text}");
        }
    }

    #[test]
    fn no_count_is_more_than_twice_the_text() {
        let deep = format!("{}{}", "[".repeat(30), "]".repeat(30));
        for text in [deep.as_str(), "[[],[],[],[]]", "[1,2,3,4,5]", "[-1,-2,-3]", r#"{"a":{"":{}}}"#, "[null,true,0]"] {
            assert!(count(text) <= 2 * text.len(), "{text}: {}", count(text));
        }
    }
}
