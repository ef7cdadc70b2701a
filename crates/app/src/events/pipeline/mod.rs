//! Pipelines: whoever wants every event, at least once, those of one aggregate in their order.
//!
//! A pipeline has a cursor in the store, which moves once its events are delivered, and a lease in the same item, so that one process
//! at a time runs it. What cannot be delivered is tried again with growing pauses; an event that fails for good becomes a dead letter,
//! in the commit that moves the cursor past it.

mod batch;
mod dead;
mod redrive;
mod replay;
mod runner;
mod settle;
mod state;

use std::future::Future;
use std::pin::Pin;

pub use dead::{DeadLetter, DeadLetters};
pub use redrive::Redriven;
pub use replay::{ReplayRange, Replayed};
pub(super) use runner::made;
pub use runner::{Next, Runner};
pub use state::{PipelineStatus, ReplayStatus};
pub(super) use state::{State, key as state_key, states};

use super::Notice;

/// What a delivery returns.
pub type Delivery<'a> = Pin<Box<dyn Future<Output = Delivered> + Send + 'a>>;

/// Something that wants every event.
pub trait Pipeline: Send + Sync {
    /// Its name, under which the store keeps how far it has come.
    fn name(&self) -> &str;

    /// Delivers events, in their order. Those that were delivered before may come again after a crash, with the same `id`.
    fn deliver<'a>(&'a self, events: &'a [Notice]) -> Delivery<'a>;

    /// How many events it wants at once.
    fn gather(&self) -> Gather {
        Gather::default()
    }
}

/// How many events are gathered for one delivery. They are held in memory until then, and the cursor stays before them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gather {
    /// Bytes of events after which no more are waited for; zero: whatever there is.
    pub bytes: usize,
    /// Seconds after the first of them when no more are waited for.
    pub seconds: i64,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// How many of the events are done for good, counted from the first.
    pub done: usize,
    /// Why the next one is not; nothing when all are done.
    pub then: Option<Setback>,
}

/// Why an event was not delivered, and so what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setback {
    /// No event could be: a disk is full, a service is down. Tried again for as long as it takes.
    Halt(String),
    /// This event could not be, and may be at another attempt. Tried again several times, then it is a dead letter.
    Retry(String),
    /// This event never can be. It is a dead letter.
    Fail(String),
}

impl Delivered {
    /// All of them are.
    pub const fn all(events: &[Notice]) -> Self {
        Self { done: events.len(), then: None }
    }

    /// So many are; the next one is not.
    pub const fn until(done: usize, then: Setback) -> Self {
        Self { done, then: Some(then) }
    }
}
