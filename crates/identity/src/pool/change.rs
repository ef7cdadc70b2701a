//! Changing an account.

use jiff::Timestamp;
use store::{Changes, Key, Loaded, StoreError, Verdict};

use super::username::{Place, first_key, locate};
use super::{GROUPS, Pool, Status, Stored, groups, record};
use crate::error::PoolError;
use crate::password;

/// What a change needs besides the account, and what it does.
pub(super) struct Change<F> {
    /// The event's kind.
    pub(super) kind: &'static str,
    /// Further keys to load.
    pub(super) keys: Vec<Key>,
    /// Changes the account; may add changes of its own.
    pub(super) apply: F,
}

impl Pool {
    /// Confirms a sign-up on the user's behalf.
    pub async fn confirm(&self, username: &str) -> Result<(), PoolError> {
        let apply = |stored: &mut Stored, _: &Loaded, _: &mut Changes| {
            if stored.account.status != Status::Unconfirmed {
                let status = "User cannot be confirmed. Current status is not UNCONFIRMED";
                return Ok(Err(PoolError::NotAuthorized(status.to_owned())));
            }
            stored.account.status = Status::Confirmed;
            Ok(Ok(()))
        };
        self.change(username, Change { kind: "frontdesk.account.confirmed", keys: Vec::new(), apply }).await
    }

    /// Sets the password and ends every session. A password that is not permanent must be replaced before the account can sign in.
    pub async fn set_password(&self, username: &str, password: &str, permanent: bool) -> Result<(), PoolError> {
        password::check(password)?;
        let hash = self.hasher.hash(password).await?;
        let apply = move |stored: &mut Stored, loaded: &Loaded, _: &mut Changes| {
            stored.secrets.password = Some(hash.clone());
            stored.account.status = if permanent { Status::Confirmed } else { Status::ForceChangePassword };
            stored.end_sessions(loaded.now());
            Ok(Ok(()))
        };
        self.change(username, Change { kind: "frontdesk.account.password-set", keys: Vec::new(), apply }).await
    }

    /// Enables or disables the account. Disabling ends every session.
    pub async fn set_enabled(&self, username: &str, enabled: bool) -> Result<(), PoolError> {
        let kind = if enabled { "frontdesk.account.enabled" } else { "frontdesk.account.disabled" };
        let apply = move |stored: &mut Stored, loaded: &Loaded, _: &mut Changes| {
            if stored.account.enabled != enabled {
                stored.account.enabled = enabled;
                stored.end_sessions(loaded.now());
            }
            Ok(Ok(()))
        };
        self.change(username, Change { kind, keys: Vec::new(), apply }).await
    }

    /// Ends every session.
    pub async fn sign_out_everywhere(&self, username: &str) -> Result<(), PoolError> {
        let apply = |stored: &mut Stored, loaded: &Loaded, _: &mut Changes| {
            stored.end_sessions(loaded.now());
            Ok(Ok(()))
        };
        self.change(username, Change { kind: "frontdesk.account.signed-out", keys: Vec::new(), apply }).await
    }

    /// Adds the account to a group, which is created when missing. Its tokens end; refresh tokens get new ones.
    pub async fn add_to_group(&self, username: &str, group: &str) -> Result<(), PoolError> {
        groups::check_name(group)?;
        let name = group.to_owned();
        let apply = move |stored: &mut Stored, loaded: &Loaded, changes: &mut Changes| {
            groups::put_missing(changes, loaded, &name)?;
            Ok(join(stored, &name, loaded.now()))
        };
        let keys = vec![groups::key(group)];
        self.change(username, Change { kind: "frontdesk.account.groups-changed", keys, apply }).await
    }

    /// Adds the account to a group that exists.
    pub(crate) async fn add_to_known_group(&self, username: &str, group: &str) -> Result<(), PoolError> {
        groups::check_name(group)?;
        let name = group.to_owned();
        let apply = move |stored: &mut Stored, loaded: &Loaded, _: &mut Changes| {
            if loaded.item(&groups::key(&name))?.is_none() {
                return Ok(Err(groups::not_found()));
            }
            Ok(join(stored, &name, loaded.now()))
        };
        let keys = vec![groups::key(group)];
        self.change(username, Change { kind: "frontdesk.account.groups-changed", keys, apply }).await
    }

    /// Removes the account from a group, which must exist. Its tokens end; refresh tokens get new ones.
    pub async fn remove_from_group(&self, username: &str, group: &str) -> Result<(), PoolError> {
        groups::check_name(group)?;
        let name = group.to_owned();
        let apply = move |stored: &mut Stored, loaded: &Loaded, _: &mut Changes| {
            if loaded.item(&groups::key(&name))?.is_none() {
                return Ok(Err(groups::not_found()));
            }
            if stored.account.groups.contains(&name) {
                stored.account.groups.retain(|group| *group != name);
                stored.end_tokens(loaded.now());
            }
            Ok(Ok(()))
        };
        let keys = vec![groups::key(group)];
        self.change(username, Change { kind: "frontdesk.account.groups-changed", keys, apply }).await
    }

    /// Loads the account, applies the change, and commits it with its event unless nothing changed.
    pub(super) async fn change<F>(&self, username: &str, mut change: Change<F>) -> Result<(), PoolError>
    where
        F: FnMut(&mut Stored, &Loaded, &mut Changes) -> Result<Result<(), PoolError>, StoreError> + Send + 'static,
    {
        let name = username.to_owned();
        let mut keys = std::mem::take(&mut change.keys);
        keys.push(first_key(&name).ok_or(PoolError::UserNotFound)?);
        let decide = move |loaded: &Loaded| {
            let (sub, before) = match locate(loaded, &name)? {
                Place::Nowhere => return Ok(Verdict::Refuse(Changes::none(), PoolError::UserNotFound)),
                Place::Ask(key) => return Ok(Verdict::Read(vec![key])),
                Place::Found(sub, stored) => (sub, *stored),
            };
            if before.secrets.erasing {
                let refusal = PoolError::NotAuthorized("The user is being erased.".to_owned());
                return Ok(Verdict::Refuse(Changes::none(), refusal));
            }
            let mut after = before.clone();
            let mut changes = Changes::none();
            if let Err(refusal) = (change.apply)(&mut after, loaded, &mut changes)? {
                return Ok(Verdict::Refuse(Changes::none(), refusal));
            }
            if after != before {
                after.account.modified = loaded.now();
                record::put(&mut changes, loaded, change.kind, &after)?;
            }
            Ok(Verdict::Commit(changes, (sub, ())))
        };
        self.commit(keys, decide).await
    }
}

fn join(stored: &mut Stored, group: &str, now: Timestamp) -> Result<(), PoolError> {
    let groups = &mut stored.account.groups;
    if groups.iter().any(|known| known == group) {
        return Ok(());
    }
    if groups.len() >= GROUPS {
        return Err(PoolError::LimitExceeded(format!("An account can be in {GROUPS} groups at most.")));
    }
    groups.push(group.to_owned());
    groups.sort_unstable();
    stored.end_tokens(now);
    Ok(())
}
