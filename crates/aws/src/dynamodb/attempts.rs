//! Trying again: at least sixteen times within two seconds, at random distances that grow; for longer where nobody waits.

use std::time::Duration;

use store::StoreError;
use tokio::time::Instant;
use uuid::Uuid;

use super::fault::Fault;

/// How long one request of the port may keep trying.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many attempts there are at least, however long they take, when the store answers each of them.
const ATTEMPTS: usize = 16;
/// The longest first pause. Pauses are random, from nothing to this ("full jitter"), and twice as long each time.
const FIRST: Duration = Duration::from_millis(5);
/// The longest pause: sixteen attempts take 0.9 seconds of pauses on average, 1.7 at the most.
const LONGEST: Duration = Duration::from_millis(150);
/// The same two for moving whole tables, which may exceed what a table is ready for.
const LASTING_PATIENCE: Duration = Duration::from_secs(60);
const LASTING_LONGEST: Duration = Duration::from_secs(2);

/// The attempts of one request of the port.
pub(super) struct Attempts {
    started: Instant,
    made: usize,
    longest: Duration,
    patience: Duration,
    bound: Duration,
}

impl Attempts {
    /// The first one begins.
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), made: 1, longest: FIRST, patience: PATIENCE, bound: LONGEST }
    }

    /// The first one begins, of a request that may take a minute.
    pub(super) fn lasting() -> Self {
        Self { patience: LASTING_PATIENCE, bound: LASTING_LONGEST, ..Self::new() }
    }

    /// Waits for the next attempt; the error when there is none, or when trying again does not help.
    pub(super) async fn again(&mut self, fault: Fault) -> Result<(), StoreError> {
        let owed = matches!(fault, Fault::Again(_)) && self.made < ATTEMPTS;
        if matches!(fault, Fault::Final(_)) || (self.started.elapsed() >= self.patience && !owed) {
            return Err(fault.into_error());
        }
        self.made = self.made.saturating_add(1);
        tracing::debug!(?fault, "trying again");
        tokio::time::sleep(self.pause()).await;
        self.longest = self.bound.min(self.longest.saturating_mul(2));
        Ok(())
    }

    /// Waits for something, but not longer than there is still time for.
    pub(super) async fn wait<T>(&self, what: impl Future<Output = T>) -> Result<T, StoreError> {
        let left = PATIENCE.saturating_sub(self.started.elapsed());
        let late = || Fault::Again("many wanted the same item".to_owned()).into_error();
        if left.is_zero() {
            return Err(late());
        }
        tokio::time::timeout(left, what).await.map_err(|_| late())
    }

    /// A random part of the longest pause.
    #[expect(clippy::disallowed_methods, reason = "jitter keeps processes apart, and nothing rests on it")]
    fn pause(&self) -> Duration {
        let micros = self.longest.as_micros();
        let part = Uuid::new_v4().as_u128().checked_rem(micros.saturating_add(1)).unwrap_or(0);
        Duration::from_micros(u64::try_from(part).unwrap_or(0))
    }
}
