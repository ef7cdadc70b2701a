//! Accounts: sign-up, confirmation, creation by an administrator, deletion.

use serde_json::{Value, json};
use testkit::{CLIENT, Caller, PASSWORD, POOL, TestApp, claims, fault, is_uuid};

fn attribute(user: &Value, list: &str, name: &str) -> Option<String> {
    let attributes = user[list].as_array().unwrap();
    let found = attributes.iter().find(|attribute| attribute["Name"] == name)?;
    found["Value"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn sign_up_confirmation_and_sign_in_give_one_identity() {
    let app = TestApp::start().await;
    let attributes = json!([{"Name": "name", "Value": "Ada L."}]);
    let body =
        json!({"ClientId": CLIENT, "Username": "ada@example.com", "Password": PASSWORD, "UserAttributes": attributes});
    let signed_up = app.cognito.act("SignUp", &body).await.json(200);
    assert_eq!(signed_up["UserConfirmed"], false);
    assert!(is_uuid(&signed_up["UserSub"]));
    let sub = signed_up["UserSub"].as_str().unwrap();
    assert_eq!(fault(&app.cognito.initiate("ada@example.com", PASSWORD).await), "UserNotConfirmedException");
    assert_eq!(app.cognito.admin_user("AdminConfirmSignUp", "ada@example.com").await.json(200), json!({}));
    let ada = app.cognito.signed_in(sub.to_owned(), "ada@example.com", PASSWORD).await;
    let claims = claims(&ada.tokens.id);
    assert_eq!(
        (&claims["sub"], &claims["email"], &claims["name"]),
        (&json!(sub), &json!("ada@example.com"), &json!("Ada L."))
    );
    let profile = ada.get("/users/{me}").await.json(200);
    assert_eq!((&profile["userid"], &profile["name"]), (&json!(sub), &json!("Ada L.")));
}

#[tokio::test]
async fn an_address_has_one_account_in_whatever_case() {
    let app = TestApp::start().await;
    app.cognito.sign_up("ada@example.com").await;
    let body = json!({"ClientId": CLIENT, "Username": "ADA@Example.com", "Password": PASSWORD});
    assert_eq!(fault(&app.cognito.act("SignUp", &body).await), "UsernameExistsException");
    app.cognito.admin_user("AdminConfirmSignUp", "Ada@Example.Com").await.expect(200);
    app.cognito.sign_in("ADA@EXAMPLE.COM", PASSWORD).await;
}

#[tokio::test]
async fn what_the_pool_decides_cannot_be_set_at_sign_up() {
    let app = TestApp::start().await;
    for (number, name) in
        ["sub", "email_verified", "cognito:groups", "cognito:username", "cognito:anything"].iter().enumerate()
    {
        let email = format!("u{number}@example.com");
        let attributes = json!([{"Name": name, "Value": "true"}]);
        let body = json!({"ClientId": CLIENT, "Username": email, "Password": PASSWORD, "UserAttributes": attributes});
        assert_eq!(fault(&app.cognito.act("SignUp", &body).await), "NotAuthorizedException", "{name}");
        assert_eq!(fault(&app.cognito.admin_user("AdminGetUser", &email).await), "UserNotFoundException");
    }
    app.cognito.sign_up("eve@example.com").await;
    let user = app.cognito.admin_user("AdminGetUser", "eve@example.com").await.json(200);
    assert_eq!(attribute(&user, "UserAttributes", "email_verified").as_deref(), Some("false"));
}

#[tokio::test]
async fn weak_passwords_and_odd_usernames_are_refused() {
    let app = TestApp::start().await;
    for password in
        ["Aa1!", "alllower1!", "ALLUPPER1!", "NoDigits!!", "NoSymbols11", &format!("Aa1!{}", "x".repeat(300))]
    {
        let body = json!({"ClientId": CLIENT, "Username": "ada@example.com", "Password": password});
        assert_eq!(fault(&app.cognito.act("SignUp", &body).await), "InvalidPasswordException", "{password}");
    }
    for username in ["ada", "@", "a b@example.com", "a@b@c", "ada@example.com\n"] {
        let body = json!({"ClientId": CLIENT, "Username": username, "Password": PASSWORD});
        assert_eq!(fault(&app.cognito.act("SignUp", &body).await), "InvalidParameterException", "{username:?}");
    }
}

#[tokio::test]
async fn a_temporary_password_is_refused_until_it_is_set_for_good() {
    let app = TestApp::start().await;
    let temporary = "Temporary-1";
    let body = json!({"UserPoolId": POOL, "Username": "ada@example.com", "TemporaryPassword": temporary});
    let user = app.cognito.admin("AdminCreateUser", &body).await.json(200)["User"].clone();
    assert_eq!(user["UserStatus"], "FORCE_CHANGE_PASSWORD");
    assert!(is_uuid(&user["Username"]));
    assert_eq!(attribute(&user, "Attributes", "sub").as_deref(), user["Username"].as_str());
    assert_eq!(attribute(&user, "Attributes", "email").as_deref(), Some("ada@example.com"));
    assert_eq!(fault(&app.cognito.initiate("ada@example.com", temporary).await), "NotAuthorizedException");
    let set = |permanent| json!({"UserPoolId": POOL, "Username": "ada@example.com", "Password": PASSWORD, "Permanent": permanent});
    app.cognito.admin("AdminSetUserPassword", &set(false)).await.expect(200);
    assert_eq!(fault(&app.cognito.initiate("ada@example.com", PASSWORD).await), "NotAuthorizedException");
    app.cognito.admin("AdminSetUserPassword", &set(true)).await.expect(200);
    let tokens = app.cognito.sign_in("ada@example.com", PASSWORD).await;
    assert_eq!(claims(&tokens.id)["sub"], user["Username"]);
    assert_eq!(app.cognito.admin_user("AdminGetUser", "ada@example.com").await.json(200)["UserStatus"], "CONFIRMED");
    let admin = app.admin().await;
    admin.get(&format!("/users/{}", user["Username"].as_str().unwrap())).await.expect(200);
}

#[tokio::test]
async fn a_new_account_of_an_old_address_is_another_identity() {
    let app = TestApp::start().await;
    let old = app.user("ada").await;
    old.put("/users/{me}", &json!({"name": "old"})).await.expect(200);
    old.order("o").await.expect(200);
    app.cognito.admin_user("AdminDeleteUser", &old.email).await.expect(200);
    let new = app.user("ada").await;
    assert_ne!(new.sub, old.sub);
    assert_eq!(new.get("/users/{me}").await.json(200).get("name"), None);
    assert_eq!(new.get("/orders").await.json(200), json!({"orders": []}));
    assert_eq!(
        app.admin().await.get(&old.path("")).await.json(200)["name"],
        "old",
        "the profile stays, under the old sub"
    );
}

#[tokio::test]
async fn unknown_users_are_named_so_by_every_administrative_action() {
    let app = TestApp::start().await;
    for username in ["nobody@example.com", "00000000-0000-4000-8000-000000000000"] {
        for action in ["AdminGetUser", "AdminConfirmSignUp", "AdminDeleteUser", "AdminDisableUser", "AdminEnableUser"] {
            assert_eq!(fault(&app.cognito.admin_user(action, username).await), "UserNotFoundException", "{action}");
        }
        let body = json!({"UserPoolId": POOL, "Username": username, "Password": PASSWORD, "Permanent": true});
        assert_eq!(fault(&app.cognito.admin("AdminSetUserPassword", &body).await), "UserNotFoundException");
        let body = json!({"UserPoolId": POOL, "Username": username, "GroupName": "apiAdmins"});
        assert_eq!(fault(&app.cognito.admin("AdminAddUserToGroup", &body).await), "UserNotFoundException");
    }
}

#[tokio::test]
async fn users_are_listed_in_pages() {
    let app = TestApp::start().await;
    for name in ["a", "b", "c", "d"] {
        app.cognito.sign_up(&format!("{name}@example.com")).await;
    }
    let (mut emails, mut token) = (Vec::new(), Value::Null);
    loop {
        let body = json!({"UserPoolId": POOL, "Limit": 2, "PaginationToken": token});
        let page = app.cognito.admin("ListUsers", &body).await.json(200);
        assert!(page["Users"].as_array().unwrap().len() <= 2);
        emails
            .extend(page["Users"].as_array().unwrap().iter().filter_map(|user| attribute(user, "Attributes", "email")));
        token = page["PaginationToken"].clone();
        if token.is_null() {
            break;
        }
    }
    emails.sort();
    assert_eq!(emails, ["a@example.com", "admin@example.com", "b@example.com", "c@example.com", "d@example.com"]);
    let one = json!({"UserPoolId": POOL, "Filter": "email = \"c@example.com\""});
    let found = app.cognito.admin("ListUsers", &one).await.json(200);
    assert_eq!(found["Users"].as_array().unwrap().len(), 1);
}
