//! Signing up and in, and the tokens that come of it.

use serde_json::json;
use store::{Key, Query, Table};

use crate::support::{PASSWORD, Signed, TestPool, claims, error, ok};

#[tokio::test]
async fn a_user_signs_up_is_confirmed_and_signs_in() {
    let pool = TestPool::new().await;
    let attributes = json!([{"Name": "name", "Value": "Ann"}, {"Name": "email", "Value": "ann@Example.com"}]);
    let body = json!({"ClientId": "frontdesk", "Username": "Ann@example.com", "Password": PASSWORD, "UserAttributes": attributes});
    let signed_up = ok(&pool.ask("SignUp", body).await);
    assert_eq!(signed_up["UserConfirmed"], false);
    let sub = signed_up["UserSub"].as_str().unwrap();
    assert_eq!(error(&pool.initiate("ann@example.com", PASSWORD).await).0, "UserNotConfirmedException");
    assert_eq!(error(&pool.initiate("ann@example.com", "wrong").await).0, "NotAuthorizedException");
    ok(&pool.admin("AdminConfirmSignUp", json!({"Username": "ANN@example.com"})).await);

    let reply = pool.initiate("ann@EXAMPLE.com", PASSWORD).await;
    let result = &ok(&reply)["AuthenticationResult"];
    assert_eq!((&result["ExpiresIn"], &result["TokenType"]), (&json!(3600), &json!("Bearer")));
    assert_eq!(ok(&reply)["ChallengeParameters"], json!({}));
    let tokens = Signed::from(&reply);
    assert!(!format!("{reply:?}").contains(&tokens.id), "tokens are not shown");
    let id = claims(&tokens.id);
    assert_eq!((&id["sub"], &id["cognito:username"], &id["token_use"]), (&json!(sub), &json!(sub), &json!("id")));
    assert_eq!((&id["aud"], &id["iss"]), (&json!("frontdesk"), &json!("http://127.0.0.1:8080/local_frontdesk")));
    assert_eq!(
        (&id["email"], &id["email_verified"], &id["name"]),
        (&json!("Ann@example.com"), &json!(false), &json!("Ann"))
    );
    assert_eq!((id["iat"].as_i64(), id["exp"].as_i64()), (Some(1_800_000_000), Some(1_800_003_600)));
    assert!(id.get("cognito:groups").is_none());
    let access = claims(&tokens.access);
    assert_eq!(
        (&access["client_id"], &access["username"], &access["token_use"]),
        (&json!("frontdesk"), &json!(sub), &json!("access"))
    );
    assert_eq!(access["scope"], "aws.cognito.signin.user.admin");
    assert_eq!((&access["origin_jti"], &access["event_id"]), (&id["origin_jti"], &id["event_id"]));
    assert!(access["jti"] != id["jti"] && access.get("aud").is_none());

    for token in [&tokens.id, &tokens.access] {
        let principal = pool.identity.authenticate(&format!("Bearer {token}")).await.unwrap();
        assert_eq!((principal.sub.as_str(), principal.administrator), (sub, false));
    }
}

#[tokio::test]
async fn an_account_comes_with_a_profile_and_events() {
    let pool = TestPool::new().await;
    let sub = pool.confirmed("ann@example.com").await;
    let profile = pool.store.get(&Key::new(Table::Users, &sub)).await.unwrap().unwrap();
    let profile: serde_json::Value = profile.body().unwrap();
    assert_eq!(profile, json!({"userid": sub, "timestamp": "2027-01-15T08:00:00.250Z"}));
    let item = pool.store.get(&Key::new(Table::Accounts, &sub)).await.unwrap().unwrap();
    assert!(!item.body.contains("argon2") && item.private.unwrap().contains("$argon2id$"));
    let events = pool.store.query(Query::table(Table::Events, format!("account/{sub}"))).await.unwrap().items;
    let bodies: Vec<serde_json::Value> = events.iter().map(|event| event.body().unwrap()).collect();
    let kinds: Vec<_> = bodies.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["frontdesk.account.created", "frontdesk.account.confirmed"]);
    assert!(!bodies.iter().any(|event| event.to_string().contains("argon2")));
    let events = pool.store.query(Query::table(Table::Events, format!("user/{sub}"))).await.unwrap().items;
    assert_eq!(events.len(), 1);
}

