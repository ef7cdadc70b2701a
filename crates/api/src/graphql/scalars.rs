//! Scalars beside those of the specification. Numbers keep their digits: none passes through a float.

use async_graphql::{InputValueError, InputValueResult, Name, Scalar, ScalarType, Value};
use domain::number;
use serde::Deserialize;
use serde_json::Number;

/// A whole number of at most 64 bits, as a JSON number: epoch seconds, versions, identifiers that are numbers.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Long(pub(super) Number);

#[Scalar(name = "Long")]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        // The rules of `domain` say which numbers they take, and why not.
        match value {
            Value::Number(number) => Ok(Self(number)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(self.0.clone())
    }
}

/// A decimal number of at most 38 significant digits. It is sent as a string, so that no client makes a float of it; taken as a string
/// or a number.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Decimal(pub(super) Number);

#[Scalar(name = "Decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::Number(number) => Ok(Self(number)),
            Value::String(text) => {
                let wrong = || InputValueError::custom("must be a decimal number, such as \"12.50\"");
                text.parse().map(Self).map_err(|_| wrong())
            }
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        let text = self.0.as_str();
        Value::String(number::canonical(text).unwrap_or_else(|| text.to_owned()))
    }
}

/// An instant as RFC 3339 has it, in UTC. An argument may also be a number of epoch seconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct DateTime(pub(super) String);

#[Scalar(name = "DateTime", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// Any JSON value; its numbers keep their digits.
#[derive(Clone, Debug)]
pub(super) struct Json(pub(super) serde_json::Value);

#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(to_json(value)))
    }

    fn to_value(&self) -> Value {
        from_json(self.0.clone())
    }
}

/// A value of GraphQL as JSON. The crate's own conversion would take numbers through floats.
pub(super) fn to_json(value: Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Number(number) => number.into(),
        Value::String(text) => text.into(),
        Value::Boolean(flag) => flag.into(),
        Value::Binary(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
        Value::Enum(name) => name.as_str().into(),
        Value::List(items) => items.into_iter().map(to_json).collect(),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name.as_str().to_owned(), to_json(value)));
            serde_json::Value::Object(members.collect())
        }
    }
}

/// JSON as a value of GraphQL.
pub(super) fn from_json(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Number(number) => Value::Number(number),
        serde_json::Value::String(text) => Value::String(text),
        serde_json::Value::Bool(flag) => Value::Boolean(flag),
        serde_json::Value::Array(items) => Value::List(items.into_iter().map(from_json).collect()),
        serde_json::Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (Name::new(name), from_json(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "1234567890123456789012345678.9012345678";

    fn parse(text: &str) -> serde_json::Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn numbers_keep_their_digits_both_ways() {
        let document = parse(&format!("{{\"a\":[{DIGITS},-0.10,12345678901234567890123]}}"));
        assert_eq!(to_json(from_json(document.clone())).to_string(), document.to_string());
        assert_eq!(serde_json::to_string(&from_json(document.clone())).unwrap(), document.to_string());
    }

    #[test]
    fn a_decimal_is_a_string_without_superfluous_zeros() {
        for (read, shown) in [(Value::String("12.50".into()), "12.5"), (Value::String(DIGITS.into()), DIGITS)] {
            assert_eq!(Decimal::parse(read).unwrap().to_value(), Value::String(shown.into()));
        }
        let number = from_json(parse(DIGITS));
        assert_eq!(Decimal::parse(number).unwrap().to_value(), Value::String(DIGITS.into()));
        for wrong in ["", "1,5", "0x1", "NaN", " 1", "1 "] {
            assert!(Decimal::parse(Value::String(wrong.into())).is_err(), "{wrong:?}");
        }
    }
}
