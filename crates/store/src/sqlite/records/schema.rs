//! Which tables the file has, and their keys.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use crate::StoreError;
use crate::records::RecordsTable;
use crate::sqlite::format::not_opened;

/// Notes the tables that the file does not know yet, or knows with another key but without items; refuses one that has items under
/// another key. Others are left as they are.
pub(in crate::sqlite) fn prepare(
    connection: &Connection,
    file: &Path,
    tables: &[RecordsTable],
) -> Result<(), StoreError> {
    for (n, table) in tables.iter().enumerate() {
        if tables.iter().take(n).any(|other| other.name == table.name) {
            let text = format!("the records table {} is named twice: name it once", table.name);
            return Err(StoreError::Open(text));
        }
        let key = key_of(connection, table).map_err(|error| not_opened(file, &error))?;
        if key != table.to_string() {
            return Err(StoreError::Open(format!(
                "the records table {} is in {} as `{key}`, not as `{table}`: name it as it is there, or give the other one \
                 another name",
                table.name,
                file.display()
            )));
        }
    }
    Ok(())
}

/// The texts of the tables that hold something.
pub(in crate::sqlite) fn in_use(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(
        "SELECT definition FROM records_tables WHERE EXISTS (SELECT 1 FROM records WHERE records.t = records_tables.t) ORDER BY t",
    )?;
    statement.query_map((), |row| row.get(0))?.collect()
}

/// The text of the table as the file knows it, which it does from then on. While nothing is in the table, it is what it is named as.
fn key_of(connection: &Connection, table: &RecordsTable) -> rusqlite::Result<String> {
    let read = "SELECT definition FROM records_tables WHERE t = ?1 AND EXISTS (SELECT 1 FROM records WHERE t = ?1)";
    let known = connection.query_row(read, (&table.name,), |row| row.get(0)).optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let definition = table.to_string();
    let write = "INSERT INTO records_tables (t, definition) VALUES (?1, ?2)
        ON CONFLICT (t) DO UPDATE SET definition = excluded.definition";
    connection.execute(write, (&table.name, &definition))?;
    Ok(definition)
}
