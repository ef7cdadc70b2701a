//! Request bodies: JSON parsed within limits, numbers brought to one form.

use serde_json::{Map, Number, Value};

use crate::limits::NESTING;
use crate::refusal::{Problem, Refusal};

/// Attribute names that begin so are the product's own.
pub const PRIVATE_PREFIX: &str = "_fd_";

/// A JSON object (RFC 8259) as a client sent it: no private members, nested at most [`NESTING`] deep, numbers canonical.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::invalid("", "The body is empty; send a JSON object."));
    }
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Refusal::invalid("", format!("The body is not valid JSON (RFC 8259): {error}.")))?;
    let Value::Object(mut map) = value else {
        return Err(Refusal::invalid("", format!("The body must be a JSON object, not {}.", kind(&value))));
    };
    let mut errors = Vec::new();
    for (name, value) in &mut map {
        let pointer = format!("/{}", escape(name));
        if name.starts_with(PRIVATE_PREFIX) {
            errors.push(problem(&pointer, "Names that begin with `_fd_` are reserved; choose another."));
        }
        normalize(value, &pointer, NESTING.saturating_sub(1), &mut errors);
    }
    if errors.is_empty() { Ok(map) } else { Err(Refusal::invalid_all(errors)) }
}

fn normalize(value: &mut Value, pointer: &str, depth: usize, errors: &mut Vec<Problem>) {
    match value {
        Value::Number(number) => match canonical(number) {
            Some(plain) => *number = plain,
            None => errors.push(problem(
                pointer,
                "The number must have at most 38 significant digits and a magnitude of 1E-130 to 9.99E+125.",
            )),
        },
        Value::Array(_) | Value::Object(_) if depth == 0 => {
            errors.push(problem(pointer, format!("The document is nested deeper than {NESTING} levels.")));
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                normalize(item, &format!("{pointer}/{index}"), depth.saturating_sub(1), errors);
            }
        }
        Value::Object(map) => {
            for (name, item) in map {
                normalize(item, &format!("{pointer}/{}", escape(name)), depth.saturating_sub(1), errors);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn canonical(number: &Number) -> Option<Number> {
    crate::number::canonical(number.as_str()).map(Number::from_string_unchecked)
}

fn problem(pointer: &str, detail: impl Into<String>) -> Problem {
    Problem { pointer: pointer.to_owned(), detail: detail.into() }
}

/// A member's name as a token of a JSON pointer (RFC 6901).
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What a value is, in words.
pub const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_value_in_one_form() {
        let map = object(br#"{"a":1e3,"b":[1.50,{"c":12345678901234567890123456789012345678}]}"#).unwrap();
        let text = serde_json::to_string(&map).unwrap();
        assert_eq!(text, r#"{"a":1000,"b":[1.5,{"c":12345678901234567890123456789012345678}]}"#);
    }

    #[test]
    fn each_unacceptable_member_is_named() {
        let refusal = object(br#"{"_fd_v":1,"a/b":[1e200]}"#).unwrap_err();
        let pointers: Vec<_> = refusal.errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["/_fd_v", "/a~1b/0"]);
    }

    #[test]
    fn bodies_that_are_no_object_are_refused() {
        for body in [&b""[..], b"  ", b"[]", b"1", b"{", b"{\"a\":\xff}", b"{\"a\":1}x"] {
            assert!(object(body).is_err(), "{body:?}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |levels: usize| format!("{{\"a\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(object(nested(NESTING - 1).as_bytes()).is_ok());
        assert!(object(nested(NESTING).as_bytes()).is_err());
        assert!(object(nested(100_000).as_bytes()).is_err());
    }
}
