//! Signing in with a password or a refresh token, and signing out.

use jiff::Timestamp;
use store::{Changes, Loaded, Verdict, transact};

use super::session::{self, Session};
use super::{Account, Pool, Status, Stored, username};
use crate::error::PoolError;

/// Bytes of a password that is worth hashing.
const PASSWORD_BYTES: usize = 1_024;

/// A sign-in, for which tokens can be issued.
pub(crate) struct SignedIn {
    pub(crate) account: Account,
    pub(crate) epoch: i64,
    pub(crate) now: Timestamp,
    /// When the password was shown, epoch seconds.
    pub(crate) auth_time: i64,
    /// Names the sign-in in all its tokens.
    pub(crate) origin_jti: String,
    /// The refresh token, if it is new.
    pub(crate) refresh_token: Option<String>,
}

impl Pool {
    /// Checks a password and opens a session. Unknown users are answered like wrong passwords, and as slowly.
    pub(crate) async fn sign_in(&self, username: &str, password: &str) -> Result<SignedIn, PoolError> {
        if password.len() > PASSWORD_BYTES {
            return Err(PoolError::wrong_password());
        }
        let stored = self.find_stored(username).await?;
        let hash = stored.as_ref().and_then(|stored| stored.secrets.password.as_deref());
        let right = self.hasher.verify(password, hash).await?;
        let stored = stored.filter(|_| right).ok_or_else(PoolError::wrong_password)?;
        may_sign_in(&stored.account)?;
        self.open_session(stored).await
    }

    /// Stores a session, provided that the password that was checked is still the account's.
    async fn open_session(&self, checked: Stored) -> Result<SignedIn, PoolError> {
        let refresh_token = session::new_refresh_token()?;
        let origin_jti = self.ids.random().to_string();
        let (client, seconds) = (self.client.clone(), self.session_seconds);
        let account = username::account(&checked.account.sub);
        let keys = vec![account.clone()];
        let decide = move |loaded: &Loaded| {
            let stored = loaded.item(&account)?.map(Stored::from_item).transpose()?;
            let Some(stored) = stored.filter(|stored| stored.secrets.password == checked.secrets.password) else {
                return Ok(Verdict::Refuse(Changes::none(), PoolError::wrong_password()));
            };
            if let Err(refusal) = may_sign_in(&stored.account) {
                return Ok(Verdict::Refuse(Changes::none(), refusal));
            }
            let now = loaded.now();
            let auth_time = now.as_second();
            let key = session::key(&refresh_token);
            let session = Session {
                id: key.partition.clone(),
                sub: stored.account.sub.clone(),
                client: client.clone(),
                auth_time,
                origin_jti: origin_jti.clone(),
                sessions: stored.secrets.sessions,
                expiration: auth_time.saturating_add(seconds),
            };
            let mut changes = Changes::none();
            changes.put(key, &session)?;
            let signed_in = SignedIn {
                epoch: stored.secrets.epoch,
                account: stored.account,
                now,
                auth_time,
                origin_jti: session.origin_jti,
                refresh_token: Some(refresh_token.clone()),
            };
            Ok(Verdict::Commit(changes, signed_in))
        };
        transact(self.store.as_ref(), keys, decide).await?
    }

    /// Continues the session of a refresh token.
    pub(crate) async fn refresh(&self, refresh_token: &str) -> Result<SignedIn, PoolError> {
        let invalid = || PoolError::NotAuthorized("Invalid Refresh Token".to_owned());
        let now = self.clock.now();
        let item = self.store.get(&session::key(refresh_token)).await?.ok_or_else(invalid)?;
        let session: Session = item.body()?;
        if session.client != self.client {
            return Err(invalid());
        }
        if session.expiration <= now.as_second() {
            return Err(PoolError::NotAuthorized("Refresh Token has expired".to_owned()));
        }
        let item = self.store.get(&username::account(&session.sub)).await?.ok_or_else(invalid)?;
        let stored = Stored::from_item(&item)?;
        if session.sessions != stored.secrets.sessions {
            return Err(PoolError::NotAuthorized("Refresh Token has been revoked".to_owned()));
        }
        may_sign_in(&stored.account)?;
        Ok(SignedIn {
            epoch: stored.secrets.epoch,
            account: stored.account,
            now,
            auth_time: session.auth_time,
            origin_jti: session.origin_jti,
            refresh_token: None,
        })
    }

    /// Ends the session of a refresh token; nothing happens when there is none (RFC 7009).
    pub(crate) async fn revoke(&self, refresh_token: &str) -> Result<(), PoolError> {
        let key = session::key(refresh_token);
        let keys = vec![key.clone()];
        let decide = move |loaded: &Loaded| -> Result<Verdict<(), PoolError>, store::StoreError> {
            let mut changes = Changes::none();
            if loaded.item(&key)?.is_some() {
                changes.delete(key.clone());
            }
            Ok(Verdict::Commit(changes, ()))
        };
        transact(self.store.as_ref(), keys, decide).await?
    }
}

fn may_sign_in(account: &Account) -> Result<(), PoolError> {
    if !account.enabled {
        return Err(PoolError::NotAuthorized("User is disabled.".to_owned()));
    }
    match account.status {
        Status::Confirmed => Ok(()),
        Status::Unconfirmed => Err(PoolError::UserNotConfirmed),
        Status::ForceChangePassword => Err(PoolError::NotAuthorized(
            "The password is temporary. An administrator must set a permanent one (AdminSetUserPassword with \
             Permanent) before this user can sign in."
                .to_owned(),
        )),
    }
}
