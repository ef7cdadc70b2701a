//! Times to book, and what values look like.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// Monday, 3 June 2030, 9 o'clock UTC, in epoch seconds: a time to book.
pub const NINE: i64 = 1_906_707_600;
/// Seconds of an hour.
pub const HOUR: i64 = 3_600;
/// Seconds of a minute.
pub const MINUTE: i64 = 60;

/// Whether a value is a UUID in its usual form.
pub fn is_uuid(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 36 && Uuid::try_parse(text).is_ok())
}

/// Whether a value is an instant of RFC 3339 with milliseconds and `Z`.
pub fn is_timestamp(value: &Value) -> bool {
    let form =
        |text: &str| text.len() == "2030-01-01T12:00:00.000Z".len() && text.ends_with('Z') && &text[19..20] == ".";
    value.as_str().is_some_and(|text| form(text) && text.parse::<Timestamp>().is_ok())
}

/// The claims of a token, unverified.
pub fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
