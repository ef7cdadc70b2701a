//! Tables of the operator's own, in the same file. Requests are read on the caller's thread; an item is read there on a reader's
//! connection, a page on a thread for what blocks, and writes run on the writer's thread inside the open transaction.

mod rows;
mod schema;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::spawn_blocking;

pub(super) use self::schema::prepare;
use super::writer::{Done, Failure, Work, Writer, not_written};
use super::{SqliteStore, failure, ready, stopped};
use crate::StoreError;
use crate::port::Answer;
use crate::records::{Call, Change, Fault, Get, Outcome, Page, Records, Request, Response, Scan, Write};
use crate::rounds::panicked;

impl Records for SqliteStore {
    fn call(&self, call: Call) -> Answer<'_, Outcome> {
        if !self.records_tables.contains(&call.table) {
            return ready(Ok(Err(Fault::new("ResourceNotFoundException", "Requested resource not found"))));
        }
        match Request::read(&call) {
            Err(fault) => ready(Ok(Err(fault))),
            Ok(Request::Get(get)) => ready(self.records_get(&call, &get).map(Ok)),
            Ok(Request::Scan(scan)) => Box::pin(self.records_scan(call.table.name, *scan)),
            Ok(Request::Write(write)) => Box::pin(self.records_write(call.table.name, *write)),
        }
    }
}

impl SqliteStore {
    /// The operator's own tables in the file that hold something and that the store was not opened with, as they are written.
    pub fn other_records_tables(&self) -> Result<Vec<String>, StoreError> {
        let there = |connection: &_| schema::in_use(connection).map_err(|error| failure(&error));
        let opened: Vec<String> = self.records_tables.iter().map(ToString::to_string).collect();
        let others = self.readers.with(there)?.into_iter().filter(|table| !opened.contains(table));
        Ok(others.collect())
    }

    fn records_get(&self, call: &Call, get: &Get) -> Result<Response, StoreError> {
        let table = &call.table.name;
        let text = self.readers.with(|connection| rows::get(connection, table, &get.key))?;
        match text {
            Some(text) if get.is_plain() => Ok(Response::of_item(&text)),
            text => {
                let item = text.map(|text| rows::item(table, &text)).transpose()?;
                Ok(get.answer(item.as_ref()).into())
            }
        }
    }

    /// Reads a page. It may take some tenths of a second, so it keeps no thread from other requests; nor do all pages together keep
    /// them from every reader, unless there is one only.
    async fn records_scan(&self, table: String, scan: Scan) -> Result<Outcome, StoreError> {
        let turn = Arc::clone(&self.pages).acquire_owned().await.map_err(|_| stopped())?;
        let readers = Arc::clone(&self.readers);
        let read = move || {
            let mut page = Page::new(&scan);
            readers.with(|connection| rows::scan(connection, &table, &scan, &mut page))?;
            drop(turn);
            Ok(page.response().map(Response::from))
        };
        spawn_blocking(read).await.map_err(|error| StoreError::Unavailable(format!("a page was not read: {error}")))?
    }

    async fn records_write(&self, table: String, write: Write) -> Result<Outcome, StoreError> {
        let slot = Arc::new(Mutex::new(None));
        let command = RecordWrite { table, write, outcome: Arc::clone(&slot) };
        self.submit(Work::Record(Box::new(command))).await?;
        let outcome = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        outcome.ok_or_else(|| StoreError::Misuse("a write was reported without an outcome".to_owned()))
    }
}

/// A write for the writer. Its outcome is read once the transaction is durable; should it run again, the last run's counts.
pub(super) struct RecordWrite {
    table: String,
    write: Write,
    outcome: Arc<Mutex<Option<Outcome>>>,
}

impl fmt::Debug for RecordWrite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RecordWrite").field("table", &self.table).finish_non_exhaustive()
    }
}

impl Writer {
    /// Decides a write and does it.
    pub(super) fn record(&self, command: &RecordWrite) -> Result<Done, Failure> {
        let RecordWrite { table, write, outcome } = command;
        let there = if write.needs_item() { rows::get(&self.connection, table, &write.key)? } else { None };
        let there = there.map(|text| rows::item(table, &text)).transpose()?;
        let decided = catch_unwind(AssertUnwindSafe(|| write.decide(there.as_ref())));
        let decided = decided.map_err(|panic| panicked(&*panic))?;
        let mut bytes = 0;
        let answer = match decided {
            Err(fault) => Err(fault),
            Ok((Change::Delete, response)) => {
                rows::delete(&self.connection, table, &write.key).map_err(not_written)?;
                Ok(response)
            }
            Ok((Change::Put(body), response)) => {
                rows::put(&self.connection, table, &write.key, &body).map_err(not_written)?;
                bytes = body.len();
                Ok(response)
            }
        };
        *outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer.map(Response::from));
        Ok(Done { count: 0, bytes })
    }
}
