//! Backups: taking one while the store runs, checking one, and restoring one into an empty directory.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::directory::{Directory, private, sync_directory_of};
use super::{failure, format};
use crate::StoreError;

/// Positions that are left out behind those of a backup that is restored.
const LEFT_POSITIONS: i64 = 1_000_000;

/// Writes a consistent, compact copy of the database to a file that does not exist yet.
pub(super) fn backup(file: &Path, to: &Path) -> Result<(), StoreError> {
    into_place(to, |partial| {
        let name = partial.to_str().ok_or_else(|| problem(to, &"the name is not UTF-8"))?;
        let connection = format::read_only(file)?;
        connection.execute("VACUUM INTO ?1", (name,)).map_err(|error| failure(&error))?;
        Ok(())
    })
}

/// Checks that a file is a whole database of ours in a format that this version knows, and returns the format.
pub fn verify(file: &Path) -> Result<u32, StoreError> {
    if !file.is_file() {
        return Err(problem(file, &"there is no such file"));
    }
    let connection = format::read_only(file)?;
    let format = format::inspect(&connection, file)?;
    if format == 0 {
        return Err(problem(file, &"the file is empty"));
    }
    let check = connection.query_row("PRAGMA integrity_check(1)", (), |row| row.get::<_, String>(0));
    match check {
        Ok(answer) if answer == "ok" => Ok(format),
        Ok(answer) => Err(problem(file, &format_args!("the file is damaged: {answer}"))),
        Err(error) => Err(format::not_opened(file, &error)),
    }
}

/// Checks a backup and copies it into a directory that holds no data yet and that no process uses.
pub fn restore(from: &Path, directory: &Path) -> Result<(), StoreError> {
    verify(from)?;
    let directory = Directory::lock(directory)?;
    let file = directory.file();
    for present in [&file, &beside(&file, "-wal")] {
        if present.exists() {
            return Err(problem(present, &"the directory holds data already; move it away or name another directory"));
        }
    }
    copy(from, &file)
}

/// Checks a backup and copies it into a directory that no process uses. Data that is there already is kept beside it: under the
/// same name with a dot and `aside` behind it, which is returned.
pub fn replace(from: &Path, directory: &Path, aside: &str) -> Result<Option<PathBuf>, StoreError> {
    verify(from)?;
    let directory = Directory::lock(directory)?;
    let file = directory.file();
    let kept = beside(&file, &format!(".{aside}"));
    if !file.exists() {
        return copy(from, &file).map(|()| None);
    }
    // The copy is whole and durable before the data that is there is touched.
    let restored = beside(&file, ".restored");
    copy(from, &restored)?;
    move_all(&file, &kept)?;
    if let Err(error) = fs::rename(&restored, &file).and_then(|()| sync_directory_of(&file)) {
        move_all(&kept, &file)?;
        return Err(problem(&file, &error));
    }
    Ok(Some(kept))
}

/// Gives a database and what SQLite keeps beside it another name, which must be free.
fn move_all(file: &Path, to: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm"] {
        let (old, new) = (beside(file, suffix), beside(to, suffix));
        if new.exists() {
            return Err(problem(&new, &"the file exists already; move it away"));
        }
        match fs::rename(&old, &new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(problem(&old, &error)),
            _ => {}
        }
    }
    sync_directory_of(to).map_err(|error| problem(to, &error))
}

fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    // Not `fs::copy`, which would give the database the backup's permissions.
    let bytes = |partial: &Path| io::copy(&mut File::open(from)?, &mut private().open(partial)?);
    into_place(to, |partial| {
        bytes(partial).map_err(|error| problem(from, &error))?;
        leave_positions(partial).map_err(|error| problem(partial, &error))
    })
}

/// Goes on in the log far behind where the backup ended. What was committed after the backup had positions, too, which clients and
/// archives may know: none of them is used again.
fn leave_positions(file: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open(file)?;
    let sql = "INSERT INTO cursors (p, v, body) VALUES ('log', 1, json_object('name', 'log', 'position', ?1)) \
               ON CONFLICT (p) DO UPDATE SET v = v + 1, \
               body = json_set(body, '$.position', json_extract(body, '$.position') + ?1)";
    connection.execute(sql, [LEFT_POSITIONS]).map(drop)
}

/// The file of that name with a suffix.
pub(super) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.to_owned().into_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

/// Has a new file filled under a temporary name beside it, then makes it durable and gives it its name.
fn into_place(to: &Path, fill: impl FnOnce(&Path) -> Result<(), StoreError>) -> Result<(), StoreError> {
    if to.exists() {
        return Err(problem(to, &"the file exists already; name another one"));
    }
    let partial = beside(to, ".partial");
    private().create_new(true).open(&partial).map_err(|error| problem(&partial, &error))?;
    let finish = || {
        File::open(&partial)?.sync_all()?;
        fs::rename(&partial, to)?;
        sync_directory_of(to)
    };
    let ended = fill(&partial).and_then(|()| finish().map_err(|error| problem(to, &error)));
    if ended.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&partial);
    }
    ended
}

fn problem(file: &Path, reason: &dyn std::fmt::Display) -> StoreError {
    StoreError::Open(format!("{}: {reason}", file.display()))
}
