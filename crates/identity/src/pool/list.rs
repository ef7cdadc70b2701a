//! Looking accounts up and listing them.

use store::{Cursor, Table};

use super::{Account, AccountPage, Pool, Stored, username};
use crate::error::PoolError;

impl Pool {
    /// The account of an e-mail address (in any case) or a `sub`.
    pub async fn find(&self, username: &str) -> Result<Option<Account>, PoolError> {
        Ok(self.find_stored(username).await?.map(|stored| stored.account))
    }

    /// The account of an e-mail address (in any case) or a `sub`, which must exist.
    pub async fn get(&self, username: &str) -> Result<Account, PoolError> {
        self.find(username).await?.ok_or(PoolError::UserNotFound)
    }

    /// A page of at most `limit` accounts (1 to [`domain::limits::PAGE_ITEMS`]), after the place where the page before ended.
    pub async fn list_users(&self, limit: usize, after: Option<&str>) -> Result<AccountPage, PoolError> {
        let cursor = after.map(|sub| Cursor::after(username::account(sub)));
        let page = self.store.scan(Table::Accounts, limit, cursor).await?;
        let account = |item| Stored::from_item(item).map(|stored| stored.account);
        Ok(AccountPage {
            accounts: page.items.iter().map(account).collect::<Result<_, _>>()?,
            next: page.next.map(|next| next.key.partition),
        })
    }
}
