//! Stores requests that came through a FIFO queue, as `POST /book` does: API Gateway publishes to a topic, and that to the queue.
//!
//! A message says who asks (API Gateway has it from the authorizer) and what for: `{"caller":"SUB","groups":"a,b","body":{…}}`. Its
//! identifier is that of the request, so that it is stored once: the topic's, which the client was told, where a topic was between.

use std::collections::HashSet;
use std::sync::Arc;

use app::{App, Command};
use identity::{Action, Identity, Principal, TokenUse};
use jiff::Timestamp;
use lambda_http::Context;
use lambda_http::lambda_runtime::Diagnostic;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::batch::{Batch, Failed, Message};
use super::calls::Answer;
use crate::compose::Instance;

/// Stores requests.
pub(super) struct Queue {
    app: Arc<App>,
    identity: Arc<Identity>,
}

/// What a topic puts around a message.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    message_id: String,
    message: String,
}

/// A request for a booking. A member that comes twice is refused: nobody who says what for also says who.
#[derive(Debug, Deserialize)]
struct Asked {
    caller: String,
    #[serde(default)]
    groups: String,
    #[serde(default)]
    body: Option<Box<RawValue>>,
}

impl Asked {
    fn read(text: &str) -> Result<Self, String> {
        if domain::json::has_reserved_text(text.as_bytes()) {
            return Err("it has a reserved name".to_owned());
        }
        serde_json::from_str(text).map_err(|error| format!("it is no request: {error}"))
    }

    /// What for, within the bounds of bodies.
    fn body(&self) -> Result<Value, String> {
        let text = self.body.as_deref().map_or("null", RawValue::get);
        domain::json::any(text.as_bytes()).map_err(|refusal| format!("it is no request: {}", refusal.detail))
    }
}

impl Queue {
    pub(super) fn new(instance: &Instance) -> Self {
        Self { app: Arc::clone(&instance.app), identity: Arc::clone(&instance.identity) }
    }

    async fn store(&self, message: &Message) -> Result<(), String> {
        let envelope = serde_json::from_str::<Envelope>(&message.body).ok();
        let (id, text) = match &envelope {
            Some(envelope) => (&envelope.message_id, &envelope.message),
            None => (&message.message_id, &message.body),
        };
        let asked = Asked::read(text)?;
        let body = asked.body()?;
        let principal = self.principal(&asked);
        let permits = |action: Action| self.identity.authorize(&principal, action, None);
        if asked.caller.is_empty() || !permits(Action::RequestBooking) {
            return Err("its caller may not ask for bookings".to_owned());
        }
        let command = Command {
            operation: Action::RequestBooking.as_str(),
            request_id: id.clone(),
            caller: asked.caller,
            soft_rules: !permits(Action::PassSoftRules),
            ..Command::default()
        };
        let accepted = self.app.accept_request(command, id.clone(), body).await;
        accepted.map(drop).map_err(|error| crate::telemetry::chain(&error))
    }

    fn principal(&self, asked: &Asked) -> Principal {
        let settings = self.identity.settings();
        let names = asked.groups.split(',').map(str::trim).filter(|name| !name.is_empty());
        let mut groups: Vec<String> = names.map(str::to_owned).collect();
        groups.sort();
        groups.dedup();
        Principal {
            sub: asked.caller.clone(),
            email: None,
            administrator: groups.contains(&settings.admin_group),
            groups,
            username: asked.caller.clone(),
            client: settings.client_id.clone(),
            token_use: TokenUse::Access,
            expires: Timestamp::MAX,
        }
    }
}

impl Answer for Queue {
    type Event = Batch<Message>;
    type Reply = Failed;

    /// Behind a message that failed, those of its group wait: they are in an order. Others do not.
    async fn answer(&self, batch: Batch<Message>, _: Context) -> Result<Failed, Diagnostic> {
        let (mut stopped, mut failed) = (HashSet::new(), Vec::new());
        for message in &batch.records {
            if stopped.contains(message.group()) {
                failed.push(message);
                continue;
            }
            if let Err(reason) = self.store(message).await {
                let (message_id, receptions) = (&message.message_id, message.receptions());
                tracing::warn!(message_id, receptions, reason, "a message cannot be taken");
                failed.push(message);
                if !message.group().is_empty() {
                    stopped.insert(message.group());
                }
            }
        }
        Ok(Failed::messages(failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_cannot_say_who_asks() {
        let asked =
            Asked::read(r#"{"caller":"ada","groups":"","body":{"caller":"bob","groups":"apiAdmins"}}"#).unwrap();
        assert_eq!((asked.caller.as_str(), asked.groups.as_str()), ("ada", ""));
        assert_eq!(asked.body().unwrap()["caller"], "bob");
        for text in [
            r#"{"caller":"ada","body":{},"caller":"bob"}"#,
            r#"{"caller":"ada","groups":"","body":1,"groups":"apiAdmins"}"#,
            r#"{"body":{}}"#,
            r#"{"caller":"ada","body":{"n":{"$serde_json::private::Number":"1"}}}"#,
        ] {
            assert!(Asked::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bodies_are_as_bounded_as_those_of_requests() {
        let deep = format!(r#"{{"caller":"ada","body":{}1{}}}"#, "[".repeat(100), "]".repeat(100));
        assert!(Asked::read(&deep).unwrap().body().is_err());
        assert_eq!(Asked::read(r#"{"caller":"ada"}"#).unwrap().body().unwrap(), Value::Null);
    }
}
