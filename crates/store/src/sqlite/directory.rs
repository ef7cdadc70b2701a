//! The data directory, and the lock that keeps it to one process.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::StoreError;

const FILE: &str = "frontdesk.db";
const LOCK: &str = "frontdesk.lock";

/// A data directory that this process owns until the value is dropped.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    _lock: File,
}

impl Directory {
    /// Creates the directory when missing, for its owner only, and locks it.
    pub(super) fn lock(path: &Path) -> Result<Self, StoreError> {
        let failed = |error: &dyn std::fmt::Display| {
            StoreError::Open(format!(
                "cannot use the data directory {}: {error}; check that it may be written to",
                path.display()
            ))
        };
        if !path.is_dir() {
            DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| failed(&error))?;
        }
        let lock = private().truncate(false).open(path.join(LOCK)).map_err(|error| failed(&error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Open(format!(
                "the data directory {} is in use by another frontdesk process; stop that one, or name another directory",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(failed(&error)),
        }
    }

    /// The database file.
    pub(super) fn file(&self) -> PathBuf {
        file_in(&self.path)
    }
}

/// The database file of a directory.
pub(super) fn file_in(directory: &Path) -> PathBuf {
    directory.join(FILE)
}

/// Options that create a file for its owner only, and open it for writing.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}

/// Makes the names in the directory of this file durable.
pub(super) fn sync_directory_of(file: &Path) -> std::io::Result<()> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}
