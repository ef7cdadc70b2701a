//! Responses (GraphQL over HTTP, section 6). Every error has the problem document in its `extensions`.

use std::collections::BTreeMap;

use async_graphql::{Error, ErrorExtensionValues, Pos, Response, ServerError, Value};
use axum::response::Response as HttpResponse;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;

use super::limits::COST;
use super::scalars::from_json;
use crate::answer::{self, REPLAYED};
use crate::problem::Problem;

const GRAPHQL: HeaderValue = HeaderValue::from_static("application/graphql-response+json");

/// What became of an operation.
pub(crate) struct Outcome {
    body: String,
    /// Whether it was executed; otherwise the document was refused.
    executed: bool,
    /// Whether its one mutation was done earlier, under the same idempotency key.
    replayed: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

impl Outcome {
    /// Of what was executed, or refused by validation.
    pub(super) fn of(mut response: Response, request_id: &str, replayed: bool) -> Self {
        let executed = is_executed(&response);
        for error in &mut response.errors {
            describe(error, request_id);
        }
        let data = executed.then_some(&response.data);
        let body = Body { errors: &response.errors, data, extensions: &response.extensions };
        // Nothing in it can fail to serialise.
        Self { body: serde_json::to_string(&body).unwrap_or_default(), executed, replayed }
    }

    /// Of a document that was refused.
    pub(super) fn refused(error: ServerError, request_id: &str) -> Self {
        Self::of(Response::from_errors(vec![error]), request_id, false)
    }

    /// Whether the fields were asked; otherwise there are only errors.
    pub(super) const fn executed(&self) -> bool {
        self.executed
    }

    /// The response as JSON text.
    pub(super) fn text(&self) -> &str {
        &self.body
    }

    /// The answer over HTTP, in one of the two media types; clients of the older one read the body, not the status.
    pub(crate) fn answer(self, headers: &HeaderMap) -> HttpResponse {
        let mut response = answer::json(self.body);
        if !wants_json(headers) {
            response.headers_mut().insert(CONTENT_TYPE, GRAPHQL);
            if !self.executed {
                *response.status_mut() = StatusCode::BAD_REQUEST;
            }
        }
        if self.replayed {
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

/// The error of a request that was refused as a whole.
pub(super) fn error_of(problem: Box<Problem>) -> ServerError {
    ServerError { locations: Vec::new(), ..Error::from(problem).into_server_error(Pos::default()) }
}

/// Whether the fields were asked at all: errors of fields have a path.
fn is_executed(response: &Response) -> bool {
    response.errors.is_empty()
        || response.data != Value::Null
        || response.errors.iter().any(|error| !error.path.is_empty())
}

/// Whether a client wants the older media type: it names `application/json`, and neither the newer one nor any at all.
fn wants_json(headers: &HeaderMap) -> bool {
    let mut json = false;
    for value in headers.get_all(ACCEPT) {
        for range in value.as_bytes().split(|&byte| byte == b',') {
            let name = range.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
            if name.eq_ignore_ascii_case(b"application/json") {
                json = true;
            } else if [&b"application/graphql-response+json"[..], b"*/*", b"application/*"]
                .iter()
                .any(|wide| name.eq_ignore_ascii_case(wide))
            {
                return false;
            }
        }
    }
    json
}

/// Puts the problem document into an error, and what went wrong inside into the log.
fn describe(error: &mut ServerError, request_id: &str) {
    let document = match error.source::<Box<Problem>>() {
        Some(problem) => {
            if let Some(cause) = &problem.cause {
                tracing::error!(requestId = request_id, status = problem.status.as_u16(), rule = %problem.rule, "{cause}");
            }
            problem.render(request_id)
        }
        None => of_the_document(error).render(request_id),
    };
    let mut extensions = ErrorExtensionValues::default();
    if let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(&document) {
        for (name, value) in members {
            extensions.set(name, from_json(value));
        }
    }
    error.extensions = Some(extensions);
}

/// The problem of an error of the language: the document does not fit the schema.
fn of_the_document(error: &mut ServerError) -> Box<Problem> {
    let rule = if error.message == "Query is too complex." {
        error.message =
            format!("The operation costs more than {COST}; ask for less, with smaller limits, or in several requests.");
        "too-complex"
    } else {
        "invalid"
    };
    Problem::new(StatusCode::BAD_REQUEST, rule, error.message.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(values: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ACCEPT, HeaderValue::from_static(value));
        }
        wants_json(&headers)
    }

    #[test]
    fn the_older_media_type_is_for_those_who_want_no_other() {
        assert!(accepts(&["application/json"]));
        assert!(accepts(&["text/html", "Application/JSON; charset=utf-8"]));
        for values in [
            &[][..],
            &["*/*"],
            &["application/graphql-response+json, application/json;q=0.9"],
            &["application/json", "application/graphql-response+json"],
            &["application/json, */*;q=0.1"],
            &["text/html"],
        ] {
            assert!(!accepts(values), "{values:?}");
        }
    }

    #[test]
    fn an_error_has_its_problem_and_hides_its_cause() {
        let outcome = Outcome::refused(error_of(Problem::internal("the secret".into())), "r-1");
        let body: serde_json::Value = serde_json::from_str(&outcome.body).unwrap();
        let extensions = &body["errors"][0]["extensions"];
        assert_eq!((&extensions["code"], &extensions["request_id"]), (&"internal".into(), &"r-1".into()));
        assert!(body.get("data").is_none() && !body.to_string().contains("secret"), "{body}");
    }
}
