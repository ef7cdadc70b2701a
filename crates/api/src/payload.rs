//! Request bodies: read within bounds of size and time, whatever their Content-Type.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use domain::json;
use domain::limits::{BODY_BYTES, RECORDS_BODY_BYTES};
use domain::refusal::Raised;
use http::StatusCode;
use http_body_util::BodyExt;
use serde_json::{Map, Value};

use crate::problem::Problem;
use crate::state::Shared;
use crate::terms::Terms;

/// How long a client may take to send a body.
const BODY_TIME: Duration = Duration::from_secs(30);
/// How much of a body that is too large is read and dropped, so that the client comes to read the answer.
const DROPPED_BYTES: usize = 16 * BODY_BYTES;

/// A write with a JSON object.
pub(crate) struct Write {
    pub(crate) terms: Terms,
    pub(crate) body: Map<String, Value>,
}

impl FromRequest<Shared> for Write {
    type Rejection = Box<Problem>;

    async fn from_request(request: Request, _: &Shared) -> Result<Self, Box<Problem>> {
        let (parts, body) = request.into_parts();
        let body = read(body).await?;
        Ok(Self { terms: Terms::read(&parts, &body)?, body: json::object(&body)? })
    }
}

/// A write with a JSON object, which may be left out.
pub(crate) struct MayWrite {
    pub(crate) terms: Terms,
    pub(crate) body: Map<String, Value>,
}

impl FromRequest<Shared> for MayWrite {
    type Rejection = Box<Problem>;

    async fn from_request(request: Request, _: &Shared) -> Result<Self, Box<Problem>> {
        let (parts, body) = request.into_parts();
        let body = read(body).await?;
        let members = if body.trim_ascii().is_empty() { Map::new() } else { json::object(&body)? };
        Ok(Self { terms: Terms::read(&parts, &body)?, body: members })
    }
}

/// A write with any JSON value, null for an empty body.
pub(crate) struct Send {
    pub(crate) terms: Terms,
    pub(crate) body: Value,
}

impl FromRequest<Shared> for Send {
    type Rejection = Box<Problem>;

    async fn from_request(request: Request, _: &Shared) -> Result<Self, Box<Problem>> {
        let (parts, body) = request.into_parts();
        let body = read(body).await?;
        Ok(Self { terms: Terms::read(&parts, &body)?, body: json::any(&body)? })
    }
}

/// A write that needs no body; one that is sent counts only for the idempotency key.
pub(crate) struct Act {
    pub(crate) terms: Terms,
}

impl FromRequest<Shared> for Act {
    type Rejection = Box<Problem>;

    async fn from_request(request: Request, _: &Shared) -> Result<Self, Box<Problem>> {
        let (parts, body) = request.into_parts();
        Ok(Self { terms: Terms::read(&parts, &read(body).await?)? })
    }
}

/// The event of a table operation, whose body is kept as it was sent and may be larger than others.
pub(crate) struct Event {
    pub(crate) terms: Terms,
    pub(crate) body: Vec<u8>,
}

impl Event {
    /// Reads a request to a route which goes by that name, whatever the spelling in the request's path.
    pub(crate) async fn read(request: Request, route: &str) -> Result<Self, Box<Problem>> {
        let (parts, body) = request.into_parts();
        let body = read_within(body, RECORDS_BODY_BYTES).await.map_err(raised)?;
        Ok(Self { terms: Terms::read_as(&parts, route, &body)?, body })
    }
}

/// The problem with the error that AWS Lambda has for a request that is too large.
fn raised(mut problem: Box<Problem>) -> Box<Problem> {
    if problem.status == StatusCode::PAYLOAD_TOO_LARGE {
        let (error_type, error_message) = ("RequestTooLargeException".to_owned(), problem.detail.clone().into_owned());
        problem.raised = Some(Box::new(Raised { error_type, error_message, item: None }));
    }
    problem
}

/// The bytes of a body.
pub(crate) async fn read(body: Body) -> Result<Vec<u8>, Box<Problem>> {
    read_within(body, BODY_BYTES).await
}

async fn read_within(body: Body, limit: usize) -> Result<Vec<u8>, Box<Problem>> {
    let late = |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", "The body did not arrive in time.");
    tokio::time::timeout(BODY_TIME, read_all(body, limit)).await.map_err(late)?
}

async fn read_all(mut body: Body, limit: usize) -> Result<Vec<u8>, Box<Problem>> {
    let mut bytes = Vec::new();
    let mut total = 0_usize;
    while let Some(frame) = body.frame().await {
        let broken = |_| Problem::new(StatusCode::BAD_REQUEST, "invalid", "The body ended early or is framed wrongly.");
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        total = total.saturating_add(data.len());
        if total <= limit {
            bytes.extend_from_slice(&data);
        } else if total > DROPPED_BYTES {
            break;
        }
    }
    if total <= limit {
        return Ok(bytes);
    }
    let detail = format!("The body has more than {limit} bytes.");
    Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use axum::body::HttpBody;
    use bytes::Bytes;

    use super::*;

    /// A client that sends nothing more.
    struct Stalled;

    impl HttpBody for Stalled {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stalls_is_given_up() {
        let problem = read(Body::new(Stalled)).await.err().unwrap();
        assert_eq!((problem.status.as_u16(), problem.rule.as_ref()), (408, "timeout"));
    }

    async fn status(bytes: usize) -> Result<usize, u16> {
        read(Body::from(vec![b' '; bytes])).await.map(|body| body.len()).map_err(|problem| problem.status.as_u16())
    }

    #[tokio::test]
    async fn a_body_is_bounded() {
        assert_eq!(status(0).await, Ok(0));
        assert_eq!(status(BODY_BYTES).await, Ok(BODY_BYTES));
        assert_eq!(status(BODY_BYTES + 1).await, Err(413));
        assert_eq!(status(DROPPED_BYTES + 1).await, Err(413));
        let large = read_within(Body::from(vec![b' '; RECORDS_BODY_BYTES]), RECORDS_BODY_BYTES).await;
        assert_eq!(large.unwrap().len(), RECORDS_BODY_BYTES);
    }
}
