//! The SQL of each table, made once from its definition.

use std::sync::LazyLock;

use crate::table::Definition;
use crate::{StoreError, Table};

static ALL: LazyLock<Vec<(Table, Statements)>> =
    LazyLock::new(|| Table::ALL.into_iter().map(|table| (table, Statements::new(table.definition()))).collect());

/// The statements of one table. Parameters: the key's columns, then (in writes) the others in the order of the table.
#[derive(Debug)]
pub(super) struct Statements {
    /// Version, body and private of an item.
    pub(super) get: String,
    /// A new item; fails when there is one.
    pub(super) insert: String,
    /// The item anew.
    pub(super) update: String,
    /// The item, whatever was there.
    pub(super) replace: String,
    /// The item no more.
    pub(super) delete: String,
    /// Removes a number of items that have expired, and returns their versions; for tables with a time to live.
    pub(super) sweep: Option<String>,
}

impl Statements {
    /// The statements of a table.
    pub(super) fn of(table: Table) -> Result<&'static Self, StoreError> {
        let found = ALL.iter().find(|(other, _)| *other == table).map(|(_, statements)| statements);
        found.ok_or_else(|| StoreError::Misuse(format!("{table:?} is not among the tables")))
    }

    fn new(definition: &Definition) -> Self {
        let table = definition.name;
        let mut columns = vec!["p"];
        columns.extend(definition.sort.is_some().then_some("s"));
        let keys = columns.len();
        columns.extend(["v", "body", "private"]);
        for (names, index) in [["i1p", "i1s"], ["i2p", "i2s"]].iter().zip(definition.indexes) {
            columns.extend(names.iter().take(1 + usize::from(index.sort.is_some())));
        }
        columns.extend(definition.expires.then_some("x"));
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
        let equal: Vec<String> =
            columns.iter().zip(&places).map(|(column, place)| format!("{column} = {place}")).collect();
        let (key, values) = equal.split_at(keys);
        let (key, values) = (key.join(" AND "), values.join(", "));
        Self {
            get: format!("SELECT v, body, private FROM {table} WHERE {key}"),
            insert: format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", ")),
            replace: format!("INSERT OR REPLACE INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", ")),
            update: format!("UPDATE {table} SET {values} WHERE {key}"),
            delete: format!("DELETE FROM {table} WHERE {key}"),
            sweep: definition.expires.then(|| {
                format!(
                    "DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE x <= ?1 ORDER BY x LIMIT ?2) RETURNING v"
                )
            }),
        }
    }
}
