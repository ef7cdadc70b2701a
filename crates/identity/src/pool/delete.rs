//! Deleting accounts. Tokens and sessions end with the account; its `sub` is never used again, its address may be. What the person
//! did stays, under that `sub`; [`Pool::begin_erasure`] is the way to remove that too.

use store::{Changes, Loaded, Verdict};

use super::username::{self, Place, first_key, locate};
use super::{Pool, record};
use crate::error::PoolError;

impl Pool {
    /// Deletes the account and the claim on its e-mail address. The profile stays, as orders and bookings do.
    pub async fn delete(&self, username: &str) -> Result<(), PoolError> {
        let name = username.to_owned();
        let decide = move |loaded: &Loaded| {
            let (sub, stored) = match locate(loaded, &name)? {
                Place::Nowhere => return Ok(Verdict::Refuse(Changes::none(), PoolError::UserNotFound)),
                Place::Ask(key) => return Ok(Verdict::Read(vec![key])),
                Place::Found(sub, stored) => (sub, stored),
            };
            let address = username::credentials(&stored.account.email);
            if !loaded.contains(&address) {
                return Ok(Verdict::Read(vec![address]));
            }
            let mut changes = Changes::none();
            let account = username::account(&sub);
            record::event(&mut changes, loaded, &account, "account", "frontdesk.account.deleted", &stored.account)?;
            changes.delete(account);
            if loaded.item(&address)?.is_some() {
                changes.delete(address);
            }
            Ok(Verdict::Commit(changes, (sub, ())))
        };
        self.commit(vec![first_key(username).ok_or(PoolError::UserNotFound)?], decide).await
    }
}
