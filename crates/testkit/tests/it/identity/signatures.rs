//! Signature Version 4 on administrative actions.

use domain::Clock;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;
use testkit::signature::{AccessKey, Signing, sign};
use testkit::{Answer, Caller, POOL, SERVICE, TestApp, fault};

const TARGET: &str = "AWSCognitoIdentityProviderService.AdminGetUser";
const BODY: &str = r#"{"UserPoolId":"local_frontdesk","Username":"admin@example.com"}"#;

/// A request for one user whose signature was made for what `change` makes of it.
async fn signed_for<'a>(app: &'a TestApp, change: impl FnOnce(&mut Signing<'a>)) -> Answer {
    let (key, now, host) = (&app.cognito.key, app.clock.now(), app.http.host());
    let mut signing = Signing { key, now, host, target: TARGET, body: BODY.as_bytes(), path: "/", service: SERVICE };
    change(&mut signing);
    let call = app.anonymous().call(Method::POST, "/").header("x-amz-target", TARGET);
    let call = sign(signing).iter().fold(call, |call, (name, value)| call.header(name, value));
    call.body(BODY).plain().await
}

#[tokio::test]
async fn a_good_signature_is_accepted_within_five_minutes() {
    let app = TestApp::start().await;
    signed_for(&app, |_| {}).await.expect(200);
    for seconds in [-300, 300] {
        signed_for(&app, |signing| signing.now += SignedDuration::from_secs(seconds)).await.expect(200);
    }
}

#[tokio::test]
async fn whatever_was_not_signed_is_refused() {
    let app = TestApp::start().await;
    let other_key = AccessKey { id: app.cognito.key.id.clone(), secret: "x".repeat(40) };
    let unknown_key = AccessKey { id: "AKIAIOSFODNN7EXAMPLE".to_owned(), secret: app.cognito.key.secret.clone() };
    let invalid = "InvalidSignatureException";
    assert_eq!(fault(&signed_for(&app, |signing| signing.key = &other_key).await), invalid);
    assert_eq!(fault(&signed_for(&app, |signing| signing.key = &unknown_key).await), "UnrecognizedClientException");
    assert_eq!(fault(&signed_for(&app, |signing| signing.body = b"{}").await), invalid);
    assert_eq!(fault(&signed_for(&app, |signing| signing.host = "example.com").await), invalid);
    assert_eq!(fault(&signed_for(&app, |signing| signing.path = "/other").await), invalid);
    assert_eq!(fault(&signed_for(&app, |signing| signing.service = "dynamodb").await), invalid);
    let target = "AWSCognitoIdentityProviderService.AdminDeleteUser";
    assert_eq!(fault(&signed_for(&app, |signing| signing.target = target).await), invalid);
    for seconds in [-301, 301, 86_400] {
        let answer = signed_for(&app, |signing| signing.now += SignedDuration::from_secs(seconds)).await;
        assert_eq!(fault(&answer), invalid, "{seconds}");
    }
}

#[tokio::test]
async fn every_administrative_action_needs_a_signature() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for action in [
        "AdminConfirmSignUp",
        "AdminCreateUser",
        "AdminSetUserPassword",
        "AdminAddUserToGroup",
        "AdminRemoveUserFromGroup",
        "AdminDeleteUser",
        "AdminGetUser",
        "AdminInitiateAuth",
        "AdminEnableUser",
        "AdminDisableUser",
        "AdminUserGlobalSignOut",
        "AdminListGroupsForUser",
        "CreateGroup",
        "ListGroups",
        "ListUsers",
    ] {
        let body = json!({"UserPoolId": POOL, "Username": ada.email, "Password": "New-Password-1", "Permanent": true,
            "GroupName": "apiAdmins"});
        assert_eq!(fault(&app.cognito.act(action, &body).await), "MissingAuthenticationTokenException", "{action}");
        let bearer = app.cognito.request(action, &body).authorization(&ada.tokens.access).await;
        assert_eq!(bearer.status, 400, "{action}: {}", bearer.text());
        let admins = app.cognito.request(action, &body).authorization(&app.admin().await.tokens.id).await;
        assert_eq!(admins.status, 400, "{action}: a token is no signature");
    }
    ada.get("/users/{me}").await.expect(200);
}

#[tokio::test]
async fn broken_authorization_headers_are_refused() {
    let app = TestApp::start().await;
    let id = &app.cognito.key.id;
    for header in [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=, SignedHeaders=, Signature=",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=zz",
        &format!(
            "AWS4-HMAC-SHA256 Credential={id}/20300101/local/cognito-idp/aws4_request, SignedHeaders=host, Signature=00"
        ),
        &format!(
            "AWS4-HMAC-SHA256 Credential={id}/20300101/local/cognito-idp/aws4_request, SignedHeaders=host;x-amz-target;x-amz-date, Signature="
        ),
        "Basic x",
    ] {
        let call = app.cognito.request("ListUsers", &json!({"UserPoolId": POOL})).authorization(header);
        let answer = call.header("x-amz-date", "20300101T120000Z").await;
        assert_eq!(answer.status, 400, "{header}: {}", answer.text());
    }
}

#[tokio::test]
async fn signing_works_behind_a_base_path() {
    let app = TestApp::with(|setup| setup.base_path = api::BasePath::parse("/Prod").unwrap()).await;
    let ada = app.user("ada").await;
    ada.get("/users/{me}").await.expect(200);
}
