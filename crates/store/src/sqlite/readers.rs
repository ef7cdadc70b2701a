//! The readers' connections. A read runs on the caller's thread, on the connection that its thread prefers or any free one.

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
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
    connections: Vec<Mutex<Connection>>,
}

impl Readers {
    /// Opens that many, at least one.
    pub(super) fn open(file: &Path, count: usize) -> Result<Self, StoreError> {
        let open = |_| format::read_only(file).map(Mutex::new);
        Ok(Self { connections: (0..count.max(1)).map(open).collect::<Result<_, _>>()? })
    }

    /// Closes the connections; reads fail from then on.
    pub(super) fn close(&mut self) {
        self.connections.clear();
    }

    /// The item under a key.
    pub(super) fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        get(&*self.connection()?, key)
    }

    /// The items under some keys, of one moment.
    pub(super) fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        if keys.len() > READ_KEYS {
            return Err(StoreError::Misuse(format!(
                "at most {READ_KEYS} keys may be read at once, not {}",
                keys.len()
            )));
        }
        let connection = self.connection()?;
        let moment = connection.unchecked_transaction().map_err(|error| failure(&error))?;
        keys.iter().map(|key| get(&moment, key)).collect()
    }

    /// A page of a partition.
    pub(super) fn query(&self, query: &Query) -> Result<Page, StoreError> {
        lists::query(&*self.connection()?, query)
    }

    /// A page of a table.
    pub(super) fn scan(&self, table: Table, limit: usize, after: Option<&Cursor>) -> Result<Page, StoreError> {
        lists::scan(&*self.connection()?, table, limit, after)
    }

    /// Reads something else.
    pub(super) fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        read(&*self.connection()?)
    }

    /// Whether the file can be read.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let read = |connection: &Connection| {
            connection.prepare_cached("SELECT version FROM removed")?.query_row((), |row| row.get::<_, i64>(0))
        };
        read(&*self.connection()?).map(|_| ()).map_err(|error| failure(&error))
    }

    fn connection(&self) -> Result<MutexGuard<'_, Connection>, StoreError> {
        let start = THREAD.get() % self.connections.len().max(1);
        let from_start = || self.connections.iter().skip(start).chain(self.connections.iter().take(start));
        let free = from_start().find_map(|connection| match connection.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        });
        let wait = || from_start().next().map(|connection| connection.lock().unwrap_or_else(PoisonError::into_inner));
        free.or_else(wait).ok_or_else(super::stopped)
    }
}
