//! A clock that stands still until it is moved.

use std::sync::{Mutex, PoisonError};

use domain::Clock;
use jiff::{SignedDuration, Timestamp};

/// When test clocks start: Tuesday, 1 January 2030, noon UTC.
pub const START: &str = "2030-01-01T12:00:00Z";

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct TestClock(Mutex<Timestamp>);

impl Default for TestClock {
    fn default() -> Self {
        Self(Mutex::new(START.parse().unwrap()))
    }
}

impl TestClock {
    /// A clock that stands at that time.
    pub const fn at(time: Timestamp) -> Self {
        Self(Mutex::new(time))
    }

    /// Moves the clock forward, or back.
    pub fn advance_seconds(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += SignedDuration::from_secs(seconds);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
