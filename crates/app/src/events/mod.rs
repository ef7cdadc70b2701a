//! What happened, for those whom it concerns.
//!
//! Events are items of the commits that they tell of, and the store's log has them in order (`store::log`). Here they become
//! [`Notice`]s, and go to subscribers: each gets every event of its topics from a position of the log on, without a gap and each once,
//! however slowly it reads.

mod feed;
mod history;
mod lease;
mod meters;
mod notice;
mod pipeline;
mod relay;
mod retention;
mod search;
mod topic;

pub(crate) use feed::Feed;
pub use feed::{Delivery, Subscription};
pub use history::{EventFilter, History, Shown};
pub use notice::Notice;
pub use pipeline::{
    DeadLetter, DeadLetters, Delivered, Delivery as PipelineDelivery, Gather, Next, Pipeline, PipelineStatus, Redriven,
    ReplayRange, ReplayStatus, Replayed, Runner, Setback,
};
pub use search::{EventSearch, Found};
pub use topic::Topic;
