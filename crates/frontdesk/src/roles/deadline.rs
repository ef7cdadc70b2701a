//! When a call has to be done.

use std::sync::Arc;
use std::time::Duration;

use domain::Clock;
use jiff::{SignedDuration, Timestamp};
use lambda_http::Context;

/// What is left for answering, and for what is written at the end.
const RESERVE: SignedDuration = SignedDuration::from_millis(1_500);

/// When a call has to be done.
#[derive(Clone)]
pub(super) struct Deadline {
    clock: Arc<dyn Clock>,
    end: Timestamp,
}

impl Deadline {
    /// Of a call, a moment before Lambda cuts it off.
    pub(super) fn of(context: &Context, clock: &Arc<dyn Clock>) -> Self {
        let end = i64::try_from(context.deadline).ok().and_then(|end| Timestamp::from_millisecond(end).ok());
        let end = end.unwrap_or(Timestamp::MAX);
        Self { clock: Arc::clone(clock), end: end.checked_sub(RESERVE).unwrap_or(end) }
    }

    /// Whether there is time for something else.
    pub(super) fn may_go_on(&self) -> bool {
        self.clock.now() < self.end
    }

    /// How long something may take.
    pub(super) fn left(&self) -> Duration {
        Duration::try_from(self.end.duration_since(self.clock.now())).unwrap_or_default()
    }
}
