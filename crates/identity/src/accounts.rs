//! Administration of accounts, wherever they are kept: in the embedded pool, or outside. What ends tokens outside is marked here, too,
//! since an issuer's tokens do not tell.

use domain::event::Event;
use domain::limits::PAGE_ITEMS;
use serde::Serialize;
use store::{Key, StoreError, Table, Write};

use crate::error::PoolError;
use crate::identity::{Identity, Keeper};
use crate::marks;
use crate::outside::{AccountChange, Directory};
use crate::pool::AccountPage;
use crate::token::Tokens;

/// An erasure that has begun.
#[derive(Debug)]
pub struct Erasure {
    /// Whose.
    pub sub: String,
    /// Whether it goes on with one that was cut off. It is told of then, whatever is left.
    pub is_resumed: bool,
}

impl Identity {
    /// Signs in with a password.
    pub async fn password_sign_in(&self, email: &str, password: &str) -> Result<Tokens, PoolError> {
        match self.keeper() {
            Keeper::Pool(_) => self.pool_sign_in(email, password).await,
            Keeper::Outside(..) => self.directory()?.sign_in(email, password).await,
        }
    }

    /// A page of accounts.
    pub async fn list_accounts(&self, after: Option<&str>) -> Result<AccountPage, PoolError> {
        match self.keeper() {
            Keeper::Pool(pool) => pool.list_users(PAGE_ITEMS, after).await,
            Keeper::Outside(..) => self.directory()?.list(after).await,
        }
    }

    /// Creates an account that may sign in, with groups that are created where missing.
    pub async fn create_account(&self, email: &str, password: &str, groups: &[String]) -> Result<(), PoolError> {
        if let Keeper::Pool(pool) = self.keeper() {
            return pool.create_user(email, password, groups, true).await.map(drop);
        }
        let directory = self.directory()?;
        let sub = directory.create(email, password).await?;
        for group in groups {
            directory.change(&sub, AccountChange::Join(group)).await?;
        }
        Ok(())
    }

    /// Changes an account, by e-mail address or `sub`; the tokens that it has end.
    pub async fn change_account(&self, user: &str, change: AccountChange<'_>) -> Result<(), PoolError> {
        let Keeper::Pool(pool) = self.keeper() else { return self.change_outside(user, change).await };
        match change {
            AccountChange::Enabled(enabled) => pool.set_enabled(user, enabled).await,
            AccountChange::Password(password) => pool.set_password(user, password, true).await,
            AccountChange::Join(group) => pool.add_to_group(user, group).await,
            AccountChange::Leave(group) => pool.remove_from_group(user, group).await,
            AccountChange::SignOut => pool.sign_out_everywhere(user).await,
            AccountChange::Delete => pool.delete(user).await,
        }
    }

    async fn change_outside(&self, user: &str, change: AccountChange<'_>) -> Result<(), PoolError> {
        let sub = match (self.directory(), change) {
            (Ok(directory), change) => directory.change(user, change).await?,
            // Sessions are the issuer's, but whether its tokens are believed here is ours to say.
            (Err(_), AccountChange::SignOut) => user.to_owned(),
            (Err(elsewhere), _) => return Err(elsewhere),
        };
        self.mark(&sub).await
    }

    /// The `sub` of a user by e-mail address or `sub`: of the account, or of what an account left behind.
    pub async fn sub_of(&self, user: &str) -> Result<String, PoolError> {
        let found = match self.keeper() {
            Keeper::Pool(pool) => pool.find(user).await?,
            Keeper::Outside(outside, _) => match &outside.directory {
                Some(directory) => directory.find(user).await?,
                // Only the issuer knows whose an address is, and any text may be a `sub`.
                None => return Ok(user.to_owned()),
            },
        };
        remaining(user, found.map(|account| account.sub))
    }

