//! Checkpoints: moving the write-ahead log into the file, after the replies have gone out.

use rusqlite::Connection;

use super::readers::Readers;

/// The size to which the log is cut back when it starts anew, in bytes.
pub(super) const LOG_BYTES: i64 = 16 * 1024 * 1024;
/// Pages in the log after which they are moved.
const PAGES: i64 = 1_000;
/// At every such length of the log the writer waits for readers, should a constant stream of them have kept it from starting anew.
const LATE_PAGES: i64 = 16_000;

/// When to move the log.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    /// The log's length at the last attempt. A long reader, such as a backup, may make an attempt move nothing; then the next one
    /// waits until the log has grown.
    tried: i64,
}

impl Checkpoints {
    /// Moves the log when enough has come together. A failure only makes the log grow, so it is tried again later.
    pub(super) fn after_commit(&mut self, connection: &Connection, readers: &Readers) {
        let moved = self.advance(connection, readers);
        if let Err(error) = moved {
            tracing::warn!(%error, "the write-ahead log could not be moved into the file");
        }
    }

    /// Moves all of the log and empties it.
    pub(super) fn at_end(&self, connection: &Connection) {
        if let Err(error) = checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log could not be moved into the file");
        }
    }

    fn advance(&mut self, connection: &Connection, readers: &Readers) -> rusqlite::Result<()> {
        let (log, moved) = checkpoint(connection, "PRAGMA wal_checkpoint(NOOP)")?;
        if log < self.tried {
            self.tried = 0;
        }
        if log - moved.max(self.tried) < PAGES {
            return Ok(());
        }
        let late = log / LATE_PAGES > self.tried / LATE_PAGES;
        self.tried = log;
        // A read that began just before the commit may have kept what it saw.
        readers.let_go();
        checkpoint(connection, if late { "PRAGMA wal_checkpoint(RESTART)" } else { "PRAGMA wal_checkpoint(PASSIVE)" })?;
        Ok(())
    }
}

/// Runs the statement: the pages in the log, and how many of them are in the file.
fn checkpoint(connection: &Connection, sql: &str) -> rusqlite::Result<(i64, i64)> {
    connection.prepare_cached(sql)?.query_row((), |row| Ok((row.get(1)?, row.get(2)?)))
}
