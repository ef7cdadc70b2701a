//! Replay: a part of the log is delivered to a pipeline again, beside what is new. Its cursor stays where it is.

use domain::{Kind, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Changes, Loaded, StoreError, Verdict, log, transact};

use super::state::{Progress, State, key};
use crate::events::history;
use crate::{App, Failure, Notice};

/// A part of the log that is delivered again; kept with the pipeline, so that a crash does not end it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Replay {
    #[serde(flatten)]
    pub(super) progress: Progress,
    /// The last position that may belong to it.
    pub(super) through: i64,
    /// Events from this time on (RFC 3339).
    #[serde(default)]
    from: Option<Timestamp>,
    /// Events before this time.
    #[serde(default)]
    to: Option<Timestamp>,
}

impl Replay {
    /// Whether an event belongs to it.
    pub(super) fn wants(&self, notice: &Notice) -> bool {
        history::is_within(&notice.time, self.from, self.to)
    }
}

/// What is to be delivered again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayRange {
    /// The pipeline.
    pub pipeline: String,
    /// Events from this time on; from the start of the log otherwise.
    pub from: Option<Timestamp>,
    /// Events before this time; up to what is in the log now otherwise.
    pub to: Option<Timestamp>,
}

/// What a replay comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// The first position that may belong to it.
    pub first: i64,
    /// The last position that may belong to it.
    pub last: i64,
    /// Whether a process runs the pipeline now, and so delivers it.
    pub runs: bool,
}

impl App {
    /// Has a part of the log delivered to a pipeline again, by whichever process runs it.
    pub async fn replay(&self, range: ReplayRange) -> Result<Replayed, Failure> {
        let runs = self.known_pipeline(&range.pipeline).await?;
        history::check_range(range.from, range.to, ["--from", "--to"])?;
        let ends = log::ends(self.store.as_ref()).await?;
        let first = match range.from {
            Some(from) => history::position_of(self.store.as_ref(), from).await?,
            None => ends.first,
        };
        let item = key(&range.pipeline);
        let keys = vec![item.clone()];
        let decide = move |loaded: &Loaded| decide(loaded, &item, &range, first, ends.head);
        transact(self.store.as_ref(), keys, decide).await?.map_err(Failure::from)?;
        self.logged.send_replace(());
        Ok(Replayed { first, last: ends.head, runs })
    }
}

fn decide(
    loaded: &Loaded,
    item: &store::Key,
    range: &ReplayRange,
    first: i64,
    head: i64,
) -> Result<Verdict<(), Refusal>, StoreError> {
    let mut state = State::loaded(loaded, item)?;
    let mut changes = Changes::none();
    if let Some(Replay { progress, through, .. }) = &state.replay {
        let at = progress.position;
        let detail = format!("A replay into this pipeline is at position {at} of {through}; wait until it is done.");
        return Ok(Verdict::Refuse(changes, Refusal::new(Kind::Conflict, "replay-running", detail)));
    }
    let progress = Progress { position: first.saturating_sub(1), ..Progress::default() };
    state.replay = Some(Replay { progress, through: head, from: range.from, to: range.to });
    changes.put(item.clone(), &state)?;
    Ok(Verdict::Commit(changes, ()))
}
