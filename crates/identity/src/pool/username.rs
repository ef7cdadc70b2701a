//! What people call an account: its e-mail address, in any case, or its `sub`.

use domain::email::{self, EMAIL_BYTES};
use store::{Item, Key, Loaded, StoreError, Table};

use crate::error::PoolError;
use crate::pool::{Pool, Stored};

/// Checks an e-mail address as far as that can be done without writing to it.
pub(crate) fn check_email(email: &str) -> Result<(), PoolError> {
    if email::is_address(email) {
        Ok(())
    } else {
        Err(PoolError::InvalidParameter("Username should be an email.".to_owned()))
    }
}

/// The key of the item that says whose an address is. Addresses that differ only in case are one.
pub(super) fn credentials(email: &str) -> Key {
    Key::new(Table::Credentials, email.to_lowercase())
}

/// The key of an account.
pub(super) fn account(sub: &str) -> Key {
    Key::new(Table::Accounts, sub)
}

/// Where an account is found.
pub(super) enum Place {
    /// There is none.
    Nowhere,
    /// It has this `sub`; its item is loaded.
    Found(String, Box<Stored>),
    /// This key must be loaded to tell.
    Ask(Key),
}

/// The first key to load for a username; none when nobody can be called so.
pub(super) fn first_key(username: &str) -> Option<Key> {
    let key = if username.contains('@') { credentials } else { account };
    (1..=EMAIL_BYTES).contains(&username.len()).then(|| key(username))
}

/// Where a username leads, going by what is loaded ([`first_key`] must be).
pub(super) fn locate(loaded: &Loaded, username: &str) -> Result<Place, StoreError> {
    let sub = if username.contains('@') {
        match loaded.item(&credentials(username))? {
            Some(item) => owner(item)?,
            None => return Ok(Place::Nowhere),
        }
    } else {
        username.to_owned()
    };
    let key = account(&sub);
    if !loaded.contains(&key) {
        return Ok(Place::Ask(key));
    }
    Ok(match loaded.item(&key)? {
        Some(item) => Place::Found(sub, Box::new(Stored::from_item(item)?)),
        None => Place::Nowhere,
    })
}

fn owner(item: &Item) -> Result<String, StoreError> {
    #[derive(serde::Deserialize)]
    struct Owner {
        sub: String,
    }
    item.body::<Owner>().map(|owner| owner.sub)
}

impl Pool {
    /// The account of a username, read outside of a commit.
    pub(super) async fn find_stored(&self, username: &str) -> Result<Option<Stored>, PoolError> {
        let Some(key) = first_key(username) else { return Ok(None) };
        let Some(mut item) = self.store.get(&key).await? else { return Ok(None) };
        if username.contains('@') {
            let Some(found) = self.store.get(&account(&owner(&item)?)).await? else { return Ok(None) };
            item = found;
        }
        Ok(Some(Stored::from_item(&item)?))
    }
}

#[cfg(test)]
mod tests {
    use super::first_key;

    #[test]
    fn keys_are_no_longer_than_usernames_can_be() {
        for good in ["a@b", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", &"x".repeat(254)] {
            assert!(first_key(good).is_some(), "{good}");
        }
        for bad in ["", &"x".repeat(255), &format!("{}@b", "x".repeat(253))] {
            assert!(first_key(bad).is_none(), "{bad}");
        }
    }
}
