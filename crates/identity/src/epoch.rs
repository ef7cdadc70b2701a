//! Epochs: a number of each account that moves when its tokens must no longer be believed (disabled, deleted, new password, other
//! groups, signed out everywhere). A token carries the epoch under which it was issued and is good only while the account still
//! has it. Of an issuer outside it is the mark of [`crate::marks`] that is remembered. Both are, a bounded number of them and for a
//! bounded time.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use quick_cache::sync::Cache;
use store::{Key, Store, StoreError, Table};

use crate::marks;
use crate::pool::{Account, Secrets};
use crate::verify::Issued;

/// How often a read that a change overtook is repeated before its answer is used without being remembered.
const ATTEMPTS: usize = 3;

/// The remembered epochs.
pub(crate) struct Epochs {
    measure: Measure,
    known: Cache<Box<str>, Known>,
    /// Counts changes, so that a value read before a change is not remembered after it.
    changes: Mutex<u64>,
    seconds: i64,
}

/// By what tokens are revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// The epoch of the pool's account; none when there is no such account, or it is disabled.
    Epochs,
    /// The mark of a subject of an issuer outside; none when there is no mark.
    Marks,
}

/// Whether a token is believed, by what is known of its subject.
pub(crate) fn stands(issued: Issued, known: Option<i64>) -> bool {
    match issued {
        Issued::Epoch(epoch) => known == Some(epoch),
        Issued::At(time) => known.is_none_or(|mark| time > mark),
    }
}

#[derive(Clone, Copy)]
struct Known {
    /// None: see [`Measure`].
    epoch: Option<i64>,
    read: Timestamp,
}

impl Epochs {
    /// Remembers at most `accounts` epochs, each for `seconds`.
    pub(crate) fn new(measure: Measure, accounts: usize, seconds: i64) -> Self {
        Self { measure, known: Cache::new(accounts), changes: Mutex::new(0), seconds }
    }

    /// The remembered epoch of an account, if one is remembered; the inner option as in [`Self::read`].
    pub(crate) fn remembered(&self, sub: &str, now: Timestamp) -> Option<Option<i64>> {
        let known = self.known.get(sub)?;
        let age = now.as_second().saturating_sub(known.read.as_second());
        (0..self.seconds).contains(&age).then_some(known.epoch)
    }

    /// The account's epoch or mark from the store; none as [`Measure`] says.
    pub(crate) async fn read(&self, store: &dyn Store, sub: &str, now: Timestamp) -> Result<Option<i64>, StoreError> {
        let mut epoch = None;
        for _ in 0..ATTEMPTS {
            let before = self.count();
            epoch = match self.measure {
                Measure::Epochs => account_epoch(store, sub).await?,
                Measure::Marks => marks::read(store, sub).await?,
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

async fn account_epoch(store: &dyn Store, sub: &str) -> Result<Option<i64>, StoreError> {
    Ok(match store.get(&Key::new(Table::Accounts, sub)).await? {
        Some(item) if item.body::<Account>()?.enabled => Some(item.private::<Secrets>()?.epoch),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
