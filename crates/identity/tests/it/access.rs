//! Tokens stop being good when they end, and at once when the account changes.

use identity::AuthError;
use serde_json::json;

use crate::support::{PASSWORD, Signed, TestPool, error, ok};

#[tokio::test]
async fn a_remembered_token_needs_no_waiting_and_still_ends() {
    let pool = TestPool::new().await;
    pool.confirmed("ann@example.com").await;
    let tokens = pool.tokens("ann@example.com").await;
    assert!(pool.identity.authenticate_cached(&tokens.id).is_none(), "the account must be looked at first");
    let principal = pool.identity.authenticate(&tokens.id).await.unwrap();
    let again = pool.identity.authenticate_cached(&tokens.id).unwrap().unwrap();
    assert!(std::sync::Arc::ptr_eq(&principal, &again));
    assert!(matches!(pool.identity.authenticate_cached("a.b.c"), Some(Err(AuthError::Invalid(_)))));
    assert!(matches!(pool.identity.authenticate_cached(""), Some(Err(AuthError::Missing))));
    pool.clock.advance(3_599);
    assert!(pool.identity.authenticate(&tokens.id).await.is_ok());
    pool.clock.advance(1);
    assert!(matches!(pool.identity.authenticate_cached(&tokens.id), Some(Err(AuthError::Expired))));
    assert!(matches!(pool.identity.authenticate(&tokens.id).await, Err(AuthError::Expired)));
}

