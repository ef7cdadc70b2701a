//! The data directory as a server's home: one server at a time, and it remembers what it was served with. Commands that find no
//! server there would otherwise work on another store, or on other accounts, than the server did.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::compose::Setup;
use crate::error::{Error, Outcome};
use crate::serve::replace;

/// What the directory was last served with, one line.
const SERVED: &str = "served-with";
/// The lock of servers whose store is elsewhere; the embedded store has one of its own.
const LOCK: &str = "frontdesk.lock";

/// A data directory that this process has to itself until the value is dropped.
#[derive(Debug)]
pub struct Home {
    _lock: Option<File>,
}

impl Home {
    /// Makes the directory if need be, and takes it, unless the store in it does so.
    pub fn take(data: &Path, setup: &Setup) -> Outcome<Self> {
        if !setup.store.is_shared() {
            return Ok(Self { _lock: None });
        }
        DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(Error::file("create", data))?;
        let file = data.join(LOCK);
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&file);
        let lock = lock.map_err(Error::file("open", &file))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: Some(lock) }),
            Err(TryLockError::WouldBlock) => Err(Error::Command(format!(
                "the data directory {} is in use by another frontdesk process; give each process one of its own with --data",
                data.display()
            ))),
            Err(TryLockError::Error(error)) => Err(Error::file("lock", file)(error)),
        }
    }

    /// Notes what the directory is served with from now on.
    pub fn remember(&self, data: &Path, setup: &Setup) -> Outcome {
        let (file, text) = (data.join(SERVED), format!("{}\n", settings(setup)));
        if fs::read_to_string(&file).is_ok_and(|present| present == text) {
            return Ok(());
        }
        replace(&file, &text).map_err(Error::file("write", &file))
    }
}

/// An error when the directory was last served with other settings than these.
pub fn check(data: &Path, setup: &Setup) -> Outcome {
    let Ok(served) = fs::read_to_string(data.join(SERVED)) else { return Ok(()) };
    let (served, given) = (served.trim(), settings(setup));
    if served == given {
        return Ok(());
    }
    Err(Error::Usage(format!(
        "{} was last served with {served}, not with {given}, and no server runs there: give the command the same settings, or \
         start the server",
        data.display()
    )))
}

/// What decides on which data and on whose accounts a process works.
fn settings(setup: &Setup) -> String {
    let store = setup.store.settings();
    match &setup.identity.outside {
        None => store,
        Some(_) => format!("{store} --issuer {}", setup.identity.issuer),
    }
}
