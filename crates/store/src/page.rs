//! Pages of lists.

use std::ops::Bound;

use domain::limits::PAGE_ITEMS;

use crate::table::SortAttribute;
use crate::{Index, Item, Key, Sort, StoreError, Table};

/// Bytes of bodies after which a page ends early, with a cursor.
pub const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Which way a query goes through its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest sort value first.
    Ascending,
    /// Largest sort value first.
    Descending,
}

/// What to read of one partition, in the order of its sort attribute; of equal values in an order of the store's own, which stays.
#[derive(Clone, Debug)]
pub struct Query {
    /// The table; exact.
    pub table: Table,
    /// The index of that table to go by instead; may lag on some stores.
    pub index: Option<Index>,
    /// The partition attribute's value.
    pub partition: String,
    /// The range of the sort attribute.
    pub range: (Bound<Sort>, Bound<Sort>),
    /// Which way.
    pub direction: Direction,
    /// How many items at the most, from 1 to [`domain::limits::PAGE_ITEMS`]; fewer when they reach [`PAGE_BYTES`].
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<Cursor>,
}

impl Query {
    /// All of a partition of a table, ascending, a full page.
    pub fn table(table: Table, partition: impl Into<String>) -> Self {
        Self {
            table,
            index: None,
            partition: partition.into(),
            range: (Bound::Unbounded, Bound::Unbounded),
            direction: Direction::Ascending,
            limit: PAGE_ITEMS,
            cursor: None,
        }
    }

    /// All of a partition of an index, ascending, a full page.
    pub fn index(index: Index, partition: impl Into<String>) -> Self {
        Self { index: Some(index), ..Self::table(index.table(), partition) }
    }

    /// An error when the limit, the range or the cursor does not fit the list.
    pub fn check(&self) -> Result<(), StoreError> {
        check_limit(self.limit)?;
        if self.index.is_some_and(|index| index.table() != self.table) {
            return Err(StoreError::Misuse(format!("{:?} has no index {:?}", self.table, self.index)));
        }
        let bounds = [&self.range.0, &self.range.1];
        if !bounds.into_iter().all(|bound| self.sorts_by(bound)) {
            return Err(StoreError::Misuse(format!("the range {:?} does not fit {:?}", self.range, self.table)));
        }
        match &self.cursor {
            Some(cursor) if !cursor.fits(self.table, self.index) => {
                Err(StoreError::Misuse(format!("{cursor:?} is not a place in the list")))
            }
            _ => Ok(()),
        }
    }

    fn sorts_by(&self, bound: &Bound<Sort>) -> bool {
        let (Bound::Included(value) | Bound::Excluded(value)) = bound else { return true };
        match (self.index, value) {
            (Some(index), Sort::Number(_)) => index.definition().is_some_and(|definition| definition.sort.is_some()),
            (Some(_), Sort::Text(_)) => false,
            (None, Sort::Number(_)) => matches!(self.table.definition().sort, Some(SortAttribute::Number(_))),
            (None, Sort::Text(_)) => matches!(self.table.definition().sort, Some(SortAttribute::Text(_))),
        }
    }
}

/// An error when a page's limit is not from 1 to [`PAGE_ITEMS`].
pub fn check_limit(limit: usize) -> Result<(), StoreError> {
    if (1..=PAGE_ITEMS).contains(&limit) {
        return Ok(());
    }
    Err(StoreError::Misuse(format!("a page has from 1 to {PAGE_ITEMS} items, not {limit}")))
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The items.
    pub items: Vec<Item>,
    /// Where to go on; absent when nothing follows.
    pub next: Option<Cursor>,
}

/// The place at which a page ended: the last item's key, and its sort value where an index was gone by. The place stays valid when
/// that item is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The last item's key.
    pub key: Key,
    /// The last item's sort value in the index.
    pub index_sort: Option<Sort>,
}

impl Cursor {
    /// Behind the item of that key, in a list of a table.
    pub const fn after(key: Key) -> Self {
        Self { key, index_sort: None }
    }
}
