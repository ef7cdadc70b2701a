//! Erasing accounts. Sign-in ends first, and for good; the account goes last, so that its address leads to it until all else that
//! is the person's is gone, however often the erasure is cut off.

use serde::{Deserialize, Serialize};
use store::removal::STEP;
use store::{Changes, Key, Loaded, Removal, StoreError, Table, Verdict, remove, remove_partition, transact};

use super::change::Change;
use super::{Account, Pool, Status, Stored, username};
use crate::accounts::erasure;
use crate::error::PoolError;

/// A session, or a ticket that one asked for.
#[derive(Deserialize)]
struct Owned {
    sub: String,
}

impl Pool {
    /// Ends sign-in and every token, for good: the account cannot be changed any more. None when there is no such account. Refused
    /// for the last administrator who can sign in.
    pub async fn begin_erasure(&self, username: &str) -> Result<Option<Account>, PoolError> {
        let Some(Stored { account, secrets }) = self.find_stored(username).await? else { return Ok(None) };
        if secrets.erasing {
            return Ok(Some(account));
        }
        let other = if self.is_administrator(&account) {
            Some(self.another_administrator(&account.sub).await?.ok_or_else(last_administrator)?)
        } else {
            None
        };
        let keys = other.iter().map(|sub| username::account(sub)).collect();
        let group = self.admin_group.clone();
        let apply = move |stored: &mut Stored, loaded: &Loaded, _: &mut Changes| {
            if stored.account.groups.contains(&group) && !is_held_by(loaded, other.as_deref(), &group)? {
                return Ok(Err(last_administrator()));
            }
            stored.account.enabled = false;
            stored.secrets.erasing = true;
            stored.end_sessions(loaded.now());
            Ok(Ok(()))
        };
        self.change(&account.sub, Change { kind: "frontdesk.account.disabled", keys, apply }).await?;
        Ok(Some(account))
    }

    /// Removes the sessions and tickets of an account, and says how many there were. They are not indexed by account, so all are looked at.
    pub async fn erase_sessions(&self, sub: &str) -> Result<usize, PoolError> {
        let (mut after, mut removed) = (None, 0_usize);
        loop {
            let page = self.store.scan(Table::Sessions, domain::limits::PAGE_ITEMS, after).await?;
            let mut keys = Vec::new();
            for item in &page.items {
                if item.body::<Owned>()?.sub == sub {
                    keys.push(Key::of(Table::Sessions, item)?);
                }
            }
            for keys in keys.chunks(STEP) {
                removed = removed.saturating_add(remove(self.store.as_ref(), keys.to_vec()).await?);
            }
            after = page.next;
            if after.is_none() {
                return Ok(removed);
            }
        }
    }

    /// Removes the account with its address and its events, and says whether there was one. The event of the erasure is in the same
    /// commit; where the account was deleted before, it is written all the same, if there was `anything` of the person.
    pub async fn finish_erasure(&self, sub: &str, told: &impl Serialize, anything: bool) -> Result<bool, PoolError> {
        let store = self.store.as_ref();
        let event = erasure(sub, told, self.clock.now())?;
        let account = username::account(sub);
        let mut removal = Removal::new(account.clone(), format!("account/{sub}"));
        if let Some(item) = store.get(&account).await? {
            removal.along.push(username::credentials(&Stored::from_item(&item)?.account.email));
            removal.last = Some(event.clone());
        }
        let found = removal.run(store).await;
        self.epochs.forget(sub);
        let found = found?.is_some();
        // Of an account that was deleted before.
        let events = remove_partition(store, Table::Events, &removal.aggregate).await?;
        if !found && (anything || events > 0) {
            let decide = move |_: &Loaded| {
                let mut changes = Changes::none();
                changes.push(event.clone());
                Ok(Verdict::<(), PoolError>::Commit(changes, ()))
            };
            transact(store, Vec::new(), decide).await??;
        }
        Ok(found)
    }

    fn is_administrator(&self, account: &Account) -> bool {
        account.groups.contains(&self.admin_group)
    }

    /// An administrator who can sign in, besides one. Only a candidate: the decision looks again.
    async fn another_administrator(&self, but: &str) -> Result<Option<String>, PoolError> {
        let mut after = None;
        loop {
            let page = self.store.scan(Table::Accounts, domain::limits::PAGE_ITEMS, after).await?;
            for item in &page.items {
                let account = Stored::from_item(item)?.account;
                if account.sub != but && can_sign_in(&account) && self.is_administrator(&account) {
                    return Ok(Some(account.sub));
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(None);
            }
        }
    }
}

/// Whether that account is there, can be signed in to, and is in the group.
fn is_held_by(loaded: &Loaded, sub: Option<&str>, group: &str) -> Result<bool, StoreError> {
    let Some(sub) = sub else { return Ok(false) };
    let Some(item) = loaded.item(&username::account(sub))? else { return Ok(false) };
    let account = Stored::from_item(item)?.account;
    Ok(can_sign_in(&account) && account.groups.iter().any(|of| of == group))
}

fn can_sign_in(account: &Account) -> bool {
    account.enabled && account.status == Status::Confirmed
}

fn last_administrator() -> PoolError {
    let text = "The last administrator who can sign in cannot be erased; make another one first.";
    PoolError::NotAuthorized(text.to_owned())
}
