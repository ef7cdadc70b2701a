//! Signals: the first asks the server to finish, the second ends it at once.

use std::process;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{Error, Outcome};

/// SIGTERM and SIGINT, from now on.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes the signals over from the system's default, which is to end the process.
    pub(crate) fn take() -> Outcome<Self> {
        let take = |kind| signal(kind).map_err(Error::runtime("signals cannot be received"));
        Ok(Self { terminate: take(SignalKind::terminate())?, interrupt: take(SignalKind::interrupt())? })
    }

    /// Waits for the next one, and names it.
    pub(crate) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }

    /// Ends the process at the next one.
    pub(crate) fn then_exit(mut self) {
        tokio::spawn(async move {
            self.next().await;
            process::exit(1);
        });
    }
}
