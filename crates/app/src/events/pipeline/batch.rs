//! What is read from the log for the next delivery.

use domain::limits::READ_KEYS;
use jiff::{SignedDuration, Timestamp};
use store::log::{self, Logged};
use store::{Key, Store, StoreError, Table};

use super::{DeadLetter, Gather};
use crate::Notice;

/// Stretches of the log that are read before others get their turn.
const READS: usize = 50;
/// Events that cannot be read, and so become dead letters, of one batch.
const UNREADABLE: usize = 20;

/// A stretch of the log, all of which is to be delivered.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Everything up to here is done.
    pub(super) after: i64,
    /// Everything up to here is in it.
    pub(super) through: i64,
    pub(super) notices: Vec<Notice>,
    /// Events that nobody can read, perhaps another program's.
    pub(super) unreadable: Vec<DeadLetter>,
    bytes: usize,
    /// When the first of it was read.
    since: Option<Timestamp>,
}

impl Batch {
    pub(super) fn new(after: i64) -> Self {
        Self { after, through: after, ..Self::default() }
    }

    /// Reads on, up to a position if there is one. Whether there may be more right now.
    pub(super) async fn fill(
        &mut self,
        store: &dyn Store,
        pipeline: &str,
        gather: Gather,
        to: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        for _ in 0..READS {
            if self.through >= to || self.is_full(gather) {
                return Ok(false);
            }
            let page = log::read(store, self.through, READ_KEYS).await?;
            let through = page.through.min(to);
            if through <= self.through {
                return Ok(false);
            }
            for logged in page.events.into_iter().filter(|logged| logged.position <= through) {
                self.take(pipeline, logged, now);
            }
            self.through = through;
        }
        Ok(true)
    }

    fn take(&mut self, pipeline: &str, logged: Logged, now: Timestamp) {
        let (position, key) = (logged.position, Key::of(Table::Events, &logged.item));
        self.since.get_or_insert(now);
        match Notice::read(logged) {
            Ok(notice) => {
                self.bytes = self.bytes.saturating_add(notice.event.len());
                self.notices.push(notice);
            }
            Err(error) => {
                let letter = DeadLetter::unreadable(pipeline, position, key.ok().as_ref(), &error, now);
                self.unreadable.push(letter);
            }
        }
    }

    fn is_full(&self, gather: Gather) -> bool {
        let any = !self.notices.is_empty() || !self.unreadable.is_empty();
        self.unreadable.len() >= UNREADABLE || (any && self.bytes >= gather.bytes)
    }

    /// Whether it need not wait for more: how many milliseconds it may, otherwise.
    pub(super) fn due(&self, gather: Gather, now: Timestamp) -> Result<(), i64> {
        let Some(since) = self.since.filter(|_| !self.is_full(gather)) else { return Ok(()) };
        let waited = now.duration_since(since);
        let left = SignedDuration::from_secs(gather.seconds).saturating_sub(waited).as_millis();
        if left <= 0 || waited.is_negative() { Ok(()) } else { Err(i64::try_from(left).unwrap_or(i64::MAX)) }
    }

    /// Leaves out those that a replay does not want.
    pub(super) fn retain(&mut self, wanted: impl Fn(&Notice) -> bool) {
        self.notices.retain(wanted);
    }

    /// Forgets what is done.
    pub(super) fn done(&mut self, position: i64, now: Timestamp) {
        self.notices.retain(|notice| notice.position > position);
        self.unreadable.retain(|letter| letter.position > position);
        self.bytes = self.notices.iter().map(|notice| notice.event.len()).sum();
        let any = !self.notices.is_empty() || !self.unreadable.is_empty();
        self.since = any.then_some(now);
        self.after = position;
        self.through = self.through.max(position);
    }
}
