//! The layer around routes that answer, refuse, panic or are not there.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::Clock;
use http::StatusCode;
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::Value;
use tower::ServiceExt;
use uuid::Uuid;

use super::Observe;
use crate::problem::Problem;
use crate::state::BasePath;

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

async fn ask(method: &str, path: &str) -> Response {
    let routes = Router::new()
        .route("/fine", get(async || "fine"))
        .route("/panic", get(async || -> &'static str { panic!("the secret") }))
        .route("/busy", get(async || Problem::unavailable("the cause".to_owned()).into_response()))
        .fallback(async || Problem::no_route().into_response());
    let observe = Observe::new(Arc::new(Stopped), Uuid::nil(), &BasePath::default());
    let request =
        Request::builder().method(method).uri(path).header("x-request-id", "r-1").body(Body::empty()).unwrap();
    routes.layer(observe).oneshot(request).await.unwrap()
}

async fn problem(response: Response) -> Value {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

#[tokio::test]
async fn every_response_has_the_common_headers() {
    for path in ["/fine", "/panic", "/busy", "/nowhere"] {
        let response = ask("GET", path).await;
        let headers = response.headers();
        assert_eq!(headers["x-request-id"], "r-1", "{path}");
        assert_eq!(headers["access-control-allow-origin"], "*", "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        assert!(!headers.contains_key("access-control-allow-credentials"), "{path}");
    }
}

#[tokio::test]
async fn a_panic_is_a_problem_that_tells_nothing() {
    let response = ask("GET", "/panic").await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = problem(response).await;
    assert_eq!((&body["code"], &body["request_id"]), (&"internal".into(), &"r-1".into()));
    assert!(!body.to_string().contains("secret"));
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let response = ask("GET", "/nowhere").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(problem(response).await["code"], "not-found");
    let response = ask("POST", "/fine").await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()["allow"], "GET,HEAD");
    assert_eq!(problem(response).await["code"], "method-not-allowed");
}

#[tokio::test]
async fn who_should_try_again_is_told_when() {
    let response = ask("GET", "/busy").await;
    assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    assert!(!problem(response).await.to_string().contains("cause"));
}

#[tokio::test]
async fn a_preflight_request_is_answered_on_every_path() {
    for path in ["/fine", "/nowhere"] {
        let response = ask("OPTIONS", path).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT, "{path}");
        let allowed = response.headers()["access-control-allow-headers"].to_str().unwrap();
        for header in ["authorization", "if-match", "idempotency-key", "x-amz-target", "x-api-key"] {
            assert!(allowed.split(", ").any(|name| name == header), "{path} {header}");
        }
    }
}
