//! What is refused, and in whose words.

use domain::Clock;
use serde_json::{Value, json};

use crate::support::{HOST, PASSWORD, TestPool, error, sign};

fn custom_attributes(count: usize, value: &str) -> Value {
    (0..count).map(|number| json!({"Name": format!("custom:{number}"), "Value": value})).collect()
}

#[tokio::test]
async fn missing_and_wrong_parameters_are_named() {
    let pool = TestPool::new().await;
    let sign_up = |body: Value| pool.ask("SignUp", body);
    let (kind, message) = error(&sign_up(json!({})).await);
    assert_eq!(
        (kind.as_str(), message.as_str()),
        ("InvalidParameterException", "Missing required parameters Username, Password")
    );
    let mut body = json!({"Username": "ann@example.com", "Password": PASSWORD});
    assert_eq!(error(&sign_up(body.clone()).await).1, "Missing required parameter ClientId");
    body["ClientId"] = json!("other");
    assert_eq!(error(&sign_up(body.clone()).await).0, "ResourceNotFoundException");
    body["ClientId"] = json!("frontdesk");
    for (name, value, kind) in [
        ("Username", json!("ann"), "InvalidParameterException"),
        ("Username", json!(7), "SerializationException"),
        ("Password", json!("short"), "InvalidPasswordException"),
        ("Password", json!("alllowercase1!"), "InvalidPasswordException"),
        ("UserAttributes", json!("x"), "SerializationException"),
        ("UserAttributes", json!([{"Value": "x"}]), "SerializationException"),
        ("UserAttributes", json!([{"Name": "sub", "Value": "x"}]), "NotAuthorizedException"),
        ("UserAttributes", json!([{"Name": "email_verified", "Value": "true"}]), "NotAuthorizedException"),
        ("UserAttributes", json!([{"Name": "cognito:groups", "Value": "apiAdmins"}]), "NotAuthorizedException"),
        ("UserAttributes", json!([{"Name": "email", "Value": "bob@example.com"}]), "InvalidParameterException"),
        ("UserAttributes", json!([{"Name": "aud", "Value": "x"}]), "InvalidParameterException"),
        ("UserAttributes", json!([{"Name": "name", "Value": "x".repeat(2_049)}]), "InvalidParameterException"),
        ("UserAttributes", custom_attributes(51, "x"), "InvalidParameterException"),
        ("UserAttributes", custom_attributes(50, &"\u{1f600}".repeat(2_048)), "InvalidParameterException"),
    ] {
        let mut wrong = body.clone();
        wrong[name] = value;
        assert_eq!(error(&sign_up(wrong.clone()).await).0, kind, "{wrong}");
    }
    let pool_id = pool.admin("AdminGetUser", json!({"UserPoolId": "other", "Username": "a@b"})).await;
    assert_eq!(error(&pool_id).0, "ResourceNotFoundException");
    assert_eq!(error(&pool.admin("AdminGetUser", json!({})).await).1, "Missing required parameter Username");
}

#[tokio::test]
async fn sign_in_needs_a_known_flow_and_its_parameters() {
    let pool = TestPool::new().await;
    let initiate = |flow: &str, parameters: Value| {
        pool.ask("InitiateAuth", json!({"ClientId": "frontdesk", "AuthFlow": flow, "AuthParameters": parameters}))
    };
    for flow in ["USER_SRP_AUTH", "NO_SUCH_AUTH", "ADMIN_USER_PASSWORD_AUTH"] {
        assert_eq!(error(&initiate(flow, json!({})).await).0, "InvalidParameterException", "{flow}");
    }
    let missing = error(&initiate("USER_PASSWORD_AUTH", json!({})).await);
    assert_eq!(missing.1, "Missing required parameters USERNAME, PASSWORD");
    let missing = error(&initiate("REFRESH_TOKEN_AUTH", json!({})).await);
    assert_eq!(missing.1, "Missing required parameter REFRESH_TOKEN");
}

#[tokio::test]
async fn actions_and_bodies_must_be_understood() {
    let pool = TestPool::new().await;
    let target = |action: &str| format!("AWSCognitoIdentityProviderService.{action}");
    for body in ["", "[]", "{", "\u{0}", "7"] {
        let reply = pool.send(&[("host", HOST), ("x-amz-target", &target("SignUp"))], body).await;
        assert_eq!(error(&reply).0, "SerializationException", "{body:?}");
    }
    for headers in [&[("host", HOST)][..], &[("x-amz-target", "DynamoDB_20120810.GetItem")]] {
        assert_eq!(error(&pool.send(headers, "{}").await).0, "UnknownOperationException");
    }
    for action in ["DescribeUserPool", "NoSuchAction"] {
        let (kind, message) = error(&pool.ask(action, json!({})).await);
        assert!(kind == "UnknownOperationException" && message.contains(action), "{message}");
    }
}

#[tokio::test]
async fn administrative_actions_need_a_good_signature() {
    let pool = TestPool::new().await;
    let target = "AWSCognitoIdentityProviderService.ListUsers";
    let body = json!({"UserPoolId": "local_frontdesk"}).to_string();
    assert_eq!(error(&pool.ask("ListUsers", json!({})).await).0, "MissingAuthenticationTokenException");
    let now = pool.clock.now();
    let key = pool.identity.access_key().unwrap().clone();
    let mut other_secret = key.clone();
    other_secret.secret = "x".repeat(40);
    let mut other_id = key.clone();
    other_id.id = "AKIAAAAAAAAAAAAAAAAA".to_owned();
    let late = now.checked_sub(jiff::SignedDuration::from_secs(301)).unwrap();
    for (headers, body, kind) in [
        (sign(&other_secret, target, &body, now), body.as_str(), "InvalidSignatureException"),
        (sign(&other_id, target, &body, now), &body, "UnrecognizedClientException"),
        (sign(&key, target, &body, late), &body, "InvalidSignatureException"),
        (sign(&key, target, &body, now), "{}", "InvalidSignatureException"),
    ] {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(error(&pool.send(&headers, body).await).0, kind);
    }
    let mut moved = sign(&key, target, &body, now);
    moved[2].1 = "AWSCognitoIdentityProviderService.AdminDeleteUser".to_owned();
    let headers: Vec<_> = moved.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(error(&pool.send(&headers, &body).await).0, "InvalidSignatureException", "for another action");
}
