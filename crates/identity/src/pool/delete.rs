//! Deleting accounts. Tokens end with the account; its `sub` is never used again, its address may be.

use serde_json::json;
use store::{Changes, Key, Loaded, Table, Verdict};

use super::username::{self, Place, first_key, locate};
use super::{Pool, record};
use crate::error::PoolError;

impl Pool {
    /// Deletes the account, the claim on its e-mail address and its profile.
    pub async fn delete(&self, username: &str) -> Result<(), PoolError> {
        let name = username.to_owned();
        let decide = move |loaded: &Loaded| {
            let (sub, stored) = match locate(loaded, &name)? {
                Place::Nowhere => return Ok(Verdict::Refuse(Changes::none(), PoolError::UserNotFound)),
                Place::Ask(key) => return Ok(Verdict::Read(vec![key])),
                Place::Found(sub, stored) => (sub, stored),
            };
            let address = username::credentials(&stored.account.email);
            let profile = Key::new(Table::Users, &sub);
            let unread: Vec<_> =
                [&address, &profile].into_iter().filter(|key| !loaded.contains(key)).cloned().collect();
            if !unread.is_empty() {
                return Ok(Verdict::Read(unread));
            }
            let mut changes = Changes::none();
            let account = username::account(&sub);
            record::event(&mut changes, loaded, &account, "account", "frontdesk.account.deleted", &stored.account)?;
            changes.delete(account);
            if loaded.item(&profile)?.is_some() {
                let gone = json!({"userid": sub});
                record::event(&mut changes, loaded, &profile, "user", "frontdesk.user.deleted", &gone)?;
                changes.delete(profile);
            }
            if loaded.item(&address)?.is_some() {
                changes.delete(address);
            }
            Ok(Verdict::Commit(changes, (sub, ())))
        };
        self.commit(vec![first_key(username).ok_or(PoolError::UserNotFound)?], decide).await
    }
}
