//! The first administrator, who is created once in a pool's life.

use std::collections::BTreeMap;

use serde_json::json;
use store::{Changes, Key, Loaded, Table, Verdict};

use super::{NewUser, Pool, Status};
use crate::error::PoolError;

const MARKER: &str = "first-administrator";

/// What became of the request for a first administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Administrator {
    /// The account was created.
    Created,
    /// The pool had its first administrator before; nothing changed.
    AlreadyThere,
}

impl Pool {
    /// Whether the pool ever had a first administrator.
    pub async fn has_administrator(&self) -> Result<bool, PoolError> {
        Ok(self.store.get(&marker()).await?.is_some())
    }

    /// Creates the first administrator, unless the pool ever had one. Of several processes that try, one does.
    pub async fn ensure_administrator(&self, email: &str, password: &str) -> Result<Administrator, PoolError> {
        if self.has_administrator().await? {
            return Ok(Administrator::AlreadyThere);
        }
        let new = NewUser {
            email,
            password,
            status: Status::Confirmed,
            email_verified: true,
            groups: vec![self.admin_group.clone()],
            attributes: BTreeMap::new(),
        };
        let planned = self.plan(new).await?;
        let keys = planned.keys().into_iter().chain([marker()]).collect();
        let decide = move |loaded: &Loaded| {
            let mut changes = Changes::none();
            if loaded.item(&marker())?.is_some() {
                return Ok(Verdict::Commit(changes, (String::new(), Administrator::AlreadyThere)));
            }
            let account = match planned.decide(loaded, &mut changes)? {
                Ok(account) => account,
                Err(refusal) => return Ok(Verdict::Refuse(Changes::none(), refusal)),
            };
            changes.put(marker(), &json!({"id": MARKER, "created": loaded.now()}))?;
            Ok(Verdict::Commit(changes, (account.sub, Administrator::Created)))
        };
        self.commit(keys, decide).await
    }
}

fn marker() -> Key {
    Key::new(Table::Keys, MARKER)
}
