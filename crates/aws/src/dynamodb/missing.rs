//! Tables of the operator's own that turn out to be missing: told once a minute each, however many requests ask for them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use store::records::RecordsTable;

/// How long nothing more is said of a table.
const SILENCE: SignedDuration = SignedDuration::from_mins(1);

/// When each table was last told of.
#[derive(Debug, Default)]
pub(super) struct Missing(Mutex<BTreeMap<String, Timestamp>>);

impl Missing {
    /// Tells the log that a table is missing, and what to do.
    pub(super) fn tell(&self, table: &RecordsTable, now: Timestamp) {
        if self.is_due(&table.name, now) {
            tracing::warn!(
                table = table.name,
                "table operations: the table is configured, but missing on DynamoDB; make it with `frontdesk tables create \
                 --records-table {table}`, or leave it out (--records-table)"
            );
        }
    }

    fn is_due(&self, table: &str, now: Timestamp) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(table).is_some_and(|&told| now.duration_since(told) < SILENCE) {
            return false;
        }
        told.insert(table.to_owned(), now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_told_of_once_a_minute() {
        let missing = Missing::default();
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        assert!(missing.is_due("notes", at(0)) && missing.is_due("files", at(1)));
        assert!(!missing.is_due("notes", at(59)) && missing.is_due("notes", at(60)));
        assert!(!missing.is_due("notes", at(119)) && !missing.is_due("files", at(60)));
    }
}
