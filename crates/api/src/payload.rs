//! Request bodies: read within bounds of size and time, whatever their Content-Type.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use domain::json;
use domain::limits::BODY_BYTES;
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

/// The bytes of a body.
pub(crate) async fn read(body: Body) -> Result<Vec<u8>, Box<Problem>> {
    let late = |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", "The body did not arrive in time.");
    tokio::time::timeout(BODY_TIME, read_all(body)).await.map_err(late)?
}

async fn read_all(mut body: Body) -> Result<Vec<u8>, Box<Problem>> {
    let mut bytes = Vec::new();
    let mut total = 0_usize;
    while let Some(frame) = body.frame().await {
        let broken = |_| Problem::new(StatusCode::BAD_REQUEST, "invalid", "The body ended early or is framed wrongly.");
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        total = total.saturating_add(data.len());
        if total <= BODY_BYTES {
            bytes.extend_from_slice(&data);
        } else if total > DROPPED_BYTES {
            break;
        }
    }
    if total <= BODY_BYTES {
        return Ok(bytes);
    }
    let detail = format!("The body has more than {BODY_BYTES} bytes.");
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
    }
}
