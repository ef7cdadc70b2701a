//! Pages: queries of a partition by table or index, and scans.

use std::ops::Bound;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::columns::{item, sort};
use super::failure;
use crate::page::{PAGE_BYTES, check_limit};
use crate::{Cursor, Direction, Index, Key, Page, Query, Sort, StoreError, Table};

/// A page of a partition.
pub(super) fn query(connection: &Connection, query: &Query) -> Result<Page, StoreError> {
    query.check()?;
    let (partition, by) = order(query.table, query.index);
    let mut select = Select::new(query.table, query.index, query.direction);
    select.only(partition, query.partition.clone().into());
    select.within(&by, query);
    select.run(connection, &by, query.limit)
}

/// A page of a table, in the order of its key.
pub(super) fn scan(
    connection: &Connection,
    table: Table,
    limit: usize,
    after: Option<&Cursor>,
) -> Result<Page, StoreError> {
    check_limit(limit)?;
    let by = if table.definition().sort.is_some() { vec!["p", "s"] } else { vec!["p"] };
    let mut select = Select::new(table, None, Direction::Ascending);
    if let Some(cursor) = after {
        if !cursor.fits(table, None) {
            return Err(StoreError::Misuse(format!("{cursor:?} is not a place in {table:?}")));
        }
        let sort = cursor.key.sort.clone().map(value);
        select.behind(&by, [cursor.key.partition.clone().into()].into_iter().chain(sort));
    }
    select.run(connection, &by, limit)
}

/// The partition column, and the columns by which a partition is ordered: the sort attribute, then the key where that leaves ties.
fn order(table: Table, index: Option<Index>) -> (&'static str, Vec<&'static str>) {
    let position = table.definition().indexes.iter().position(|definition| Some(definition.index) == index);
    let sorted = index.and_then(Index::definition).is_some_and(|definition| definition.sort.is_some());
    match position {
        None if table.definition().sort.is_some() => ("p", vec!["s"]),
        None => ("p", vec!["p"]),
        Some(0) if sorted => ("i1p", vec!["i1s", "p"]),
        Some(0) => ("i1p", vec!["p"]),
        Some(_) if sorted => ("i2p", vec!["i2s", "p"]),
        Some(_) => ("i2p", vec!["p"]),
    }
}

fn value(sort: Sort) -> Value {
    match sort {
        Sort::Number(number) => number.into(),
        Sort::Text(text) => text.into(),
    }
}

/// A statement in the making.
struct Select {
    table: Table,
    index: Option<Index>,
    direction: Direction,
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Select {
    const fn new(table: Table, index: Option<Index>, direction: Direction) -> Self {
        Self { table, index, direction, conditions: Vec::new(), values: Vec::new() }
    }

    fn only(&mut self, column: &str, value: Value) {
        self.conditions.push(format!("{column} = ?"));
        self.values.push(value);
    }

    /// The range and the cursor. Where both limit the start, only the tighter one is asked for, so that the index is entered there.
    fn within(&mut self, by: &[&str], query: &Query) {
        let (first, last) = match self.direction {
            Direction::Ascending => (&query.range.0, &query.range.1),
            Direction::Descending => (&query.range.1, &query.range.0),
        };
        let column = by.first().copied().unwrap_or("p");
        match query.cursor.as_ref().filter(|cursor| self.is_beyond(self.place(cursor), first)) {
            None => self.bound(column, first, self.direction),
            Some(cursor) => {
                let tie = (by.len() > 1).then(|| cursor.key.partition.clone().into());
                let place = self.place(cursor).cloned().map_or_else(|| cursor.key.partition.clone().into(), value);
                self.behind(by, [place].into_iter().chain(tie));
            }
        }
        let back = if self.direction == Direction::Ascending { Direction::Descending } else { Direction::Ascending };
        self.bound(column, last, back);
    }

    /// The sort value at which a cursor stands in this list.
    const fn place<'c>(&self, cursor: &'c Cursor) -> Option<&'c Sort> {
        if self.index.is_some() { cursor.index_sort.as_ref() } else { cursor.key.sort.as_ref() }
    }

    fn is_beyond(&self, place: Option<&Sort>, first: &Bound<Sort>) -> bool {
        let Some(place) = place else { return true };
        match (self.direction, first) {
            (_, Bound::Unbounded) => true,
            (Direction::Ascending, Bound::Included(first)) => place >= first,
            (Direction::Ascending, Bound::Excluded(first)) => place > first,
            (Direction::Descending, Bound::Included(first)) => place <= first,
            (Direction::Descending, Bound::Excluded(first)) => place < first,
        }
    }

    fn bound(&mut self, column: &str, bound: &Bound<Sort>, direction: Direction) {
        let (sort, equal) = match bound {
            Bound::Unbounded => return,
            Bound::Included(sort) => (sort, "="),
            Bound::Excluded(sort) => (sort, ""),
        };
        self.conditions.push(format!("{column} {}{equal} ?", beyond(direction)));
        self.values.push(value(sort.clone()));
    }

    fn behind(&mut self, by: &[&str], place: impl Iterator<Item = Value>) {
        let before = self.values.len();
        self.values.extend(place);
        let places = vec!["?"; self.values.len() - before].join(", ");
        self.conditions.push(format!("({}) {} ({places})", by.join(", "), beyond(self.direction)));
    }

    fn sql(&self, by: &[&str], limit: usize) -> String {
        let sort = if self.table.definition().sort.is_some() { "s" } else { "NULL" };
        let index_sort = if self.index.is_some() && by.len() > 1 { by.first().copied() } else { None };
        let rest = if self.conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.conditions.join(" AND "))
        };
        let way = if self.direction == Direction::Ascending { " ASC" } else { " DESC" };
        format!(
            "SELECT v, body, private, p, {sort}, {} FROM {}{rest} ORDER BY {}{way} LIMIT {}",
            index_sort.unwrap_or("NULL"),
            self.table.definition().name,
            by.join(&format!("{way}, ")),
            limit + 1,
        )
    }

    fn run(self, connection: &Connection, by: &[&str], limit: usize) -> Result<Page, StoreError> {
        let read = || {
            let mut statement = connection.prepare_cached(&self.sql(by, limit))?;
            let mut rows = statement.query(params_from_iter(&self.values))?;
            let mut page = Page { items: Vec::new(), next: None };
            let (mut bytes, mut end) = (0, None);
            while let Some(row) = rows.next()? {
                if end.is_some() {
                    page.next = end;
                    break;
                }
                let item = item(self.table, row, 0)?;
                bytes += item.body.len();
                page.items.push(item);
                if page.items.len() == limit || bytes >= PAGE_BYTES {
                    end = Some(self.cursor(row)?);
                }
            }
            Ok(page)
        };
        read().map_err(|error| failure(&error))
    }

    fn cursor(&self, row: &Row<'_>) -> rusqlite::Result<Cursor> {
        let key = Key { table: self.table, partition: row.get(3)?, sort: sort(row, 4)? };
        Ok(Cursor { key, index_sort: sort(row, 5)? })
    }
}

const fn beyond(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => ">",
        Direction::Descending => "<",
    }
}
