//! Errors as clients see them: problem details (RFC 9457), rendered in one place, by `crate::observe`.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use domain::refusal::{Elsewhere, Raised, Shortage};
use domain::time::Interval;
use http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// An error on its way to the client.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) rule: Cow<'static, str>,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) errors: Vec<domain::Problem>,
    pub(crate) conflicts: Vec<Shortage>,
    pub(crate) alternatives: Vec<Interval>,
    pub(crate) elsewhere: Vec<Elsewhere>,
    /// The error as the original raised it, where there is an original.
    pub(crate) raised: Option<Box<Raised>>,
    /// The asynchronous request that is not there.
    pub(crate) message_id: Option<String>,
    /// Whether it repeats the recorded answer to an earlier request.
    pub(crate) replayed: bool,
    /// What went wrong inside, for the log and never for the client.
    pub(crate) cause: Option<String>,
}

/// What handlers return.
pub(crate) type Answer = Result<Response, Box<Problem>>;

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        rule: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Box<Self> {
        Box::new(Self {
            status,
            rule: rule.into(),
            detail: detail.into(),
            errors: Vec::new(),
            conflicts: Vec::new(),
            alternatives: Vec::new(),
            elsewhere: Vec::new(),
            raised: None,
            message_id: None,
            replayed: false,
            cause: None,
        })
    }

    /// A failure of ours: the client learns that it happened, the log learns why.
    pub(crate) fn internal(cause: String) -> Box<Self> {
        let mut problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong here; the log has it under this request_id.",
        );
        problem.cause = Some(cause);
        problem
    }

    /// Something that will be there again in a moment.
    pub(crate) fn unavailable(cause: String) -> Box<Self> {
        let mut problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "The service is not available; try again shortly.",
        );
        problem.cause = Some(cause);
        problem
    }

    /// Something that comes with the start.
    pub(crate) fn not_ready() -> Box<Self> {
        let detail = "The signing keys are not there yet; try again shortly.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
    }

    /// Something for which a connection would have to stay open, where none can.
    pub(crate) fn no_connections() -> Box<Self> {
        let detail = "Nothing stays open here: this runs as a function, which answers and is gone. Follow changes by the WebSocket API of \
                      this deployment, or at a server (`frontdesk serve`).";
        Self::new(StatusCode::NOT_IMPLEMENTED, "no-connections", detail)
    }

    /// The client knows no such route.
    pub(crate) fn no_route() -> Box<Self> {
        Self::of_status(StatusCode::NOT_FOUND)
    }

    /// An error of which only the status is known.
    pub(crate) fn of_status(status: StatusCode) -> Box<Self> {
        let (rule, detail) = match status {
            StatusCode::NOT_FOUND => ("not-found", "There is no such route; the reference is at /docs."),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method-not-allowed", "This route does not have that method; `Allow` names those it has.")
            }
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => (
                "header-too-large",
                "The target and the header fields have more than 64 KiB together; send fewer or shorter ones.",
            ),
            status if status.is_server_error() => ("internal", "Something went wrong here."),
            _ => ("invalid", "The request cannot be understood."),
        };
        Self::new(status, rule, detail)
    }

    /// The body of the response.
    pub(crate) fn render(&self, request_id: &str) -> Vec<u8> {
        let body = Body {
            kind: format!("urn:frontdesk:problem:{}", self.rule),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: &self.rule,
            request_id,
            errors: self.errors.iter().map(|error| Place { pointer: &error.pointer, detail: &error.detail }).collect(),
            conflicts: self.conflicts.iter().map(Conflict).collect(),
            alternatives: &self.alternatives,
            elsewhere: self.elsewhere.iter().map(AlternativeResource::from).collect(),
            result: self.message_id.as_ref().map(|_| "message_id not found"),
            message_id: self.message_id.as_deref(),
            error_type: self.raised.as_ref().map(|raised| raised.error_type.as_str()),
            error_message: self.raised.as_ref().map(|raised| raised.error_message.as_str()),
            item: self.raised.as_ref().and_then(|raised| raised.item.as_ref()),
        };
        // Nothing in it can fail to serialise.
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

impl fmt::Display for Problem {
    /// What is said to the client; the cause stays inside.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.detail)
    }
}

