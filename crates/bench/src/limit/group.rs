//! The limit of commits: SQLite as the product sets it up, one thread, prepared inserts, many bookings a transaction, one sync for
//! all of them, the log moved into the file after the replies. It reads nothing and decides nothing.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::{CachedStatement, Connection};
use tokio::sync::oneshot;

use crate::rows::{Row, open};
use crate::{Outcome, progress};

/// Bookings that may wait.
const QUEUE: usize = 4096;
/// Bookings of one transaction.
const BATCH: usize = 256;
/// Pages in the log after which they are moved into the file.
const PAGES: i64 = 1_000;

const BOOKING: &str = "INSERT INTO bookings (p, v, body, private, i1p, i1s, i2p, i2s) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
const EVENT: &str = "INSERT INTO events (p, s, v, body) VALUES (?, ?, ?, ?)";
const OCCUPANCY: &str = "INSERT INTO occupancy (p, s, v, body) VALUES (?, ?, ?, ?)";
/// Any version: as many bytes as the present in milliseconds takes.
const VERSION: i64 = 1_800_000_000_000;

struct Job {
    row: Row,
    done: oneshot::Sender<()>,
}

/// A group commit.
#[derive(Debug)]
pub(crate) struct Group(SyncSender<Job>);

impl Group {
    /// Opens a database with the product's tables in this directory, and starts the thread that writes it.
    pub(crate) fn open(directory: &Path) -> Outcome<Self> {
        open(directory)?.close();
        let connection = Connection::open(directory.join("frontdesk.db"))?;
        for (pragma, value) in [("synchronous", "FULL"), ("cache_size", "-16384"), ("wal_autocheckpoint", "0")] {
            connection.pragma_update(None, pragma, value)?;
        }
        let (jobs, queue) = sync_channel(QUEUE);
        std::thread::Builder::new().name("limit".to_owned()).spawn(move || {
            if let Err(error) = write(&connection, &queue) {
                progress(&format!("the limit's writer failed: {error}"));
            }
        })?;
        Ok(Self(jobs))
    }

    /// Makes the rows of a booking durable.
    pub(crate) async fn commit(&self, row: Row) -> Outcome {
        let (done, durable) = oneshot::channel();
        self.0.try_send(Job { row, done }).map_err(|_| "the limit's writer is gone or too slow")?;
        Ok(durable.await?)
    }
}

fn write(connection: &Connection, queue: &Receiver<Job>) -> rusqlite::Result<()> {
    let mut begin = connection.prepare_cached("BEGIN IMMEDIATE")?;
    let mut commit = connection.prepare_cached("COMMIT")?;
    let mut statements = Statements::new(connection)?;
    while let Ok(first) = queue.recv() {
        begin.execute(())?;
        let mut done = Vec::with_capacity(BATCH);
        for Job { row, done: reply } in std::iter::once(first).chain(queue.try_iter()).take(BATCH) {
            statements.insert(&row)?;
            done.push(reply);
        }
        commit.execute(())?;
        for reply in done {
            // Who no longer listens has gone away.
            let _ = reply.send(());
        }
        checkpoint(connection)?;
    }
    Ok(())
}

fn checkpoint(connection: &Connection) -> rusqlite::Result<()> {
    let pages = |sql: &str| connection.prepare_cached(sql)?.query_row((), |row| Ok((row.get(1)?, row.get(2)?)));
    let (log, moved): (i64, i64) = pages("PRAGMA wal_checkpoint(NOOP)")?;
    if log - moved >= PAGES {
        pages("PRAGMA wal_checkpoint(PASSIVE)")?;
    }
    Ok(())
}

struct Statements<'c> {
    booking: CachedStatement<'c>,
    event: CachedStatement<'c>,
    occupancy: CachedStatement<'c>,
}

impl<'c> Statements<'c> {
    fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        let prepare = |sql: &str| connection.prepare_cached(sql);
        Ok(Self { booking: prepare(BOOKING)?, event: prepare(EVENT)?, occupancy: prepare(OCCUPANCY)? })
    }

    fn insert(&mut self, row: &Row) -> rusqlite::Result<()> {
        let (resource, start) = (&row.slot.resource, row.slot.start.epoch_seconds());
        self.booking.execute((&row.id, VERSION, &row.booking, &row.private, row.user(), start, resource, start))?;
        self.event.execute((row.aggregate(), VERSION, VERSION, &row.event))?;
        self.occupancy.execute((resource, row.slot.start.day(), VERSION, &row.occupancy))?;
        Ok(())
    }
}
