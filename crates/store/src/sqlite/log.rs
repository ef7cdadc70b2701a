//! The end of the log. The one writer numbers events as it stores them, so that an event is in the log with its commit.

use rusqlite::{Connection, OptionalExtension};

use super::statements::Statements;
use super::writer::Writer;
use crate::log::{Entry, Head, head_key, place};
use crate::{Item, Key};

/// The end of the log, and how much of it is in the file.
#[derive(Debug)]
pub(super) struct LogEnd {
    head: i64,
    stored: i64,
}

impl LogEnd {
    /// Where the file's log ends.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let body: Option<String> = connection
            .query_row("SELECT body FROM cursors WHERE p = ?1", [&head_key().partition], |row| row.get(0))
            .optional()?;
        let head = body.and_then(|body| serde_json::from_str::<Head>(&body).ok()).map_or(0, |head| head.position);
        Ok(Self { head, stored: head })
    }

    /// The end, if it is not in the file yet.
    pub(super) fn to_store(&self) -> Option<i64> {
        (self.head > self.stored).then_some(self.head)
    }

    /// The transaction was committed.
    pub(super) const fn stored(&mut self) {
        self.stored = self.head;
    }

    /// The transaction was undone, and its positions are free again.
    pub(super) const fn rolled_back(&mut self) {
        self.head = self.stored;
    }

    /// An item of another store was taken over; it may be the end of that one's log.
    pub(super) fn imported(&mut self, key: &Key, item: &Item) {
        if let Some(head) = item.body::<Head>().ok().filter(|_| *key == head_key()) {
            (self.head, self.stored) = (head.position, head.position);
        }
    }
}

impl Writer {
    /// Puts a new event of so many bytes at the end of the log, and returns its private attributes, which say where it is.
    pub(super) fn append(&mut self, event: &Key, bytes: usize, private: Option<&str>) -> rusqlite::Result<String> {
        let position = self.log.head.saturating_add(1);
        let key = place(position);
        let entry = Entry::of(event, position, bytes);
        let body =
            serde_json::to_string(&entry).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        let sql = "INSERT INTO log (p, s, v, body) VALUES (?1, ?2, ?3, ?4)";
        self.execute(sql, &[&key.partition, &position, &position, &body])?;
        self.log.head = position;
        Ok(positioned(private, position))
    }

    /// Writes down where the log ends.
    pub(super) fn write_head(&self, position: i64) -> rusqlite::Result<()> {
        let key = head_key();
        let body = Head { name: key.partition.clone(), position };
        let body =
            serde_json::to_string(&body).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        let statements =
            Statements::of(key.table).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        self.execute(&statements.replace, &[&key.partition, &position, &body, &None::<String>])
    }
}

/// The private attributes of an event at a position.
fn positioned(private: Option<&str>, position: i64) -> String {
    match private.and_then(|private| private.strip_prefix('{')) {
        None | Some("}") => format!("{{\"position\":{position}}}"),
        Some(rest) => format!("{{\"position\":{position},{rest}"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_position_joins_what_is_private() {
        assert_eq!(super::positioned(None, 7), r#"{"position":7}"#);
        assert_eq!(super::positioned(Some("{}"), 7), r#"{"position":7}"#);
        assert_eq!(super::positioned(Some(r#"{"previous":3}"#), 7), r#"{"position":7,"previous":3}"#);
    }
}
