//! GET /health and GET /ready.

use reqwest::Method;
use testkit::{Caller, TestApp};

#[tokio::test]
async fn health_says_ok_and_ready_is_200() {
    let app = TestApp::start().await;
    let anonymous = app.anonymous();
    assert_eq!(anonymous.get("/health").await.expect(200).text(), "Ok");
    anonymous.get("/ready").await.expect(200);
}

#[tokio::test]
async fn a_get_with_a_body_is_answered_as_without_one() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let bare = ada.get("/users/{me}").await;
    for body in [&b"{"[..], b"{\"a\":1}", &[0xff; 5_000]] {
        let with_body = ada.get("/users/{me}").body(body).await;
        assert_eq!((with_body.status, &with_body.body), (200, &bare.body));
        assert_eq!(app.anonymous().get("/health").body(body).await.expect(200).text(), "Ok");
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let get = ada.get("/users/{me}").await;
    let head = ada.call(Method::HEAD, "/users/{me}").await.expect(200);
    assert_eq!((head.text().as_str(), head.etag()), ("", get.etag()));
    assert_eq!(app.anonymous().call(Method::HEAD, "/health").await.status, 200);
}
