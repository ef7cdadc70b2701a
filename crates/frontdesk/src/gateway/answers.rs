//! What the gateway answers by itself: problem documents like the interface's own (RFC 9457), which pages of other origins may read.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::quoted;

/// A kind of answer of the gateway: its name, the status (0: the gateway's), the problem's code, and what it says
/// (`None`: the gateway's words).
type Answer = (&'static str, u16, &'static str, Option<&'static str>);

const ALL: [Answer; 19] = [
    ("DEFAULT_4XX", 0, "invalid", None),
    ("DEFAULT_5XX", 0, "internal", Some("Something went wrong here.")),
    ("ACCESS_DENIED", 403, "forbidden", Some("You may not do this.")),
    ("API_CONFIGURATION_ERROR", 500, "internal", Some("Something went wrong here.")),
    ("AUTHORIZER_CONFIGURATION_ERROR", 500, "internal", Some("Something went wrong here.")),
    ("AUTHORIZER_FAILURE", 500, "internal", Some("Something went wrong here.")),
    ("BAD_REQUEST_BODY", 400, "invalid", Some("$context.error.validationErrorString")),
    ("BAD_REQUEST_PARAMETERS", 400, "invalid", None),
    ("EXPIRED_TOKEN", 403, "forbidden", None),
    ("INTEGRATION_FAILURE", 503, "unavailable", Some("The service is not available; try again shortly.")),
    (
        "INTEGRATION_TIMEOUT",
        504,
        "timeout",
        Some("The service did not answer in time; whether it did the work is not known."),
    ),
    ("INVALID_API_KEY", 403, "forbidden", Some("The header x-api-key has to hold a key of a usage plan.")),
    // What it answers where there is no such route.
    ("MISSING_AUTHENTICATION_TOKEN", 404, "not-found", Some("There is no such route; the reference is at /docs.")),
    ("QUOTA_EXCEEDED", 429, "quota-exceeded", Some("The usage plan's requests of this day are used up.")),
    ("REQUEST_TOO_LARGE", 413, "too-large", None),
    ("RESOURCE_NOT_FOUND", 404, "not-found", Some("There is no such route; the reference is at /docs.")),
    ("THROTTLED", 429, "throttled", Some("There are too many requests; try again shortly.")),
    (
        "UNAUTHORIZED",
        401,
        "unauthorized",
        Some("You are not signed in: send the ID or access token in `Authorization`."),
    ),
    ("WAF_FILTERED", 403, "forbidden", Some("The firewall holds this request up.")),
];

pub(super) fn all() -> Value {
    ALL.iter().map(|answer| (answer.0.to_owned(), one(*answer))).collect::<Map<_, _>>().into()
}

fn one((_, status, code, detail): Answer) -> Value {
    let detail = detail.map_or_else(|| "$context.error.messageString".to_owned(), said);
    let header = |name: &str| format!("gatewayresponse.header.{name}");
    let mut headers = Map::new();
    for (name, value) in [("Access-Control-Allow-Origin", "*"), ("Content-Type", "application/problem+json")] {
        headers.insert(header(name), quoted(value));
    }
    match status {
        401 => drop(headers.insert(header("WWW-Authenticate"), quoted("Bearer"))),
        429 | 503 => drop(headers.insert(header("Retry-After"), quoted("1"))),
        _ => {}
    }
    let mut answer = Map::new();
    if status != 0 {
        answer.insert("statusCode".to_owned(), status.to_string().into());
    }
    answer.insert("responseParameters".to_owned(), headers.into());
    answer.insert("responseTemplates".to_owned(), json!({"application/json": body(code, status, &detail)}));
    answer.into()
}

/// What is said, as JSON; variables of the gateway are escaped already.
fn said(text: &str) -> String {
    format!("\"{text}\"")
}

/// A problem document, `detail` being JSON already. Where the gateway chooses the status, only it knows it.
pub(super) fn body(code: &str, status: u16, detail: &str) -> String {
    let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let title = title.unwrap_or("The request failed");
    let status = if status == 0 { String::new() } else { format!("\"status\":{status},") };
    format!(
        "{{\"type\":\"urn:frontdesk:problem:{code}\",\"title\":\"{title}\",{status}\"detail\":{detail},\"code\":\"{code}\",\
         \"request_id\":\"$context.requestId\"}}"
    )
}
