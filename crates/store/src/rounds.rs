//! One run of a decision: what to load, when to stop asking, and whether the changes keep the port's limits. For adapters,
//! which do the loading and the writing.

use std::any::Any;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::limits::{COMMIT_ITEMS, READ_ROUNDS};
use jiff::Timestamp;

use crate::decide::{Decide, Decision};
use crate::{Changes, Item, Key, Loaded, StoreError, Write};

/// One run of a decision.
#[derive(Debug)]
pub struct Rounds {
    loaded: Loaded,
    wanted: Vec<Key>,
    asked: usize,
}

impl Rounds {
    /// A run that starts with these keys.
    pub fn new(now: Timestamp, keys: Vec<Key>) -> Result<Self, StoreError> {
        let mut rounds = Self { loaded: Loaded::new(now), wanted: Vec::with_capacity(keys.len()), asked: 0 };
        rounds.want(keys)?;
        Ok(rounds)
    }

    /// The keys that have to be loaded now, each once.
    pub fn wanted(&mut self) -> Vec<Key> {
        std::mem::take(&mut self.wanted)
    }

    /// What was found under a wanted key, and the version that a write to it will get.
    pub fn found(&mut self, key: Key, item: Option<Item>, next_version: i64) {
        self.loaded.insert(key, item, next_version);
    }

    /// What has been loaded.
    pub const fn loaded(&self) -> &Loaded {
        &self.loaded
    }

    /// Runs the decision on what has been loaded: the changes to commit, or nothing when there is more to load.
    pub fn decide(&mut self, decide: &mut Decide) -> Result<Option<Changes>, StoreError> {
        let decision =
            catch_unwind(AssertUnwindSafe(|| decide(&self.loaded))).unwrap_or_else(|panic| Err(panicked(&*panic)))?;
        match decision {
            Decision::Commit(changes) => {
                check(&changes, &self.loaded)?;
                Ok(Some(changes))
            }
            Decision::Read(_) if self.asked == READ_ROUNDS => {
                Err(StoreError::Misuse(format!("a decision asked for more keys after {READ_ROUNDS} rounds")))
            }
            Decision::Read(more) => {
                self.asked += 1;
                self.want(more)?;
                Ok(None)
            }
        }
    }

    fn want(&mut self, keys: Vec<Key>) -> Result<(), StoreError> {
        for key in keys {
            key.check()?;
            if !self.loaded.contains(&key) && !self.wanted.contains(&key) {
                self.wanted.push(key);
            }
        }
        check_count(self.loaded.entries().count() + self.wanted.len())
    }
}

/// The version of a write: the present in milliseconds, but greater than any version that the key ever had.
pub fn next_version(now: Timestamp, last: i64) -> i64 {
    now.as_millisecond().max(last.saturating_add(1))
}

/// That a decision panicked.
pub fn panicked(panic: &(dyn Any + Send)) -> StoreError {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    StoreError::Misuse(format!("a decision panicked: {}", text.unwrap_or("without a message")))
}

fn check(changes: &Changes, loaded: &Loaded) -> Result<(), StoreError> {
    let mut keys = HashSet::with_capacity(changes.writes().len());
    let mut items = loaded.entries().count();
    for write in changes.writes() {
        let key = write.key();
        key.check()?;
        if !keys.insert(key) {
            return Err(StoreError::Misuse(format!("a commit writes {key} twice")));
        }
        let known = loaded.contains(key);
        if !known && matches!(write, Write::Delete { .. }) {
            return Err(StoreError::Misuse(format!("a commit deletes {key}, which was not loaded")));
        }
        items += usize::from(!known);
    }
    crate::size::check(changes)?;
    check_count(items)
}

fn check_count(items: usize) -> Result<(), StoreError> {
    if items > COMMIT_ITEMS {
        return Err(StoreError::TooLarge(format!("a commit may touch at most {COMMIT_ITEMS} items, not {items}")));
    }
    Ok(())
}
