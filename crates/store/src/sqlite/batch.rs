//! Group commit: what is queued shares one transaction and one fsync, and nobody hears of it before that.

use std::collections::VecDeque;
use std::sync::mpsc::Receiver;

use super::failure;
use super::writer::{Command, Failure, Writer};
use crate::StoreError;

/// How many pieces of work may share a transaction.
const COMMANDS: usize = 256;
/// After how many written bytes a transaction takes no further work.
const BYTES: usize = 8 * 1024 * 1024;

/// The work of one transaction.
struct Batch<'q> {
    queue: &'q Receiver<Command>,
    /// Taken from the queue, but not done (again) yet.
    waiting: VecDeque<Command>,
    done: Vec<(Command, Result<usize, StoreError>)>,
    /// Not to be tried again.
    spoiled: Vec<(Command, StoreError)>,
    bytes: usize,
}

impl Batch<'_> {
    fn next(&mut self) -> Option<Command> {
        self.waiting.pop_front().or_else(|| {
            let room = self.done.len() < COMMANDS && self.bytes < BYTES;
            if room { self.queue.try_recv().ok() } else { None }
        })
    }

    /// Everything that was done has been rolled back and is to be done again, in the same order.
    fn restart(&mut self) {
        for (command, _) in self.done.drain(..).rev() {
            self.waiting.push_front(command);
        }
        self.bytes = 0;
    }

    fn reply(self) {
        for (command, outcome) in self.done {
            // Who no longer listens has gone away.
            let _ = command.reply.send(outcome);
        }
        for (command, error) in self.spoiled {
            let _ = command.reply.send(Err(error));
        }
    }

    fn fail(mut self, error: &StoreError) {
        self.restart();
        for command in self.waiting.drain(..) {
            let _ = command.reply.send(Err(error.clone()));
        }
        self.reply();
    }
}

impl Writer {
    /// Does the first piece of work and what else is queued in one transaction, then replies. An error ends all writing.
    pub(super) fn batch(&mut self, first: Command, queue: &Receiver<Command>) -> Result<(), String> {
        let waiting = VecDeque::from([first]);
        let mut batch = Batch { queue, waiting, done: Vec::new(), spoiled: Vec::new(), bytes: 0 };
        while let Err(failure) = self.attempt(&mut batch) {
            match self.rollback().err().map_or(failure, Failure::Fatal) {
                Failure::Alone(_) | Failure::Spoiled(_) => batch.restart(),
                Failure::Batch(error) => {
                    batch.fail(&error);
                    return Ok(());
                }
                Failure::Fatal(reason) => {
                    tracing::error!(reason, "a commit failed; nothing more is written");
                    batch.fail(&StoreError::Unknown(format!("whether the write is durable is unknown: {reason}")));
                    return Err(reason);
                }
            }
        }
        batch.reply();
        Ok(())
    }

    /// One transaction. Work that spoils it is set aside before the error is returned.
    fn attempt(&mut self, batch: &mut Batch<'_>) -> Result<(), Failure> {
        self.execute("BEGIN IMMEDIATE", &[]).map_err(|error| Failure::Batch(failure(&error)))?;
        while let Some(mut command) = batch.next() {
            let outcome = match self.apply(&mut command.work) {
                Ok(done) => {
                    batch.bytes += done.bytes;
                    Ok(done.count)
                }
                // An error may have made SQLite roll everything back; then the others have to run again, too.
                Err(Failure::Alone(error)) if !self.connection.is_autocommit() => Err(error),
                Err(Failure::Alone(error) | Failure::Spoiled(error)) => {
                    batch.spoiled.push((command, error.clone()));
                    return Err(Failure::Spoiled(error));
                }
                Err(other) => {
                    batch.waiting.push_front(command);
                    return Err(other);
                }
            };
            batch.done.push((command, outcome));
        }
        self.commit().map_err(|error| match failure(&error) {
            full @ StoreError::Full(_) => Failure::Batch(full),
            other => Failure::Fatal(other.to_string()),
        })
    }

    fn rollback(&mut self) -> Result<(), String> {
        self.log.rolled_back();
        if self.connection.is_autocommit() {
            return Ok(());
        }
        self.execute("ROLLBACK", &[]).map_err(|error| error.to_string())
    }
}
