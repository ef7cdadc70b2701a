//! Request bodies: JSON parsed within limits, numbers brought to one form.

use serde_json::{Map, Number, Value};

use crate::limits::{BODY_BYTES, NESTING, PROBLEMS, TEXT_BYTES};
use crate::refusal::{Kind, Problem, Refusal};

/// Attribute names that begin so are the product's own.
pub const PRIVATE_PREFIX: &str = "_fd_";

/// A JSON object (RFC 8259) as a client sent it: no private members, nested at most [`NESTING`] deep, numbers canonical.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::invalid("", "The body is empty; send a JSON object."));
    }
    let value = parse(body)?;
    let Value::Object(mut map) = value else {
        return Err(Refusal::invalid("", format!("The body must be a JSON object, not {}.", kind(&value))));
    };
    let mut walk = Walk { errors: Vec::new(), bytes: body.len() };
    for (name, value) in &mut map {
        let place = Place { parent: None, step: Step::Name(name) };
        if name.starts_with(PRIVATE_PREFIX) {
            walk.wrong(&place, || "Names that begin with `_fd_` are reserved; choose another.".to_owned());
        }
        walk.normalize(value, &place, NESTING.saturating_sub(1));
    }
    walk.finish()?;
    Ok(map)
}

/// Any JSON value (RFC 8259) as a client sent it, null for an empty body: nested so deep that it fits into a member of an item of at
/// most [`NESTING`] levels, numbers canonical.
pub fn any(body: &[u8]) -> Result<Value, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    let mut value = parse(body)?;
    let mut walk = Walk { errors: Vec::new(), bytes: body.len() };
    walk.normalize(&mut value, &Place { parent: None, step: Step::Root }, NESTING.saturating_sub(1));
    walk.finish()?;
    Ok(value)
}

fn parse(body: &[u8]) -> Result<Value, Refusal> {
    let invalid = |error| Refusal::invalid("", format!("The body is not valid JSON (RFC 8259): {error}."));
    serde_json::from_slice(body).map_err(invalid)
}

/// Where a value stands in the body; written out only for what is wrong.
struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

enum Step<'a> {
    /// The whole.
    Root,
    Name(&'a str),
    Index(usize),
}

impl Place<'_> {
    /// The place as a JSON pointer (RFC 6901).
    fn pointer(&self) -> String {
        let mut pointer = self.parent.map_or_else(String::new, Place::pointer);
        if !matches!(self.step, Step::Root) {
            pointer.push('/');
        }
        match self.step {
            Step::Root => {}
            Step::Name(name) => pointer.push_str(&escape(name)),
            Step::Index(index) => pointer.push_str(&index.to_string()),
        }
        pointer
    }
}

/// A walk through a body.
struct Walk {
    /// The first problems: at most [`PROBLEMS`], and fewer when their places are long.
    errors: Vec<Problem>,
    /// Bytes of the body, the growth of its numbers included.
    bytes: usize,
}

impl Walk {
    fn finish(self) -> Result<(), Refusal> {
        if self.bytes > BODY_BYTES {
            let detail = format!("With its numbers written out, the body has more than {BODY_BYTES} bytes.");
            return Err(Refusal::new(Kind::TooLarge, "too-large", detail));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Refusal::invalid_all(self.errors)) }
    }

    fn normalize(&mut self, value: &mut Value, place: &Place<'_>, depth: usize) {
        match value {
            Value::Number(number) => self.normalize_number(number, place),
            Value::Array(_) | Value::Object(_) if depth == 0 => {
                self.wrong(place, || format!("The document is nested deeper than {NESTING} levels."));
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    let place = Place { parent: Some(place), step: Step::Index(index) };
                    self.normalize(item, &place, depth.saturating_sub(1));
                }
            }
            Value::Object(map) => {
                for (name, item) in map {
                    let place = Place { parent: Some(place), step: Step::Name(name) };
                    self.normalize(item, &place, depth.saturating_sub(1));
                }
            }
            Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
    }

    fn normalize_number(&mut self, number: &mut Number, place: &Place<'_>) {
        if self.bytes > BODY_BYTES {
            return;
        }
        let Some(plain) = crate::number::canonical(number.as_str()) else {
            return self.wrong(place, || {
                "The number must have at most 38 significant digits and a magnitude of 1E-130 to 9.99E+125.".to_owned()
            });
        };
        self.bytes = self.bytes.saturating_add(plain.len().saturating_sub(number.as_str().len()));
        *number = Number::from_string_unchecked(plain);
    }

    fn wrong(&mut self, place: &Place<'_>, detail: impl FnOnce() -> String) {
        let named: usize = self.errors.iter().map(|error| error.pointer.len()).sum();
        if self.errors.len() < PROBLEMS && named < TEXT_BYTES {
            self.errors.push(Problem { pointer: place.pointer(), detail: detail() });
        }
    }
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
    fn what_is_wrong_is_named_within_bounds() {
        let name = "n".repeat(BODY_BYTES / 2);
        let numbers = |text: &str, count: usize| format!("{{\"{name}\":[{}0]}}", format!("{text},").repeat(count));
        // To write out where each of these is would take a hundred gigabytes.
        assert!(object(numbers("1", BODY_BYTES / 5).as_bytes()).is_ok());
        assert_eq!(object(numbers("1e200", 1_000).as_bytes()).unwrap_err().errors.len(), 1);
        let short = format!("{{\"a\":[{}0]}}", "1e200,".repeat(1_000));
        assert_eq!(object(short.as_bytes()).unwrap_err().errors.len(), PROBLEMS);
        assert_eq!(object(numbers("1e125", 10_000).as_bytes()).unwrap_err().kind, Kind::TooLarge);
    }

    #[test]
    fn bodies_that_are_no_object_are_refused() {
        for body in [&b""[..], b"  ", b"[]", b"1", b"{", b"{\"a\":\xff}", b"{\"a\":1}x"] {
            assert!(object(body).is_err(), "{body:?}");
        }
    }

    #[test]
    fn any_value_is_taken_within_the_same_bounds() {
        assert_eq!(any(b" \n").unwrap(), Value::Null);
        for (text, kept) in [("7.0", "7"), ("\"a\"", "\"a\""), ("[1e2,{\"_fd_\":true}]", "[100,{\"_fd_\":true}]")] {
            assert_eq!(any(text.as_bytes()).unwrap().to_string(), kept);
        }
        assert_eq!(any(b"[1e200]").unwrap_err().errors[0].pointer, "/0");
        assert_eq!(any(b"1e200").unwrap_err().errors[0].pointer, "");
        let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        assert!(any(nested(NESTING - 1).as_bytes()).is_ok() && any(nested(NESTING).as_bytes()).is_err());
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |levels: usize| format!("{{\"a\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(object(nested(NESTING - 1).as_bytes()).is_ok());
        assert!(object(nested(NESTING).as_bytes()).is_err());
        assert!(object(nested(100_000).as_bytes()).is_err());
    }
}