#[tokio::test]
async fn unknown_users_and_wrong_passwords_are_answered_alike() {
    let pool = TestPool::new().await;
    pool.confirmed("ann@example.com").await;
    let long = "x".repeat(2_000);
    for (email, password) in
        [("ann@example.com", "wrong"), ("bob@example.com", PASSWORD), ("nobody", PASSWORD), ("ann@example.com", &long)]
    {
        let answer = error(&pool.initiate(email, password).await);
        assert_eq!(
            answer,
            ("NotAuthorizedException".to_owned(), "Incorrect username or password.".to_owned()),
            "{email}"
        );
    }
}

#[tokio::test]
async fn a_temporary_password_must_be_replaced_first() {
    let pool = TestPool::new().await;
    let body = json!({
        "Username": "ann@example.com", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS",
        "DesiredDeliveryMediums": ["EMAIL"], "UserAttributes": [{"Name": "email_verified", "Value": "true"}],
    });
    let user = ok(&pool.admin("AdminCreateUser", body).await)["User"].clone();
    assert_eq!((&user["UserStatus"], &user["Enabled"]), (&json!("FORCE_CHANGE_PASSWORD"), &json!(true)));
    assert_eq!(user["UserCreateDate"].to_string(), "1800000000.250");
    let sub = user["Username"].as_str().unwrap();
    assert_eq!(user["Attributes"][0], json!({"Name": "sub", "Value": sub}));
    let (kind, message) = error(&pool.initiate("ann@example.com", PASSWORD).await);
    assert!(kind == "NotAuthorizedException" && message.contains("AdminSetUserPassword"), "{message}");
    let set = |password: &str, permanent: bool| json!({"Username": sub, "Password": password, "Permanent": permanent});
    ok(&pool.admin("AdminSetUserPassword", set("0ther-Pass", false)).await);
    assert_eq!(error(&pool.initiate("ann@example.com", "0ther-Pass").await).0, "NotAuthorizedException");
    ok(&pool.admin("AdminSetUserPassword", set("0ther-Pass", true)).await);
    assert_eq!(error(&pool.initiate("ann@example.com", PASSWORD).await).0, "NotAuthorizedException");
    let tokens = Signed::from(&pool.initiate("ann@example.com", "0ther-Pass").await);
    assert_eq!((&claims(&tokens.id)["sub"], &claims(&tokens.id)["email_verified"]), (&json!(sub), &json!(true)));
}

#[tokio::test]
async fn a_refresh_token_gets_new_tokens_until_it_ends() {
    let pool = TestPool::new().await;
    pool.confirmed("ann@example.com").await;
    let first = pool.tokens("ann@example.com").await;
    let refresh = first.refresh.unwrap();
    pool.clock.advance(2 * 3_600);
    let second = Signed::from(&pool.refresh(&refresh).await);
    assert!(second.refresh.is_none());
    let (before, after) = (claims(&first.id), claims(&second.id));
    assert_eq!((&before["auth_time"], &before["origin_jti"]), (&after["auth_time"], &after["origin_jti"]));
    assert_eq!(after["iat"].as_i64().unwrap() - before["iat"].as_i64().unwrap(), 7_200);
    pool.identity.authenticate(&second.access).await.unwrap();
    pool.clock.advance(30 * 24 * 3_600);
    assert_eq!(error(&pool.refresh(&refresh).await).0, "NotAuthorizedException");
    assert_eq!(error(&pool.refresh("made up").await).1, "Invalid Refresh Token");
}

#[tokio::test]
async fn an_administrator_can_sign_a_user_in() {
    let pool = TestPool::new().await;
    pool.confirmed("ann@example.com").await;
    let parameters = json!({"USERNAME": "ann@example.com", "PASSWORD": PASSWORD});
    let body = json!({"ClientId": "frontdesk", "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters});
    let tokens = Signed::from(&pool.admin("AdminInitiateAuth", body.clone()).await);
    assert!(pool.identity.authenticate(&tokens.id).await.is_ok());
    assert_eq!(error(&pool.ask("AdminInitiateAuth", body).await).0, "MissingAuthenticationTokenException");
}
