//! Tokens that others made.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use testkit::{Caller, TestApp, User, claims};

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

fn header(token: &str) -> Value {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

fn signature(token: &str) -> &str {
    token.rsplit('.').next().unwrap()
}

/// A new RSA key of the forger's own.
fn forgers_key() -> EncodingKey {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
    EncodingKey::from_rsa_der(&pkcs1(der.as_ref()))
}

/// The RSA key inside of a PKCS #8 document (RFC 5208): what follows the header of 26 bytes that a 2,048-bit key has.
fn pkcs1(pkcs8: &[u8]) -> Vec<u8> {
    pkcs8[26..].to_vec()
}

async fn refused(app: &TestApp, what: &str, token: &str) {
    for form in [token.to_owned(), format!("Bearer {token}")] {
        let answer = app.anonymous().get("/orders").authorization(&form).await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text());
    }
}

async fn scene() -> (TestApp, User) {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    (app, ada)
}

#[tokio::test]
async fn a_token_signed_by_another_key_is_refused_under_whatever_key_id() {
    let (app, ada) = scene().await;
    let key = forgers_key();
    let claims = claims(&ada.tokens.id);
    let kid = header(&ada.tokens.id)["kid"].as_str().map(str::to_owned);
    for kid in [kid, Some("forged".to_owned()), Some("../../dev/null".to_owned()), None] {
        let header = Header { kid, ..Header::new(Algorithm::RS256) };
        refused(&app, "foreign key", &encode(&header, &claims, &key).unwrap()).await;
    }
    let mut header = Header::new(Algorithm::RS256);
    header.jku = Some("http://127.0.0.1:1/jwks.json".to_owned());
    refused(&app, "foreign key set", &encode(&header, &claims, &key).unwrap()).await;
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused() {
    let (app, ada) = scene().await;
    let kid = header(&ada.tokens.id)["kid"].clone();
    let body = ada.tokens.id.split('.').nth(1).unwrap();
    for algorithm in ["none", "None", "NONE", ""] {
        let head = part(&json!({"alg": algorithm, "typ": "JWT", "kid": kid}));
        refused(&app, "alg none", &format!("{head}.{body}.")).await;
        refused(&app, "alg none", &format!("{head}.{body}.{}", signature(&ada.tokens.id))).await;
        refused(&app, "alg none", &format!("{head}.{body}")).await;
    }
}

#[tokio::test]
async fn the_public_key_is_no_shared_secret() {
    let (app, ada) = scene().await;
    let jwks = app.anonymous().get("/local_frontdesk/.well-known/jwks.json").plain().await.json(200);
    let jwk = &jwks["keys"][0];
    let modulus = jwk["n"].as_str().unwrap();
    let secrets =
        [modulus.as_bytes().to_vec(), BASE64_URL_SAFE_NO_PAD.decode(modulus).unwrap(), jwk.to_string().into_bytes()];
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        for secret in &secrets {
            let header = Header { kid: jwk["kid"].as_str().map(str::to_owned), ..Header::new(algorithm) };
            let token = encode(&header, &claims(&ada.tokens.id), &EncodingKey::from_secret(secret)).unwrap();
            refused(&app, "HS256 with the public key", &token).await;
        }
    }
}

#[tokio::test]
async fn a_tampered_token_is_refused() {
    let (app, ada) = scene().await;
    let admin = app.admin().await;
    let [head, body, sign] = *ada.tokens.id.split('.').collect::<Vec<_>>() else { panic!("three parts") };
    for (name, value) in [
        ("sub", json!(admin.sub)),
        ("exp", json!(9_999_999_999_i64)),
        ("cognito:groups", json!(["apiAdmins"])),
        ("token_use", json!("access")),
    ] {
        let mut claims = claims(&ada.tokens.id);
        claims[name] = value;
        refused(&app, name, &format!("{head}.{}.{sign}", part(&claims))).await;
    }
    refused(&app, "another's signature", &format!("{head}.{body}.{}", signature(&admin.tokens.id))).await;
    refused(&app, "cut signature", &format!("{head}.{body}.{}", &sign[..sign.len() - 4])).await;
    refused(&app, "longer", &format!("{}.x", ada.tokens.id)).await;
    ada.get("/users/{me}").await.expect(200);
}

#[tokio::test]
async fn a_token_of_another_pool_is_refused() {
    let app = TestApp::start().await;
    let other = TestApp::start().await;
    let eve = other.user("eve").await;
    refused(&app, "another pool's", &eve.tokens.id).await;
    refused(&app, "another pool's", &eve.tokens.access).await;
}

#[tokio::test]
async fn a_token_of_ours_for_another_client_or_issuer_is_refused() {
    let ours = "https://desk.example.com/local_frontdesk";
    let app = TestApp::with(|setup| setup.identity.issuer = ours.to_owned()).await;
    let ada = app.user("ada").await;
    let mut app = app;
    for (client, issuer, status) in
        [("another", ours, 401), ("frontdesk", "https://desk.example.com/another", 401), ("frontdesk", ours, 200)]
    {
        app = app
            .restart(|setup| {
                setup.identity.client_id = client.to_owned();
                setup.identity.issuer = issuer.to_owned();
            })
            .await;
        for token in [&ada.tokens.id, &ada.tokens.access] {
            app.anonymous().get("/orders").authorization(token).await.expect(status);
        }
    }
}