impl IntoResponse for Box<Problem> {
    /// The status, and the problem as an extension; `crate::observe` writes the body, which needs the request's id.
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = self.status;
        response.extensions_mut().insert(Arc::<Problem>::from(self));
        response
    }
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Place<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conflicts: Vec<Conflict<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    alternatives: &'a [Interval],
    #[serde(rename = "alternativeResources", skip_serializing_if = "Vec::is_empty")]
    elsewhere: Vec<AlternativeResource<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
    #[serde(rename = "errorType", skip_serializing_if = "Option::is_none")]
    error_type: Option<&'a str>,
    #[serde(rename = "errorMessage", skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    #[serde(rename = "Item", skip_serializing_if = "Option::is_none")]
    item: Option<&'a Map<String, Value>>,
}

/// Another resource, with the time's members beside its own.
#[derive(Serialize)]
struct AlternativeResource<'a> {
    #[serde(rename = "resourceID")]
    resource_id: &'a str,
    #[serde(flatten)]
    interval: &'a Interval,
}

impl<'a> From<&'a Elsewhere> for AlternativeResource<'a> {
    fn from(Elsewhere { resource_id, interval }: &'a Elsewhere) -> Self {
        Self { resource_id, interval }
    }
}

#[derive(Serialize)]
struct Place<'a> {
    pointer: &'a str,
    detail: &'a str,
}

/// A shortage with its interval's members beside its own.
struct Conflict<'a>(&'a Shortage);

impl Serialize for Conflict<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Flat<'a> {
            #[serde(flatten)]
            interval: &'a Interval,
            used: i64,
            capacity: i64,
        }
        let Shortage { interval, used, capacity } = self.0;
        Flat { interval, used: *used, capacity: *capacity }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use domain::time::Minute;
    use serde_json::json;

    use super::*;

    fn rendered(problem: &Problem) -> Value {
        serde_json::from_slice(&problem.render("r1")).unwrap()
    }

    #[test]
    fn a_plain_problem_has_the_standards_members_and_ours() {
        let problem = Problem::new(StatusCode::FORBIDDEN, "forbidden", "No.");
        let wanted = json!({
            "type": "urn:frontdesk:problem:forbidden", "title": "Forbidden", "status": 403, "detail": "No.",
            "code": "forbidden", "request_id": "r1",
        });
        assert_eq!(rendered(&problem), wanted);
    }

    #[test]
    fn places_conflicts_and_alternatives_are_named() {
        let interval = Interval::new(Minute(26_954_640), Minute(26_954_700));
        let mut problem = Problem::new(StatusCode::CONFLICT, "capacity", "Full.");
        problem.errors = vec![domain::Problem { pointer: "/units".into(), detail: "must be at most 1".into() }];
        problem.conflicts = vec![Shortage { interval, used: 1, capacity: 1 }];
        problem.alternatives = vec![interval];
        let body = rendered(&problem);
        let times = json!({
            "start": "2021-04-01T12:00:00Z", "end": "2021-04-01T13:00:00Z",
            "starttimeepochtime": 1_617_278_400, "endtimeepochtime": 1_617_282_000,
        });
        assert_eq!(body["errors"], json!([{"pointer": "/units", "detail": "must be at most 1"}]));
        assert_eq!(body["alternatives"], json!([times]));
        let mut conflict = times;
        conflict["used"] = json!(1);
        conflict["capacity"] = json!(1);
        assert_eq!(body["conflicts"], json!([conflict]));
    }

    #[test]
    fn the_cause_of_a_failure_stays_inside() {
        let body = String::from_utf8(Problem::internal("disk at /secret".into()).render("r1")).unwrap();
        assert!(body.contains("\"status\":500") && !body.contains("secret"), "{body}");
    }
}
