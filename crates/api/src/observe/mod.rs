//! The one layer around all routes: request ids, CORS, problem bodies, panics, the access log and the metrics.

mod caught;
mod headers;
mod meters;
mod request_id;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::response::{IntoResponse, Response};
use domain::Clock;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, StatusCode, Version};
use jiff::Timestamp;
use tower::{Layer, Service};
use uuid::Uuid;

use crate::problem::Problem;
use crate::received::Received;
use crate::state::BasePath;
pub use headers::cross_origin;
use meters::Meters;
use request_id::RequestIds;

/// Bytes of a request's target and header fields together; beyond them the answer is 431 (RFC 6585, section 5).
pub const HEADER_BYTES: usize = 64 * 1024;

/// The route of a request that fits none.
const UNMATCHED: &str = "unmatched";

/// Wraps routes in [`Observed`].
#[derive(Clone)]
pub(crate) struct Observe {
    watch: Arc<Watch>,
}

/// What all requests share.
struct Watch {
    clock: Arc<dyn Clock>,
    request_ids: RequestIds,
    meters: Meters,
    base_path: String,
}

/// The id of a request that writes, for the log of its use case.
#[derive(Clone)]
pub(crate) struct RequestId(pub(crate) HeaderValue);

/// What is remembered of a request until its response is there.
struct Seen {
    request_id: HeaderValue,
    started: Instant,
    time: Timestamp,
    peer: Option<SocketAddr>,
    method: Method,
    route: Option<MatchedPath>,
    version: Version,
}

impl Observe {
    /// Observes routes under a base path; `process` is an identifier that no other process has.
    pub(crate) fn new(clock: Arc<dyn Clock>, process: Uuid, base_path: &BasePath) -> Self {
        let request_ids = RequestIds::new(process);
        let base_path = base_path.as_str().to_owned();
        Self { watch: Arc::new(Watch { clock, request_ids, meters: Meters::default(), base_path }) }
    }
}

impl<S> Layer<S> for Observe {
    type Service = Observed<S>;

    fn layer(&self, inner: S) -> Observed<S> {
        Observed { inner, watch: Arc::clone(&self.watch) }
    }
}

/// A route that is observed.
#[derive(Clone)]
pub(crate) struct Observed<S> {
    inner: S,
    watch: Arc<Watch>,
}

impl<S> Service<Request> for Observed<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let watch = Arc::clone(&self.watch);
        let seen = watch.begin(&request);
        if seen.method == Method::OPTIONS {
            let response = watch.finish(&seen, headers::preflight());
            return Box::pin(std::future::ready(Ok(response)));
        }
        if header_bytes(&request) > HEADER_BYTES {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            let response = watch.finish(&seen, Problem::of_status(status).into_response());
            return Box::pin(std::future::ready(Ok(response)));
        }
        if !watch.base_path.is_empty() {
            Received::remember(&mut request);
        }
        if seen.method != Method::GET {
            request.extensions_mut().insert(RequestId(seen.request_id.clone()));
        }
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = match caught::caught(answer).await {
                Ok(Ok(response)) => response,
                Err(panic) => Problem::internal(format!("a handler panicked: {panic}")).into_response(),
            };
            Ok(watch.finish(&seen, response))
        })
    }
}

impl Watch {
    #[expect(
        clippy::disallowed_methods,
        reason = "the latency in the access log and the metrics, which nothing depends on"
    )]
    fn begin(&self, request: &Request) -> Seen {
        let extensions = request.extensions();
        Seen {
            request_id: self.request_ids.of(request.headers()),
            started: Instant::now(),
            time: self.clock.now(),
            peer: extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0),
            method: request.method().clone(),
            route: extensions.get::<MatchedPath>().cloned(),
            version: request.version(),
        }
    }

    fn finish(&self, seen: &Seen, mut response: Response) -> Response {
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            render(seen, status, &mut response);
        }
        headers::add(response.headers_mut(), &seen.request_id);
        let route = self.route(seen);
        let latency = seen.started.elapsed();
        self.meters.record(method_name(&seen.method), route, status.as_u16(), latency);
        tracing::info!(
            target: "access",
            requestId = seen.request_id.to_str().unwrap_or_default(),
            ip = seen.peer.map(|peer| tracing::field::display(peer.ip())),
            requestTime = %format_args!("{:.3}", seen.time),
            httpMethod = seen.method.as_str(),
            routeKey = %format_args!("{} {route}", seen.method),
            status = status.as_u16(),
            protocol = protocol(seen.version),
            responseLength = response.body().size_hint().exact(),
            // Milliseconds with their fraction: seconds of a thousandfold duration.
            latency = latency.saturating_mul(1000).as_secs_f64(),
        );
        response
    }

    /// The route's template, without the base path.
    fn route<'a>(&self, seen: &'a Seen) -> &'a str {
        let Some(route) = &seen.route else { return UNMATCHED };
        match route.as_str().strip_prefix(self.base_path.as_str()) {
            Some("") => "/",
            Some(route) => route,
            None => route.as_str(),
        }
    }
}

/// Writes the problem into the body, and what went wrong inside into the log.
fn render(seen: &Seen, status: StatusCode, response: &mut Response) {
    let problem = response.extensions_mut().remove::<Arc<Problem>>();
    // Without a problem, it is either a handler's own (Cognito's protocol has another form) or plain text of the framework's.
    let kind = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    if problem.is_none() && kind.is_some_and(|kind| !kind.starts_with(b"text/plain")) {
        return;
    }
    let problem = problem.unwrap_or_else(|| Problem::of_status(status).into());
    let request_id = seen.request_id.to_str().unwrap_or_default();
    if let Some(cause) = &problem.cause {
        tracing::error!(requestId = request_id, status = status.as_u16(), rule = %problem.rule, "{cause}");
    }
    *response.body_mut() = Body::from(problem.render(request_id));
    headers::add_problem(response.headers_mut(), status, &problem);
}

fn header_bytes(request: &Request) -> usize {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len().saturating_add(value.len()));
    fields.fold(target, usize::saturating_add)
}

const fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_11 => "HTTP/1.1",
        Version::HTTP_2 => "HTTP/2.0",
        _ => "HTTP",
    }
}

/// The method as a label; those that clients invent are one.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "OTHER",
    }
}
