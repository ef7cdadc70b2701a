//! JSON values as DynamoDB attributes, and back.
//!
//! Numbers keep their value: both sides are decimal, with 38 significant digits. Sets, which only other programs write, are shown as
//! arrays, and binary values as base64 (RFC 4648, with padding).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Number, Value};

/// Attributes by name.
pub(super) type Attributes = HashMap<String, AttributeValue>;

/// The attribute of a JSON value.
pub(super) fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(truth) => AttributeValue::Bool(*truth),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text.clone()),
        Value::Array(values) => AttributeValue::L(values.iter().map(attribute).collect()),
        Value::Object(members) => {
            AttributeValue::M(members.iter().map(|(name, value)| (name.clone(), attribute(value))).collect())
        }
    }
}

/// The JSON value of an attribute, or why it has none.
pub(super) fn value(attribute: AttributeValue) -> Result<Value, String> {
    Ok(match attribute {
        AttributeValue::Bool(truth) => Value::Bool(truth),
        AttributeValue::N(digits) => Value::Number(number(&digits)?),
        AttributeValue::S(text) => Value::String(text),
        AttributeValue::L(values) => Value::Array(values.into_iter().map(value).collect::<Result<_, _>>()?),
        AttributeValue::M(members) => Value::Object(sorted(members)?),
        AttributeValue::B(bytes) => binary(bytes.as_ref()),
        AttributeValue::Ss(texts) => texts.into_iter().map(Value::String).collect(),
        AttributeValue::Ns(numbers) => {
            Value::Array(numbers.iter().map(|digits| number(digits).map(Value::Number)).collect::<Result<_, _>>()?)
        }
        AttributeValue::Bs(blobs) => blobs.iter().map(|bytes| binary(bytes.as_ref())).collect(),
        // Null, and kinds of attribute that this version of the SDK does not know.
        _ => Value::Null,
    })
}

/// What an attribute holds that JSON has no form of its own for, which is why [`value`] does not tell it from something else.
pub(super) fn inexact(attribute: &AttributeValue) -> Option<&'static str> {
    match attribute {
        AttributeValue::Bool(_) | AttributeValue::N(_) | AttributeValue::S(_) | AttributeValue::Null(_) => None,
        AttributeValue::L(values) => values.iter().find_map(inexact),
        AttributeValue::M(members) => members.values().find_map(inexact),
        AttributeValue::B(_) => Some("a binary value"),
        AttributeValue::Ss(_) | AttributeValue::Ns(_) | AttributeValue::Bs(_) => Some("a set"),
        _ => Some("a value of an unknown kind"),
    }
}

/// The members of an object in the order of their names: DynamoDB keeps none.
pub(super) fn sorted(members: Attributes) -> Result<Map<String, Value>, String> {
    let mut members: Vec<_> = members.into_iter().collect();
    members.sort_by(|(left, _), (right, _)| left.cmp(right));
    members.into_iter().map(|(name, attribute)| Ok((name, value(attribute)?))).collect()
}

/// Whether DynamoDB can hold an object as attributes: it has no attributes without a name.
pub(super) fn is_representable(members: &Map<String, Value>) -> bool {
    members.iter().all(|(name, value)| !name.is_empty() && is_value_representable(value))
}

fn is_value_representable(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.iter().all(is_value_representable),
        Value::Object(members) => is_representable(members),
        _ => true,
    }
}

fn number(digits: &str) -> Result<Number, String> {
    digits.parse().map_err(|_| format!("`{digits}` is not a number"))
}

fn binary(bytes: &[u8]) -> Value {
    Value::String(STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(text: &str) -> String {
        let parsed: Value = serde_json::from_str(text).unwrap();
        value(attribute(&parsed)).unwrap().to_string()
    }

    #[test]
    fn every_kind_of_value_comes_back() {
        let text =
            r#"{"a":null,"b":[true,false,"",{"c":[]}],"n":12345678901234567890123456789012345678,"s":"ü\u0000"}"#;
        assert_eq!(there_and_back(text), text);
        assert_eq!(there_and_back("-1.5e-100"), "-1.5e-100");
    }

    #[test]
    fn sets_and_binaries_of_others_have_a_form() {
        let blob = aws_sdk_dynamodb::primitives::Blob::new(*b"\xff\x00");
        assert_eq!(value(AttributeValue::B(blob)).unwrap(), Value::from("/wA="));
        let numbers = AttributeValue::Ns(vec!["1.50".to_owned(), "2".to_owned()]);
        assert_eq!(value(numbers).unwrap().to_string(), "[1.50,2]");
        assert!(value(AttributeValue::N("ten".to_owned())).is_err());
    }

    #[test]
    fn what_json_cannot_tell_apart_is_told() {
        let set = AttributeValue::Ss(vec!["a".to_owned()]);
        assert_eq!(inexact(&AttributeValue::L(vec![attribute(&Value::Null), set])), Some("a set"));
        assert_eq!(inexact(&attribute(&serde_json::json!({"a": [1, "b", true, null]}))), None);
    }

    #[test]
    fn nameless_members_are_told() {
        for (text, representable) in [(r#"{"a":{"b":1}}"#, true), (r#"{"":1}"#, false), (r#"{"a":[{"":1}]}"#, false)] {
            let members: Map<String, Value> = serde_json::from_str(text).unwrap();
            assert_eq!(is_representable(&members), representable, "{text}");
        }
    }
}
