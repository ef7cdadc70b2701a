//! The context of a write: who, on which condition, and under which idempotency key.

use domain::{Kind, Refusal};
use store::{Item, Key};

use crate::commit::aggregate;
use crate::{Failure, Reply};

/// The context of a write.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// The operation, by its name in the OpenAPI document; empty for a step of another operation, which the log leaves out.
    pub operation: &'static str,
    /// The request's id, for the log.
    pub request_id: String,
    /// The caller's `sub`.
    pub caller: String,
    /// Whether the soft rules bind the caller.
    pub soft_rules: bool,
    /// Whether only the answer is wanted: nothing is changed, and nothing recorded.
    pub dry_run: bool,
    /// The `If-Match` precondition (RFC 9110, section 13.1.1).
    pub if_match: Option<IfMatch>,
    /// The `Idempotency-Key` of the request.
    pub idempotency: Option<Idempotency>,
}

/// Which versions of the item the caller will have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any, but the item must be there.
    Any,
    /// One of these.
    Versions(Vec<i64>),
}

/// Under what a response is recorded and repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The client's key.
    pub key: String,
    /// The request's method.
    pub method: &'static str,
    /// The route's template.
    pub route: String,
    /// A digest of path and payload, by which another request under the same key is told.
    pub fingerprint: String,
}

impl Command {
    /// Tells the log what became of the command.
    pub(crate) fn log(&self, item: &Key, outcome: Result<&Reply, &Failure>) {
        let (operation, request_id, item) = (self.operation, self.request_id.as_str(), aggregate(item));
        match outcome {
            _ if operation.is_empty() => {}
            Ok(reply) => tracing::info!(operation, item, requestId = request_id, replayed = reply.replayed, "done"),
            Err(Failure::Refused(refusal)) => {
                let (rule, replayed) = (refusal.rule.as_str(), refusal.replayed);
                tracing::info!(operation, item, requestId = request_id, replayed, rule, "refused");
            }
            // The boundary reports failures of the store, with their causes.
            Err(Failure::Store(_)) => {}
        }
    }

    /// Checks the precondition against the item as it is.
    pub(crate) fn check(&self, item: Option<&Item>) -> Result<(), Refusal> {
        let holds = match (&self.if_match, item) {
            (None, _) | (Some(IfMatch::Any), Some(_)) => true,
            (Some(IfMatch::Versions(versions)), Some(item)) => versions.contains(&item.version),
            (Some(_), None) => false,
        };
        if holds {
            return Ok(());
        }
        let detail = match item {
            Some(item) => format!("The item has changed: its ETag is now \"{}\". Read it again.", item.version),
            None => "There is no such item, so that If-Match cannot hold.".to_owned(),
        };
        Err(Refusal::new(Kind::Precondition, "precondition-failed", detail))
    }
}
