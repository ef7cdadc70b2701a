//! The search index over events: which words are in which of them. It is an SQLite file of its own, next to nothing that counts: what
//! it holds can be made again from the log, and index and place in the log move together in one transaction.
//!
//! A crash leaves it whole, as it does any SQLite file; a disk may not. So opening looks at little, [`SearchIndex::check`] looks at all of
//! it beside the work, and whenever either finds damage, or the work does, it is begun anew, and whoever follows the log fills it again.
//!
//! The events themselves are not in it, only their words (FTS5 without content). Whoever finds something reads it from the log.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Pattern;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, ToSql, params, params_from_iter};

use crate::StoreError;

/// The form of the file; another one is made anew.
const FORM: i64 = 1;
/// "fdsr", SQLite's `application_id`.
const APPLICATION: i64 = 0x6664_7372;
const SCHEMA: &str = "
    CREATE TABLE place (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL);
    INSERT INTO place VALUES (1, 0);
    CREATE TABLE entries (
        position INTEGER PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, aggregate TEXT NOT NULL, time TEXT NOT NULL
    );
    CREATE INDEX entries_by_aggregate ON entries (aggregate, position);
    CREATE INDEX entries_by_kind ON entries (kind, position);
    CREATE VIRTUAL TABLE words USING fts5(text, content='', contentless_delete=1);
";

/// An event as it goes into the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexed {
    /// Its position in the log.
    pub position: i64,
    /// Its `id`.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its aggregate.
    pub aggregate: String,
    /// When it happened (RFC 3339 in UTC, with milliseconds).
    pub time: String,
    /// What is searched.
    pub text: String,
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// Words, all of which have to be there; one that ends with `*` is the beginning of one.
    pub words: Vec<String>,
    /// Of these kinds.
    pub kind: Option<Pattern>,
    /// Of these aggregates.
    pub aggregate: Option<Pattern>,
    /// From this time on (RFC 3339 in UTC, with milliseconds).
    pub from: Option<String>,
    /// Before this time.
    pub to: Option<String>,
    /// Before this position.
    pub before: Option<i64>,
    /// How many at the most.
    pub limit: usize,
}

/// The index.
#[derive(Debug)]
pub struct SearchIndex {
    file: PathBuf,
    /// None after damage was found, until it is needed again.
    connection: Mutex<Option<Connection>>,
}

