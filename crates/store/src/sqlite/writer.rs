//! The writer: the one thread that changes the file, and the bounded queue in front of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::{Builder, JoinHandle};

use domain::Clock;
use domain::limits::PAGE_ITEMS;
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, ToSql};
use tokio::sync::{oneshot, watch};

use super::checkpoints::Checkpoints;
use super::columns::{further, get, key_columns};
use super::failure;
use super::log::LogEnd;
use super::readers::Readers;
use super::records::RecordWrite;
use super::statements::Statements;
use crate::decide::Decide;
use crate::rounds::{Rounds, next_version};
use crate::transfer::Record;
use crate::{Key, Loaded, StoreError, Table, Write};

/// A piece of work, and where its outcome goes.
pub(super) struct Command {
    pub(super) work: Work,
    pub(super) reply: oneshot::Sender<Result<usize, StoreError>>,
}

/// What the writer can be asked for.
pub(super) enum Work {
    /// A decision.
    Decide { keys: Vec<Key>, decide: Decide },
    /// The removal of expired items; the outcome is their number.
    Sweep { table: Table, limit: usize },
    /// Items of another store.
    Import { records: Vec<Record> },
    /// A write to one of the operator's own tables.
    Record(Box<RecordWrite>),
}

/// How the writer is.
#[derive(Clone, Debug)]
pub(super) enum WriterState {
    Running,
    Closed,
    /// A commit failed; nothing has been written since.
    Failed(String),
}

/// Why a piece of work was not done.
pub(super) enum Failure {
    /// It alone fails, and nothing of it was written.
    Alone(StoreError),
    /// It fails after a part was written: the others have to run again without it.
    Spoiled(StoreError),
    /// The whole transaction fails and is rolled back.
    Batch(StoreError),
    /// Whether the transaction is durable is unknown.
    Fatal(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Alone(error)
    }
}

/// What a piece of work did.
pub(super) struct Done {
    /// Its outcome.
    pub(super) count: usize,
    /// About how many bytes it wrote.
    pub(super) bytes: usize,
}

/// The writer's connection and what it remembers.
pub(super) struct Writer {
    pub(super) connection: Connection,
    clock: Arc<dyn Clock>,
    readers: Arc<Readers>,
    checkpoints: Checkpoints,
    /// The greatest version that any removal took, and how much of that is in the file.
    pub(super) removed: i64,
    stored_removed: i64,
    /// The end of the log.
    pub(super) log: LogEnd,
}

impl Writer {
    /// A writer beside these readers, who learn of it when something is written.
    pub(super) fn new(connection: Connection, clock: Arc<dyn Clock>, readers: Arc<Readers>) -> rusqlite::Result<Self> {
        let removed = connection.query_row("SELECT version FROM removed", (), |row| row.get(0))?;
        let log = LogEnd::read(&connection)?;
        let checkpoints = Checkpoints::default();
        Ok(Self { connection, clock, readers, checkpoints, removed, stored_removed: removed, log })
    }

    /// Starts the thread. It ends when the queue's sender is gone and the queue empty, or when a commit fails.
    pub(super) fn spawn(
        mut self,
        queue: Receiver<Command>,
    ) -> Result<(JoinHandle<()>, watch::Receiver<WriterState>), StoreError> {
        let (state, watched) = watch::channel(WriterState::Running);
        let body = move || {
            let ended = catch_unwind(AssertUnwindSafe(|| self.run(&queue)));
            state.send_replace(match ended {
                Ok(Ok(())) => WriterState::Closed,
                Ok(Err(reason)) => WriterState::Failed(reason),
                Err(_) => WriterState::Failed("the writer panicked".to_owned()),
            });
        };
        let started = Builder::new().name("store-writer".to_owned()).spawn(body);
        let thread = started.map_err(|error| StoreError::Open(format!("cannot start the writer: {error}")))?;
        Ok((thread, watched))
    }

    fn run(&mut self, queue: &Receiver<Command>) -> Result<(), String> {
        while let Ok(first) = queue.recv() {
            self.readers.writing_begins();
            self.batch(first, queue)?;
            self.checkpoints.after_commit(&self.connection, &self.readers);
            self.readers.writing_ended();
        }
        self.readers.writing_begins();
        self.checkpoints.at_end(&self.connection);
        Ok(())
    }

    /// Does one piece of work inside the open transaction.
    pub(super) fn apply(&mut self, work: &mut Work) -> Result<Done, Failure> {
        match work {
            Work::Decide { keys, decide } => self.decide(keys, decide),
            Work::Sweep { table, limit } => self.sweep(*table, *limit),
            Work::Import { records } => self.import(records),
            Work::Record(command) => self.record(command),
        }
    }

