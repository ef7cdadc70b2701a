//! /users/{userid} of somebody else.

use serde_json::json;
use testkit::{Caller, TestApp};

#[tokio::test]
async fn anothers_path_is_forbidden_whether_or_not_it_exists() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    for other in [bob.sub.as_str(), "nobody", "{me}x"] {
        let path = format!("/users/{other}");
        ada.get(&path).await.problem(403, "forbidden");
        ada.put(&path, &json!({"name": "x"})).await.problem(403, "forbidden");
        ada.delete(&path).await.problem(403, "forbidden");
    }
    assert!(bob.get("/users/{me}").await.json(200).get("name").is_none(), "nothing was changed");
}

#[tokio::test]
async fn administrators_read_replace_and_delete_any_profile() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    let path = ada.path("");
    admin.put(&path, &json!({"name": "Ada"})).await.expect(200);
    assert_eq!(ada.get("/users/{me}").await.json(200)["name"], "Ada");
    assert_eq!(admin.delete(&path).await.json(200), json!({}));
    admin.get(&path).await.problem(404, "not-found");
    assert_eq!(admin.delete("/users/nobody").await.json(200), json!({}));
}

#[tokio::test]
async fn the_administrators_group_counts_wherever_it_stands_among_the_groups() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for group in ["aaa", "apiAdmins", "zzz"] {
        let pool = testkit::POOL;
        let _ = app.cognito.admin("CreateGroup", &json!({"UserPoolId": pool, "GroupName": group})).await;
        let body = json!({"UserPoolId": pool, "Username": ada.email, "GroupName": group});
        app.cognito.admin("AdminAddUserToGroup", &body).await.expect(200);
    }
    let ada = app.cognito.signed_in(ada.sub.clone(), &ada.email, &ada.password).await;
    ada.get("/users").await.expect(200);
}