    /// Ends sign-in and every token of a user, so that nothing is written for them any more.
    pub async fn begin_erasure(&self, user: &str) -> Result<Erasure, PoolError> {
        if let Keeper::Pool(pool) = self.keeper() {
            let sub = remaining(user, pool.begin_erasure(user).await?.map(|account| account.sub))?;
            // As long as it is not told of, its account is there.
            return Ok(Erasure { sub, is_resumed: false });
        }
        let sub = match self.directory() {
            Ok(directory) => lock_out(directory, user).await?,
            Err(_) => user.to_owned(),
        };
        let begun = marks::begin_erasure(self.store(), &sub, self.clock().now()).await;
        self.epochs().forget(&sub);
        Ok(Erasure { is_resumed: begun?, sub })
    }

    /// Removes the sessions that are kept here of a user, and says how many there were.
    pub async fn erase_sessions(&self, sub: &str) -> Result<usize, PoolError> {
        match self.keeper() {
            Keeper::Pool(pool) => pool.erase_sessions(sub).await,
            Keeper::Outside(..) => Ok(0),
        }
    }

    /// Removes the account, where it can be administered, and says whether there was one. The event of the erasure says what `told` is,
    /// if there was `anything` of the person. Outside, the event comes first: a run that is cut off then finds the account by its
    /// address once more, and tells of it again.
    pub async fn finish_erasure(&self, sub: &str, told: &impl Serialize, anything: bool) -> Result<bool, PoolError> {
        if let Keeper::Pool(pool) = self.keeper() {
            return pool.finish_erasure(sub, told, anything).await;
        }
        let directory = self.directory().ok();
        let account = match directory {
            Some(directory) => directory.find(sub).await?.is_some(),
            None => false,
        };
        let event = if anything || account { Some(erasure(sub, told, self.clock().now())?) } else { None };
        marks::end_erasure(self.store(), sub, event).await?;
        match directory {
            Some(directory) if account => delete(directory, sub).await,
            _ => Ok(false),
        }
    }

    fn directory(&self) -> Result<&dyn Directory, PoolError> {
        let directory = match self.keeper() {
            Keeper::Pool(_) => None,
            Keeper::Outside(outside, _) => outside.directory.as_deref(),
        };
        directory.ok_or_else(|| self.elsewhere())
    }

    /// The tokens that a user of an issuer outside has are not believed any more.
    async fn mark(&self, sub: &str) -> Result<(), PoolError> {
        let marked = marks::set(self.store(), sub, self.clock().now()).await;
        self.epochs().forget(sub);
        Ok(marked?)
    }
}

/// Without an account there is no telling whose an address was, but a `sub` may have left things behind.
fn remaining(user: &str, found: Option<String>) -> Result<String, PoolError> {
    match found {
        Some(sub) => Ok(sub),
        None if user.contains('@') => Err(PoolError::UserNotFound),
        None => Ok(user.to_owned()),
    }
}

async fn lock_out(directory: &dyn Directory, user: &str) -> Result<String, PoolError> {
    match directory.change(user, AccountChange::Enabled(false)).await {
        Ok(sub) => directory.change(&sub, AccountChange::SignOut).await,
        Err(PoolError::UserNotFound) => remaining(user, None),
        Err(error) => Err(error),
    }
}

async fn delete(directory: &dyn Directory, sub: &str) -> Result<bool, PoolError> {
    match directory.change(sub, AccountChange::Delete).await {
        Ok(_) => Ok(true),
        Err(PoolError::UserNotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The event that a person was erased. It names the person only by the SHA-256 of the `sub`: who keeps copies finds them, who keeps
/// none learns nothing.
pub(crate) fn erasure(sub: &str, told: &impl Serialize, now: jiff::Timestamp) -> Result<Write, StoreError> {
    let aggregate = format!("erasure/{}", marks::digest(sub));
    let sequence = now.as_millisecond();
    let event = Event::new("frontdesk.user.erased", &aggregate, sequence, now, told);
    let body = serde_json::to_string(&event).map_err(|error| StoreError::Misuse(error.to_string()))?;
    Ok(Write::Put { key: Key::number(Table::Events, aggregate.as_str(), sequence), body, private: None })
}
