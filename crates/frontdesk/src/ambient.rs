//! The machine's clock and its source of identifiers: the only place that asks the machine for either.

use domain::{Clock, Ids};
use jiff::Timestamp;
use uuid::Uuid;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Identifiers from the thread's own cryptographic generator, which the operating system seeds.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the source that everything else is given")]
    fn ordered(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the source that everything else is given")]
    fn random(&self) -> Uuid {
        Uuid::new_v4()
    }
}
