//! Running a pipeline: step by step, by one process at a time.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use domain::{Clock, Ids};
use jiff::Timestamp;
use store::{Changes, Item, Loaded, Store, StoreError, Verdict, log, transact};
use tokio::time::{sleep, timeout};

use super::batch::Batch;
use super::replay::Replay;
use super::settle::{Outcome, settle};
use super::state::{Progress, State, claim, key};
use super::{DeadLetter, Delivered, Pipeline, Setback, redrive, state};
use crate::events::meters;
use crate::{App, Notice};

/// How long after the last event the log is looked at again, should nobody have said that there is more.
const LOOK: Duration = Duration::from_millis(250);
/// The same, where each look is paid for.
const LOOK_PAID: Duration = Duration::from_secs(2);
/// How often the lease is looked at where another process holds it.
const ELSEWHERE: Duration = Duration::from_secs(3);
/// How long after a failure of the store.
const RETRY: Duration = Duration::from_millis(500);
/// How often the lease is renewed while a delivery takes its time, and how often at the most.
const RENEW: Duration = Duration::from_secs(4);
const RENEWALS: usize = 75;

/// Reads of the log after which a replay that finds nothing notes how far it is.
const FILLS: usize = 10;

/// A pipeline with what runs it.
pub struct Runner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    pipeline: Arc<dyn Pipeline>,
    holder: String,
    /// Whether no other process can have the same store open.
    is_alone: bool,
    live: Batch,
    /// Up to this position events are delivered one by one: one of them made the pipeline panic.
    singly: i64,
    replays: bool,
    /// Whether it was said that a replay is under way.
    told: bool,
    measured: Option<Timestamp>,
}

/// What a step comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// There may be more to do at once.
    More,
    /// Nothing is left to do until there is more in the log.
    Idle,
    /// Nothing is to be done for so many milliseconds.
    Pause(i64),
    /// Another process runs the pipeline.
    Elsewhere,
}

/// Which way through the log is gone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Live,
    Replay,
}

impl App {
    /// What runs a pipeline here; alone where no other process can have the same store open.
    pub fn runner(&self, pipeline: Arc<dyn Pipeline>, is_alone: bool) -> Runner {
        Runner {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            pipeline,
            holder: self.ids.random().to_string(),
            is_alone,
            live: Batch::default(),
            singly: 0,
            replays: false,
            told: false,
            measured: None,
        }
    }

    /// Runs a pipeline, unless another process does. Never returns.
    pub async fn run_pipeline(&self, mut runner: Runner) {
        let (mut more, look) =
            if runner.is_alone { (self.commits.subscribe(), LOOK) } else { (self.logged.subscribe(), LOOK_PAID) };
        loop {
            more.mark_unchanged();
            match runner.step().await {
                Ok(Next::More) => tokio::task::yield_now().await,
                Ok(Next::Idle) => drop(timeout(look, more.changed()).await),
                Ok(Next::Pause(left)) => sleep(Duration::from_millis(left.unsigned_abs()).min(look)).await,
                Ok(Next::Elsewhere) => sleep(ELSEWHERE).await,
                Err(error) => {
                    tracing::warn!(%error, pipeline = runner.pipeline.name(), "a pipeline has to wait for the store");
                    sleep(RETRY).await;
                }
            }
        }
    }
}

impl Runner {
    /// Does what is next.
    pub async fn step(&mut self) -> Result<Next, StoreError> {
        let Some(state) = self.claim().await? else {
            meters::elsewhere(self.pipeline.name());
            self.live = Batch::default();
            return Ok(Next::Elsewhere);
        };
        self.measure(&state).await?;
        if state.redrives > 0 && state.progress.pause(self.clock.now()).is_none() {
            return self.redrive(&state).await;
        }
        // New events and a replay take turns.
        self.replays = !self.replays;
        let ways = if self.replays { [Way::Live, Way::Replay] } else { [Way::Replay, Way::Live] };
        let mut next = Next::Idle;
        for way in ways {
            let done = match way {
                Way::Live => self.live(&state).await?,
                Way::Replay => self.replay(&state).await?,
            };
            next = match (next, done) {
                (_, Next::More) => return Ok(Next::More),
                (Next::Pause(one), Next::Pause(other)) => Next::Pause(one.min(other)),
                (Next::Idle, other) | (other, _) => other,
            };
        }
        Ok(next)
    }

    /// Lets go of the lease, so that another process need not wait for its end.
    pub async fn release(&mut self) -> Result<(), StoreError> {
        self.live = Batch::default();
        state::release(self.store.as_ref(), self.pipeline.name(), &self.holder).await
    }

    /// The pipeline's name.
    pub fn name(&self) -> &str {
        self.pipeline.name()
    }

