//! Lanes: where requests wait, first come, first served.

use std::ops::Bound;

use domain::spread::hash;
use domain::ticket::Ticket;
use serde::{Deserialize, Serialize};
use store::{Item, Key, Loaded, Query, Sort, StoreError, Table, Write};

use crate::commit::Draft;

/// Partitions among which lanes are spread.
pub(super) const SHARDS: u32 = 4;

/// A lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) name: String,
}

/// A lane in which requests wait, as it is stored: among the timers, always due.
#[derive(Serialize, Deserialize)]
struct Stored {
    shard: String,
    due: String,
    waiting: i64,
}

/// A request's place in a lane.
#[derive(Serialize, Deserialize)]
pub(super) struct Entry {
    lane: String,
    sequence: i64,
    pub(super) message_id: String,
}

/// The partition of lanes with that number.
pub(super) fn shard(number: u32) -> String {
    format!("lanes/{number}")
}

impl Entry {
    pub(super) fn new(lane: &Lane, sequence: i64, message_id: &str) -> Self {
        Self { lane: lane.name.clone(), sequence, message_id: message_id.to_owned() }
    }

    pub(super) const fn sequence(&self) -> i64 {
        self.sequence
    }
}

impl Lane {
    pub(super) fn of(ticket: &Ticket) -> Self {
        Self { name: ticket.lane() }
    }

    /// The lane of a stored item.
    pub(super) fn read(item: &Item) -> Result<Self, StoreError> {
        Ok(Self { name: item.body::<Stored>()?.due })
    }

    fn shard(&self) -> String {
        shard(hash(&self.name) % SHARDS)
    }

    pub(super) fn key(&self) -> Key {
        Key::text(Table::Timers, self.shard(), &self.name)
    }

    pub(super) fn place(&self, sequence: i64) -> Key {
        Key::number(Table::Queue, &self.name, sequence)
    }

    /// What is first in it.
    pub(super) fn first(&self) -> Query {
        let all = Query::table(Table::Queue, &self.name);
        Query { range: (Bound::<Sort>::Unbounded, Bound::Unbounded), limit: 1, ..all }
    }

    /// How many wait in it.
    pub(super) fn waiting(&self, loaded: &Loaded) -> Result<i64, StoreError> {
        Ok(loaded.item(&self.key())?.map(Item::body::<Stored>).transpose()?.map_or(0, |stored| stored.waiting))
    }

    /// Puts a request at its end. The versions of the lane only grow, so the place is behind all others.
    pub(super) fn enter(
        &self,
        draft: &mut Draft<'_>,
        sequence: i64,
        waiting: i64,
        message_id: &str,
    ) -> Result<(), StoreError> {
        let entry = Entry::new(self, sequence, message_id);
        draft.push(put(self.place(sequence), &entry)?);
        draft.push(self.holding(waiting.saturating_add(1))?);
        Ok(())
    }

    /// The lane when so many wait in it: one that is empty is not kept.
    pub(super) fn holding(&self, waiting: i64) -> Result<Write, StoreError> {
        if waiting <= 0 {
            return Ok(Write::Delete { key: self.key() });
        }
        put(self.key(), &Stored { shard: self.shard(), due: self.name.clone(), waiting })
    }
}

fn put(key: Key, body: &impl Serialize) -> Result<Write, StoreError> {
    let body = serde_json::to_string(body).map_err(|error| StoreError::Misuse(error.to_string()))?;
    Ok(Write::Put { key, body, private: None })
}
