//! Verification of AWS Signature Version 4 ("Authenticating requests", AWS's general reference), header form only.
//!
//! What is checked: the date (within five minutes), the scope, that the headers that matter are signed, the hash of the body that
//! came, and the signature, in constant time. The path and the Host header count as they were received.

use aws_lc_rs::{digest, hmac};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::keys::AccessKey;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";
/// How far the request's date may be from ours, in seconds.
const WINDOW_SECONDS: i64 = 5 * 60;

/// A request as it was received. (Not `Debug`: secrets may be in its body.)
#[derive(Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a [u8],
}

/// What a signature must be for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    pub(crate) key: &'a AccessKey,
    pub(crate) service: &'a str,
    /// Headers that must be signed, in lower case.
    pub(crate) headers: &'a [&'a str],
}

/// Why a signature is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reject {
    /// There is none.
    Missing,
    /// The Authorization header is not of the form that the standard asks for, or leaves out what must be signed.
    Incomplete(String),
    /// The access key is not the pool's.
    UnknownKey,
    /// The date is too far from ours.
    Expired(String),
    /// The signature is for another scope, another body or made with another secret.
    Mismatch(String),
}

/// The parts of the Authorization header.
struct Authorization<'a> {
    key_id: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    signed_headers: Vec<&'a str>,
    signature: Vec<u8>,
}

/// Checks a request's signature.
pub(crate) fn verify(request: Signed<'_>, expected: Expected<'_>, now: Timestamp) -> Result<(), Reject> {
    let authorization = parse(request.header("authorization").ok_or(Reject::Missing)?)?;
    if authorization.key_id != expected.key.id || request.header("x-amz-security-token").is_some() {
        return Err(Reject::UnknownKey);
    }
    if let Some(unsigned) = expected.headers.iter().find(|name| !authorization.signed_headers.contains(name)) {
        return Err(Reject::Incomplete(format!("The header {unsigned} must be among the signed headers.")));
    }
    if authorization.service != expected.service || authorization.region.is_empty() {
        let service = expected.service;
        return Err(Reject::Mismatch(format!("Credential should be scoped to correct service: '{service}'.")));
    }
    let date = request.header("x-amz-date").ok_or_else(|| Reject::Incomplete("X-Amz-Date is missing.".to_owned()))?;
    check_date(date, authorization.date, now)?;
    let body = hex(digest::digest(&digest::SHA256, request.body).as_ref());
    if request.header("x-amz-content-sha256").is_some_and(|declared| declared != body) {
        return Err(Reject::Mismatch("X-Amz-Content-Sha256 is not the hash of the body.".to_owned()));
    }
    let canonical = canonical_request(request, &authorization.signed_headers, &body)?;
    let (day, region, service) = (authorization.date, authorization.region, authorization.service);
    let hash = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
    let to_sign = format!("{ALGORITHM}\n{date}\n{day}/{region}/{service}/{TERMINATOR}\n{hash}");
    let key = signing_key(&expected.key.secret, day, region, service);
    hmac::verify(&key, to_sign.as_bytes(), &authorization.signature).map_err(|_| {
        Reject::Mismatch(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method."
                .to_owned(),
        )
    })
}

impl<'a> Signed<'a> {
    fn header(&self, name: &str) -> Option<&'a str> {
        self.values(name).next()
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |header| header.0.eq_ignore_ascii_case(name)).map(|header| header.1.trim())
    }
}

