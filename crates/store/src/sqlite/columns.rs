//! The columns of a row: the item itself, and what its table's indexes and time to live need of its body.

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Row, ToSql};

use super::statements::Statements;
use crate::attributes::{number, pick, text};
use crate::table::{Definition, IndexDefinition};
use crate::{Item, Key, Sort, StoreError, Table};

impl ToSql for Sort {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Number(number) => ToSqlOutput::from(*number),
            Self::Text(text) => ToSqlOutput::from(text.as_str()),
        })
    }
}

/// The key's columns, as parameters.
pub(super) fn key_columns(key: &Key) -> Vec<&dyn ToSql> {
    let mut columns: Vec<&dyn ToSql> = Vec::with_capacity(10);
    columns.push(&key.partition);
    if let Some(sort) = &key.sort {
        columns.push(sort);
    }
    columns
}

/// The item under a key.
pub(super) fn get(connection: &Connection, key: &Key) -> Result<Option<Item>, StoreError> {
    key.check()?;
    let statements = Statements::of(key.table)?;
    let read = || {
        let mut statement = connection.prepare_cached(&statements.get)?;
        let mut rows = match &key.sort {
            None => statement.query((&key.partition,))?,
            Some(sort) => statement.query((&key.partition, sort))?,
        };
        rows.next()?.map(|row| item(key.table, row, 0)).transpose()
    };
    read().map_err(|error| super::failure(&error))
}

/// The item of a row whose columns version, body and private start there.
pub(super) fn item(table: Table, row: &Row<'_>, at: usize) -> rusqlite::Result<Item> {
    Ok(Item { table, version: row.get(at)?, body: row.get(at + 1)?, private: row.get(at + 2)? })
}

/// A sort value of a row.
pub(super) fn sort(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Sort>> {
    Ok(match row.get_ref(at)? {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(Sort::Number(number)),
        other => Some(Sort::Text(other.as_str()?.to_owned())),
    })
}

/// The values of the further columns of a body's row: for each index its partition and sort, then the expiration.
pub(super) fn further(definition: &Definition, body: &str) -> Result<Vec<Value>, StoreError> {
    if definition.indexes.is_empty() && !definition.expires {
        return Ok(Vec::new());
    }
    let mut values = Vec::with_capacity(5);
    for index in definition.indexes {
        values.extend(index_values(index, body)?);
    }
    if definition.expires {
        let [value] = pick(body, ["expiration"])?;
        let seconds = value.map(|value| number("expiration", value)).transpose()?;
        values.push(seconds.into());
    }
    Ok(values)
}

/// Both or none: an item without the attributes is not in the index.
fn index_values(index: &IndexDefinition, body: &str) -> Result<Vec<Value>, StoreError> {
    let Some(sort) = index.sort else {
        let [partition] = pick(body, [index.partition])?;
        let partition = partition.map(|value| text(index.partition, value)).transpose()?;
        return Ok(vec![partition.into()]);
    };
    Ok(match pick(body, [index.partition, sort])? {
        [Some(partition), Some(value)] => vec![text(index.partition, partition)?.into(), number(sort, value)?.into()],
        _ => vec![Value::Null, Value::Null],
    })
}
