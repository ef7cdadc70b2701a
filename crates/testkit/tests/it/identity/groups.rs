//! Groups, and the rights that come with one of them.

use serde_json::json;
use testkit::{Caller, POOL, TestApp, claims, fault};

#[tokio::test]
async fn joining_and_leaving_the_administrators_changes_what_a_user_may_do_at_once() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.get("/users").await.problem(403, "forbidden");
    let membership = json!({"UserPoolId": POOL, "Username": ada.email, "GroupName": "apiAdmins"});
    assert_eq!(app.cognito.admin("AdminAddUserToGroup", &membership).await.json(200), json!({}));
    let ada = ada.signed_in_again(&app.cognito).await;
    assert_eq!(claims(&ada.tokens.access)["cognito:groups"], json!(["apiAdmins"]));
    ada.get("/users").await.expect(200);
    let groups = app.cognito.admin_user("AdminListGroupsForUser", &ada.email).await.json(200);
    assert_eq!(groups["Groups"][0]["GroupName"], "apiAdmins");
    app.cognito.admin("AdminRemoveUserFromGroup", &membership).await.expect(200);
    ada.get("/users").await.problem(401, "unauthorized");
    ada.signed_in_again(&app.cognito).await.get("/users").await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_group_must_be_there() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let membership = json!({"UserPoolId": POOL, "Username": ada.email, "GroupName": "staff"});
    assert_eq!(fault(&app.cognito.admin("AdminAddUserToGroup", &membership).await), "ResourceNotFoundException");
    let group = json!({"UserPoolId": POOL, "GroupName": "staff"});
    app.cognito.admin("CreateGroup", &group).await.expect(200);
    assert_eq!(fault(&app.cognito.admin("CreateGroup", &group).await), "GroupExistsException");
    app.cognito.admin("AdminAddUserToGroup", &membership).await.expect(200);
    let ada = ada.signed_in_again(&app.cognito).await;
    assert_eq!(claims(&ada.tokens.id)["cognito:groups"], json!(["staff"]));
    ada.get("/users").await.problem(403, "forbidden");
}

#[tokio::test]
async fn names_that_resemble_the_administrators_group_are_other_groups() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for group in ["apiadmins", "apiAdmins2", "[apiAdmins]", "apiAdmins,x"] {
        let _ = app.cognito.admin("CreateGroup", &json!({"UserPoolId": POOL, "GroupName": group})).await;
        let membership = json!({"UserPoolId": POOL, "Username": ada.email, "GroupName": group});
        let _ = app.cognito.admin("AdminAddUserToGroup", &membership).await;
    }
    ada.signed_in_again(&app.cognito).await.get("/users").await.problem(403, "forbidden");
}

#[tokio::test]
async fn the_administrators_group_is_a_setting() {
    let app = TestApp::with(|setup| setup.identity.admin_group = "bosses".to_owned()).await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.get("/users").await.expect(200);
    app.cognito.admin("CreateGroup", &json!({"UserPoolId": POOL, "GroupName": "apiAdmins"})).await.expect(200);
    let membership = json!({"UserPoolId": POOL, "Username": ada.email, "GroupName": "apiAdmins"});
    app.cognito.admin("AdminAddUserToGroup", &membership).await.expect(200);
    ada.signed_in_again(&app.cognito).await.get("/users").await.problem(403, "forbidden");
}
