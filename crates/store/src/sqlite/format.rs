//! The data format: opening a file, telling ours from others, and migrating older ones.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::backup::beside;
use super::directory::private;
use crate::StoreError;

/// The data format that this version writes. It opens every older one, and refuses a newer one.
pub const FORMAT: u32 = 1;

/// The steps to this format: step `n` leads from format `n` to `n + 1`. A new file takes them all.
const STEPS: [&str; FORMAT as usize] = [include_str!("format-1.sql")];
/// Marks our files (SQLite's `application_id`): "fdsk".
const APPLICATION: i64 = 0x6664_736b;
const PAGE_BYTES: u64 = 4096;
const STATEMENTS: usize = 128;
/// How long a connection waits for another; only checkpoints that have come late ever do.
const BUSY: Duration = Duration::from_millis(250);

const READ_ONLY: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);
const READ_WRITE: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// The writer's connection to a file that is created or migrated as needed. A file that is not ours is left untouched.
pub(super) fn open(file: &Path, max_bytes: Option<u64>) -> Result<Connection, StoreError> {
    private().truncate(false).open(file).map_err(|error| not_opened(file, &error))?;
    let format = inspect(&for_inspection(file)?, file)?;
    let prepare = || {
        let mut connection = Connection::open_with_flags(file, READ_WRITE)?;
        set_up(&connection, max_bytes)?;
        migrate(&mut connection, format)?;
        Ok(connection)
    };
    prepare().map_err(|error: rusqlite::Error| not_opened(file, &error))
}

/// A connection that only reads, unless a crash in the middle of the very first start has left a journal behind: what was begun then has to be
/// undone before anything can be read.
fn for_inspection(file: &Path) -> Result<Connection, StoreError> {
    if !beside(file, "-journal").exists() {
        return read_only(file);
    }
    Connection::open_with_flags(file, READ_WRITE).map_err(|error| not_opened(file, &error))
}

/// A connection that only reads.
pub(super) fn read_only(file: &Path) -> Result<Connection, StoreError> {
    let prepare = || {
        let connection = Connection::open_with_flags(file, READ_ONLY)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        keep_plans(&connection)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "cache_size", -2048)?;
        Ok(connection)
    };
    prepare().map_err(|error: rusqlite::Error| not_opened(file, &error))
}

/// The format of a file, 0 for an empty one; an error when it is not ours, damaged or newer.
pub(super) fn inspect(connection: &Connection, file: &Path) -> Result<u32, StoreError> {
    let read =
        |sql: &str| connection.query_row(sql, (), |row| row.get::<_, i64>(0)).map_err(|error| not_opened(file, &error));
    let application = read("PRAGMA application_id")?;
    let format = read("PRAGMA user_version")?;
    let tables = read("SELECT count(*) FROM sqlite_schema")?;
    let name = file.display();
    match (application, u32::try_from(format)) {
        (0, Ok(0)) if tables == 0 => Ok(0),
        (APPLICATION, Ok(format @ 1..=FORMAT)) => Ok(format),
        (APPLICATION, Ok(format)) if format > FORMAT => Err(StoreError::Open(format!(
            "{name} has data format {format}, and this version of frontdesk knows formats up to {FORMAT}: \
             start the version that wrote it, or a later one"
        ))),
        _ => Err(StoreError::Open(format!("{name} is a database of another program: name another data directory"))),
    }
}

/// That a file cannot be opened, why, and what to do.
pub(super) fn not_opened(file: &Path, error: &dyn std::error::Error) -> StoreError {
    StoreError::Open(format!(
        "cannot open {}: {error}; if the file is damaged, move it away and restore a backup (nothing has been changed)",
        file.display()
    ))
}

/// Statements stay prepared. Without the stability guarantee SQLite would prepare those with a range anew at each use, because
/// another value might want another plan.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(|_| ())
}

fn set_up(connection: &Connection, max_bytes: Option<u64>) -> rusqlite::Result<()> {
    keep_plans(connection)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.pragma_update(None, "journal_size_limit", super::checkpoints::LOG_BYTES)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    if let Some(bytes) = max_bytes {
        let pages = i64::try_from(bytes.div_ceil(PAGE_BYTES)).unwrap_or(i64::MAX);
        connection.query_row(&format!("PRAGMA max_page_count = {pages}"), (), |_| Ok(()))?;
    }
    Ok(())
}

fn migrate(connection: &mut Connection, format: u32) -> rusqlite::Result<()> {
    if format == FORMAT {
        return Ok(());
    }
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    for step in STEPS.iter().skip(format as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()
}
