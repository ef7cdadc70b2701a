//! Tokens that others made, or that are for somebody else.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use identity::{OutsideKind, SignatureAlgorithm};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use testkit::{AUDIENCE, Issuer, OutsideApp, TestKey};

fn with(claims: &Value, changes: &Value) -> Value {
    let mut claims = claims.clone();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn only_the_issuers_signature_is_believed() {
    let key = TestKey::rsa("k");
    let issuer = Issuer::start(&[&key]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await.fetch().await;
    let claims = app.claims(&issuer, "ada");
    assert_eq!(app.status(&key.sign(&claims)).await, 200);

    assert_eq!(app.status(&TestKey::rsa("k").sign(&claims)).await, 401, "another key under our key's name");
    let body = part(&claims);
    for algorithm in ["none", "None", "NONE"] {
        let head = part(&json!({"alg": algorithm, "kid": "k"}));
        assert_eq!(app.status(&format!("{head}.{body}.")).await, 401, "{algorithm}");
    }
    for secret in [key.jwk["n"].as_str().unwrap(), &key.jwk.to_string()] {
        let header = Header { kid: Some("k".to_owned()), ..Header::new(Algorithm::HS256) };
        let token = encode(&header, &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap();
        assert_eq!(app.status(&token).await, 401, "the public key as a shared secret");
    }
}

#[tokio::test]
async fn only_tokens_for_us_are_believed() {
    let key = TestKey::rsa("k");
    let issuer = Issuer::start(&[&key]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await.fetch().await;
    let claims = app.claims(&issuer, "ada");
    let now = claims["iat"].as_i64().unwrap();
    for (changes, status) in [
        (json!({}), 200),
        (json!({"aud": ["account", AUDIENCE]}), 200),
        (json!({"aud": null, "token_use": "access", "client_id": AUDIENCE}), 200),
        (json!({"aud": "another"}), 401),
        (json!({"aud": []}), 401),
        (json!({"aud": null}), 401),
        (json!({"aud": null, "azp": AUDIENCE, "client_id": AUDIENCE}), 401),
        (json!({"aud": ["account"], "token_use": "access", "client_id": AUDIENCE}), 401),
        (json!({"iss": "https://id.example.com"}), 401),
        (json!({"iss": format!("{}/", issuer.url)}), 401),
        (json!({"sub": null}), 401),
        (json!({"sub": ""}), 401),
        (json!({"exp": now}), 401),
        (json!({"exp": null}), 401),
        (json!({"iat": null}), 401),
        (json!({"iat": now + 60, "exp": now + 120}), 401),
        (json!({"nbf": now + 60}), 401),
        (json!({"token_use": "refresh"}), 401),
        (json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}), 401),
        (json!({"cnf": {"jkt": "thumbprint"}}), 401),
        (json!({"groups": {"apiAdmins": true}}), 401),
    ] {
        assert_eq!(app.status(&key.sign(&with(&claims, &changes))).await, status, "{changes}");
    }
    app.clock.advance_seconds(3_600);
    assert_eq!(app.status(&key.sign(&claims)).await, 401, "expired");
}

#[tokio::test]
async fn cognito_says_what_each_token_is_for() {
    let key = TestKey::rsa("k");
    let issuer = Issuer::start(&[&key]).await;
    let app = OutsideApp::of(&issuer, |outside| outside.kind = OutsideKind::Cognito).await.fetch().await;
    let claims = app.claims(&issuer, "ada");
    for (changes, status) in [
        (json!({}), 401),
        (json!({"token_use": "id"}), 200),
        (json!({"token_use": "access"}), 401),
        (json!({"token_use": "access", "aud": null, "client_id": AUDIENCE}), 200),
        (json!({"token_use": "access", "aud": null, "client_id": "another"}), 401),
        (json!({"token_use": "id", "aud": null, "client_id": AUDIENCE}), 401),
    ] {
        assert_eq!(app.status(&key.sign(&with(&claims, &changes))).await, status, "{changes}");
    }
}

#[tokio::test]
async fn an_algorithm_is_believed_when_it_is_allowed_and_the_keys_own() {
    let (rsa, ec) = (TestKey::rsa("rsa"), TestKey::ec("ec"));
    let issuer = Issuer::start(&[&rsa, &ec]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await.fetch().await;
    let claims = app.claims(&issuer, "ada");
    assert_eq!(app.status(&rsa.sign(&claims)).await, 200);
    assert_eq!(app.status(&ec.sign(&claims)).await, 401, "ES256 is not allowed");
    let app = OutsideApp::of(&issuer, |outside| {
        outside.algorithms = vec![SignatureAlgorithm::ES256, SignatureAlgorithm::PS256];
    });
    let app = app.await.fetch().await;
    assert_eq!(app.status(&ec.sign(&claims)).await, 200);
    assert_eq!(app.status(&rsa.sign(&claims)).await, 401, "RS256 is not allowed");
    let pss = Header { kid: Some("rsa".to_owned()), ..Header::new(Algorithm::PS256) };
    assert_eq!(app.status(&rsa.sign_with(pss, &claims)).await, 401, "the key is for RS256 only");
}

#[tokio::test]
async fn a_token_of_another_type_is_refused() {
    let key = TestKey::rsa("k");
    let issuer = Issuer::start(&[&key]).await;
    let app = OutsideApp::of(&issuer, |_| {}).await.fetch().await;
    let claims = app.claims(&issuer, "ada");
    for (typ, status) in [("JWT", 200), ("at+jwt", 200), ("logout+jwt", 401), ("secevent+jwt", 401)] {
        let header = Header { kid: Some("k".to_owned()), typ: Some(typ.to_owned()), ..Header::new(Algorithm::RS256) };
        assert_eq!(app.status(&key.sign_with(header, &claims)).await, status, "{typ}");
    }
}
