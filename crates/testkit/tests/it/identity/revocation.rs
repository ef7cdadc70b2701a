//! Tokens that end before their time, at once.

use serde_json::json;
use testkit::{Caller, PASSWORD, POOL, TestApp, User, fault};

async fn refused(user: &User, what: &str) {
    let mut access = user.clone();
    access.tokens.id = user.tokens.access.clone();
    for user in [user, &access] {
        let answer = user.get("/locations").await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_disabled_users_tokens_are_refused_at_once_and_stay_so() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.get("/locations").await.expect(200);
    app.cognito.admin_user("AdminDisableUser", &ada.email).await.expect(200);
    refused(&ada, "disabled").await;
    assert_eq!(fault(&app.cognito.initiate(&ada.email, PASSWORD).await), "NotAuthorizedException");
    app.cognito.admin_user("AdminEnableUser", &ada.email).await.expect(200);
    refused(&ada, "enabled again").await;
    ada.signed_in_again(&app.cognito).await.get("/locations").await.expect(200);
}

#[tokio::test]
async fn a_deleted_users_tokens_are_refused_at_once() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.get("/locations").await.expect(200);
    app.cognito.admin_user("AdminDeleteUser", &ada.email).await.expect(200);
    refused(&ada, "deleted").await;
    app.user("ada").await;
    refused(&ada, "the address has a new account").await;
    assert_eq!(fault(&app.cognito.admin_user("AdminDeleteUser", &ada.sub).await), "UserNotFoundException");
}

#[tokio::test]
async fn global_sign_out_and_a_new_password_end_tokens() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    app.cognito.admin_user("AdminUserGlobalSignOut", &ada.email).await.expect(200);
    refused(&ada, "signed out by an administrator").await;
    let ada = ada.signed_in_again(&app.cognito).await;
    app.cognito.act("GlobalSignOut", &json!({"AccessToken": ada.tokens.access})).await.expect(200);
    refused(&ada, "signed out").await;
    let ada = ada.signed_in_again(&app.cognito).await;
    let body = json!({"UserPoolId": POOL, "Username": ada.email, "Password": "Another-One-2030", "Permanent": true});
    app.cognito.admin("AdminSetUserPassword", &body).await.expect(200);
    refused(&ada, "new password").await;
    app.cognito.sign_in(&ada.email, "Another-One-2030").await;
}

#[tokio::test]
async fn one_users_sign_out_is_nobody_elses() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    app.cognito.admin_user("AdminUserGlobalSignOut", &ada.email).await.expect(200);
    bob.get("/locations").await.expect(200);
}

#[tokio::test]
async fn revoking_the_refresh_token_ends_it() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let body = json!({"ClientId": testkit::CLIENT, "Token": ada.tokens.refresh});
    app.cognito.act("RevokeToken", &body).await.expect(200);
    let parameters = json!({"REFRESH_TOKEN": ada.tokens.refresh});
    let body = json!({"ClientId": testkit::CLIENT, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters});
    assert_eq!(fault(&app.cognito.act("InitiateAuth", &body).await), "NotAuthorizedException");
}

#[tokio::test]
async fn revocation_outlives_a_restart() {
    let fixed = |setup: &mut frontdesk::compose::Setup| {
        setup.identity.issuer = "https://desk.example.com/local_frontdesk".into()
    };
    let app = TestApp::with(fixed).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    app.cognito.admin_user("AdminDisableUser", &ada.email).await.expect(200);
    let app = app.restart(fixed).await;
    app.anonymous().get("/orders").authorization(&ada.tokens.id).await.problem(401, "unauthorized");
    app.anonymous().get("/orders").authorization(&bob.tokens.id).await.expect(200);
}
