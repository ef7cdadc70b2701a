//! The terms of a write: `If-Match` (RFC 9110, section 13.1.1) and `Idempotency-Key`.

use app::{Idempotency, IfMatch};
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::{FromRequestParts, MatchedPath};
use domain::Refusal;
use domain::limits::IDEMPOTENCY_KEY_BYTES;
use http::header::IF_MATCH;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::problem::Problem;
use crate::state::Shared;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// On which condition, and under which key, a write is to be done.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    pub(crate) if_match: Option<IfMatch>,
    pub(crate) idempotency: Option<Idempotency>,
}

impl Terms {
    /// The terms of a request with a body that counts.
    pub(crate) fn read(parts: &Parts, body: &[u8]) -> Result<Self, Refusal> {
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        Ok(Self {
            if_match: if_match(&parts.headers)?,
            idempotency: idempotency(parts, route, parts.uri.path(), body)?,
        })
    }

    /// The same of a route with several spellings, which are all this one.
    pub(crate) fn read_as(parts: &Parts, route: &str, body: &[u8]) -> Result<Self, Refusal> {
        Ok(Self { if_match: if_match(&parts.headers)?, idempotency: idempotency(parts, route, route, body)? })
    }
}

impl FromRequestParts<Shared> for Terms {
    type Rejection = Box<Problem>;

    /// The terms of a request whose body does not count.
    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Box<Problem>> {
        Ok(Self { if_match: if_match(&parts.headers)?, idempotency: None })
    }
}

/// Reads `If-Match`. Comparison is strong: weak tags, and tags that are none of ours, match nothing.
fn if_match(headers: &HeaderMap) -> Result<Option<IfMatch>, Refusal> {
    if !headers.contains_key(IF_MATCH) {
        return Ok(None);
    }
    let mut versions = Vec::new();
    for value in headers.get_all(IF_MATCH) {
        let value = value.as_bytes().trim_ascii();
        if value == b"*" {
            return Ok(Some(IfMatch::Any));
        }
        read_tags(value, &mut versions).ok_or_else(|| {
            Refusal::invalid(
                "If-Match",
                "must be `*` or entity tags in double quotes, as `ETag` has them, with commas between",
            )
        })?;
    }
    Ok(Some(IfMatch::Versions(versions)))
}

/// Reads `1#entity-tag`; none when it is something else.
fn read_tags(mut rest: &[u8], versions: &mut Vec<i64>) -> Option<()> {
    loop {
        let weak = rest.strip_prefix(b"W/");
        let tag = weak.unwrap_or(rest).strip_prefix(b"\"")?;
        let end = tag.iter().position(|&byte| byte == b'"')?;
        let (text, after) = tag.split_at_checked(end)?;
        if weak.is_none() {
            versions.extend(version(text));
        }
        rest = after.strip_prefix(b"\"")?.trim_ascii_start();
        if rest.is_empty() {
            return Some(());
        }
        rest = rest.strip_prefix(b",")?.trim_ascii_start();
    }
}

/// The version that a tag stands for, if it is one of ours.
fn version(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    text.parse::<i64>().ok().filter(|version| version.to_string() == text)
}

fn idempotency(parts: &Parts, route: &str, path: &str, body: &[u8]) -> Result<Option<Idempotency>, Refusal> {
    let method = match parts.method {
        Method::POST => "POST",
        Method::PUT => "PUT",
        _ => return Ok(None),
    };
    let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    Ok(Some(Idempotency { key: key(value)?, method, route: route.to_owned(), fingerprint: fingerprint(path, body) }))
}

fn key(value: &HeaderValue) -> Result<String, Refusal> {
    let fits = (1..=IDEMPOTENCY_KEY_BYTES).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic);
    value.to_str().ok().filter(|_| fits).map(str::to_owned).ok_or_else(|| {
        let detail = format!("must be 1 to {IDEMPOTENCY_KEY_BYTES} visible ASCII characters");
        Refusal::invalid("Idempotency-Key", detail)
    })
}

/// By what another request under the same key is told: the hexadecimal SHA-256 of path, line feed and body.
fn fingerprint(path: &str, body: &[u8]) -> String {
    let text = [path.as_bytes(), b"\n", body].concat();
    digest(&SHA256, &text).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn if_match_of(values: &[&str]) -> Result<Option<IfMatch>, Refusal> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(IF_MATCH, HeaderValue::from_str(value).unwrap());
        }
        if_match(&headers)
    }

    #[test]
    fn strong_tags_of_ours_are_versions() {
        assert_eq!(if_match_of(&[]), Ok(None));
        assert_eq!(if_match_of(&[" * "]), Ok(Some(IfMatch::Any)));
        assert_eq!(if_match_of(&["\"17\""]), Ok(Some(IfMatch::Versions(vec![17]))));
        assert_eq!(if_match_of(&["\"1\", \"2\"", "\"3\""]), Ok(Some(IfMatch::Versions(vec![1, 2, 3]))));
    }

    #[test]
    fn weak_and_foreign_tags_match_nothing() {
        for value in ["W/\"17\"", "\"a,b\"", "\"\"", "\"017\"", "\"99999999999999999999\"", "\"+1\""] {
            assert_eq!(if_match_of(&[value]), Ok(Some(IfMatch::Versions(vec![]))), "{value}");
        }
    }

    #[test]
    fn what_is_no_list_of_tags_is_refused() {
        for value in ["", "17", "\"17", "\"1\" \"2\"", "\"1\",", "\"1\", *", "w/\"1\""] {
            assert!(if_match_of(&[value]).is_err(), "{value:?}");
        }
    }

    #[test]
    fn an_idempotency_key_is_short_and_visible() {
        let read = |text: &str| key(&HeaderValue::from_bytes(text.as_bytes()).unwrap());
        assert_eq!(read("a-1\"").as_deref(), Ok("a-1\""));
        for bad in ["", "a b", "ä", &"x".repeat(256)] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_fingerprint_tells_paths_and_bodies_apart() {
        assert_eq!(fingerprint("/a", b"b").len(), 64);
        assert_ne!(fingerprint("/a", b"b"), fingerprint("/a", b"c"));
        assert_ne!(fingerprint("/a", b"b"), fingerprint("/b", b"b"));
        // printf '/a\n{}' | sha256sum
        assert_eq!(fingerprint("/a", b"{}"), "9532d567b241d2c49afe22bd304ec4d78d924a9229eab0a34d3193294cb15490");
    }
}
