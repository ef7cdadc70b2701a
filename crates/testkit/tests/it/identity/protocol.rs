//! The JSON protocol itself: targets, bodies, errors.

use reqwest::Method;
use serde_json::json;
use testkit::{CLIENT, Caller, PASSWORD, POOL, TestApp, fault};

#[tokio::test]
async fn every_error_is_400_with_type_and_message() {
    let app = TestApp::start().await;
    let answer = app.cognito.admin_user("AdminGetUser", "nobody@example.com").await;
    assert_eq!(fault(&answer), "UserNotFoundException");
    assert!(answer.header("x-amzn-errortype").is_some_and(|kind| kind.starts_with("UserNotFoundException")));
    assert!(answer.header("content-type").unwrap().starts_with("application/x-amz-json-1.1"));
}

#[tokio::test]
async fn unknown_and_missing_targets_are_unknown_operations() {
    let app = TestApp::start().await;
    for action in ["NoSuchAction", "", "signUp", "SignUp2", "../SignUp"] {
        assert_eq!(fault(&app.cognito.admin(action, &json!({})).await), "UnknownOperationException", "{action}");
    }
    let bare = app.anonymous().post("/", &json!({})).plain().await;
    assert!((400..500).contains(&bare.status), "{}", bare.text());
    let other =
        app.anonymous().post("/", &json!({})).header("x-amz-target", "DynamoDB_20120810.ListTables").plain().await;
    assert_eq!(fault(&other), "UnknownOperationException");
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused() {
    let app = TestApp::start().await;
    let target = "AWSCognitoIdentityProviderService.SignUp";
    let nested = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let nested_member = [b"{\"ClientId\":".to_vec(), nested.clone(), b"}".to_vec()].concat();
    for body in [&b""[..], b"{", b"[]", b"null", b"\"x\"", b"{\"ClientId\":\"\xff\"}", &nested, &nested_member] {
        let call = app.anonymous().call(Method::POST, "/").header("x-amz-target", target).body(body).plain();
        assert_eq!(
            fault(&call.await),
            "SerializationException",
            "{:?}",
            String::from_utf8_lossy(&body[..body.len().min(20)])
        );
    }
    for body in [
        json!({"ClientId": 1, "Username": "a", "Password": "b"}),
        json!({"UserAttributes": {}, "ClientId": CLIENT,
        "Username": "a@example.com", "Password": PASSWORD}),
    ] {
        assert_eq!(fault(&app.cognito.act("SignUp", &body).await), "SerializationException", "{body}");
    }
}

#[tokio::test]
async fn missing_parameters_are_named() {
    let app = TestApp::start().await;
    let answer = app.cognito.act("SignUp", &json!({"ClientId": CLIENT})).await;
    assert_eq!(fault(&answer), "InvalidParameterException");
    let message = answer.json(400)["message"].to_string();
    assert!(message.contains("Username") && message.contains("Password"), "{message}");
    assert_eq!(
        fault(&app.cognito.admin("AdminGetUser", &json!({"UserPoolId": POOL})).await),
        "InvalidParameterException"
    );
    let other = json!({"UserPoolId": "another", "Username": "a@example.com"});
    assert_eq!(fault(&app.cognito.admin("AdminGetUser", &other).await), "ResourceNotFoundException");
}

#[tokio::test]
async fn a_huge_body_is_a_client_error() {
    let app = TestApp::start().await;
    let body = json!({"ClientId": CLIENT, "Username": "a@example.com", "Password": "x".repeat(2 * 1024 * 1024)});
    let answer = app.cognito.act("SignUp", &body).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
}

#[tokio::test]
async fn an_access_token_says_who_one_is() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let user = app.cognito.act("GetUser", &json!({"AccessToken": ada.tokens.access})).await.json(200);
    assert_eq!(user["Username"], ada.sub.as_str());
    for token in [ada.tokens.id.as_str(), "x", ""] {
        assert!(matches!(
            fault(&app.cognito.act("GetUser", &json!({"AccessToken": token})).await).as_str(),
            "NotAuthorizedException" | "InvalidParameterException"
        ));
    }
}
