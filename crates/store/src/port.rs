//! The storage port: one small object-safe trait, behind which every store behaves alike.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use crate::decide::{Decide, Decision};
use crate::{Cursor, Item, Key, Loaded, Page, Query, StoreError, Table, Verdict};

/// What a method of the port returns.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A store.
pub trait Store: Send + Sync {
    /// The item under a key; exact.
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<Item>>;

    /// The items under at most [`domain::limits::READ_KEYS`] keys, in their order; exact, and all of one moment.
    fn get_many<'a>(&'a self, keys: &'a [Key]) -> Answer<'a, Vec<Option<Item>>>;

    /// A page of one partition. By the table exact, by an index possibly late. Never the ground of a decision, except by the
    /// table where what was loaded for the decision keeps the partition from changing.
    fn query(&self, query: Query) -> Answer<'_, Page>;

    /// A page of a whole table: each item at least once, in no particular order. Expired items may be among them.
    fn scan(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Page>;

    /// Loads the keys, runs the decision, and commits what it answers atomically or not at all. Everything that was loaded is
    /// guarded: the commit stands only if none of it has changed. Prefer [`transact`], which carries the answer.
    fn decide(&self, keys: Vec<Key>, decide: Decide) -> Answer<'_, ()>;

    /// Removes at most `limit` items whose `expiration` has passed, and says how many it removed.
    fn sweep(&self, table: Table, limit: usize) -> Answer<'_, usize>;

    /// Whether the store answers.
    fn check(&self) -> Answer<'_, ()>;
}

/// Loads the keys, runs the pure decision, commits, and returns its answer: the value of a commit, or the refusal.
///
/// The decision may run several times; only the last run's answer counts.
pub async fn transact<T, R, D>(store: &dyn Store, keys: Vec<Key>, mut decide: D) -> Result<Result<T, R>, StoreError>
where
    T: Send + 'static,
    R: Send + 'static,
    D: FnMut(&Loaded) -> Result<Verdict<T, R>, StoreError> + Send + 'static,
{
    let slot = Arc::new(Mutex::new(None));
    let answer = Arc::clone(&slot);
    let set = move |value| *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    let erased = move |loaded: &Loaded| {
        Ok(match decide(loaded)? {
            Verdict::Commit(changes, value) => {
                set(Ok(value));
                Decision::Commit(changes)
            }
            Verdict::Refuse(changes, refusal) => {
                set(Err(refusal));
                Decision::Commit(changes)
            }
            Verdict::Read(more) => Decision::Read(more),
        })
    };
    store.decide(keys, Box::new(erased)).await?;
    let answer = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    answer.ok_or_else(|| StoreError::Misuse("a commit was reported without a decision".to_owned()))
}
