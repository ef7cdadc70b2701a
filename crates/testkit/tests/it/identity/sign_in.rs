//! InitiateAuth: by password, and by refresh token.

use serde_json::{Value, json};
use testkit::{Answer, CLIENT, Caller, PASSWORD, TestApp, User, claims, fault};

async fn refresh(app: &TestApp, token: &str) -> Answer {
    let parameters = json!({"REFRESH_TOKEN": token});
    let body = json!({"ClientId": CLIENT, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters});
    app.cognito.act("InitiateAuth", &body).await
}

fn with_id_token(user: &User, result: &Value) -> User {
    let mut user = user.clone();
    user.tokens.id = result["AuthenticationResult"]["IdToken"].as_str().unwrap().to_owned();
    user
}

#[tokio::test]
async fn a_sign_in_answers_as_cognito_does() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let answer = app.cognito.initiate("ada@example.com", PASSWORD).await;
    assert!(answer.header("content-type").unwrap().starts_with("application/x-amz-json-1.1"));
    let answer = answer.json(200);
    assert_eq!(answer["ChallengeParameters"], json!({}));
    let result = &answer["AuthenticationResult"];
    assert_eq!((&result["TokenType"], &result["ExpiresIn"]), (&json!("Bearer"), &json!(3_600)));
    assert!(["AccessToken", "IdToken", "RefreshToken"].iter().all(|token| result[token].is_string()));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_are_told_alike() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let wrong = app.cognito.initiate(&ada.email, "Wrong-Password-1").await;
    let unknown = app.cognito.initiate("nobody@example.com", "Wrong-Password-1").await;
    assert_eq!(fault(&wrong), "NotAuthorizedException");
    assert_eq!(wrong.json(400), unknown.json(400));
}

#[tokio::test]
async fn a_username_is_an_address_or_a_sub() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    app.cognito.sign_in(&ada.sub, PASSWORD).await;
}

#[tokio::test]
async fn a_refresh_token_gets_new_tokens_until_its_time_is_over() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    app.clock.advance_seconds(3_600);
    ada.get("/users/{me}").await.problem(401, "unauthorized");
    let answer = refresh(&app, &ada.tokens.refresh).await.json(200);
    assert!(answer["AuthenticationResult"].get("RefreshToken").is_none());
    let again = with_id_token(&ada, &answer);
    again.get("/users/{me}").await.expect(200);
    assert_eq!(claims(&again.tokens.id)["auth_time"], claims(&ada.tokens.id)["auth_time"]);
    app.clock.advance_seconds(30 * 24 * 3_600);
    assert_eq!(fault(&refresh(&app, &ada.tokens.refresh).await), "NotAuthorizedException");
}

#[tokio::test]
async fn what_is_no_refresh_token_gets_nothing() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for token in [ada.tokens.id.as_str(), &ada.tokens.access, "x", &"x".repeat(10_000), "session#1"] {
        assert_eq!(fault(&refresh(&app, token).await), "NotAuthorizedException");
    }
}

#[tokio::test]
async fn the_refresh_of_a_disabled_deleted_or_signed_out_user_is_refused() {
    let app = TestApp::start().await;
    for (name, action) in [("a", "AdminDisableUser"), ("b", "AdminDeleteUser"), ("c", "AdminUserGlobalSignOut")] {
        let user = app.user(name).await;
        app.cognito.admin_user(action, &user.email).await.expect(200);
        assert_eq!(fault(&refresh(&app, &user.tokens.refresh).await), "NotAuthorizedException", "{action}");
    }
}

#[tokio::test]
async fn wrong_clients_and_flows_are_refused() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let parameters = json!({"USERNAME": "ada@example.com", "PASSWORD": PASSWORD});
    for (client, flow, kind) in [
        ("another", "USER_PASSWORD_AUTH", "ResourceNotFoundException"),
        (CLIENT, "USER_SRP_AUTH", "InvalidParameterException"),
        (CLIENT, "NO_SUCH_AUTH", "InvalidParameterException"),
    ] {
        let body = json!({"ClientId": client, "AuthFlow": flow, "AuthParameters": parameters});
        assert_eq!(fault(&app.cognito.act("InitiateAuth", &body).await), kind, "{client} {flow}");
    }
}
