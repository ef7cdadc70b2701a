//! The readers' connections. A read runs on the caller's thread, on the connection that its thread prefers or any free one.
//!
//! While nothing is written, a connection keeps the moment of the file that it sees from one read to the next: to begin and end one is
//! half of what a small read costs, locks of the file among it. Whoever writes says so first; from then on each read sees a moment of
//! its own, and so whatever was committed before it began.

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use domain::limits::READ_KEYS;
use rusqlite::Connection;

use super::columns::get;
use super::{failure, format, lists};
use crate::{Cursor, Item, Key, Page, Query, StoreError, Table};

static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static THREAD: Cell<usize> = Cell::new(THREADS.fetch_add(1, Ordering::Relaxed));
}

/// A bounded number of connections that only read.
#[derive(Debug)]
pub(super) struct Readers {
    /// None once they are closed.
    connections: Vec<Mutex<Option<Reader>>>,
    /// Counts how often writing began and ended: odd while somebody writes.
    writes: AtomicU64,
}

/// A connection, and at which count of writes it was last read from.
#[derive(Debug)]
struct Reader {
    connection: Connection,
    seen: u64,
}

impl Reader {
    /// Prepares the next read. What has not been written to since the last one is likely to be read again: then its moment is kept.
    fn prepare(&mut self, writes: u64) -> rusqlite::Result<()> {
        let keeps = self.seen == writes && writes.is_multiple_of(2);
        self.seen = writes;
        match (self.connection.is_autocommit(), keeps) {
            (true, true) => self.connection.prepare_cached("BEGIN")?.execute(()).map(|_| ()),
            (false, false) => self.end_moment(),
            _ => Ok(()),
        }
    }

    /// Ends the moment that is kept, if one is.
    fn end_moment(&self) -> rusqlite::Result<()> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        self.connection.prepare_cached("COMMIT")?.execute(()).map(|_| ())
    }
}

impl Readers {
    /// Opens that many, at least one.
    pub(super) fn open(file: &Path, count: usize) -> Result<Self, StoreError> {
        let open = |_| Ok(Mutex::new(Some(Reader { connection: format::read_only(file)?, seen: 0 })));
        let connections = (0..count.max(1)).map(open).collect::<Result<_, StoreError>>()?;
        Ok(Self { connections, writes: AtomicU64::new(0) })
    }

    /// Closes the connections, each after the read that is running on it; reads fail from then on.
    pub(super) fn close(&self) {
        for connection in &self.connections {
            drop(connection.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
    }

    /// Writing begins: no moment is kept any longer.
    pub(super) fn writing_begins(&self) {
        self.writes.fetch_or(1, Ordering::SeqCst);
        self.let_go();
    }

    /// Writing has ended, checkpoints included: what is read may be kept in view.
    pub(super) fn writing_ended(&self) {
        self.writes.fetch_add(1, Ordering::SeqCst);
    }

    /// Ends the moments that are kept and would hold back a checkpoint, but those of reads that are running.
    pub(super) fn let_go(&self) {
        for connection in &self.connections {
            let reader = match connection.try_lock() {
                Ok(reader) => reader,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => continue,
            };
            if let Some(Err(error)) = reader.as_ref().map(Reader::end_moment) {
                tracing::warn!(%error, "a reader could not let go of what it saw");
            }
        }
    }

    /// The item under a key.
    pub(super) fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.with(|connection| get(connection, key))
    }

    /// The items under some keys, of one moment.
    pub(super) fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        if keys.len() > READ_KEYS {
            return Err(StoreError::Misuse(format!(
                "at most {READ_KEYS} keys may be read at once, not {}",
                keys.len()
            )));
        }
        self.with(|connection| {
            let read = || keys.iter().map(|key| get(connection, key)).collect();
            if !connection.is_autocommit() {
                return read();
            }
            let _moment = connection.unchecked_transaction().map_err(|error| failure(&error))?;
            read()
        })
    }

    /// A page of a partition.
    pub(super) fn query(&self, query: &Query) -> Result<Page, StoreError> {
        self.with(|connection| lists::query(connection, query))
    }

    /// A page of a table.
    pub(super) fn scan(&self, table: Table, limit: usize, after: Option<&Cursor>) -> Result<Page, StoreError> {
        self.with(|connection| lists::scan(connection, table, limit, after))
    }

    /// Whether the file can be read.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let read = |connection: &Connection| {
            connection.prepare_cached("SELECT version FROM removed")?.query_row((), |row| row.get::<_, i64>(0))
        };
        self.with(|connection| read(connection).map(|_| ()).map_err(|error| failure(&error)))
    }

    /// Reads something.
    pub(super) fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut free = self.free().ok_or_else(super::stopped)?;
        let reader = free.as_mut().ok_or_else(super::stopped)?;
        reader.prepare(self.writes.load(Ordering::SeqCst)).map_err(|error| failure(&error))?;
        read(&reader.connection)
    }

    fn free(&self) -> Option<MutexGuard<'_, Option<Reader>>> {
        let start = THREAD.get() % self.connections.len().max(1);
        let from_start = || self.connections.iter().skip(start).chain(self.connections.iter().take(start));
        let free = from_start().find_map(|connection| match connection.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        });
        let wait = || from_start().next().map(|connection| connection.lock().unwrap_or_else(PoisonError::into_inner));
        free.or_else(wait)
    }
}
