//! Why the program ends early: what failed, what caused it, and what to do. Printed once, by `main`.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use identity::{PoolError, StartError};
use store::StoreError;

/// What is done with standard output.
pub(crate) const WRITE: &str = "write to";

/// Why the program ends early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line or the configuration is wrong.
    #[error("{0}")]
    Usage(String),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A file or directory cannot be used.
    #[error("cannot {action} {path}")]
    File {
        /// What was to be done with it.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The store cannot be opened or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The user pool or the policies cannot be started.
    #[error(transparent)]
    Identity(#[from] StartError),
    /// The user pool refused a command.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A use case refused or failed.
    #[error(transparent)]
    App(#[from] app::Failure),
    /// A command failed; the text says all.
    #[error("{0}")]
    Command(String),
    /// A part of the process failed.
    #[error("{what}")]
    Runtime {
        /// What failed.
        what: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// What was to be done with a file, and why it could not be.
    pub fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }

    /// A part of the process failed.
    pub fn runtime<E>(what: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Runtime { what, source: source.into() }
    }

    /// Whether whoever was to read what is printed has gone, as in `… | head`.
    pub fn is_unread(&self) -> bool {
        matches!(self, Self::File { action: WRITE, source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The process's exit code: 2 for usage and configuration, 1 for failures.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Identity(StartError::PolicyFile { .. } | StartError::Policy(_)) => 2,
            _ => 1,
        }
    }

    /// The error with its causes and what to do, over several lines.
    pub fn report(&self) -> String {
        let mut text = format!("error: {self}");
        let causes = std::iter::successors(self.source(), |cause| (*cause).source());
        for cause in causes.take(16) {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n  because: {cause}");
        }
        if let Some(advice) = self.advice() {
            let _ = write!(text, "\n  what to do: {advice}");
        }
        text
    }

    fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Listen { source, .. } => Some(match source.kind() {
                io::ErrorKind::AddrInUse => {
                    "another program listens there; stop it, or choose another port with --listen (port 0 takes a free one)"
                }
                io::ErrorKind::PermissionDenied => {
                    "ports below 1024 need privileges; choose a higher port with --listen"
                }
                _ => "choose an address of this machine with --listen",
            }),
            Self::File { source, .. } => Some(match source.kind() {
                io::ErrorKind::PermissionDenied => {
                    "give this user the right to it, or choose another directory with --data"
                }
                io::ErrorKind::NotFound => "check the path",
                io::ErrorKind::InvalidInput => "the path is too long for a socket; choose a shorter one with --data",
                _ => return None,
            }),
            _ => None,
        }
    }
}

/// What the program's parts return.
pub type Outcome<T = ()> = Result<T, Error>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_the_causes_and_what_to_do() {
        let address = "127.0.0.1:8080".parse().unwrap();
        let error = Error::Listen { address, source: io::ErrorKind::AddrInUse.into() };
        let report = error.report();
        assert!(report.starts_with("error: cannot listen on 127.0.0.1:8080\n  because: "), "{report}");
        assert!(report.contains("\n  what to do: another program listens there"), "{report}");
        assert_eq!(error.exit_code(), 1);
        assert_eq!(Error::Usage("x".to_owned()).exit_code(), 2);
    }

    #[test]
    fn a_source_is_not_repeated() {
        let error = Error::from(StoreError::Open("the directory is in use".to_owned()));
        assert_eq!(error.report(), "error: the directory is in use");
    }
}
