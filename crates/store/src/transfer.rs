//! Moving what a store holds into another one: items as they are, without a decision, and so without an event.
//!
//! Nobody else may write meanwhile. What an adapter keeps for itself (tombstones, marks of commits) does not travel.

use std::collections::HashSet;

use domain::limits::PAGE_ITEMS;

use crate::attributes::{number, pick};
use crate::port::Answer;
use crate::{Cursor, Item, Key, Page, Store, StoreError, Table};

/// A store whose items can be moved.
pub trait Transfer: Store {
    /// A page of a whole table, as [`Store::scan`] has it, each item with its key. An item that the port cannot show exactly is an
    /// error that names it.
    fn export(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Export>;

    /// Stores at most [`PAGE_ITEMS`] records of different keys as they are, versions included, in place of what is under their keys,
    /// and returns when they are durable. An item that the store cannot hold is an error that names it; others may be stored by then.
    /// Doing it again changes nothing.
    fn import(&self, records: Vec<Record>) -> Answer<'_, ()>;
}

/// An item with its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The key.
    pub key: Key,
    /// The item.
    pub item: Item,
}

/// A page of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The records.
    pub records: Vec<Record>,
    /// Where to go on; absent when nothing follows.
    pub next: Option<Cursor>,
}

impl Export {
    /// A page of a table, whose bodies hold the keys.
    pub fn of(table: Table, page: Page) -> Result<Self, StoreError> {
        let record = |item: Item| Ok(Record { key: Key::of(table, &item)?, item });
        Ok(Self { records: page.items.into_iter().map(record).collect::<Result<_, StoreError>>()?, next: page.next })
    }
}

impl Record {
    /// Whether the item's life has ended by that time (epoch seconds), in a table whose items have an end.
    pub fn has_ended(&self, now_seconds: i64) -> bool {
        let end = || {
            let [end] = pick(&self.item.body, ["expiration"]).ok()?;
            number("expiration", end?).ok()
        };
        self.key.table.definition().expires && end().is_some_and(|end| end <= now_seconds)
    }
}

/// An error when there are too many records, two under one key, or one whose key does not fit its table.
pub fn check(records: &[Record]) -> Result<(), StoreError> {
    if records.len() > PAGE_ITEMS {
        let text = format!("at most {PAGE_ITEMS} records can be imported at once, not {}", records.len());
        return Err(StoreError::Misuse(text));
    }
    let mut keys = HashSet::with_capacity(records.len());
    for record in records {
        record.key.check()?;
        if !keys.insert(&record.key) {
            return Err(StoreError::Misuse(format!("{} is imported twice at once", record.key)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(key: Key, body: &str) -> Record {
        let item = Item { table: key.table, version: 1, body: body.to_owned(), private: None };
        Record { key, item }
    }

    #[test]
    fn a_life_ends_where_items_have_an_end() {
        let session = |body| record(Key::new(Table::Sessions, "s"), body);
        assert!(session(r#"{"id":"s","expiration":10}"#).has_ended(10));
        assert!(!session(r#"{"id":"s","expiration":11}"#).has_ended(10));
        assert!(!session(r#"{"id":"s","expiration":"soon"}"#).has_ended(10));
        assert!(!record(Key::new(Table::Users, "s"), r#"{"userid":"s","expiration":10}"#).has_ended(10));
    }
}
