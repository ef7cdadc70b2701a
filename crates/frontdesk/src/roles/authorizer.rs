//! Says to API Gateway what a token lets its bearer ask for: a TOKEN or REQUEST authorizer of a REST API.

use std::collections::HashMap;
use std::sync::Arc;

use domain::Clock;
use identity::{AuthError, Principal};
use lambda_http::Context;
use lambda_http::lambda_runtime::Diagnostic;
use serde::Deserialize;
use serde_json::{Value, json};

use super::calls::{Answer, UNAUTHORIZED, failed};
use super::coarse::Routes;
use super::keys::Keys;
use crate::compose::Instance;

const AUTHORIZATION: &str = "authorization";

/// An authorizer.
pub(super) struct Authorizer {
    keys: Keys,
    routes: Routes,
}

/// What API Gateway asks.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Question {
    method_arn: String,
    /// Of a TOKEN authorizer.
    #[serde(default)]
    authorization_token: Option<String>,
    /// Of a REQUEST authorizer.
    #[serde(default)]
    headers: Option<HashMap<String, String>>,
}

impl Authorizer {
    pub(super) fn new(instance: &Instance, clock: Arc<dyn Clock>) -> Self {
        Self { keys: Keys::new(&instance.identity, clock), routes: Routes::new() }
    }
}

impl Question {
    fn token(&self) -> &str {
        let of_request = || {
            let mut headers = self.headers.iter().flatten();
            headers.find_map(|(name, value)| name.eq_ignore_ascii_case(AUTHORIZATION).then_some(value.as_str()))
        };
        self.authorization_token.as_deref().or_else(of_request).unwrap_or_default()
    }
}

impl Answer for Authorizer {
    type Event = Question;
    type Reply = Value;

    async fn answer(&self, question: Question, _: Context) -> Result<Value, Diagnostic> {
        let identity = self.keys.identity().await;
        let principal = identity.authenticate(question.token()).await.map_err(refused)?;
        let policy = self.routes.policy(identity, &principal, &question.method_arn);
        Ok(json!({"principalId": principal.sub, "policyDocument": policy, "context": context(&principal)}))
    }
}

/// What the function behind, and API Gateway's log, are told of the caller. Its values are plain.
fn context(principal: &Principal) -> Value {
    let email = principal.email.as_deref().unwrap_or_default();
    json!({"sub": principal.sub, "email": email, "groups": principal.groups.join(",")})
}

/// API Gateway answers 401 to this very message, and 500 to any other.
fn refused(error: AuthError) -> Diagnostic {
    match error {
        AuthError::NotReady | AuthError::Store(_) => failed("Unavailable", crate::telemetry::chain(&error)),
        refused => {
            tracing::info!(reason = %refused, "refused");
            failed(UNAUTHORIZED, UNAUTHORIZED)
        }
    }
}
