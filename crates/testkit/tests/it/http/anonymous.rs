//! Every operation of the OpenAPI document refuses a caller without a token.

use reqwest::Method;
use serde_json::json;
use testkit::{Caller, TestApp};

use crate::operations::operations;

/// The operations that anyone may call. The list may only shrink: what is new refuses anonymous callers.
const PUBLIC: [&str; 7] = [
    "GET /docs",
    "GET /health",
    "GET /openapi.json",
    "GET /ready",
    "GET /{pool}/.well-known/jwks.json",
    "GET /{pool}/.well-known/openid-configuration",
    "POST /",
];

#[tokio::test]
async fn every_operation_but_the_public_ones_refuses_anonymous_callers() {
    let app = TestApp::start().await;
    let mut public = Vec::new();
    for operation in operations(&app).await {
        let method: Method = operation.method.parse().unwrap();
        let answer = app.anonymous().call(method, &operation.example_path()).json(&json!({})).plain().await;
        if answer.status == 401 {
            let problem = answer.problem(401, "unauthorized");
            assert_eq!(problem.get("errors"), None, "nothing is looked at before who asks: {problem}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        } else {
            public.push(operation.name());
        }
    }
    public.sort();
    assert_eq!(public, PUBLIC);
}

#[tokio::test]
async fn an_anonymous_caller_learns_nothing_of_what_there_is() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    let anonymous = app.anonymous();
    let paths =
        ["/locations/l", "/locations/none", &ada.path(""), "/users/none", "/locations?cascade=7", "/users?limit=0"];
    for path in paths {
        let problem = anonymous.get(path).await.problem(401, "unauthorized");
        let detail = anonymous.get("/orders").await.problem(401, "unauthorized")["detail"].clone();
        assert_eq!(problem["detail"], detail, "{path}");
    }
    anonymous.call(Method::PUT, "/locations/l").body(vec![b'['; 100_000]).await.problem(401, "unauthorized");
    anonymous.put("/locations/l", &json!({"name": "x"})).key("k").if_match("bad").await.problem(401, "unauthorized");
}
