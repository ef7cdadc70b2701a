//! What happened, for those whom it concerns.
//!
//! Events are items of the commits that they tell of, and the store's log has them in order (`store::log`). Here they become
//! [`Notice`]s, and go to subscribers: each gets every event of its topics from a position of the log on, without a gap and each once,
//! however slowly it reads.

mod feed;
mod notice;
mod topic;

pub(crate) use feed::Feed;
pub use feed::{Delivery, Subscription};
pub use notice::Notice;
pub use topic::Topic;
