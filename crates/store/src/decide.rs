//! What goes into a decision and what comes out of it.

use jiff::Timestamp;
use serde::Serialize;

use crate::{Item, Key, StoreError};

/// One write of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Store this body under the key, with the version [`Loaded::next_version`]. A key that was not loaded must be absent.
    Put {
        /// The key, whose attributes the body holds too.
        key: Key,
        /// The public attributes: one JSON object.
        body: String,
        /// The private attributes: one JSON object.
        private: Option<String>,
    },
    /// Remove the item. The key must have been loaded.
    Delete {
        /// The key.
        key: Key,
    },
}

impl Write {
    /// The key that is written.
    pub const fn key(&self) -> &Key {
        match self {
            Self::Put { key, .. } | Self::Delete { key } => key,
        }
    }
}

/// The writes of one commit: all or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    writes: Vec<Write>,
    unguarded: Vec<Key>,
}

impl Changes {
    /// No change.
    pub const fn none() -> Self {
        Self { writes: Vec::new(), unguarded: Vec::new() }
    }

    /// Stores `body` under `key`.
    pub fn put(&mut self, key: Key, body: &impl Serialize) -> Result<(), StoreError> {
        self.writes.push(Write::Put { key, body: text(body)?, private: None });
        Ok(())
    }

    /// Stores `body` and the private attributes under `key`.
    pub fn put_private(&mut self, key: Key, body: &impl Serialize, private: &impl Serialize) -> Result<(), StoreError> {
        self.writes.push(Write::Put { key, body: text(body)?, private: Some(text(private)?) });
        Ok(())
    }

    /// Adds a write.
    pub fn push(&mut self, write: Write) {
        self.writes.push(write);
    }

    /// Removes the item of a loaded key.
    pub fn delete(&mut self, key: Key) {
        self.writes.push(Write::Delete { key });
    }

    /// Lets the commit stand even if a loaded key that it does not write has changed meanwhile, so that whoever changes that key
    /// and whoever commits do not hinder each other. Whoever calls this says why it is safe.
    pub fn unguard(&mut self, key: Key) {
        self.unguarded.push(key);
    }

    /// The keys that were loaded and need not be guarded.
    pub fn unguarded(&self) -> &[Key] {
        &self.unguarded
    }

    /// The writes, in the order in which they were added; each key at most once.
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }
}

fn text(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Misuse(error.to_string()))
}

/// What a decision sees: the time, and for each loaded key the item or its absence.
#[derive(Debug)]
pub struct Loaded {
    now: Timestamp,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    key: Key,
    item: Option<Item>,
    next_version: i64,
}

impl Loaded {
    /// Nothing loaded yet. For adapters.
    pub const fn new(now: Timestamp) -> Self {
        Self { now, entries: Vec::new() }
    }

    /// Adds what was found under a key, and the version that a write to it will get. For adapters.
    pub fn insert(&mut self, key: Key, item: Option<Item>, next_version: i64) {
        self.entries.push(Entry { key, item, next_version });
    }

    /// The time of the decision.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether the key was loaded.
    pub fn contains(&self, key: &Key) -> bool {
        self.entries.iter().any(|entry| entry.key == *key)
    }

    /// The item under a loaded key; an error when the key was not loaded.
    pub fn item(&self, key: &Key) -> Result<Option<&Item>, StoreError> {
        self.entry(key).map(|entry| entry.item.as_ref())
    }

    /// The version that a write to a loaded key will get: greater than any that the key ever had.
    pub fn next_version(&self, key: &Key) -> Result<i64, StoreError> {
        self.entry(key).map(|entry| entry.next_version)
    }

    /// The loaded keys, each with its item and the version that a write will get. For adapters.
    pub fn entries(&self) -> impl Iterator<Item = (&Key, Option<&Item>, i64)> {
        self.entries.iter().map(|entry| (&entry.key, entry.item.as_ref(), entry.next_version))
    }

    fn entry(&self, key: &Key) -> Result<&Entry, StoreError> {
        self.entries
            .iter()
            .find(|entry| entry.key == *key)
            .ok_or_else(|| StoreError::Misuse(format!("a decision used {key}, which it had not loaded")))
    }
}

/// What a decision answers.
#[derive(Debug)]
pub enum Verdict<T, R> {
    /// Commit these changes, then answer with the value.
    Commit(Changes, T),
    /// Refuse; the changes (a recorded refusal) are committed all the same.
    Refuse(Changes, R),
    /// Load these keys too and decide again (at most [`domain::limits::READ_ROUNDS`] rounds).
    Read(Vec<Key>),
}

/// A verdict without its answer, which is what an adapter needs to know.
#[derive(Debug)]
pub enum Decision {
    /// Commit these changes (there may be none).
    Commit(Changes),
    /// Load these keys too and decide again.
    Read(Vec<Key>),
}

/// A decision, as adapters see it. It may run several times and has no effects.
pub type Decide = Box<dyn FnMut(&Loaded) -> Result<Decision, StoreError> + Send>;
