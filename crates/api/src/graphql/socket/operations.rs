//! The operations of one connection, each going on by itself.

use std::future::poll_fn;
use std::task::Poll;

use async_graphql::Response;
use async_graphql::futures_util::stream::{BoxStream, StreamExt};

/// The operations of one connection, by the client's identifiers.
#[derive(Default)]
pub(super) struct Operations {
    live: Vec<(String, BoxStream<'static, Response>)>,
    /// Which one is looked at first, so that a busy one does not keep the others from their turn.
    turn: usize,
}

impl Operations {
    pub(super) fn has(&self, id: &str) -> bool {
        self.live.iter().any(|(live, _)| live == id)
    }

    pub(super) const fn count(&self) -> usize {
        self.live.len()
    }

    pub(super) fn add(&mut self, id: String, responses: BoxStream<'static, Response>) {
        self.live.push((id, responses));
    }

    /// Ends one, if there is one.
    pub(super) fn remove(&mut self, id: &str) {
        self.live.retain(|(live, _)| live != id);
    }

    /// The next response of any, and of which operation; none when that one is over. Whoever stops waiting misses nothing.
    pub(super) async fn next(&mut self) -> (String, Option<Response>) {
        poll_fn(|context| {
            let count = self.live.len();
            for step in 0..count {
                let place = self.turn.saturating_add(step).checked_rem(count).unwrap_or(0);
                let Some((id, responses)) = self.live.get_mut(place) else { continue };
                if let Poll::Ready(response) = responses.poll_next_unpin(context) {
                    let id = id.clone();
                    self.turn = place.saturating_add(1);
                    if response.is_none() {
                        drop(self.live.remove(place));
                    }
                    return Poll::Ready((id, response));
                }
            }
            Poll::Pending
        })
        .await
    }
}