impl SearchIndex {
    /// Opens the index in a file. One that is not like one, or of another form, is removed and begun anew.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        let connection = match open(file) {
            Ok(connection) => connection,
            Err(error) => {
                tracing::warn!(%error, "the search index is made anew");
                Self::remove(file)?;
                open(file).map_err(|error| StoreError::Open(format!("cannot open {}: {error}", file.display())))?
            }
        };
        Ok(Self { file: file.to_owned(), connection: Mutex::new(Some(connection)) })
    }

    /// Removes an index that nobody has open.
    pub fn remove(file: &Path) -> Result<(), StoreError> {
        remove(file).map_err(|error| StoreError::Open(format!("cannot remove {}: {error}", file.display())))
    }

    /// Reads the whole file, on a connection of its own, so that the work goes on meanwhile. When it is damaged, the index is begun
    /// anew; whether it was whole.
    pub fn check(&self) -> Result<bool, StoreError> {
        let is_damaged = match check(&self.file) {
            Ok(is_whole) => !is_whole,
            Err(error) if is_damage(&error) => true,
            Err(error) => return Err(failure(&error)),
        };
        if is_damaged {
            tracing::warn!("the search index is damaged; it is made anew");
            self.discard(&mut self.lock())?;
            return Ok(false);
        }
        // What was forgotten meanwhile could not leave the write-ahead log.
        self.work(truncate)?;
        Ok(true)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reopen<'a>(&self, connection: &'a mut Option<Connection>) -> rusqlite::Result<&'a mut Connection> {
        match connection {
            Some(open) => Ok(open),
            None => Ok(connection.insert(open(&self.file)?)),
        }
    }

    fn discard(&self, connection: &mut Option<Connection>) -> Result<(), StoreError> {
        // SQLite may remove what is beside the file when it closes it, so it is closed first.
        drop(connection.take());
        Self::remove(&self.file)
    }

    /// Works on the index. When that shows damage, the index is begun anew.
    fn work<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let mut connection = self.lock();
        let error = match self.reopen(&mut connection).and_then(work) {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        if is_damage(&error) {
            tracing::warn!(%error, "the search index is damaged; it is made anew");
            self.discard(&mut connection)?;
        }
        Err(failure(&error))
    }

    /// The position of the log up to which everything is in it.
    pub fn position(&self) -> Result<i64, StoreError> {
        self.work(|connection| connection.query_row("SELECT position FROM place", (), |row| row.get(0)))
    }

    /// The last event in it: position and `id`.
    pub fn last(&self) -> Result<Option<(i64, String)>, StoreError> {
        let sql = "SELECT position, id FROM entries ORDER BY position DESC LIMIT 1";
        self.work(|connection| connection.query_row(sql, (), |row| Ok((row.get(0)?, row.get(1)?))).optional())
    }

    /// Takes in the events behind one position up to another, unless others were faster.
    pub fn add(&self, events: &[Indexed], from: i64, through: i64) -> Result<(), StoreError> {
        self.work(|connection| {
            let transaction = connection.transaction()?;
            for event in events {
                let Indexed { position, id, kind, aggregate, time, text } = event;
                forget(&transaction, *position)?;
                let sql = "INSERT INTO entries (position, id, kind, aggregate, time) VALUES (?1, ?2, ?3, ?4, ?5)";
                transaction.prepare_cached(sql)?.execute(params![position, id, kind, aggregate, time])?;
                let sql = "INSERT INTO words (rowid, text) VALUES (?1, ?2)";
                transaction.prepare_cached(sql)?.execute(params![position, text])?;
            }
            let sql = "UPDATE place SET position = ?2 WHERE position = ?1";
            if transaction.execute(sql, [from, through])? == 0 { transaction.rollback() } else { transaction.commit() }
        })
    }

    /// Forgets events, words and all.
    pub fn forget(&self, positions: &[i64]) -> Result<(), StoreError> {
        self.work(|connection| {
            let transaction = connection.transaction()?;
            for position in positions {
                forget(&transaction, *position)?;
            }
            transaction.commit()?;
            // Words of what was deleted stay in the index until it is merged.
            connection.execute("INSERT INTO words (words) VALUES ('optimize')", ())?;
            truncate(connection)
        })
    }

    /// Forgets everything.
    pub fn clear(&self) -> Result<(), StoreError> {
        self.work(|connection| {
            let transaction = connection.transaction()?;
            transaction.execute("DELETE FROM entries", ())?;
            transaction.execute("INSERT INTO words (words) VALUES ('delete-all')", ())?;
            transaction.execute("UPDATE place SET position = 0", ())?;
            transaction.commit()
        })
    }

    /// Positions that are in it behind that one, in their order.
    pub fn positions(&self, after: i64, limit: usize) -> Result<Vec<i64>, StoreError> {
        self.list(
            "SELECT position FROM entries WHERE position > ?1 ORDER BY position LIMIT ?2",
            &[&after, &size(limit)],
        )
    }

    /// The events that are looked for, the latest first: position and `id`.
    pub fn find(&self, sought: &Sought) -> Result<Vec<(i64, String)>, StoreError> {
        let (sql, values) = query(sought);
        self.work(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
    }

    fn list(&self, sql: &str, values: &[&dyn ToSql]) -> Result<Vec<i64>, StoreError> {
        self.work(|connection| connection.prepare_cached(sql)?.query_map(values, |row| row.get(0))?.collect())
    }
}