    async fn claim(&self) -> Result<Option<State>, StoreError> {
        claim(self.store.as_ref(), self.pipeline.name(), &self.holder, self.is_alone, self.clock.now()).await
    }

    /// Delivers what is new.
    async fn live(&mut self, state: &State) -> Result<Next, StoreError> {
        let (now, gather) = (self.clock.now(), self.pipeline.gather());
        if let Some(left) = state.progress.pause(now) {
            return Ok(Next::Pause(left));
        }
        if self.live.after != state.progress.position {
            self.live = Batch::new(state.progress.position);
        }
        let mut batch = std::mem::take(&mut self.live);
        let more = batch.fill(self.store.as_ref(), self.pipeline.name(), gather, i64::MAX, now).await?;
        if batch.through == batch.after {
            self.live = batch;
            return Ok(Next::Idle);
        }
        if let Err(left) = batch.due(gather, now) {
            self.live = batch;
            return Ok(if more { Next::More } else { Next::Pause(left) });
        }
        let position = self.deliver(Way::Live, &state.progress, &batch).await?;
        batch.done(position.unwrap_or(batch.after), now);
        self.live = batch;
        Ok(Next::More)
    }

    /// Delivers again what a replay asks for.
    async fn replay(&mut self, state: &State) -> Result<Next, StoreError> {
        let Some(replay) = self.tell_replay(state) else { return Ok(Next::Idle) };
        let (now, gather) = (self.clock.now(), self.pipeline.gather());
        if let Some(left) = replay.progress.pause(now) {
            return Ok(Next::Pause(left));
        }
        let mut batch = Batch::new(replay.progress.position);
        for _ in 0..FILLS {
            let more = batch.fill(self.store.as_ref(), self.pipeline.name(), gather, replay.through, now).await?;
            batch.retain(|notice| replay.wants(notice));
            if !more {
                break;
            }
        }
        // What cannot be read is a dead letter already.
        batch.unreadable.clear();
        self.deliver(Way::Replay, &replay.progress, &batch).await?;
        Ok(Next::More)
    }

