//! The time and the identifiers of the demo's past, as it is lived through.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use domain::{Clock, Ids};
use jiff::Timestamp;
use uuid::{Builder, Uuid};

use super::SEED;
use crate::random::Random;

/// A clock that is moved from day to day, and identifiers that are the same in every run.
#[derive(Debug, Default)]
pub(super) struct Stage {
    milliseconds: AtomicI64,
    drawn: AtomicU64,
}

impl Stage {
    /// Moves the clock.
    pub(super) fn at(&self, instant: Timestamp) {
        self.milliseconds.store(instant.as_millisecond(), Ordering::SeqCst);
    }

    /// Goes on with the identifiers from that number on.
    pub(super) fn draw_from(&self, number: u64) {
        self.drawn.store(number, Ordering::SeqCst);
    }
}

impl Clock for Stage {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.milliseconds.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl Ids for Stage {
    fn ordered(&self) -> Uuid {
        self.random()
    }

    fn random(&self) -> Uuid {
        let mut random = Random::of(&[SEED, self.drawn.fetch_add(1, Ordering::SeqCst)]);
        let bytes = (u128::from(random.next()) << 64) | u128::from(random.next());
        Builder::from_random_bytes(bytes.to_be_bytes()).into_uuid()
    }
}
