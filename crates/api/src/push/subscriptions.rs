//! The subscriptions of one connection, each going on by itself.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use app::{Delivery, Failure, Subscription, Topic};

type Next = Pin<Box<dyn Future<Output = (Result<Delivery, Failure>, Subscription)> + Send>>;

/// The subscriptions of one connection: one for each topic.
#[derive(Default)]
pub(super) struct Subscriptions {
    live: Vec<Live>,
    /// Which one is looked at first, so that a busy one does not keep the others from their turn.
    turn: usize,
}

struct Live {
    topic: Topic,
    /// The next delivery. It is kept while it is waited for, and owns the subscription.
    next: Next,
}

impl Live {
    fn new(topic: Topic, mut subscription: Subscription) -> Self {
        let next = async move {
            let delivery = subscription.next().await;
            (delivery, subscription)
        };
        Self { topic, next: Box::pin(next) }
    }
}

impl Subscriptions {
    /// How many there are without that one.
    pub(super) fn others(&self, topic: &Topic) -> usize {
        self.live.iter().filter(|live| live.topic != *topic).count()
    }

    /// Adds one, in place of any other for the same topic.
    pub(super) fn add(&mut self, topic: Topic, subscription: Subscription) {
        self.remove(&topic);
        self.live.push(Live::new(topic, subscription));
    }

    /// Ends one, if there is one.
    pub(super) fn remove(&mut self, topic: &Topic) -> bool {
        let before = self.live.len();
        self.live.retain(|live| live.topic != *topic);
        self.live.len() < before
    }

    /// The next delivery of any, and of which topic. Whoever stops waiting misses nothing.
    pub(super) async fn next(&mut self) -> (Topic, Result<Delivery, Failure>) {
        poll_fn(|context| {
            let turn = self.turn.min(self.live.len());
            let (before, from) = self.live.split_at_mut_checked(turn).unwrap_or_default();
            for (number, live) in (1..).zip(from.iter_mut().chain(before)) {
                if let Poll::Ready((delivery, subscription)) = live.next.as_mut().poll(context) {
                    let topic = live.topic.clone();
                    *live = Live::new(topic.clone(), subscription);
                    self.turn = turn.saturating_add(number).checked_rem(self.live.len()).unwrap_or(0);
                    return Poll::Ready((topic, delivery));
                }
            }
            Poll::Pending
        })
        .await
    }
}
