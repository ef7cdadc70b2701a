//! Groups.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Changes, Cursor, Key, Loaded, StoreError, Table, Verdict, transact};

use super::{Pool, record};
use crate::error::PoolError;

/// Characters of a group's name (Cognito's bound).
const NAME_CHARACTERS: usize = 128;

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) precedence: Option<i64>,
    pub(crate) created: Timestamp,
}

/// The key of a group.
pub(super) fn key(name: &str) -> Key {
    Key::new(Table::Groups, name)
}

/// The refusal when there is no such group.
pub(super) fn not_found() -> PoolError {
    PoolError::ResourceNotFound("Group not found.".to_owned())
}

/// Checks a group's name.
pub(super) fn check_name(name: &str) -> Result<(), PoolError> {
    let odd = |letter: char| letter.is_whitespace() || letter.is_control();
    let length = name.chars().count();
    if (1..=NAME_CHARACTERS).contains(&length) && !name.contains(odd) {
        return Ok(());
    }
    let rule = "GroupName must have 1 to 128 characters, none of them a space or a control character.";
    Err(PoolError::InvalidParameter(rule.to_owned()))
}

/// Stores a group unless it exists. Its key must be loaded.
pub(super) fn put_missing(changes: &mut Changes, loaded: &Loaded, name: &str) -> Result<(), StoreError> {
    if loaded.item(&key(name))?.is_some() {
        return Ok(());
    }
    put(changes, loaded, &Group { name: name.to_owned(), description: None, precedence: None, created: loaded.now() })
}

fn put(changes: &mut Changes, loaded: &Loaded, group: &Group) -> Result<(), StoreError> {
    let key = key(&group.name);
    record::event(changes, loaded, &key, "group", "frontdesk.group.created", group)?;
    changes.put(key, group)
}

impl Pool {
    /// Creates a group unless it exists.
    pub async fn ensure_group(&self, name: &str) -> Result<(), PoolError> {
        match self.create_group(name, None, None).await {
            Ok(_) | Err(PoolError::GroupExists) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Creates a group.
    pub(crate) async fn create_group(
        &self,
        name: &str,
        description: Option<String>,
        precedence: Option<i64>,
    ) -> Result<Group, PoolError> {
        check_name(name)?;
        let group = Group { name: name.to_owned(), description, precedence, created: self.clock.now() };
        let keys = vec![key(name)];
        let decide = move |loaded: &Loaded| {
            if loaded.item(&key(&group.name))?.is_some() {
                return Ok(Verdict::Refuse(Changes::none(), PoolError::GroupExists));
            }
            let mut changes = Changes::none();
            put(&mut changes, loaded, &group)?;
            Ok(Verdict::Commit(changes, group.clone()))
        };
        transact(self.store.as_ref(), keys, decide).await?
    }

    /// The groups of these names that exist.
    pub(crate) async fn groups_named(&self, names: &[String]) -> Result<Vec<Group>, PoolError> {
        let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
        let items = self.store.get_many(&keys).await?;
        Ok(items.iter().flatten().map(store::Item::body).collect::<Result<_, _>>()?)
    }

    /// A page of groups, and where the next begins.
    pub(crate) async fn list_groups(
        &self,
        limit: usize,
        after: Option<&str>,
    ) -> Result<(Vec<Group>, Option<String>), PoolError> {
        let cursor = after.map(|name| Cursor::after(key(name)));
        let page = self.store.scan(Table::Groups, limit, cursor).await?;
        let groups = page.items.iter().map(store::Item::body).collect::<Result<_, _>>()?;
        Ok((groups, page.next.map(|next| next.key.partition)))
    }
}
