//! The rows of items: where each is, and its attributes in DynamoDB's JSON.

use rusqlite::{Connection, OptionalExtension, Statement};
use serde_json::{Map, Value};

use crate::StoreError;
use crate::records::{Attributes, Page, RecordKey, Scan, stored};
use crate::sqlite::failure;

const GET: &str = "SELECT body FROM records WHERE t = ?1 AND h = ?2 AND p = ?3 AND s = ?4";
const PUT: &str = "INSERT INTO records (t, h, p, s, body) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (t, h, p, s) DO UPDATE SET body = excluded.body";
const DELETE: &str = "DELETE FROM records WHERE t = ?1 AND h = ?2 AND p = ?3 AND s = ?4";
const SCAN: &str = "SELECT body FROM records WHERE t = ?1 AND h BETWEEN ?2 AND ?3 ORDER BY h, p, s";
const SCAN_ON: &str = "SELECT body FROM records WHERE t = ?1 AND (h, p, s) > (?2, ?3, ?4) AND h <= ?5 ORDER BY h, p, s";

/// The text of the item under a key.
pub(super) fn get(connection: &Connection, table: &str, key: &RecordKey) -> Result<Option<String>, StoreError> {
    let read = || {
        let mut statement = connection.prepare_cached(GET)?;
        let parameters = (table, key.hash, &key.partition, &key.sort);
        statement.query_row(parameters, |row| row.get(0)).optional()
    };
    read().map_err(|error| failure(&error))
}

/// Writes an item in place of what is there.
pub(super) fn put(connection: &Connection, table: &str, key: &RecordKey, body: &str) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(PUT)?;
    statement.execute((table, key.hash, &key.partition, &key.sort, body)).map(|_| ())
}

/// Removes the item under a key, if there is one.
pub(super) fn delete(connection: &Connection, table: &str, key: &RecordKey) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(DELETE)?;
    statement.execute((table, key.hash, &key.partition, &key.sort)).map(|_| ())
}

/// Fills a page with the items of a scan; of one moment, since they are read by one statement.
pub(super) fn scan(connection: &Connection, table: &str, scan: &Scan, page: &mut Page<'_>) -> Result<(), StoreError> {
    let database = |error: rusqlite::Error| failure(&error);
    let (first, last) = (*scan.hashes.start(), *scan.hashes.end());
    match &scan.after {
        None => {
            let mut statement = connection.prepare_cached(SCAN).map_err(database)?;
            fill(&mut statement, table, (table, first, last), page)
        }
        Some(key) => {
            let mut statement = connection.prepare_cached(SCAN_ON).map_err(database)?;
            fill(&mut statement, table, (table, key.hash, &key.partition, &key.sort, last), page)
        }
    }
}

fn fill(
    statement: &mut Statement<'_>,
    table: &str,
    parameters: impl rusqlite::Params,
    page: &mut Page<'_>,
) -> Result<(), StoreError> {
    let database = |error: rusqlite::Error| failure(&error);
    let mut rows = statement.query(parameters).map_err(database)?;
    while !page.is_full()
        && let Some(row) = rows.next().map_err(database)?
    {
        let text = row.get_ref(0).map_err(database)?.as_str().map_err(|error| corrupt(table, &error))?;
        page.take(item(table, text)?);
    }
    Ok(())
}

/// The item that a text stands for.
pub(super) fn item(table: &str, text: &str) -> Result<Attributes, StoreError> {
    let json: Map<String, Value> = serde_json::from_str(text).map_err(|error| corrupt(table, &error))?;
    stored(&json).ok_or_else(|| StoreError::Corrupt(format!("an item of {table} has a value of no type")))
}

fn corrupt(table: &str, error: &dyn std::error::Error) -> StoreError {
    StoreError::Corrupt(format!("an item of {table}: {error}"))
}
