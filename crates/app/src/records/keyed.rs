//! An operation at most once under an `Idempotency-Key`, on stores that cannot put an item of the operator's and a record of the
//! product's into one commit. ([ADR 0014](../../../../docs/adr/0014-table-operations.md))
//!
//! First the key is claimed: a record without an answer. Then the operation is done, and its answer put into the record. A claim that is
//! found later is never taken over: whether its operation took effect, nobody here can know.

use std::sync::Arc;

use domain::{Kind, Refusal};
use store::records::{Call, Records};
use store::{Changes, Loaded, Store, StoreError, Verdict};

use super::answered;
use super::raised::WRITE_CONFLICT;
use crate::commit::{Decided, No, Recorder, Recording};
use crate::departures::Departures;
use crate::{Command, Failure, Reply};

/// An operation under a key.
pub(super) struct Keyed {
    pub(super) store: Arc<dyn Store>,
    pub(super) records: Arc<dyn Records>,
    pub(super) departures: Departures,
    pub(super) recording: Recording,
    pub(super) command: Command,
}

/// What becomes of a claim.
enum Then {
    /// The answer is put into it.
    Answer(Result<Reply, Refusal>),
    /// It is taken away: nothing was done.
    Release,
    /// It stays as it is: the outcome is unknown.
    Leave,
}

impl Keyed {
    /// Answers from the record, or does the operation. It goes on when the client does not wait for it any longer.
    pub(super) async fn run(self, call: Call) -> Result<Reply, Failure> {
        let done = tokio::spawn(self.run_to_the_end(call)).await;
        done.unwrap_or_else(|error| Err(StoreError::Misuse(error.to_string()).into()))
    }

    async fn run_to_the_end(self, call: Call) -> Result<Reply, Failure> {
        if let Some(recorded) = self.claim().await? {
            return recorded;
        }
        let operation = call.operation;
        let outcome = match self.records.call(call).await {
            Ok(outcome) => answered(operation, outcome, &self.command.request_id),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = self.settle(Then::after(&outcome)).await {
            let request_id = self.command.request_id.as_str();
            tracing::warn!(
                requestId = request_id,
                "the answer to a request with an Idempotency-Key is not kept: {error}"
            );
        }
        outcome
    }

    /// Claims the key; what is recorded when that has been done before.
    async fn claim(&self) -> Result<Option<Result<Reply, Failure>>, StoreError> {
        let recording = self.recording.clone();
        let claim = move |loaded: &Loaded| match recording.recall(loaded)? {
            Some(Ok(reply)) => Ok(Verdict::Commit(Changes::none(), reply)),
            Some(Err(refusal)) => Ok(Verdict::Refuse(Changes::none(), No::Refused(refusal))),
            None => {
                let mut changes = Changes::none();
                recording.claim(loaded, &mut changes)?;
                Ok(Verdict::Refuse(changes, No::Again))
            }
        };
        Ok(match self.transact(claim).await? {
            Ok(reply) => Some(Ok(reply)),
            Err(No::Refused(refusal)) => Some(Err(refusal.into())),
            Err(No::Again) => None,
        })
    }

    async fn settle(&self, then: Then) -> Result<(), StoreError> {
        match then {
            Then::Leave => Ok(()),
            Then::Release => {
                let key = self.recording.key();
                self.write(move |_, changes| {
                    changes.delete(key.clone());
                    Ok(())
                })
                .await
            }
            Then::Answer(answer) => match self.record(answer).await {
                Err(StoreError::TooLarge(_)) => self.record(Err(not_kept())).await,
                other => other,
            },
        }
    }

    async fn record(&self, answer: Result<Reply, Refusal>) -> Result<(), StoreError> {
        let recording = self.recording.clone();
        self.write(move |loaded, changes| recording.record(loaded, changes, answer.as_ref())).await
    }

    async fn write<W>(&self, mut write: W) -> Result<(), StoreError>
    where
        W: FnMut(&Loaded, &mut Changes) -> Result<(), StoreError> + Send + 'static,
    {
        let decide = move |loaded: &Loaded| {
            let mut changes = Changes::none();
            write(loaded, &mut changes)?;
            Ok(Verdict::Commit(changes, Reply::empty()))
        };
        // Of who has been erased meanwhile nothing is kept.
        self.transact(decide).await.map(drop)
    }

    async fn transact<D>(&self, decide: D) -> Result<Result<Reply, No>, StoreError>
    where
        D: FnMut(&Loaded) -> Decided + Send + 'static,
    {
        let guarded = self.departures.guard(&self.command.caller, decide);
        store::transact(self.store.as_ref(), vec![self.recording.key()], guarded).await
    }
}

impl Then {
    fn after(outcome: &Result<Reply, Failure>) -> Self {
        match outcome {
            Ok(reply) => Self::Answer(Ok(reply.clone())),
            Err(Failure::Refused(refusal)) if is_decided(refusal) => Self::Answer(Err((**refusal).clone())),
            Err(Failure::Refused(_)) => Self::Release,
            Err(Failure::Store(StoreError::Full(_) | StoreError::TooLarge(_) | StoreError::Unavailable(_))) => {
                Self::Release
            }
            Err(Failure::Store(_)) => Self::Leave,
        }
    }
}

/// Whether the item decided: its condition does not hold. After every other refusal nothing was done, and the same request may
/// be done another time, so that it is no answer to keep.
fn is_decided(refusal: &Refusal) -> bool {
    refusal.kind == Kind::Conflict && refusal.rule != WRITE_CONFLICT
}

fn not_kept() -> Refusal {
    let detail = "The first request under this Idempotency-Key was done, but its answer was too large to be kept. Read the item to \
                  see what it is.";
    Refusal::conflict("idempotency-answer-not-kept", detail)
}
