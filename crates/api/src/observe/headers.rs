//! Headers that responses have in common.

use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::request_id::REQUEST_ID;
use crate::answer::REPLAYED;
use crate::problem::Problem;

const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
const ANY: &str = "*";
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const BEARER: HeaderValue = HeaderValue::from_static("Bearer");
const ONE_SECOND: HeaderValue = HeaderValue::from_static("1");
/// What browsers learn from a preflight request (WHATWG Fetch).
const PREFLIGHT: [(HeaderName, &str); 3] = [
    (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, DELETE, OPTIONS"),
    (
        ACCESS_CONTROL_ALLOW_HEADERS,
        "authorization, content-type, if-match, idempotency-key, x-request-id, x-amz-target, x-api-key, x-amz-date, \
         x-amz-security-token, x-amz-user-agent, x-amz-content-sha256, amz-sdk-invocation-id, amz-sdk-request, \
         cache-control, last-event-id",
    ),
    (ACCESS_CONTROL_MAX_AGE, "7200"),
];
const EXPOSED: HeaderValue =
    HeaderValue::from_static("etag, link, location, retry-after, x-request-id, idempotent-replayed");

/// The answer to a preflight request (WHATWG Fetch), the same on every route.
pub(super) fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    for (name, value) in PREFLIGHT {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The headers of an answer to a preflight request that are about other origins, for whoever answers these requests before us.
pub fn cross_origin() -> impl Iterator<Item = (HeaderName, &'static str)> {
    PREFLIGHT.into_iter().chain([(ACCESS_CONTROL_ALLOW_ORIGIN, ANY)])
}

/// Adds what every response has. Credentials are never allowed: the interface takes no cookies.
pub(super) fn add(headers: &mut HeaderMap, request_id: &HeaderValue) {
    headers.insert(REQUEST_ID, request_id.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static(ANY));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
    headers.entry(CACHE_CONTROL).or_insert(NO_STORE);
}

/// Adds what problems have.
pub(super) fn add_problem(headers: &mut HeaderMap, status: StatusCode, problem: &Problem) {
    headers.insert(CONTENT_TYPE, PROBLEM);
    if problem.replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    match status {
        StatusCode::UNAUTHORIZED => drop(headers.insert(WWW_AUTHENTICATE, BEARER)),
        // Nothing that programs should do by themselves.
        _ if problem.rule == "outcome-unknown" => {}
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
            drop(headers.insert(RETRY_AFTER, ONE_SECOND))
        }
        // The first request is perhaps still being done.
        StatusCode::CONFLICT if problem.rule == "idempotency-key-in-use" => {
            drop(headers.insert(RETRY_AFTER, ONE_SECOND))
        }
        _ => {}
    }
}
