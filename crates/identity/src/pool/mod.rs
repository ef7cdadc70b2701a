//! The user pool: accounts, groups, passwords and sessions, on the store.
//!
//! An account is an item of its own (by `sub`); another item says whose an e-mail address is, so that it is unique by key. What
//! belongs together changes in one commit, with its event.

mod account;
mod administrator;
mod change;
mod create;
mod delete;
mod erase;
mod groups;
mod list;
mod record;
mod session;
mod sign_in;
mod username;

use std::fmt;
use std::sync::Arc;

use domain::{Clock, Ids};
use store::{Key, Loaded, Store, StoreError, Verdict, transact};

pub use account::{Account, AccountPage, NewUser, Status};
pub(crate) use account::{Secrets, Stored};
pub use administrator::Administrator;
pub(crate) use groups::Group;
pub(crate) use sign_in::SignedIn;

use crate::epoch::Epochs;
use crate::error::PoolError;
use crate::hasher::Hasher;
use crate::settings::Settings;

/// The most groups of one account.
const GROUPS: usize = 50;

/// The user pool.
pub struct Pool {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    epochs: Arc<Epochs>,
    hasher: Hasher,
    client: String,
    admin_group: String,
    session_seconds: i64,
}

impl fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pool").field("client", &self.client).finish_non_exhaustive()
    }
}

impl Pool {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        epochs: Arc<Epochs>,
        settings: &Settings,
    ) -> Self {
        Self {
            store,
            clock,
            ids,
            epochs,
            hasher: Hasher::new(settings.parallel_hashes, settings.waiting_hashes),
            client: settings.client_id.clone(),
            admin_group: settings.admin_group.clone(),
            session_seconds: settings.refresh_token_seconds,
        }
    }

    /// Commits a change of one account, which the decision names by its `sub`, and forgets the account's epoch. The commit is a
    /// task of its own: once begun it runs to its end, even if the caller goes away.
    async fn commit<T, D>(&self, keys: Vec<Key>, decide: D) -> Result<T, PoolError>
    where
        T: Send + 'static,
        D: FnMut(&Loaded) -> Result<Verdict<(String, T), PoolError>, StoreError> + Send + 'static,
    {
        let (store, epochs) = (Arc::clone(&self.store), Arc::clone(&self.epochs));
        let task = tokio::spawn(async move {
            let answer = transact(store.as_ref(), keys, decide).await;
            match &answer {
                Ok(Ok((sub, _))) => epochs.forget(sub),
                Ok(Err(_)) => {}
                Err(_) => epochs.forget_all(),
            }
            answer
        });
        let stopped = |_| StoreError::Unavailable("the change was stopped; its outcome is unknown".to_owned());
        let (_, value) = task.await.map_err(stopped)???;
        Ok(value)
    }
}
