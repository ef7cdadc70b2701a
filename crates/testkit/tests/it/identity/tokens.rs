//! Tokens at the interface.

use serde_json::json;
use testkit::{CLIENT, Caller, TestApp, claims, is_uuid};

#[tokio::test]
async fn a_token_is_accepted_with_and_without_bearer_id_and_access_alike() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let path = ada.path("");
    for token in [&ada.tokens.id, &ada.tokens.access] {
        for form in [token.clone(), format!("Bearer {token}"), format!("bearer {token}"), format!("BEARER  {token}")] {
            app.anonymous().get(&path).authorization(&form).await.expect(200);
        }
    }
}

#[tokio::test]
async fn what_is_no_token_is_401() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    app.anonymous().get("/orders").await.problem(401, "unauthorized");
    let refresh = ada.tokens.refresh.as_str();
    let basic = format!("Basic {}", ada.tokens.id);
    let twice = format!("Bearer Bearer {}", ada.tokens.id);
    let long = "x.".repeat(20_000);
    for value in [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "x",
        "a.b.c",
        "..",
        "Bearer a.b.c",
        refresh,
        &basic,
        &twice,
        &long,
        "eyJhbGciOiJSUzI1NiJ9..",
    ] {
        app.anonymous().get("/orders").authorization(value).await.problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn tokens_say_what_cognitos_say() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let issuer = format!("{}/local_frontdesk", app.http.base());
    let now = app.now_seconds();
    let id = claims(&ada.tokens.id);
    let access = claims(&ada.tokens.access);
    for claims in [&id, &access] {
        assert_eq!((&claims["sub"], &claims["iss"]), (&json!(ada.sub), &json!(issuer)));
        assert_eq!(
            (&claims["iat"], &claims["auth_time"], &claims["exp"]),
            (&json!(now), &json!(now), &json!(now + 3_600))
        );
        assert!(is_uuid(&claims["jti"]));
    }
    assert_eq!((&id["token_use"], &id["aud"], id.get("client_id")), (&json!("id"), &json!(CLIENT), None));
    assert_eq!((&id["email"], &id["cognito:username"]), (&json!(ada.email), &json!(ada.sub)));
    assert_eq!(
        (&access["token_use"], &access["client_id"], access.get("aud")),
        (&json!("access"), &json!(CLIENT), None)
    );
    assert_eq!((access.get("email"), &access["username"]), (None, &json!(ada.sub)));
    let admin = claims(&app.admin().await.tokens.id);
    assert_eq!(admin["cognito:groups"], json!(["apiAdmins"]));
}

#[tokio::test]
async fn a_token_ends_when_it_says_even_when_it_was_seen_before() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.get("/users/{me}").await.expect(200);
    app.clock.advance_seconds(3_599);
    ada.get("/users/{me}").await.expect(200);
    app.clock.advance_seconds(1);
    ada.get("/users/{me}").await.problem(401, "unauthorized");
    app.clock.advance_seconds(-3_700);
    ada.get("/users/{me}").await.problem(401, "unauthorized");
}

#[tokio::test]
async fn the_issuer_is_configured_and_never_the_host_that_was_asked() {
    let app =
        TestApp::with(|setup| setup.identity.issuer = "https://desk.example.com/local_frontdesk".to_owned()).await;
    let ada = app.user("ada").await;
    assert_eq!(claims(&ada.tokens.id)["iss"], "https://desk.example.com/local_frontdesk");
    ada.get("/users/{me}").header("host", "evil.example.com").await.expect(200);
    let path = "/local_frontdesk/.well-known/openid-configuration";
    let document = app.anonymous().get(path).header("host", "evil.example.com").plain().await.json(200);
    assert_eq!(document["issuer"], "https://desk.example.com/local_frontdesk");
    assert!(!document.to_string().contains("evil"));
}
