//! The issuer's keys, fetched again now and then: no task does that between calls.

use std::sync::{Arc, Mutex, PoisonError};

use domain::Clock;
use identity::Identity;
use jiff::{SignedDuration, Timestamp};

/// How old the keys may be.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// How long after a failure the next call tries again.
const AGAIN: SignedDuration = SignedDuration::from_secs(60);

/// Who is calling, by keys that are not old.
pub(super) struct Keys {
    identity: Arc<Identity>,
    clock: Arc<dyn Clock>,
    /// When they are to be fetched.
    due: Mutex<Timestamp>,
}

impl Keys {
    /// Keys that were fetched just now.
    pub(super) fn new(identity: &Arc<Identity>, clock: Arc<dyn Clock>) -> Self {
        let due = Mutex::new(after(clock.now(), FRESH));
        Self { identity: Arc::clone(identity), clock, due }
    }

    /// Who is calling, once the keys are fresh enough. Where they cannot be fetched, those that are known are kept.
    pub(super) async fn identity(&self) -> &Identity {
        let now = self.clock.now();
        if self.identity.pool().is_err() && now >= self.due() {
            let next = match self.identity.prepare().await {
                Ok(()) => FRESH,
                Err(error) => {
                    let error = &error as &(dyn std::error::Error + 'static);
                    tracing::warn!(error, "the issuer's keys cannot be fetched for the moment");
                    AGAIN
                }
            };
            *self.due.lock().unwrap_or_else(PoisonError::into_inner) = after(now, next);
        }
        &self.identity
    }

    fn due(&self) -> Timestamp {
        *self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn after(now: Timestamp, more: SignedDuration) -> Timestamp {
    now.checked_add(more).unwrap_or(Timestamp::MAX)
}
