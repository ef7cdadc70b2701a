//! The user pool, spoken to in Cognito's JSON protocol.

use std::sync::Arc;

use domain::Clock;
use reqwest::Method;
use serde_json::{Value, json};

use crate::signature::{AccessKey, Signing, sign};
use crate::{ADMIN_EMAIL, Admin, Answer, Call, Http, Tokens, User, claims};

/// The pool that every server starts with.
pub const POOL: &str = "local_frontdesk";
/// Its client.
pub const CLIENT: &str = "frontdesk";
/// A password that keeps the rules.
pub const PASSWORD: &str = "Only-for-Tests-2030";

/// The service in the scope of signatures.
pub const SERVICE: &str = "cognito-idp";

const PREFIX: &str = "AWSCognitoIdentityProviderService.";

/// The user pool.
#[derive(Clone)]
pub struct Cognito {
    /// Where it is.
    pub http: Http,
    /// The pool's access key.
    pub key: AccessKey,
    /// The time of signatures.
    pub clock: Arc<dyn Clock>,
}

impl Cognito {
    /// An action that anyone may ask for.
    pub async fn act(&self, action: &str, body: &Value) -> Answer {
        self.request(action, body).await
    }

    /// A signed action.
    pub async fn admin(&self, action: &str, body: &Value) -> Answer {
        let target = format!("{PREFIX}{action}");
        let (host, bytes) = (self.http.host(), body.to_string());
        let (key, now) = (&self.key, self.clock.now());
        let path = self.path();
        let signing =
            Signing { key, now, host, target: &target, body: bytes.as_bytes(), path: &path, service: SERVICE };
        let call =
            sign(signing).iter().fold(self.request(action, body), |call, (name, value)| call.header(name, value));
        call.await
    }

    /// A signed action on one user of the pool.
    pub async fn admin_user(&self, action: &str, username: &str) -> Answer {
        self.admin(action, &json!({"UserPoolId": POOL, "Username": username})).await
    }

    /// The request of an action, without a signature.
    pub fn request(&self, action: &str, body: &Value) -> Call {
        request(&self.http, action, body)
    }

    /// The path that actions are posted to.
    fn path(&self) -> String {
        let behind_host = self.http.base().split_once(self.http.host()).map_or("", |(_, path)| path);
        format!("{behind_host}/")
    }

    /// Signs up, and returns the new account's `sub`.
    pub async fn sign_up(&self, email: &str) -> String {
        let body = json!({"ClientId": CLIENT, "Username": email, "Password": PASSWORD});
        let answer = self.act("SignUp", &body).await.json(200);
        answer["UserSub"].as_str().unwrap().to_owned()
    }

    /// Asks for tokens by password.
    pub async fn initiate(&self, email: &str, password: &str) -> Answer {
        initiate(&self.http, CLIENT, email, password).await
    }

    /// Signs in.
    pub async fn sign_in(&self, email: &str, password: &str) -> Tokens {
        Tokens::read(&self.initiate(email, password).await.json(200)).unwrap()
    }

    /// A new user, signed up, confirmed and signed in.
    pub async fn user(&self, name: &str) -> User {
        let email = format!("{name}@example.com");
        let sub = self.sign_up(&email).await;
        self.admin_user("AdminConfirmSignUp", &email).await.expect(200);
        self.signed_in(sub, &email, PASSWORD).await
    }

    /// The first administrator, signed in.
    pub async fn first_administrator(&self) -> Admin {
        let tokens = self.sign_in(ADMIN_EMAIL, PASSWORD).await;
        let sub = claims(&tokens.id)["sub"].as_str().unwrap().to_owned();
        let (email, password) = (ADMIN_EMAIL.to_owned(), PASSWORD.to_owned());
        Admin(User { http: self.http.clone(), sub, email, password, tokens })
    }

    /// A known user, signed in.
    pub async fn signed_in(&self, sub: String, email: &str, password: &str) -> User {
        let tokens = self.sign_in(email, password).await;
        User { http: self.http.clone(), sub, email: email.to_owned(), password: password.to_owned(), tokens }
    }
}

/// Asks the pool at a server for the tokens of one of its clients, by password.
pub async fn initiate(http: &Http, client: &str, email: &str, password: &str) -> Answer {
    let parameters = json!({"USERNAME": email, "PASSWORD": password});
    let body = json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
    request(http, "InitiateAuth", &body).await
}

/// The request of an action, without a signature.
fn request(http: &Http, action: &str, body: &Value) -> Call {
    let call = http.call(Method::POST, "/").header("x-amz-target", &format!("{PREFIX}{action}"));
    call.header("content-type", "application/x-amz-json-1.1").body(body.to_string()).plain()
}

impl Tokens {
    /// What a sign-in was answered with; nothing when that was a challenge.
    pub fn read(answer: &Value) -> Option<Self> {
        let token = |name: &str| answer["AuthenticationResult"][name].as_str().map(str::to_owned);
        Some(Self { id: token("IdToken")?, access: token("AccessToken")?, refresh: token("RefreshToken")? })
    }
}

/// The type of a Cognito error.
#[track_caller]
pub fn fault(answer: &Answer) -> String {
    let body = answer.json(400);
    assert!(body["message"].is_string(), "{body}");
    body["__type"].as_str().unwrap_or_else(|| panic!("no __type in {body}")).to_owned()
}
