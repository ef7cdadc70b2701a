//! Errors of no particular route, and request ids.

use reqwest::Method;
use serde_json::json;
use testkit::{Caller, TestApp};

#[tokio::test]
async fn unknown_routes_are_404() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for path in [
        "/nowhere",
        "/users/x/y/z",
        "/orders/",
        "/locations/l/",
        "//users",
        "/Users",
        "/metrics/x",
        "/.env",
        "/DYNAMODBMANAGER",
    ] {
        ada.get(path).await.problem(404, "not-found");
        app.anonymous().get(path).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_method_that_a_route_does_not_have_is_405_and_those_it_has_are_named() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for (method, path, allowed) in [
        (Method::DELETE, "/orders", "GET,POST"),
        (Method::PATCH, "/users/x", "GET,PUT,DELETE"),
        (Method::POST, "/health", "GET"),
        (Method::PUT, "/", "POST"),
    ] {
        let answer = ada.call(method, path).await;
        answer.problem(405, "method-not-allowed");
        let named: Vec<_> = answer.header("allow").unwrap().split(',').map(|method| method.trim().to_owned()).collect();
        assert!(allowed.split(',').all(|method| named.iter().any(|name| name == method)), "{path}: {named:?}");
    }
    let odd = Method::from_bytes(b"BREW").unwrap();
    ada.call(odd, "/orders").await.problem(405, "method-not-allowed");
}

#[tokio::test]
async fn a_request_id_goes_in_and_out() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let answer = ada.get("/orders/none").header("x-request-id", "my-request.1").await;
    assert_eq!(answer.problem(404, "not-found")["request_id"], "my-request.1");
    assert_eq!(answer.header("x-request-id"), Some("my-request.1"));
    let one = ada.get("/orders").await.header("x-request-id").unwrap().to_owned();
    let other = ada.get("/orders").await.header("x-request-id").unwrap().to_owned();
    assert_ne!(one, other);
    for odd in ["", " ", "a b\"c", &"x".repeat(1_000)] {
        let answer = ada.get("/orders").header("x-request-id", odd).await;
        assert_ne!(answer.header("x-request-id"), Some(odd));
        assert!(!answer.header("x-request-id").unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_content_type_is_never_a_reason_to_refuse() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense"] {
        let call = ada.call(Method::PUT, "/users/{me}").header("content-type", kind);
        call.body(json!({"name": kind}).to_string()).await.expect(200);
    }
    ada.call(Method::PUT, "/users/{me}").body("{\"name\":\"none\"}").await.expect(200);
}

#[tokio::test]
async fn answers_are_not_cached_and_not_sniffed() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for answer in [ada.get("/users/{me}").await, ada.get("/users").await] {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("set-cookie"), None);
    }
}

#[tokio::test]
async fn methods_of_proxies_are_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for (method, target) in [("TRACE", "/orders"), ("CONNECT", "example.com:443"), ("CONNECT", "/orders")] {
        let answer = testkit::raw::target(&app.http, method, target, &ada.tokens.id).await;
        assert!((400..500).contains(&answer.status), "{method} {target}: {}", answer.text);
        assert!(!answer.text.contains(&ada.tokens.id));
    }
}
