//! The OpenAPI document and its page.

use testkit::{Caller, TestApp};

use crate::operations::operations;

/// The contract's routes of this version.
const ROUTES: [&str; 50] = [
    "DELETE /locations/{locationID}",
    "DELETE /locations/{locationID}/resources/{resourceID}",
    "DELETE /orders/{orderId}",
    "DELETE /users/{userid}",
    "DELETE /users/{userid}/bookings/{bookingID}",
    "GET /availability",
    "GET /docs",
    "GET /events",
    "GET /events/search",
    "GET /graphql",
    "GET /health",
    "GET /locations",
    "GET /locations/{locationID}",
    "GET /locations/{locationID}/resources",
    "GET /locations/{locationID}/resources/{resourceID}",
    "GET /locations/{locationID}/resources/{resourceID}/availability",
    "GET /locations/{locationID}/resources/{resourceID}/bookings",
    "GET /openapi.json",
    "GET /orders",
    "GET /orders/{orderId}",
    "GET /query/{message_id}",
    "GET /ready",
    "GET /users",
    "GET /users/{userid}",
    "GET /users/{userid}/bookings",
    "GET /users/{userid}/bookings/{bookingID}",
    "GET /users/{userid}/orders",
    "GET /ws",
    "GET /{pool}/.well-known/jwks.json",
    "GET /{pool}/.well-known/openid-configuration",
    "POST /",
    "POST /DynamoDBManager",
    "POST /book",
    "POST /graphql",
    "POST /orders",
    "POST /users",
    "POST /users/{userid}/bookings/{bookingID}/approve",
    "POST /users/{userid}/bookings/{bookingID}/check-in",
    "POST /users/{userid}/bookings/{bookingID}/confirm",
    "POST /users/{userid}/bookings/{bookingID}/decline",
    "POST /users/{userid}/orders/{orderId}/acknowledge",
    "POST /ws/tickets",
    "PUT /locations",
    "PUT /locations/{locationID}",
    "PUT /locations/{locationID}/resources",
    "PUT /locations/{locationID}/resources/{resourceID}",
    "PUT /orders/{orderId}",
    "PUT /users/{userid}",
    "PUT /users/{userid}/bookings",
    "PUT /users/{userid}/bookings/{bookingID}",
];

#[tokio::test]
async fn the_document_names_the_contracts_routes() {
    let app = TestApp::start().await;
    let document = app.anonymous().get("/openapi.json").await;
    assert_eq!(document.header("content-type"), Some("application/json"));
    assert!(document.json(200)["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut names: Vec<_> = operations(&app).await.iter().map(crate::operations::Operation::name).collect();
    names.sort();
    assert_eq!(names, ROUTES);
}

#[tokio::test]
async fn the_reference_page_needs_no_other_server() {
    let app = TestApp::start().await;
    let anonymous = app.anonymous();
    let redirect = anonymous.get("/docs").plain().await;
    assert_eq!((redirect.status, redirect.header("location")), (303, Some("docs/")));
    let page = anonymous.get("/docs/").plain().await.expect(200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'self'"));
    let html = page.text();
    let mut files = 0;
    for start in ["src=\"", "href=\""] {
        for reference in html.split(start).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(!reference.contains("//"), "{reference}");
            anonymous.get(&format!("/docs/{}", reference.trim_start_matches("./"))).plain().await.expect(200);
            files += 1;
        }
    }
    assert!(files >= 3, "{html}");
    anonymous.get("/docs/none.js").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_private_prefix_is_not_shown_and_every_answer_may_be_read_by_any_origin() {
    let app = TestApp::start().await;
    let document = app.anonymous().get("/openapi.json").await;
    assert!(!document.text().contains("_fd_"));
    assert_eq!(document.header("access-control-allow-origin"), Some("*"));
}
