//! Epochs: a number of each account that moves when its tokens must no longer be believed (disabled, deleted, new password, other
//! groups, signed out everywhere). A token carries the epoch under which it was issued and is good only while the account still
//! has it. Epochs are remembered, a bounded number of them and for a bounded time.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use quick_cache::sync::Cache;
use store::{Key, Store, StoreError, Table};

use crate::pool::{Account, Secrets};

/// How often a read that a change overtook is repeated before its answer is used without being remembered.
const ATTEMPTS: usize = 3;

/// The remembered epochs.
pub(crate) struct Epochs {
    known: Cache<Box<str>, Known>,
    /// Counts changes, so that a value read before a change is not remembered after it.
    changes: Mutex<u64>,
    seconds: i64,
}

#[derive(Clone, Copy)]
struct Known {
    /// None: there is no such account, or it is disabled.
    epoch: Option<i64>,
    read: Timestamp,
}

impl Epochs {
    /// Remembers at most `accounts` epochs, each for `seconds`.
    pub(crate) fn new(accounts: usize, seconds: i64) -> Self {
        Self { known: Cache::new(accounts), changes: Mutex::new(0), seconds }
    }

    /// The remembered epoch of an account, if one is remembered; the inner option as in [`Self::read`].
    pub(crate) fn remembered(&self, sub: &str, now: Timestamp) -> Option<Option<i64>> {
        let known = self.known.get(sub)?;
        let age = now.as_second().saturating_sub(known.read.as_second());
        (0..self.seconds).contains(&age).then_some(known.epoch)
    }

    /// The account's epoch from the store; none when its tokens are not to be believed at all.
    pub(crate) async fn read(&self, store: &dyn Store, sub: &str, now: Timestamp) -> Result<Option<i64>, StoreError> {
        let key = Key::new(Table::Accounts, sub);
        let mut epoch = None;
        for _ in 0..ATTEMPTS {
            let before = self.count();
            epoch = match store.get(&key).await? {
                Some(item) if item.body::<Account>()?.enabled => Some(item.private::<Secrets>()?.epoch),
                _ => None,
            };
            let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
            if *changes == before {
                self.known.insert(sub.into(), Known { epoch, read: now });
                break;
            }
        }
        Ok(epoch)
    }

    /// Forgets an account's epoch after a change.
    pub(crate) fn forget(&self, sub: &str) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        *changes = changes.wrapping_add(1);
        self.known.remove(sub);
    }

    /// Forgets all epochs, after a change whose outcome is unknown.
    pub(crate) fn forget_all(&self) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        *changes = changes.wrapping_add(1);
        self.known.clear();
    }

    fn count(&self) -> u64 {
        *self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