    /// The replay that there is; its start, its resumption and its end are said once.
    fn tell_replay<'a>(&mut self, state: &'a State) -> Option<&'a Replay> {
        let (pipeline, told) = (self.pipeline.name(), std::mem::replace(&mut self.told, state.replay.is_some()));
        match &state.replay {
            Some(Replay { progress, through, .. }) if !told => {
                tracing::info!(pipeline, position = progress.position, through, "a replay is under way");
            }
            None if told => tracing::info!(pipeline, "a replay is done"),
            _ => {}
        }
        state.replay.as_ref()
    }

    /// Delivers a batch, or the first of it, and notes what became of it: the position up to which everything is done. None when
    /// the lease is lost, or one event after the other is to be tried.
    async fn deliver(&mut self, way: Way, before: &Progress, batch: &Batch) -> Result<Option<i64>, StoreError> {
        let singly = batch.notices.first().is_some_and(|first| first.position <= self.singly);
        let count = if singly { 1 } else { batch.notices.len() };
        let events = batch.notices.get(..count).unwrap_or_default();
        let through = match events.last() {
            Some(last) if count < batch.notices.len() => last.position,
            _ => batch.through,
        };
        let delivered = if events.is_empty() { Ok(Delivered::all(events)) } else { self.attempt(events).await };
        let delivered = match delivered {
            Ok(delivered) => delivered,
            Err(_) if count > 1 => {
                self.singly = through;
                return Ok(None);
            }
            Err(panic) => Delivered::until(0, Setback::Fail(panic)),
        };
        let done = delivered.done.min(count);
        meters::delivered(self.pipeline.name(), done);
        let outcome = Outcome {
            pipeline: self.pipeline.name(),
            events,
            through,
            delivered: Delivered { done, ..delivered },
            now: self.clock.now(),
            random: self.ids.random().as_u64_pair().1,
        };
        let (progress, letter) = settle(before, outcome);
        self.report(&progress, letter.as_ref());
        let unreadable = batch.unreadable.iter().filter(|letter| letter.position <= progress.position);
        let letters: Vec<DeadLetter> = unreadable.cloned().chain(letter).collect();
        let position = progress.position;
        let is_ours = self.commit(way, progress, letters).await?;
        Ok(is_ours.then_some(position))
    }

    fn report(&self, progress: &Progress, letter: Option<&DeadLetter>) {
        let pipeline = self.pipeline.name();
        if let Some(DeadLetter { position, id, attempts, reason, .. }) = letter {
            tracing::error!(
                pipeline,
                position,
                id,
                attempts,
                reason,
                "an event could not be delivered; it is a dead letter"
            );
        } else if let Some(reason) = &progress.reason {
            meters::failed(pipeline);
            let position = progress.position;
            tracing::warn!(pipeline, position, failures = progress.failures, reason, "a pipeline has to try again");
        }
    }

    /// Moves the cursor, with the dead letters before it. False when another process runs the pipeline meanwhile.
    async fn commit(&self, way: Way, progress: Progress, letters: Vec<DeadLetter>) -> Result<bool, StoreError> {
        let (item, holder) = (key(self.pipeline.name()), self.holder.clone());
        let keys = letters.iter().map(DeadLetter::key).chain([item.clone()]).collect();
        let decide = move |loaded: &Loaded| {
            let mut changes = Changes::none();
            let mut state = State::loaded(loaded, &item)?;
            if state.lease.holder != holder {
                return Ok(Verdict::<bool, ()>::Commit(changes, false));
            }
            for letter in &letters {
                let is_new = loaded.item(&letter.key())?.is_none();
                state.dead = state.dead.saturating_add(i64::from(is_new));
                changes.put(letter.key(), letter)?;
            }
            match (way, &mut state.replay) {
                (Way::Live, _) => state.progress = progress.clone(),
                (Way::Replay, Some(replay)) if progress.position < replay.through => replay.progress = progress.clone(),
                (Way::Replay, _) => state.replay = None,
            }
            changes.put(item.clone(), &state)?;
            Ok(Verdict::Commit(changes, true))
        };
        Ok(transact(self.store.as_ref(), keys, decide).await?.unwrap_or(false))
    }

    /// Delivers dead letters again that an operator wants delivered, one a step.
    async fn redrive(&self, state: &State) -> Result<Next, StoreError> {
        let (store, name) = (self.store.as_ref(), self.pipeline.name());
        let Some((letter, event)) = redrive::next(store, name).await? else {
            redrive::over(store, name, state.redrives).await?;
            return Ok(Next::More);
        };
        let position = letter.position;
        let gone = || Setback::Fail("the event is no longer stored: it was erased, or older than is kept".to_owned());
        let outcome = match event.map(|item| Notice::read(log::Logged { position, item })) {
            None => Delivered::until(0, gone()),
            Some(Err(error)) => Delivered::until(0, Setback::Fail(error.to_string())),
            Some(Ok(notice)) => {
                let delivered = self.attempt(&[notice]).await;
                delivered.unwrap_or_else(|panic| Delivered::until(0, Setback::Fail(panic)))
            }
        };
        redrive::finish(store, &self.holder, letter, outcome).await?;
        Ok(Next::More)
    }

    /// Delivers events, and keeps the lease meanwhile; the text of the panic when it panics.
    async fn attempt(&self, events: &[Notice]) -> Result<Delivered, String> {
        let delivery = async { self.pipeline.deliver(events).await };
        let mut delivery = pin!(delivery);
        let mut caught = poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| delivery.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(delivered)) => Poll::Ready(Ok(delivered)),
            Err(panic) => Poll::Ready(Err(store::rounds::panicked(&*panic).to_string())),
        });
        for _ in 0..RENEWALS {
            if let Ok(delivered) = timeout(RENEW, &mut caught).await {
                return delivered;
            }
            if let Err(error) = self.claim().await {
                tracing::warn!(%error, pipeline = self.pipeline.name(), "a pipeline's lease cannot be renewed");
            }
        }
        let seconds = RENEW.as_secs().saturating_mul(u64::try_from(RENEWALS).unwrap_or(0));
        Ok(Delivered::until(0, Setback::Halt(format!("not delivered after {seconds} s"))))
    }

    /// Says how far behind it is, now and then.
    async fn measure(&mut self, state: &State) -> Result<(), StoreError> {
        let now = self.clock.now();
        if self.measured.is_some_and(|then| now.duration_since(then).abs() < meters::INTERVAL) {
            return Ok(());
        }
        self.measured = Some(now);
        let page = log::read(self.store.as_ref(), state.progress.position, 1).await?;
        let missed = page.ends.first.saturating_sub(1).saturating_sub(state.progress.position);
        if missed > 0 {
            tracing::warn!(pipeline = self.pipeline.name(), missed, "events were removed before a pipeline had them");
        }
        let oldest = page.events.into_iter().next().and_then(|logged| made(&logged.item));
        meters::lag(self.pipeline.name(), state.progress.position, page.ends, oldest, now, state.dead);
        Ok(())
    }
}

/// When an event was made, if it says so.
pub(in crate::events) fn made(item: &Item) -> Option<Timestamp> {
    #[derive(serde::Deserialize)]
    struct Made {
        time: Timestamp,
    }
    item.body::<Made>().ok().map(|made| made.time)
}
