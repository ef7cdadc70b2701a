//! Timers: what happens to bookings by itself. A timer is written and removed in the commits of its booking; whoever finds it due
//! runs it, and the decision looks at the booking again, so that it may be run late, twice, or by several processes.

use std::ops::Bound;

use domain::booking::{Granted, Timer, TimerKind};
use domain::spread::hash;
use domain::time::Minute;
use serde::{Deserialize, Serialize};
use store::{Key, Loaded, Query, Sort, StoreError, Table, Write};

use super::decide::fire;
use super::key;
use super::line::Look;
use crate::commit::Draft;
use crate::{App, Command, Failure};

/// Partitions among which timers are spread.
pub(super) const SHARDS: u32 = 16;
/// Pages of one shard that one run goes through, so that timers which fail do not keep it from the others.
const PAGES: usize = 16;

/// How far back, in minutes, a look goes that is not at all of them.
const RECENT: i64 = 60;

/// A timer as it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    shard: String,
    due: String,
    kind: TimerKind,
    #[serde(rename = "bookingID")]
    booking_id: String,
}

/// What may be among the timers.
#[derive(Deserialize)]
#[serde(untagged)]
enum Due {
    Booking(Stored),
    Line(Look),
}

impl Stored {
    fn new(booking_id: &str, Timer { due, kind }: Timer) -> Self {
        let name = match kind {
            TimerKind::Expire => "expire",
            TimerKind::NoShow => "no-show",
        };
        let due = format!("{}#{name}#{booking_id}", minute(due));
        Self { shard: (hash(booking_id) % SHARDS).to_string(), due, kind, booking_id: booking_id.to_owned() }
    }

    fn key(&self) -> Key {
        Key::text(Table::Timers, &self.shard, &self.due)
    }
}

/// A minute so that texts sort as minutes do.
pub(super) fn minute(minute: Minute) -> String {
    format!("{:012}", minute.0)
}

fn stored(granted: &Granted) -> Option<Stored> {
    granted.timer().map(|timer| Stored::new(&granted.booking.booking_id, timer))
}

/// The key of the timer of a booking that expires then.
pub(super) fn expiry(booking_id: &str, due: Minute) -> Key {
    Stored::new(booking_id, Timer { due, kind: TimerKind::Expire }).key()
}

/// The key of a booking's timer, if it has one.
pub(super) fn key_of(granted: &Granted) -> Option<Key> {
    stored(granted).map(|timer| timer.key())
}

/// Sets the timer of a booking in place of an earlier one.
pub(super) fn set(
    draft: &mut Draft<'_>,
    loaded: &Loaded,
    granted: &Granted,
    earlier: Option<&Granted>,
) -> Result<(), StoreError> {
    let (timer, earlier) = (stored(granted), earlier.and_then(key_of));
    let key = timer.as_ref().map(Stored::key);
    if key == earlier {
        return Ok(());
    }
    if let Some(earlier) = earlier
        && loaded.item(&earlier)?.is_some()
    {
        draft.push(Write::Delete { key: earlier });
    }
    if let (Some(timer), Some(key)) = (timer, key) {
        let body = serde_json::to_string(&timer).map_err(|error| StoreError::Misuse(error.to_string()))?;
        draft.push(Write::Put { key, body, private: None });
    }
    Ok(())
}

impl App {
    /// Runs timers that are due, of each shard about so many at the most, and says how many it was. One that fails is logged and
    /// left for the next time.
    pub async fn run_due(&self, limit: usize) -> Result<usize, Failure> {
        self.run_from(Bound::Unbounded, limit).await
    }

    /// The same for those alone that became due within the last hour. On DynamoDB what was removed before need not be read then.
    pub async fn run_recently_due(&self, limit: usize) -> Result<usize, Failure> {
        let from = Minute::containing(self.clock.now()).plus(-RECENT);
        self.run_from(Bound::Included(Sort::Text(minute(from))), limit).await
    }

    /// Looks into every shard, also when another one cannot be read.
    async fn run_from(&self, from: Bound<Sort>, limit: usize) -> Result<usize, Failure> {
        let mut outcome = Ok(0_usize);
        for shard in 0..SHARDS {
            match (self.run_shard(shard, from.clone(), limit).await, &mut outcome) {
                (Ok(more), Ok(done)) => *done = done.saturating_add(more),
                (Err(error), Ok(_)) => outcome = Err(error),
                (_, Err(_)) => {}
            }
        }
        outcome
    }

    async fn run_shard(&self, shard: u32, from: Bound<Sort>, limit: usize) -> Result<usize, Failure> {
        let behind = Minute::containing(self.clock.now()).plus(1);
        let until = Bound::Excluded(Sort::Text(minute(behind)));
        let all = Query::table(Table::Timers, shard.to_string());
        let mut query = Query { range: (from, until), limit, ..all };
        let mut done: usize = 0;
        for _ in 0..PAGES {
            let page = self.store.query(query.clone()).await?;
            for item in page.items {
                match item.body::<Due>() {
                    Ok(timer) => done = done.saturating_add(usize::from(self.run(timer).await)),
                    Err(error) => tracing::warn!(%error, item = item.body, "a timer cannot be read"),
                }
            }
            query.cursor = page.next;
            if query.cursor.is_none() || done >= limit {
                break;
            }
        }
        Ok(done)
    }

    /// Runs a timer, and says whether that went well.
    async fn run(&self, timer: Due) -> bool {
        let timer = match timer {
            Due::Booking(timer) => timer,
            Due::Line(look) => {
                let resource = look.resource_id.clone();
                return self
                    .look_at_line(look)
                    .await
                    .inspect_err(|error| {
                        tracing::warn!(
                            error = error as &(dyn std::error::Error + 'static),
                            resource,
                            "a look at a line failed"
                        );
                    })
                    .is_ok();
            }
        };
        let (due, booking, kind) = (timer.key(), key(&timer.booking_id), timer.kind);
        let operation = match kind {
            TimerKind::Expire => "ExpireBooking",
            TimerKind::NoShow => "ReleaseNoShow",
        };
        let command = Command { operation, ..Command::default() };
        let keys = vec![booking.clone(), due.clone()];
        let outcome = self.commit(&command, keys, move |loaded| fire(loaded, &due, &booking, kind)).await;
        if let Err(error) = &outcome {
            tracing::warn!(
                error = error as &(dyn std::error::Error + 'static),
                booking = timer.booking_id,
                "a timer failed"
            );
        }
        outcome.is_ok()
    }
}
