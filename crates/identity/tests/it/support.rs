//! A pool on an embedded store of its own, with a clock that tests set, and a client that signs like AWS's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::{Clock, Ids};
use identity::{AccessKey, CognitoReply, CognitoRequest, Identity, Settings};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::Store;
use store::sqlite::{Options, SqliteStore};
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "Passw0rd!";
pub(crate) const HOST: &str = "127.0.0.1:8080";

/// A clock that stands still until it is moved.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

struct TestIds;

impl Ids for TestIds {
    #[expect(clippy::disallowed_methods, reason = "the tests' own source of identifiers")]
    fn ordered(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[expect(clippy::disallowed_methods, reason = "the tests' own source of identifiers")]
    fn random(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// A pool and all that it stands on.
pub(crate) struct TestPool {
    pub(crate) identity: Arc<Identity>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<TestClock>,
    _directory: tempfile::TempDir,
}

impl TestPool {
    /// A pool whose keys are not made yet.
    pub(crate) fn unprepared() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(1_800_000_000_250)));
        let opened = SqliteStore::open(Options::new(directory.path()), Arc::<TestClock>::clone(&clock)).unwrap();
        let store: Arc<dyn Store> = Arc::new(opened);
        let identity = open(&store, &clock, |_| {});
        Self { identity, store, clock, _directory: directory }
    }

    pub(crate) async fn new() -> Self {
        let pool = Self::unprepared();
        pool.identity.prepare().await.unwrap();
        pool
    }

    /// Another process's view of the same store.
    pub(crate) fn other_process(&self) -> Arc<Identity> {
        self.process(|_| {})
    }

    /// Another process with other settings.
    pub(crate) fn process(&self, change: impl FnOnce(&mut Settings)) -> Arc<Identity> {
        open(&self.store, &self.clock, change)
    }

    /// An unsigned request.
    pub(crate) async fn ask(&self, action: &str, body: Value) -> CognitoReply {
        let target = format!("AWSCognitoIdentityProviderService.{action}");
        self.send(&[("Host", HOST), ("X-Amz-Target", &target)], &body.to_string()).await
    }

    /// A request signed with the pool's access key.
    pub(crate) async fn admin(&self, action: &str, mut body: Value) -> CognitoReply {
        if body.get("UserPoolId").is_none() {
            body["UserPoolId"] = json!("local_frontdesk");
        }
        let target = format!("AWSCognitoIdentityProviderService.{action}");
        let body = body.to_string();
        let headers = sign(self.identity.access_key().unwrap(), &target, &body, self.clock.now());
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.send(&headers, &body).await
    }

    pub(crate) async fn send(&self, headers: &[(&str, &str)], body: &str) -> CognitoReply {
        let body = body.as_bytes();
        self.identity.cognito(CognitoRequest { method: "POST", path: "/", query: "", headers, body }).await
    }

    /// Signs up and confirms; returns the account's `sub`.
    pub(crate) async fn confirmed(&self, email: &str) -> String {
        let reply = self.sign_up(email).await;
        let sub = ok(&reply)["UserSub"].as_str().unwrap().to_owned();
        ok(&self.admin("AdminConfirmSignUp", json!({"Username": email})).await);
        sub
    }

    pub(crate) async fn sign_up(&self, email: &str) -> CognitoReply {
        self.ask("SignUp", json!({"ClientId": "frontdesk", "Username": email, "Password": PASSWORD})).await
    }

    pub(crate) async fn initiate(&self, email: &str, password: &str) -> CognitoReply {
        let parameters = json!({"USERNAME": email, "PASSWORD": password});
        let flow = "USER_PASSWORD_AUTH";
        self.ask("InitiateAuth", json!({"ClientId": "frontdesk", "AuthFlow": flow, "AuthParameters": parameters})).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> CognitoReply {
        let (flow, parameters) = ("REFRESH_TOKEN_AUTH", json!({"REFRESH_TOKEN": token}));
        self.ask("InitiateAuth", json!({"ClientId": "frontdesk", "AuthFlow": flow, "AuthParameters": parameters})).await
    }

    /// The tokens of a sign-in that succeeds.
    pub(crate) async fn tokens(&self, email: &str) -> Signed {
        Signed::from(&self.initiate(email, PASSWORD).await)
    }
}

fn open(store: &Arc<dyn Store>, clock: &Arc<TestClock>, change: impl FnOnce(&mut Settings)) -> Arc<Identity> {
    let mut settings = Settings::new("http://127.0.0.1:8080");
    change(&mut settings);
    Identity::new(Arc::clone(store), Arc::<TestClock>::clone(clock), Arc::new(TestIds), settings).unwrap()
}

/// Tokens that a client got.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) id: String,
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
}

impl From<&CognitoReply> for Signed {
    fn from(reply: &CognitoReply) -> Self {
        let result = &ok(reply)["AuthenticationResult"];
        let text = |name: &str| result[name].as_str().map(str::to_owned);
        Self { id: text("IdToken").unwrap(), access: text("AccessToken").unwrap(), refresh: text("RefreshToken") }
    }
}

/// The body of a reply that succeeded.
pub(crate) fn ok(reply: &CognitoReply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.body);
    serde_json::from_str(&reply.body).unwrap()
}

/// The type and message of a reply that did not.
pub(crate) fn error(reply: &CognitoReply) -> (String, String) {
    assert_eq!(reply.status, 400, "{}", reply.body);
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(body["__type"].as_str(), reply.error);
    (body["__type"].as_str().unwrap().to_owned(), body["message"].as_str().unwrap().to_owned())
}

/// The claims of a token, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// The headers of a request that is signed as AWS's clients sign.
pub(crate) fn sign(key: &AccessKey, target: &str, body: &str, now: Timestamp) -> Vec<(&'static str, String)> {
    let date = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let scope = format!("{}/eu-central-1/cognito-idp/aws4_request", &date[..8]);
    let canonical = format!(
        "POST\n/\n\nhost:{HOST}\nx-amz-date:{date}\nx-amz-target:{target}\n\nhost;x-amz-date;x-amz-target\n{}",
        hash(body)
    );
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hash(&canonical));
    let first = hmac::Key::new(hmac::HMAC_SHA256, format!("AWS4{}", key.secret).as_bytes());
    let key_of =
        |key: hmac::Key, part: &str| hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref());
    let signature = hmac::sign(&scope.split('/').fold(first, key_of), to_sign.as_bytes());
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders=host;x-amz-date;x-amz-target, Signature={}",
        key.id,
        hex(signature.as_ref())
    );
    vec![
        ("host", HOST.to_owned()),
        ("x-amz-date", date),
        ("x-amz-target", target.to_owned()),
        ("authorization", authorization),
    ]
}

fn hash(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
