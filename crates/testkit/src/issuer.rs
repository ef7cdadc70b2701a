//! An issuer of the test's own: a real listener with a discovery document and a key set, which the test changes, and whose readers it
//! counts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A key that signs tokens.
pub struct TestKey {
    /// The public key as a JSON Web Key (RFC 7517).
    pub jwk: Value,
    signing: EncodingKey,
    algorithm: Algorithm,
}

impl TestKey {
    /// A new RSA key of that name, for RS256.
    pub fn rsa(kid: &str) -> Self {
        let pair = rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let (n, e) = (text(n.big_endian_without_leading_zero()), text(e.big_endian_without_leading_zero()));
        let jwk = json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e});
        // Behind the header of 26 bytes that a PKCS #8 document (RFC 5208) of a 2,048-bit key has.
        Self { jwk, signing: EncodingKey::from_rsa_der(&der.as_ref()[26..]), algorithm: Algorithm::RS256 }
    }

    /// A new key of that name on P-256, for ES256.
    pub fn ec(kid: &str) -> Self {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).unwrap();
        // An uncompressed point: a byte that says so, then both coordinates.
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let jwk = json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": text(x), "y": text(y)});
        Self { jwk, signing: EncodingKey::from_ec_der(document.as_ref()), algorithm: Algorithm::ES256 }
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &Value) -> String {
        let kid = self.jwk["kid"].as_str().map(str::to_owned);
        self.sign_with(Header { kid, ..Header::new(self.algorithm) }, claims)
    }

    /// A token with this header.
    pub fn sign_with(&self, header: Header, claims: &Value) -> String {
        encode(&header, claims, &self.signing).unwrap()
    }
}

/// What the key set's URL answers with.
#[derive(Clone)]
enum Answer {
    Keys(Vec<Value>),
    /// So many spaces before a set without keys.
    Long(usize),
    Redirect(String),
    Failure,
}

/// What happens while the key set is read.
type Slowness = Box<dyn Fn() + Send + Sync>;

/// What is published.
struct Published {
    keys: Mutex<Answer>,
    /// How the discovery document names the issuer.
    issuer: Mutex<String>,
    slowness: Mutex<Option<Slowness>>,
    read: AtomicUsize,
}

/// An issuer that listens.
pub struct Issuer {
    /// Its `iss`.
    pub url: String,
    published: Arc<Published>,
    task: JoinHandle<()>,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Issuer {
    /// An issuer that publishes these keys.
    pub async fn start(keys: &[&TestKey]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let published = Published {
            keys: Mutex::new(Answer::Keys(keys.iter().map(|key| key.jwk.clone()).collect())),
            issuer: Mutex::new(url.clone()),
            slowness: Mutex::default(),
            read: AtomicUsize::new(0),
        };
        let published = Arc::new(published);
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(key_set))
            .with_state(Arc::clone(&published));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, published, task }
    }

    /// Publishes these keys and no others.
    pub fn publish(&self, keys: &[&TestKey]) {
        self.answer(Answer::Keys(keys.iter().map(|key| key.jwk.clone()).collect()));
    }

    /// Does this from here on while its key set is read: time that passes, say.
    pub fn be_slow(&self, meanwhile: impl Fn() + Send + Sync + 'static) {
        *self.published.slowness.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(meanwhile));
    }

    /// Answers with failures from here on.
    pub fn fail(&self) {
        self.answer(Answer::Failure);
    }

    /// Answers with more than so many bytes from here on.
    pub fn be_long(&self, bytes: usize) {
        self.answer(Answer::Long(bytes));
    }

    /// Sends those who want keys there.
    pub fn redirect(&self, url: &str) {
        self.answer(Answer::Redirect(url.to_owned()));
    }

    fn answer(&self, answer: Answer) {
        *self.published.keys.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// Calls itself something else in its discovery document.
    pub fn pretend_to_be(&self, issuer: &str) {
        issuer.clone_into(&mut self.published.issuer.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// How often the key set was asked for.
    pub fn times_read(&self) -> usize {
        self.published.read.load(Ordering::SeqCst)
    }
}

async fn discovery(State(published): State<Arc<Published>>) -> String {
    let issuer = published.issuer.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let keys = format!("{}/keys", issuer.trim_end_matches('/'));
    json!({"issuer": issuer, "jwks_uri": keys}).to_string()
}

async fn key_set(State(published): State<Arc<Published>>) -> Response {
    published.read.fetch_add(1, Ordering::SeqCst);
    if let Some(meanwhile) = published.slowness.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
        meanwhile();
    }
    let answer = published.keys.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match answer {
        Answer::Keys(keys) => json!({ "keys": keys }).to_string().into_response(),
        Answer::Long(bytes) => format!("{}{{\"keys\": []}}", " ".repeat(bytes)).into_response(),
        Answer::Redirect(url) => (StatusCode::FOUND, [(LOCATION, url)]).into_response(),
        Answer::Failure => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