async fn revoked(pool: &TestPool, token: &str) -> bool {
    match pool.identity.authenticate(token).await {
        Ok(_) => false,
        Err(AuthError::Revoked) => true,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn every_change_of_an_account_ends_its_tokens_at_once() {
    let pool = TestPool::new().await;
    pool.confirmed("ann@example.com").await;
    let user = json!({"Username": "ann@example.com"});
    let with = |name: &str, value: serde_json::Value| {
        let mut body = user.clone();
        body[name] = value;
        body
    };
    let mut password = with("Password", json!(PASSWORD));
    password["Permanent"] = json!(true);
    for (action, body, refreshable) in [
        ("AdminAddUserToGroup", with("GroupName", json!("apiAdmins")), true),
        ("AdminRemoveUserFromGroup", with("GroupName", json!("apiAdmins")), true),
        ("AdminSetUserPassword", password, false),
        ("AdminUserGlobalSignOut", user.clone(), false),
    ] {
        let tokens = pool.tokens("ann@example.com").await;
        assert!(!revoked(&pool, &tokens.id).await);
        ok(&pool.admin(action, body).await);
        // The clock stands still: no two of these changes are told apart by time.
        assert!(revoked(&pool, &tokens.id).await && revoked(&pool, &tokens.access).await, "{action}");
        let reply = pool.refresh(&tokens.refresh.unwrap()).await;
        assert_eq!(reply.status == 200, refreshable, "{action}: {}", reply.body);
    }
}

#[tokio::test]
async fn a_disabled_account_is_locked_out_until_it_is_enabled() {
    let pool = TestPool::new().await;
    let sub = pool.confirmed("ann@example.com").await;
    let tokens = pool.tokens("ann@example.com").await;
    ok(&pool.admin("AdminDisableUser", json!({"Username": sub})).await);
    assert!(revoked(&pool, &tokens.id).await);
    assert_eq!(error(&pool.initiate("ann@example.com", PASSWORD).await).1, "User is disabled.");
    assert_eq!(error(&pool.initiate("ann@example.com", "wrong").await).1, "Incorrect username or password.");
    assert_eq!(error(&pool.refresh(tokens.refresh.as_ref().unwrap()).await).0, "NotAuthorizedException");
    ok(&pool.admin("AdminEnableUser", json!({"Username": sub})).await);
    assert!(revoked(&pool, &tokens.id).await, "what was ended stays ended");
    assert!(!revoked(&pool, &pool.tokens("ann@example.com").await.id).await);
}

#[tokio::test]
async fn groups_make_administrators() {
    let pool = TestPool::new().await;
    pool.confirmed("ann@example.com").await;
    let tokens = pool.tokens("ann@example.com").await;
    let member = json!({"Username": "ann@example.com", "GroupName": "apiAdmins"});
    ok(&pool.admin("AdminAddUserToGroup", member.clone()).await);
    ok(&pool.admin("AdminAddUserToGroup", member.clone()).await);
    let refreshed = Signed::from(&pool.refresh(&tokens.refresh.unwrap()).await);
    let principal = pool.identity.authenticate(&refreshed.id).await.unwrap();
    assert!(principal.administrator && principal.groups == ["apiAdmins"]);
    let groups = ok(&pool.admin("AdminListGroupsForUser", json!({"Username": "ann@example.com"})).await);
    assert_eq!(groups["Groups"][0]["GroupName"], "apiAdmins");
    ok(&pool.admin("AdminRemoveUserFromGroup", member).await);
    let principal = pool.identity.authenticate(&pool.tokens("ann@example.com").await.access).await.unwrap();
    assert!(!principal.administrator && principal.groups.is_empty());
}

#[tokio::test]
async fn the_longest_tokens_are_good() {
    let pool = TestPool::new().await;
    let value = "\"".repeat(1_000);
    let attributes = ["name", "nickname", "profile", "website"].map(|name| json!({"Name": name, "Value": value}));
    let user = json!({"Username": "ann@example.com", "TemporaryPassword": PASSWORD, "UserAttributes": attributes});
    ok(&pool.admin("AdminCreateUser", user).await);
    let users = pool.identity.pool().unwrap();
    users.set_password("ann@example.com", PASSWORD, true).await.unwrap();
    for group in 10..60 {
        let group = format!("{group}{}", "\u{1f600}".repeat(126));
        users.add_to_group("ann@example.com", &group).await.unwrap();
    }
    let tokens = pool.tokens("ann@example.com").await;
    assert!(tokens.id.len() > 40_000, "{}", tokens.id.len());
    assert_eq!(pool.identity.authenticate(&tokens.id).await.unwrap().groups.len(), 50);
}

#[tokio::test]
async fn users_look_at_themselves_and_sign_out() {
    let pool = TestPool::new().await;
    let sub = pool.confirmed("ann@example.com").await;
    let tokens = pool.tokens("ann@example.com").await;
    let user = ok(&pool.ask("GetUser", json!({"AccessToken": tokens.access})).await);
    assert_eq!(user["Username"], json!(sub));
    assert_eq!(user["UserAttributes"][1], json!({"Name": "email", "Value": "ann@example.com"}));
    assert_eq!(error(&pool.ask("GetUser", json!({"AccessToken": tokens.id})).await).1, "Invalid Access Token");
    ok(&pool.ask("GlobalSignOut", json!({"AccessToken": tokens.access})).await);
    assert_eq!(
        error(&pool.ask("GetUser", json!({"AccessToken": tokens.access})).await).1,
        "Access Token has been revoked"
    );
    let refresh = pool.tokens("ann@example.com").await.refresh.unwrap();
    for _ in 0..2 {
        ok(&pool.ask("RevokeToken", json!({"ClientId": "frontdesk", "Token": refresh})).await);
        assert_eq!(error(&pool.refresh(&refresh).await).0, "NotAuthorizedException");
    }
}

#[tokio::test]
async fn another_process_notices_a_change_within_a_minute() {
    let pool = TestPool::new().await;
    let other = pool.other_process();
    other.prepare().await.unwrap();
    pool.confirmed("ann@example.com").await;
    let tokens = pool.tokens("ann@example.com").await;
    assert!(other.authenticate(&tokens.id).await.is_ok(), "a token of one process is good in the other");
    pool.identity.pool().unwrap().set_enabled("ann@example.com", false).await.unwrap();
    assert!(revoked(&pool, &tokens.id).await);
    pool.clock.advance(60);
    assert!(matches!(other.authenticate(&tokens.id).await, Err(AuthError::Revoked)));
}
