//! POST / with X-Amz-Target

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HOST};
use http::request::Parts;
use http::{HeaderName, StatusCode};
use identity::{CognitoReply, CognitoRequest};

use crate::payload;
use crate::problem::Answer;
use crate::received::Received;
use crate::schema::identity::{CognitoError, CognitoInput, CognitoOutput};
use crate::state::Shared;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// Ask the user pool
///
/// Amazon Cognito's JSON protocol; the header names the action. Administrative actions are signed by the pool's access key
/// (Signature Version 4). Its clients send `application/x-amz-json-1.1`, which is not insisted on.
#[utoipa::path(
    post,
    path = "/",
    operation_id = "CallCognito",
    tag = "identity",
    security(()),
    params((
        "X-Amz-Target" = String, Header, description = "`AWSCognitoIdentityProviderService.` and the action's name.",
        example = "AWSCognitoIdentityProviderService.InitiateAuth"
    )),
    request_body = CognitoInput,
    responses(
        (status = 200, description = "The result.", body = CognitoOutput, content_type = "application/x-amz-json-1.1"),
        (status = 400, description = "The error.", body = CognitoError, content_type = "application/x-amz-json-1.1")
    )
)]
pub(crate) async fn call_cognito(State(state): State<Shared>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let body = payload::read(body).await?;
    let Received(uri) = Received::of(&parts);
    let request = CognitoRequest {
        method: parts.method.as_str(),
        path: uri.path(),
        query: uri.query().unwrap_or_default(),
        headers: &headers(&parts),
        body: &body,
    };
    Ok(respond(state.identity.cognito(request).await))
}

/// The headers that are text, with HTTP/2's authority as `host`.
fn headers(parts: &Parts) -> Vec<(&str, &str)> {
    let text = parts.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let authority = parts.uri.authority().filter(|_| !parts.headers.contains_key(HOST));
    text.chain(authority.map(|authority| ("host", authority.as_str()))).collect()
}

fn respond(reply: CognitoReply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let error = reply.error.map(|error| [(ERROR_TYPE, error)]);
    let mut response = (status, [(CONTENT_TYPE, "application/x-amz-json-1.1")], reply.body).into_response();
    for (name, value) in error.into_iter().flatten() {
        response.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    response
}
