//! How far a pipeline has come, and who runs it: one item.

use domain::Kind;
use domain::Refusal;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Changes, Item, Key, Loaded, Store, StoreError, Table, Verdict, transact};

use super::replay::Replay;
use crate::events::lease::Lease;
use crate::{App, Failure};

/// What the names of pipelines' items start with.
const PREFIX: &str = "pipeline/";
/// Items of one page when pipelines are looked for.
const PAGE: usize = 100;

/// How far a pipeline has come in the log, or in a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Everything up to this position is done.
    pub(super) position: i64,
    /// How often the event behind it was tried.
    #[serde(default)]
    pub(super) attempts: u32,
    /// How often in a row nothing was delivered.
    #[serde(default)]
    pub(super) failures: u32,
    /// Until when nothing is tried, in epoch milliseconds.
    #[serde(default)]
    pub(super) pause_until: i64,
    /// Why the last delivery was not the end of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

impl Progress {
    /// How many milliseconds are left of a pause.
    pub(super) fn pause(&self, now: Timestamp) -> Option<i64> {
        Some(self.pause_until.saturating_sub(now.as_millisecond())).filter(|left| *left > 0)
    }
}

/// The item of a pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::events) struct State {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) progress: Progress,
    #[serde(flatten)]
    pub(super) lease: Lease,
    /// How many dead letters there are.
    #[serde(default)]
    pub(in crate::events) dead: i64,
    /// Grows with each wish to deliver dead letters again; zero when none is left.
    #[serde(default)]
    pub(super) redrives: i64,
    /// A part of the log that is delivered again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) replay: Option<Replay>,
    /// When it was last run, in epoch milliseconds.
    #[serde(default)]
    pub(super) seen: i64,
}

/// How a pipeline is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineStatus {
    /// Its name.
    pub pipeline: String,
    /// Everything up to this position of the log is done.
    pub position: i64,
    /// How many dead letters there are.
    pub dead: i64,
    /// Why it does not get on, where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How far a replay is, while there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<ReplayStatus>,
    /// Whether dead letters wait to be delivered again.
    #[serde(default)]
    pub redriving: bool,
}

/// How far a replay is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayStatus {
    /// Everything up to this position is done.
    pub position: i64,
    /// The last position that may belong to it.
    pub through: i64,
}

pub(in crate::events) fn key(pipeline: &str) -> Key {
    Key::new(Table::Cursors, format!("{PREFIX}{pipeline}"))
}

impl State {
    pub(super) fn read(item: Option<&Item>) -> Result<Option<Self>, StoreError> {
        item.map(Item::body).transpose()
    }

    /// The state under a loaded key; an error when it is gone.
    pub(in crate::events) fn loaded(loaded: &Loaded, key: &Key) -> Result<Self, StoreError> {
        Self::read(loaded.item(key)?)?.ok_or_else(|| key.corrupt("is gone"))
    }

    /// The pipeline's name.
    pub(in crate::events) fn pipeline(&self) -> &str {
        self.name.strip_prefix(PREFIX).unwrap_or(&self.name)
    }

    /// The first position that it still needs.
    pub(in crate::events) fn needs(&self) -> i64 {
        let replay = self.replay.as_ref().map_or(i64::MAX, |replay| replay.progress.position);
        self.progress.position.min(replay).saturating_add(1)
    }
}

/// Takes or renews the lease of a pipeline, and says how far it is; nothing when another process runs it. A new one starts at the
/// start of the log. Whoever is alone need not mind another's lease.
pub(super) async fn claim(
    store: &dyn Store,
    pipeline: &str,
    holder: &str,
    is_alone: bool,
    now: Timestamp,
) -> Result<Option<State>, StoreError> {
    let item = key(pipeline);
    if let Some(state) = State::read(store.get(&item).await?.as_ref())? {
        if state.lease.is_fresh(holder, now) {
            return Ok(Some(state));
        }
        if !is_alone && state.lease.is_others(holder, now) {
            return Ok(None);
        }
    }
    let (holder, keys) = (holder.to_owned(), vec![item.clone()]);
    let decide = move |loaded: &Loaded| {
        let mut changes = Changes::none();
        let stored = State::read(loaded.item(&item)?)?;
        let mut state = stored.unwrap_or_else(|| State { name: item.partition.clone(), ..State::default() });
        if !is_alone && state.lease.is_others(&holder, loaded.now()) {
            return Ok(Verdict::<_, ()>::Commit(changes, None));
        }
        state.lease = Lease::new(&holder, loaded.now());
        state.seen = loaded.now().as_millisecond();
        changes.put(item.clone(), &state)?;
        Ok(Verdict::Commit(changes, Some(state)))
    };
    Ok(transact(store, keys, decide).await?.unwrap_or(None))
}

/// Gives the lease of a pipeline back, if it is still that one's.
pub(super) async fn release(store: &dyn Store, pipeline: &str, holder: &str) -> Result<(), StoreError> {
    let (item, holder) = (key(pipeline), holder.to_owned());
    let keys = vec![item.clone()];
    let decide = move |loaded: &Loaded| {
        let mut changes = Changes::none();
        if let Some(mut state) = State::read(loaded.item(&item)?)?
            && state.lease.holder == holder
        {
            state.lease = Lease::default();
            changes.put(item.clone(), &state)?;
        }
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    transact(store, keys, decide).await.map(drop)
}

impl App {
    /// All pipelines that ever ran.
    pub async fn pipelines(&self) -> Result<Vec<PipelineStatus>, Failure> {
        Ok(states(self.store.as_ref()).await?.into_iter().map(PipelineStatus::from).collect())
    }

    /// Whether a process runs the pipeline now; an error that says which pipelines there are when there is none of that name.
    pub(super) async fn known_pipeline(&self, pipeline: &str) -> Result<bool, Failure> {
        if let Some(state) = State::read(self.store.get(&key(pipeline)).await?.as_ref())? {
            return Ok(state.lease.is_others("", self.clock.now()));
        }
        let names: Vec<String> = self.pipelines().await?.into_iter().map(|status| status.pipeline).collect();
        let known = if names.is_empty() { "none has run yet".to_owned() } else { names.join(", ") };
        let detail = format!("There is no pipeline {pipeline}; known: {known}.");
        Err(Refusal::new(Kind::NotFound, "not-found", detail).into())
    }
}

/// The items of all pipelines that ever ran.
pub(in crate::events) async fn states(store: &dyn Store) -> Result<Vec<State>, StoreError> {
    let (mut states, mut after) = (Vec::new(), None);
    loop {
        let page = store.scan(Table::Cursors, PAGE, after).await?;
        for item in &page.items {
            if Key::of(Table::Cursors, item)?.partition.starts_with(PREFIX) {
                states.push(item.body::<State>()?);
            }
        }
        after = page.next;
        if after.is_none() {
            states.sort_by(|one, other| one.name.cmp(&other.name));
            return Ok(states);
        }
    }
}

impl From<State> for PipelineStatus {
    fn from(state: State) -> Self {
        let pipeline = state.pipeline().to_owned();
        let State { progress, dead, replay, redrives, .. } = state;
        let replay =
            replay.map(|Replay { progress, through, .. }| ReplayStatus { position: progress.position, through });
        Self { pipeline, position: progress.position, dead, reason: progress.reason, replay, redriving: redrives > 0 }
    }
}
