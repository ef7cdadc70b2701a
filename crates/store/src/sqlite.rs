//! The embedded store: one SQLite file, one writer thread with group commit, readers that wait for nobody.
//!
//! A decision runs on the writer thread inside the open transaction, many of them a commit. Every reply, a refusal too, waits for
//! the commit, because it may rest on what a neighbour in the same transaction wrote. Reads run on the caller's thread.

mod backup;
mod batch;
mod checkpoints;
mod columns;
mod directory;
mod format;
mod import;
mod lists;
mod log;
mod readers;
mod records;
mod statements;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use domain::Clock;
use tokio::sync::{Semaphore, oneshot, watch};

pub use self::backup::{replace, restore, verify};
use self::directory::Directory;
pub use self::format::FORMAT;
use self::readers::Readers;
use self::writer::{Command, Work, Writer, WriterState};
use crate::decide::Decide;
use crate::port::{Answer, Store};
use crate::records::RecordsTable;
use crate::transfer::{Export, Record, Transfer};
use crate::{Cursor, Item, Key, Page, Query, StoreError, Table};

/// How an embedded store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The directory that holds the file `frontdesk.db`; it is created when missing, for its owner only.
    pub directory: PathBuf,
    /// The largest size of the file in bytes, rounded up to whole pages of 4 KiB; beyond it writes fail as on a full disk.
    pub max_bytes: Option<u64>,
    /// How many decisions may wait for the writer; beyond it they fail as unavailable.
    pub queue: usize,
    /// How many connections read side by side, at least one.
    pub readers: usize,
    /// The operator's own tables. Those that are missing are created; others that the file has are kept, but not answered from.
    pub records_tables: Vec<RecordsTable>,
}

impl Options {
    /// The defaults for this directory.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), max_bytes: None, queue: 4096, readers: 4, records_tables: Vec::new() }
    }
}

/// The embedded store. It owns its directory until it is dropped.
#[derive(Debug)]
pub struct SqliteStore {
    queue: Mutex<Option<SyncSender<Command>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    state: watch::Receiver<WriterState>,
    readers: Arc<Readers>,
    /// The pages of the operator's own tables that may be read side by side.
    pages: Arc<Semaphore>,
    records_tables: Vec<RecordsTable>,
    directory: Directory,
}

impl SqliteStore {
    /// Opens the store, creating or migrating its file. A [`StoreError::Open`] says what to do about it.
    pub fn open(options: Options, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let directory = Directory::lock(&options.directory)?;
        let connection = format::open(&directory.file(), options.max_bytes)?;
        records::prepare(&connection, &directory.file(), &options.records_tables)?;
        let readers = Arc::new(Readers::open(&directory.file(), options.readers)?);
        let pages = Arc::new(Semaphore::new(options.readers.saturating_sub(1).max(1)));
        let writer = Writer::new(connection, clock, Arc::clone(&readers));
        let writer = writer.map_err(|error| format::not_opened(&directory.file(), &error))?;
        let (queue, commands) = sync_channel(options.queue.max(1));
        let (writer, state) = writer.spawn(commands)?;
        let (queue, writer) = (Mutex::new(Some(queue)), Mutex::new(Some(writer)));
        Ok(Self { queue, writer, state, readers, pages, records_tables: options.records_tables, directory })
    }

    /// Waits until writing has failed for good, and says why; the process should then end with an error. Never returns otherwise.
    pub async fn failed(&self) -> String {
        let mut state = self.state.clone();
        if let Ok(state) = state.wait_for(|state| matches!(state, WriterState::Failed(_))).await
            && let WriterState::Failed(reason) = &*state
        {
            return reason.clone();
        }
        std::future::pending().await
    }

    /// Writes a consistent copy to a file that must not exist yet, while reads and writes go on. Blocks.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        backup::backup(&self.directory.file(), to)
    }

    /// Finishes what is queued, moves the log into the file and ends the writer; reads go on. Blocks; doing it again does nothing.
    pub fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(_)) = writer.map(JoinHandle::join) {
            tracing::error!("the store's writer panicked");
        }
    }

    async fn submit(&self, work: Work) -> Result<usize, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Command { work, reply })?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Unknown("the store stopped while this was written".to_owned())))
    }

    fn enqueue(&self, command: Command) -> Result<(), StoreError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.as_ref().ok_or_else(stopped)?.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Unavailable("too many writes are waiting".to_owned()),
            TrySendError::Disconnected(_) => stopped(),
        })
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // The writer's connection is the last to close, so that it can leave a single file behind.
        // Only the page of a caller who is gone may still use one of the others, and it ends soon.
        self.readers.close();
        self.close();
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the store has stopped".to_owned())
}

impl Store for SqliteStore {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<Item>> {
        ready(self.readers.get(key))
    }

    fn get_many<'a>(&'a self, keys: &'a [Key]) -> Answer<'a, Vec<Option<Item>>> {
        ready(self.readers.get_many(keys))
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        ready(self.readers.query(&query))
    }

    fn scan(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Page> {
        ready(self.readers.scan(table, limit, after.as_ref()))
    }

    fn decide(&self, keys: Vec<Key>, decide: Decide) -> Answer<'_, ()> {
        Box::pin(async move { self.submit(Work::Decide { keys, decide }).await.map(|_| ()) })
    }

    fn sweep(&self, table: Table, limit: usize) -> Answer<'_, usize> {
        Box::pin(self.submit(Work::Sweep { table, limit }))
    }

    fn check(&self) -> Answer<'_, ()> {
        let running = matches!(*self.state.borrow(), WriterState::Running);
        ready(if running { self.readers.check() } else { Err(stopped()) })
    }
}

impl Transfer for SqliteStore {
    fn export(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Export> {
        let page = self.readers.scan(table, limit, after.as_ref());
        ready(page.and_then(|page| Export::of(table, page)))
    }

    fn import(&self, records: Vec<Record>) -> Answer<'_, ()> {
        Box::pin(async move { self.submit(Work::Import { records }).await.map(|_| ()) })
    }
}

/// Whether a directory holds a database.
pub fn is_there(directory: &Path) -> bool {
    directory::file_in(directory).is_file()
}

fn ready<'a, T: Send + 'a>(answer: Result<T, StoreError>) -> Answer<'a, T> {
    Box::pin(std::future::ready(answer))
}

/// What an SQLite error means to users of the port.
fn failure(error: &rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase, TypeMismatch};
    match error.sqlite_error_code() {
        Some(DiskFull) => StoreError::Full(error.to_string()),
        Some(DatabaseCorrupt | NotADatabase | TypeMismatch) => StoreError::Corrupt(error.to_string()),
        _ => StoreError::Unavailable(error.to_string()),
    }
}
