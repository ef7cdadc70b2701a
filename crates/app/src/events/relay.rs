//! The relay: events that wait in an outbox get their positions in the log. Where the store numbers events itself there is nothing
//! to do.

use std::time::Duration;

use jiff::SignedDuration;
use store::log::{self, SHARDS};
use store::{Key, Sort, StoreError, Table};
use tokio::time::{sleep, timeout};

use super::lease;
use crate::App;

/// How long after the last event the outboxes are looked at again, should no commit of this process have said that there is more.
const LOOK: Duration = Duration::from_millis(250);
/// How often the lease is looked at where another process holds it.
const ELSEWHERE: Duration = Duration::from_secs(3);
/// How long after a failure.
const RETRY: Duration = Duration::from_millis(500);
/// How long the lease is believed in without another look.
const HELD: SignedDuration = SignedDuration::from_secs(4);

impl App {
    /// Relays events, unless another process does. Never returns.
    pub async fn relay(&self) {
        let holder = self.ids.random().to_string();
        let mut commits = self.commits.subscribe();
        loop {
            match self.hold_relay(&holder).await {
                Ok(true) => {}
                Ok(false) => {
                    sleep(ELSEWHERE).await;
                    continue;
                }
                Err(error) => {
                    tracing::warn!(%error, "the relay's lease cannot be looked at for the moment");
                    sleep(RETRY).await;
                    continue;
                }
            }
            let held = self.clock.now();
            while self.clock.now().duration_since(held) < HELD {
                commits.mark_unchanged();
                match self.relay_waiting().await {
                    Ok(0) => drop(timeout(LOOK, commits.changed()).await),
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(%error, "events cannot be relayed for the moment");
                        sleep(RETRY).await;
                    }
                }
            }
        }
    }

    /// Takes or renews the relay's lease; whether it is that holder's now. Without it everything is right, too, but paid for twice.
    pub async fn hold_relay(&self, holder: &str) -> Result<bool, StoreError> {
        lease::take(self.store.as_ref(), "relay", holder, self.clock.now()).await
    }

    /// Relays some of what waits, and says how many events it were.
    pub async fn relay_waiting(&self) -> Result<usize, StoreError> {
        let mut relayed: usize = 0;
        for shard in 0..SHARDS {
            relayed = relayed.saturating_add(log::relay(self.store.as_ref(), shard).await?);
        }
        self.say_relayed(relayed);
        Ok(relayed)
    }

    /// Relays these events, by aggregate and sequence, and says which of them have no position in the log now: those behind one that
    /// waits, and those that nobody can relay. One that is gone has no need of one.
    pub async fn relay_events(&self, events: &[(String, i64)]) -> Result<Vec<(String, i64)>, StoreError> {
        let keys = events.iter().map(|(aggregate, sequence)| Key::number(Table::Events, aggregate, *sequence));
        let (relayed, left) = log::relay_these(self.store.as_ref(), keys.collect()).await?;
        self.say_relayed(relayed);
        let name = |key: Key| match key.sort {
            Some(Sort::Number(sequence)) => Some((key.partition, sequence)),
            _ => None,
        };
        Ok(left.into_iter().filter_map(name).collect())
    }

    fn say_relayed(&self, relayed: usize) {
        if relayed > 0 {
            metrics::counter!("frontdesk_events_relayed_total").increment(u64::try_from(relayed).unwrap_or(0));
            self.feed.wake();
            self.logged.send_replace(());
        }
    }
}
