//! The stop watch.

use std::time::Instant;

/// The present, for durations.
#[expect(clippy::disallowed_methods, reason = "measuring durations is what this crate is for")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
