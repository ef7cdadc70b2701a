//! The interface behind an API of API Gateway.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use domain::Clock;
use hyper::http::header::CONTENT_TYPE;
use hyper::http::uri::{PathAndQuery, Uri};
use hyper::http::{HeaderName, HeaderValue, Response, StatusCode};
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};
use tower::Service;

use super::calls::AnswerHttp;
use super::keys::Keys;
use crate::compose::Instance;
use crate::config::ServeArgs;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// By which `lambda_http` is told that a body is text, whatever its type.
const ENCODING: HeaderName = HeaderName::from_static("x-lambda-http-content-encoding");
/// The type of Cognito's answers, which is JSON although its name does not say so.
const COGNITO: &[u8] = b"application/x-amz-json";
/// Bytes of an answer, at most: what Lambda takes, with room for what JSON escapes.
const LONGEST: usize = 5 * 1024 * 1024;
/// The stage of an HTTP API that is in no path.
const DEFAULT: &str = "$default";

/// The interface.
pub(super) struct Api {
    router: Router,
    base_path: String,
    keys: Keys,
}

impl Api {
    pub(super) fn new(instance: &Instance, args: &ServeArgs, clock: Arc<dyn Clock>) -> Self {
        let base_path = args.address.base_path.as_str().to_owned();
        Self { router: instance.router(), base_path, keys: Keys::new(&instance.identity, clock) }
    }
}

impl AnswerHttp for Api {
    async fn answer(&self, request: Request) -> Response<lambda_http::Body> {
        self.keys.identity().await;
        let mut router = self.router.clone();
        match Service::call(&mut router, shaped(request, &self.base_path)).await {
            Ok(response) => whole(response).await,
            Err(impossible) => match impossible {},
        }
    }
}

/// The response with its body at once, as text where it is text: only what is none is encoded.
async fn whole(response: axum::response::Response) -> Response<lambda_http::Body> {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LONGEST).await else {
        tracing::error!("an answer has more than {LONGEST} bytes, which no function may give");
        let mut response = Response::new(lambda_http::Body::Empty);
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return response;
    };
    let text = String::from_utf8(bytes.into());
    let kind = parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    if text.is_ok() && kind.starts_with(COGNITO) {
        parts.headers.insert(ENCODING, HeaderValue::from_static("text"));
    }
    let body = text.map_or_else(|bytes| lambda_http::Body::Binary(bytes.into_bytes()), lambda_http::Body::Text);
    Response::from_parts(parts, body)
}

/// What API Gateway knows of a request.
struct Known<'a> {
    stage: Option<&'a str>,
    ip: Option<IpAddr>,
    request_id: Option<&'a str>,
}

impl<'a> Known<'a> {
    fn of(context: &'a RequestContext) -> Self {
        let (stage, ip, request_id) = match context {
            RequestContext::ApiGatewayV1(of) => (&of.stage, &of.identity.source_ip, &of.request_id),
            RequestContext::ApiGatewayV2(of) => (&of.stage, &of.http.source_ip, &of.request_id),
            _ => return Self { stage: None, ip: None, request_id: None },
        };
        let ip = ip.as_deref().and_then(|ip| ip.parse().ok());
        Self { stage: stage.as_deref(), ip, request_id: request_id.as_deref() }
    }
}

/// The request as a server would have received it: under the base path whatever the stage is, with the client's address and a request id.
fn shaped(request: Request, base_path: &str) -> hyper::http::Request<Body> {
    let context = request.request_context_ref().cloned();
    let known = context.as_ref().map_or(Known { stage: None, ip: None, request_id: None }, Known::of);
    let (mut parts, body) = request.into_parts();
    parts.uri = target(&parts.uri, known.stage, base_path);
    if let Some(ip) = known.ip {
        parts.extensions.insert(ConnectInfo(SocketAddr::new(ip, 0)));
    }
    let id = known.request_id.and_then(|id| HeaderValue::from_str(id).ok());
    if let Some(id) = id.filter(|_| !parts.headers.contains_key(REQUEST_ID)) {
        parts.headers.insert(REQUEST_ID, id);
    }
    hyper::http::Request::from_parts(parts, Body::new(body))
}

/// Path and query under the base path. `lambda_http` puts the stage in front of every path; a custom domain may have the base path there.
fn target(uri: &Uri, stage: Option<&str>, base_path: &str) -> Uri {
    let path = uri.path();
    let path = stage.filter(|stage| *stage != DEFAULT).map_or(path, |stage| without(path, &format!("/{stage}")));
    let path = format!("{base_path}{}", without(path, base_path));
    let text = uri.query().map_or_else(|| path.clone(), |query| format!("{path}?{query}"));
    // Its parts were parts of a target before.
    text.parse::<PathAndQuery>().map_or_else(|_| Uri::from_static("/"), Uri::from)
}

/// The path behind a prefix, if it has that.
fn without<'a>(path: &'a str, prefix: &str) -> &'a str {
    match path.strip_prefix(prefix) {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stage_is_no_part_of_the_path_and_the_base_path_is() {
        let cases = [
            ("https://h/Prod/users?a=b", Some("Prod"), "", "/users?a=b"),
            ("https://h/Prod/users", Some("Prod"), "/Prod", "/Prod/users"),
            ("https://h/Prod/v1/users/x%2Fy", Some("Prod"), "/v1", "/v1/users/x%2Fy"),
            ("https://h/users", Some("$default"), "", "/users"),
            ("https://h/users/users", Some("users"), "", "/users"),
            ("https://h/Prod/", Some("Prod"), "", "/"),
            ("https://h/Prod", Some("Prod"), "/Prod", "/Prod/"),
            ("/Production", Some("Prod"), "", "/Production"),
        ];
        for (uri, stage, base_path, expected) in cases {
            assert_eq!(target(&uri.parse().unwrap(), stage, base_path).to_string(), expected, "{uri}");
        }
    }
}
