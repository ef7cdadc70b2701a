//! Items of another store, written as they are.

use rusqlite::ToSql;

use super::columns::{further, key_columns};
use super::statements::Statements;
use super::writer::{Done, Failure, Writer, not_written};
use crate::transfer::{Record, check};

impl Writer {
    /// Writes the records inside the open transaction, in place of what is under their keys.
    pub(super) fn import(&mut self, records: &[Record]) -> Result<Done, Failure> {
        check(records)?;
        let mut rows = Vec::with_capacity(records.len());
        for record in records {
            let (table, body) = (record.key.table, &record.item.body);
            let further = further(table.definition(), body).map_err(|error| record.key.refused(error))?;
            rows.push((record, Statements::of(table)?, further));
        }
        let mut bytes = 0;
        for (Record { key, item }, statements, further) in &rows {
            let mut values = key_columns(key);
            values.extend([&item.version as &dyn ToSql, &item.body, &item.private]);
            values.extend(further.iter().map(|value| value as &dyn ToSql));
            self.execute(&statements.replace, &values).map_err(not_written)?;
            bytes += item.body.len();
            // Items start above every version of the store that these come from.
            self.removed = self.removed.max(item.version);
            self.log.imported(key, item);
        }
        Ok(Done { count: rows.len(), bytes })
    }
}