    /// Commits the open transaction, with the greatest removed version when that has grown.
    pub(super) fn commit(&mut self) -> rusqlite::Result<()> {
        if self.removed > self.stored_removed {
            self.execute("UPDATE removed SET version = ?1", &[&self.removed])?;
        }
        if let Some(head) = self.log.to_store() {
            self.write_head(head)?;
        }
        self.execute("COMMIT", &[])?;
        self.log.stored();
        self.stored_removed = self.removed;
        Ok(())
    }

    /// Runs a statement that returns nothing.
    pub(super) fn execute(&self, sql: &str, values: &[&dyn ToSql]) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute(values).map(|_| ())
    }

    fn decide(&mut self, keys: &[Key], decide: &mut Decide) -> Result<Done, Failure> {
        let now = self.clock.now();
        let mut rounds = Rounds::new(now, keys.to_vec())?;
        let changes = loop {
            for key in rounds.wanted() {
                let item = get(&self.connection, &key)?;
                let last = item.as_ref().map_or(self.removed, |item| item.version);
                rounds.found(key, item, next_version(now, last));
            }
            if let Some(changes) = rounds.decide(decide)? {
                break changes;
            }
        };
        let prepare = |write| Row::of(write, rounds.loaded(), next_version(now, self.removed));
        let rows: Vec<Row<'_>> = changes.writes().iter().map(prepare).collect::<Result<_, _>>()?;
        let mut bytes = 0;
        for row in &rows {
            bytes += self.write(row).map_err(not_written)?;
        }
        Ok(Done { count: 0, bytes })
    }

    fn write(&mut self, row: &Row<'_>) -> rusqlite::Result<usize> {
        let mut values = key_columns(row.write.key());
        let Write::Put { body, private, .. } = row.write else {
            // A removal takes a version of its own: that of the event which tells of it.
            self.removed = self.removed.max(row.next_version);
            self.execute(&row.statements.delete, &values)?;
            return Ok(0);
        };
        let told = match row.write.key() {
            key if key.table == Table::Events && row.version.is_none() => {
                Some(self.append(key, body.len(), private.as_deref())?)
            }
            _ => None,
        };
        let private = told.as_ref().or(private.as_ref());
        values.extend([&row.next_version as &dyn ToSql, body, &private]);
        values.extend(row.further.iter().map(|value| value as &dyn ToSql));
        self.execute(if row.version.is_some() { &row.statements.update } else { &row.statements.insert }, &values)?;
        Ok(body.len() + private.map_or(0, String::len))
    }

    fn sweep(&mut self, table: Table, limit: usize) -> Result<Done, Failure> {
        let Some(sql) = &Statements::of(table)?.sweep else { return Ok(Done { count: 0, bytes: 0 }) };
        let limit = i64::try_from(limit.min(PAGE_ITEMS)).unwrap_or(0);
        let versions = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let versions = statement.query_map((self.clock.now().as_second(), limit), |row| row.get::<_, i64>(0))?;
            versions.collect::<rusqlite::Result<Vec<_>>>()
        };
        let versions = versions().map_err(not_written)?;
        self.removed = versions.iter().copied().fold(self.removed, i64::max);
        Ok(Done { count: versions.len(), bytes: 0 })
    }
}

/// One write, ready to go: what could still be wrong with it has been checked.
struct Row<'w> {
    write: &'w Write,
    statements: &'static Statements,
    further: Vec<Value>,
    /// The version of the item that is there.
    version: Option<i64>,
    next_version: i64,
}

impl<'w> Row<'w> {
    /// The write of a decision; `fresh` is the version of an item that was not loaded.
    fn of(write: &'w Write, loaded: &Loaded, fresh: i64) -> Result<Self, StoreError> {
        let key = write.key();
        let known = loaded.contains(key);
        let there = if known { loaded.item(key)? } else { None };
        let further = match write {
            Write::Put { body, .. } => further(key.table.definition(), body)?,
            Write::Delete { .. } => Vec::new(),
        };
        Ok(Self {
            write,
            statements: Statements::of(key.table)?,
            further,
            version: there.map(|item| item.version),
            next_version: if known { loaded.next_version(key)? } else { fresh },
        })
    }
}

pub(super) fn not_written(error: rusqlite::Error) -> Failure {
    match failure(&error) {
        full @ StoreError::Full(_) => Failure::Batch(full),
        _ if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Failure::Spoiled(StoreError::Misuse(format!("an item that was not loaded exists already: {error}")))
        }
        other => Failure::Fatal(other.to_string()),
    }
}
