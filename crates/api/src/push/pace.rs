//! How long things may take on a connection that stays open, and how much a client may say.

use std::time::Duration;

use domain::limits::{PUSH_MESSAGES_AT_ONCE, PUSH_MESSAGES_PER_SECOND};
use tokio::time::Instant;

/// The times of connections that stay open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How often it is looked whether the caller is still signed in.
    pub confirm: Duration,
    /// How long a client may take to say who it is, where it does so on the connection.
    pub init: Duration,
    /// How often a WebSocket's client is pinged; one that has said nothing by the next time is gone.
    pub ping: Duration,
    /// How often a stream of events says that it is there.
    pub keep_alive: Duration,
    /// How long a client may take to make room for one message.
    pub patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            confirm: Duration::from_secs(10),
            init: Duration::from_secs(10),
            ping: Duration::from_secs(30),
            keep_alive: Duration::from_secs(15),
            patience: Duration::from_secs(30),
        }
    }
}

/// How many messages a client may still send: it regains some with time.
pub(crate) struct Allowance {
    left: u32,
    since: Instant,
}

impl Allowance {
    /// All of it.
    pub(crate) fn new(now: Instant) -> Self {
        Self { left: PUSH_MESSAGES_AT_ONCE, since: now }
    }

    /// Takes one, if there is one left.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let seconds = now.saturating_duration_since(self.since).as_secs();
        if seconds > 0 {
            let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
            let regained = self.left.saturating_add(seconds.saturating_mul(PUSH_MESSAGES_PER_SECOND));
            (self.left, self.since) = (regained.min(PUSH_MESSAGES_AT_ONCE), now);
        }
        let left = self.left.checked_sub(1);
        self.left = left.unwrap_or(0);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_up_comes_back_with_time() {
        let start = Instant::now();
        let mut allowance = Allowance::new(start);
        for _ in 0..PUSH_MESSAGES_AT_ONCE {
            assert!(allowance.take(start));
        }
        assert!(!allowance.take(start));
        let later = start + Duration::from_secs(1);
        for _ in 0..PUSH_MESSAGES_PER_SECOND {
            assert!(allowance.take(later));
        }
        assert!(!allowance.take(later));
        let much_later = later + Duration::from_secs(1_000_000);
        assert_eq!((0..1_000).filter(|_| allowance.take(much_later)).count(), 100);
    }
}
