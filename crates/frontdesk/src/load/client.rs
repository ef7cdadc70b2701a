//! The caller: signed in for as long as it takes, one connection pool, every answer counted.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::pace::Pace;
use super::tally::Tally;
use super::{Plan, Who};
use crate::config::values::Secret;
use crate::error::{Error, Outcome};
use crate::telemetry::chain;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of an answer that are read; what is longer counts, but nobody looks at it.
const ANSWER_BYTES: usize = 2 << 20;
/// Tokens are replaced so long before they end.
const AHEAD: Duration = Duration::from_secs(300);
/// A token that is refused at this age was not simply too old.
const YOUNG: Duration = Duration::from_secs(60);

/// The caller.
pub(super) struct Client {
    http: reqwest::Client,
    url: String,
    api_key: Option<Secret>,
    /// How to sign in again; nothing for a token that was given.
    sign_in: Option<SignIn>,
    session: Mutex<Session>,
    pace: Arc<Pace>,
    tally: Arc<Tally>,
}

struct SignIn {
    cognito: String,
    client_id: String,
    email: String,
    password: Secret,
}

#[derive(Clone)]
struct Session {
    token: Secret,
    since: Instant,
    /// When there should be a new one.
    renew: Option<Instant>,
}

/// An answer that came.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// Null when it was no JSON.
    pub(super) body: Value,
}

/// Why no more requests are sent.
#[derive(Debug)]
pub(super) enum Stop {
    /// The time is over.
    Over,
    Failed(Error),
}

impl Client {
    /// Signs in.
    pub(super) async fn sign_in(plan: &Plan, pace: Arc<Pace>, tally: Arc<Tally>) -> Outcome<Self> {
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("frontdesk-load/", env!("CARGO_PKG_VERSION")))
            .build();
        let http = http.map_err(Error::runtime("no requests can be sent from this machine"))?;
        let (sign_in, session) = match &plan.who {
            Who::Token(token) => (None, Session { token: token.clone(), since: Instant::now(), renew: None }),
            Who::Password { email, password } => {
                let sign_in = SignIn {
                    cognito: plan.cognito.clone(),
                    client_id: plan.client_id.clone(),
                    email: email.clone(),
                    password: password.clone(),
                };
                let session = sign_in.session(&http).await?;
                (Some(sign_in), session)
            }
        };
        let session = Mutex::new(session);
        let (url, api_key) = (plan.url.clone(), plan.api_key.clone());
        Ok(Self { http, url, api_key, sign_in, session, pace, tally })
    }

    /// Sends a request when it is its turn, and counts the answer; none when none came.
    pub(super) async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Option<Reply>, Stop> {
        if !self.pace.permitted().await {
            return Err(Stop::Over);
        }
        let session = self.session().await.map_err(Stop::Failed)?;
        let began = Instant::now();
        let answer = self.request(&session, method, path, body).send().await;
        let Ok(response) = answer else {
            self.tally.count(None, began.elapsed());
            self.pace.rest(None);
            return Ok(None);
        };
        let (status, rest) = (response.status().as_u16(), retry_after(&response));
        let body = read(response).await;
        self.tally.count(Some(status), began.elapsed());
        match status {
            429 | 503 => self.pace.rest(rest),
            401 => self.refused(&session).await.map_err(Stop::Failed)?,
            _ => self.pace.went_well(),
        }
        Ok(Some(Reply { status, body }))
    }

    /// Sends a request that belongs to no traffic, now and uncounted.
    pub(super) async fn prepare(&self, method: Method, path: &str, body: Option<&Value>) -> Outcome<Reply> {
        let session = self.session().await?;
        let shown = format!("{method} {}{path}", self.url);
        let answer = self.request(&session, method, path, body).send().await;
        let response = answer.map_err(|error| Error::Command(format!("{shown}: {}", chain(&error))))?;
        let status = response.status().as_u16();
        Ok(Reply { status, body: read(response).await })
    }

    /// The `sub` of the token, which nobody verifies here.
    pub(super) async fn sub(&self) -> Option<String> {
        let session = self.session.lock().await;
        let payload = session.token.reveal().split('.').nth(1)?;
        let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        claims.get("sub")?.as_str().map(str::to_owned)
    }

    fn request(&self, session: &Session, method: Method, path: &str, body: Option<&Value>) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        let mut request = request.header(AUTHORIZATION, session.token.reveal());
        if let Some(key) = &self.api_key {
            request = request.header("x-api-key", key.reveal());
        }
        match body {
            Some(body) => request.header(CONTENT_TYPE, "application/json").body(body.to_string()),
            None => request,
        }
    }

    /// A session whose token does not end soon.
    async fn session(&self) -> Outcome<Session> {
        let mut session = self.session.lock().await;
        if let Some(sign_in) = &self.sign_in
            && session.renew.is_some_and(|renew| renew <= Instant::now())
        {
            // As long as the old one is good, a failure is no reason to stop.
            match sign_in.session(&self.http).await {
                Ok(new) => *session = new,
                Err(_) => session.renew = Instant::now().checked_add(YOUNG),
            }
        }
        Ok(session.clone())
    }

    /// After a token was refused: there is a new one, or an end.
    async fn refused(&self, with: &Session) -> Outcome {
        let mut session = self.session.lock().await;
        if session.since != with.since {
            return Ok(());
        }
        match &self.sign_in {
            Some(sign_in) if session.since.elapsed() > YOUNG => *session = sign_in.session(&self.http).await?,
            Some(_) => {
                return Err(Error::Command(
                    "the system refuses the token that its user pool has just issued".to_owned(),
                ));
            }
            None => {
                return Err(Error::Command(
                    "the token is refused; it may be too old. --email and --password renew it".to_owned(),
                ));
            }
        }
        Ok(())
    }
}

impl SignIn {
    /// Asks for a token by password (Cognito's InitiateAuth).
    async fn session(&self, http: &reqwest::Client) -> Outcome<Session> {
        let parameters = json!({"USERNAME": self.email, "PASSWORD": self.password.reveal()});
        let body = json!({"ClientId": self.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        let request = http
            .post(format!("{}/", self.cognito))
            .header("x-amz-target", "AWSCognitoIdentityProviderService.InitiateAuth")
            .header(CONTENT_TYPE, "application/x-amz-json-1.1")
            .body(body.to_string());
        let failed = |why: String| Error::Command(format!("{} cannot sign in at {}: {why}", self.email, self.cognito));
        let response = request.send().await.map_err(|error| failed(chain(&error)))?;
        let status = response.status().as_u16();
        let answer = read(response).await;
        let result = answer.get("AuthenticationResult");
        let Some(token) = result.and_then(|result| result.get("IdToken")).and_then(Value::as_str) else {
            let said = ["message", "ChallengeName"].iter().find_map(|name| answer.get(name)?.as_str());
            return Err(failed(said.map_or_else(|| format!("the answer was {status}"), str::to_owned)));
        };
        let seconds = result.and_then(|result| result.get("ExpiresIn")).and_then(Value::as_u64).unwrap_or(3_600);
        let good_for = Duration::from_secs(seconds).saturating_sub(AHEAD).max(YOUNG);
        let since = Instant::now();
        Ok(Session { token: token.to_owned().into(), since, renew: since.checked_add(good_for) })
    }
}

/// How long the system asks to wait.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The answer's JSON, if it is some and not too long.
async fn read(mut response: Response) -> Value {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len().saturating_add(chunk.len()) <= ANSWER_BYTES {
            body.extend_from_slice(&chunk);
        }
    }
    serde_json::from_slice(&body).unwrap_or(Value::Null)
}