/// The statement by which something is looked for, and its values. It only has what is asked for, so that SQLite takes a fitting index.
fn query(sought: &Sought) -> (String, Vec<Value>) {
    let Sought { words, kind, aggregate, from, to, before, limit } = sought;
    let (mut clauses, mut values): (Vec<String>, Vec<Value>) = (Vec::new(), Vec::new());
    let mut need = |clause: &str, value: Value| {
        clauses.push(clause.to_owned());
        values.push(value);
    };
    let words = expression(words);
    let (source, order) = match words {
        Some(words) => {
            need("words MATCH ?", words.into());
            ("words JOIN entries ON entries.position = words.rowid", "words.rowid")
        }
        None => ("entries", "position"),
    };
    for (column, pattern) in [("kind", kind), ("aggregate", aggregate)] {
        match pattern {
            None => {}
            Some(Pattern::Is(text)) => need(&format!("{column} = ?"), text.clone().into()),
            Some(Pattern::StartsWith(start)) => {
                // Texts that begin so are from this one up to the last that can: no character is behind U+10FFFF.
                need(&format!("{column} >= ?"), start.clone().into());
                need(&format!("{column} <= ?"), format!("{start}{}", char::MAX).into());
            }
        }
    }
    for (clause, time) in [("time >= ?", from), ("time < ?", to)] {
        if let Some(time) = time {
            need(clause, time.clone().into());
        }
    }
    if let Some(before) = before {
        need(&format!("{order} < ?"), (*before).into());
    }
    values.push(size(*limit).into());
    let wanted = if clauses.is_empty() { String::new() } else { format!("WHERE {}", clauses.join(" AND ")) };
    (format!("SELECT position, id FROM {source} {wanted} ORDER BY {order} DESC LIMIT ?"), values)
}

/// The words as FTS5 wants them: each in quotes, so that nothing in them means anything else.
fn expression(words: &[String]) -> Option<String> {
    let quote = |word: &String| match word.strip_suffix('*') {
        Some(start) if !start.is_empty() => format!("\"{}\"*", start.replace('"', "\"\"")),
        _ => format!("\"{}\"", word.replace('"', "\"\"")),
    };
    // A text ends at a NUL for SQLite.
    let words: Vec<String> = words.iter().map(|word| word.replace('\0', " ")).collect();
    (!words.is_empty()).then(|| words.iter().map(quote).collect::<Vec<_>>().join(" AND "))
}

fn forget(connection: &Connection, position: i64) -> rusqlite::Result<()> {
    let known = connection.prepare_cached("DELETE FROM entries WHERE position = ?1")?.execute([position])?;
    if known > 0 {
        connection.prepare_cached("DELETE FROM words WHERE rowid = ?1")?.execute([position])?;
    }
    Ok(())
}

fn open(file: &Path) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open(file)?;
    // What SQLite puts beside the file gets its mode.
    let owner_only = fs::set_permissions(file, fs::Permissions::from_mode(0o600));
    owner_only.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    let read = |sql: &str| connection.query_row(sql, (), |row| row.get::<_, i64>(0));
    let (application, form, tables) =
        (read("PRAGMA application_id")?, read("PRAGMA user_version")?, read("SELECT count(*) FROM sqlite_schema")?);
    if (application, form) == (APPLICATION, FORM) {
        connection.query_row("SELECT position FROM place", (), |row| row.get::<_, i64>(0))?;
        return Ok(connection);
    }
    if tables > 0 {
        return Err(rusqlite::Error::QueryReturnedNoRows);
    }
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", FORM)?;
    transaction.commit()?;
    Ok(connection)
}

/// Empties the write-ahead log.
fn truncate(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
}

/// Whether a whole file is as it should be.
fn check(file: &Path) -> rusqlite::Result<bool> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // Closing it must not touch what is beside the file; another connection works on it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.query_row("PRAGMA quick_check(1)", (), |row| Ok(row.get::<_, String>(0)? == "ok"))
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn remove(file: &Path) -> std::io::Result<()> {
    let beside = |suffix: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    for path in [file.to_owned(), beside("-wal"), beside("-shm")] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn size(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn failure(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(format!("the search index: {error}")),
        _ => StoreError::Unavailable(format!("the search index: {error}")),
    }
}

#[cfg(test)]
mod tests;
