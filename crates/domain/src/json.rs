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
    if has_reserved_text(body) {
        return Err(Refusal::invalid("", RESERVED_TEXT));
    }
    let invalid = |error| Refusal::invalid("", format!("The body is not valid JSON (RFC 8259): {error}."));
    serde_json::from_slice(body).map_err(invalid)
}

/// Names by which the JSON library means something else than a member: the text of a number, and JSON within a text, which it parses
/// anew, as deep as that is. As the first name of an object they would alter data, or let a document be nested without bound.
const RESERVED: [&str; 2] = ["$serde_json::private::Number", "$serde_json::private::RawValue"];
/// What to say of a document with one of them.
pub const RESERVED_TEXT: &str =
    "The names `$serde_json::private::Number` and `$serde_json::private::RawValue` are reserved; choose others.";
/// The longest that a reserved text can be when all of it is escaped.
const ESCAPED_BYTES: usize = 6 * 40;

/// Whether a JSON text contains one of two texts that must not become the name of a member; escapes (RFC 8259, section 7) hide none.
/// Whoever parses what others send into values asks this first. The text need not be valid.
pub fn has_reserved_text(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(start) = rest.iter().position(|&byte| byte == b'"') {
        let text = rest.get(start.saturating_add(1)..).unwrap_or_default();
        let (end, escaped) = end_of_text(text);
        let (text, behind) = text.split_at_checked(end).unwrap_or_default();
        if is_reserved(text, escaped) {
            return true;
        }
        rest = behind.get(1..).unwrap_or_default();
    }
    false
}

/// Where a text ends, and whether it has escapes.
fn end_of_text(text: &[u8]) -> (usize, bool) {
    let (mut behind_backslash, mut escaped) = (false, false);
    for (place, byte) in text.iter().enumerate() {
        match byte {
            _ if behind_backslash => behind_backslash = false,
            b'\\' => (behind_backslash, escaped) = (true, true),
            b'"' => return (place, escaped),
            _ => {}
        }
    }
    (text.len(), escaped)
}

fn is_reserved(text: &[u8], escaped: bool) -> bool {
    let is = |text: &[u8]| RESERVED.iter().any(|reserved| text == reserved.as_bytes());
    if !escaped {
        return is(text);
    }
    let quoted = [b"\"", text, b"\""].concat();
    text.len() <= ESCAPED_BYTES && serde_json::from_slice::<String>(&quoted).is_ok_and(|decoded| is(decoded.as_bytes()))
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

    /// A document whose nesting is hidden in texts that the JSON library would parse anew.
    fn bomb(texts: usize, levels: usize) -> String {
        let mut text = "1".to_owned();
        for _ in 0..texts {
            let nested = format!("{}{text}{}", "[".repeat(levels), "]".repeat(levels));
            let hidden = nested.replace('\\', "\\u005c").replace('"', "\\u0022");
            text = format!("{{\"$serde_json::private::RawValue\":\"{hidden}\"}}");
        }
        text
    }

    #[test]
    fn nesting_within_texts_is_refused_before_it_is_parsed() {
        for document in [bomb(40, 120), format!("{{\"a\":{}}}", bomb(40, 120))] {
            assert_eq!(object(document.as_bytes()).unwrap_err().detail, RESERVED_TEXT);
            assert_eq!(any(document.as_bytes()).unwrap_err().detail, RESERVED_TEXT);
        }
    }

    #[test]
    fn reserved_names_are_found_however_they_are_written() {
        for name in [
            r"$serde_json::private::Number",
            r"$serde_json::private::RawValue",
            r"\u0024serde_json::private::Number",
            r"$serde_json::private\u003a\u003aNumbe\u0072",
        ] {
            for document in [format!("{{\"{name}\":\"12\"}}"), format!("[\"\\\"\",{{\"a\":1,\"{name}\":2}}]")] {
                assert!(has_reserved_text(document.as_bytes()), "{document}");
            }
        }
        for document in [
            "",
            "\"",
            "\"\\",
            r#"{"$serde_json::private::Number ":1}"#,
            r#"{"a":"{\"$serde_json::private::Number\":\"1\"}"}"#,
            r#"{"\\u0024serde_json::private::Number":1}"#,
        ] {
            assert!(!has_reserved_text(document.as_bytes()), "{document}");
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
