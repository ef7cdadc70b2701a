//! What other programs verify tokens with.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};
use testkit::{CLIENT, Caller, TestApp, claims};

#[tokio::test]
async fn an_independent_library_verifies_tokens_with_the_published_keys() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let anonymous = app.anonymous();
    let discovery = anonymous.get("/local_frontdesk/.well-known/openid-configuration").plain().await.json(200);
    let issuer = discovery["issuer"].as_str().unwrap();
    assert_eq!(issuer, format!("{}/local_frontdesk", app.http.base()));
    let keys_at = discovery["jwks_uri"].as_str().unwrap();
    assert_eq!(keys_at, format!("{issuer}/.well-known/jwks.json"));
    let keys = anonymous.get(keys_at.strip_prefix(app.http.base()).unwrap()).plain().await.json(200);
    let keys: JwkSet = serde_json::from_value(keys).unwrap();
    let key = keys.find(&decode_header(&ada.tokens.id).unwrap().kid.unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[CLIENT]);
    let verified = decode::<Value>(&ada.tokens.id, &DecodingKey::from_jwk(key).unwrap(), &validation).unwrap();
    assert_eq!(verified.claims, claims(&ada.tokens.id));
    validation.set_audience(&["another"]);
    assert!(decode::<Value>(&ada.tokens.id, &DecodingKey::from_jwk(key).unwrap(), &validation).is_err());
}

#[tokio::test]
async fn the_key_set_holds_no_private_key() {
    let app = TestApp::start().await;
    let keys = app.anonymous().get("/local_frontdesk/.well-known/jwks.json").plain().await.json(200);
    let key = keys["keys"][0].as_object().unwrap();
    let mut names: Vec<_> = key.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]);
    assert_eq!((&key["kty"], &key["alg"], &key["use"]), (&json!("RSA"), &json!("RS256"), &json!("sig")));
}

#[tokio::test]
async fn keys_outlive_a_restart() {
    let fixed = |setup: &mut frontdesk::compose::Setup| {
        setup.identity.issuer = "https://desk.example.com/local_frontdesk".into()
    };
    let app = TestApp::with(fixed).await;
    let ada = app.user("ada").await;
    let path = "/local_frontdesk/.well-known/jwks.json";
    let before = app.anonymous().get(path).plain().await.json(200);
    let access_key = app.cognito.key.id.clone();
    let app = app.restart(fixed).await;
    assert_eq!(app.anonymous().get(path).plain().await.json(200), before);
    assert_eq!(app.cognito.key.id, access_key);
    app.anonymous().get("/orders").authorization(&ada.tokens.id).await.expect(200);
}