fn parse(header: &str) -> Result<Authorization<'_>, Reject> {
    let incomplete = |what: &str| Reject::Incomplete(format!("Authorization header requires {what}."));
    let parts = header.strip_prefix(ALGORITHM).ok_or_else(|| incomplete(&format!("the algorithm {ALGORITHM}")))?;
    let part = |name: &str| {
        let named = parts.split(',').filter_map(|part| part.trim().split_once('='));
        named.into_iter().find_map(|(key, value)| (key == name).then_some(value))
    };
    let credential = part("Credential").ok_or_else(|| incomplete("'Credential' parameter"))?;
    let headers = part("SignedHeaders").ok_or_else(|| incomplete("'SignedHeaders' parameter"))?;
    let signature = part("Signature").and_then(unhex).ok_or_else(|| incomplete("'Signature' parameter"))?;
    let scope: Vec<_> = credential.split('/').collect();
    let [key_id, date, region, service, TERMINATOR] = *scope.as_slice() else {
        return Err(incomplete("a Credential of the form KEY/DATE/REGION/SERVICE/aws4_request"));
    };
    Ok(Authorization { key_id, date, region, service, signed_headers: headers.split(';').collect(), signature })
}

fn check_date(date: &str, day: &str, now: Timestamp) -> Result<(), Reject> {
    let malformed = || Reject::Incomplete("X-Amz-Date must have the form YYYYMMDD'T'HHMMSS'Z'.".to_owned());
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", date).map_err(|_| malformed())?;
    let time = time.to_zoned(TimeZone::UTC).map_err(|_| malformed())?.timestamp();
    if !date.starts_with(day) || day.len() != 8 {
        return Err(Reject::Mismatch(format!("Date in Credential scope does not match {date}.")));
    }
    let apart = now.as_second().saturating_sub(time.as_second());
    match apart {
        ..=WINDOW_SECONDS if apart >= -WINDOW_SECONDS => Ok(()),
        0.. => Err(Reject::Expired(format!("Signature expired: {date} is more than 5 minutes ago."))),
        _ => Err(Reject::Expired(format!("Signature not yet current: {date} is more than 5 minutes ahead."))),
    }
}

fn canonical_request(request: Signed<'_>, signed_headers: &[&str], body_hash: &str) -> Result<String, Reject> {
    let mut headers = String::new();
    for name in signed_headers {
        let values: Vec<_> = request.values(name).map(single_spaced).collect();
        if values.is_empty() {
            return Err(Reject::Incomplete(format!("The signed header {name} is missing.")));
        }
        headers.push_str(&format!("{name}:{}\n", values.join(",")));
    }
    Ok(format!(
        "{}\n{}\n{}\n{headers}\n{}\n{body_hash}",
        request.method,
        canonical_path(request.path),
        canonical_query(request.query),
        signed_headers.join(";"),
    ))
}

fn single_spaced(value: &str) -> String {
    value.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The path without `.`, `..` and empty segments, its bytes encoded once more.
fn canonical_path(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            name => segments.push(encode(name.as_bytes())),
        }
    }
    let end = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", segments.join("/"))
}

fn canonical_query(query: &str) -> String {
    let canonical = |text: &str| encode(&decode(text));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<_> = pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (canonical(name), canonical(value)))
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Percent-encoding of everything but RFC 3986's unreserved characters.
fn encode(bytes: &[u8]) -> String {
    let encode = |byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(*byte).to_string(),
        other => format!("%{other:02X}"),
    };
    bytes.iter().map(encode).collect()
}

fn decode(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let byte = (*first == b'%').then(|| after.first_chunk::<2>()).flatten();
        match byte.and_then(|digits| std::str::from_utf8(digits).ok()).and_then(unhex).as_deref() {
            Some([byte]) => {
                decoded.push(*byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                decoded.push(*first);
                rest = after;
            }
        }
    }
    decoded
}

fn signing_key(secret: &str, day: &str, region: &str, service: &str) -> hmac::Key {
    let mut key = hmac::Key::new(hmac::HMAC_SHA256, format!("AWS4{secret}").as_bytes());
    for part in [day, region, service, TERMINATOR] {
        key = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref());
    }
    key
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some((digit(high)? << 4) | digit(low)?);
    rest.is_empty().then(|| pairs.iter().map(byte).collect()).flatten()
}

#[cfg(test)]
mod tests;
