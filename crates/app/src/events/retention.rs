//! Retention: old events leave the log once every configured pipeline has had them.

use jiff::{SignedDuration, Timestamp};
use store::{Changes, Item, Loaded, Query, StoreError, Table, Verdict, log, transact};

use super::pipeline::{DeadLetter, State, state_key, states};
use crate::{App, Failure};

/// Steps of one go.
const STEPS: usize = 10_000;
/// Dead letters that one commit removes.
const LETTERS: usize = 40;
/// A pipeline that is behind events so much older than they need be kept is worth a warning.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

impl App {
    /// Removes events that are older than that, unless one of these pipelines has not had them yet, and says how many positions they
    /// had. Pipelines that are not named hold nothing back.
    pub async fn trim_log(&self, kept: SignedDuration, pipelines: &[String]) -> Result<i64, Failure> {
        let Ok(before) = self.clock.now().checked_sub(kept) else { return Ok(0) };
        let (mut slowest, mut below) = (None, i64::MAX);
        for name in pipelines {
            let state = self.store.get(&state_key(name)).await?.map(|item| item.body::<State>()).transpose()?;
            let next = state.map_or(1, |state| state.needs());
            if next < below {
                (slowest, below) = (Some(name), next);
            }
        }
        let mut removed: i64 = 0;
        for _ in 0..STEPS {
            let step = log::trim(self.store.as_ref(), before, below).await?;
            removed = removed.saturating_add(step);
            if step == 0 {
                break;
            }
            tokio::task::yield_now().await;
        }
        self.warn_of_slowest(before, slowest, below).await?;
        if removed > 0 {
            self.forget_letters().await?;
        }
        Ok(removed)
    }

    /// Says when a pipeline keeps events from being removed.
    async fn warn_of_slowest(&self, before: Timestamp, slowest: Option<&String>, below: i64) -> Result<(), StoreError> {
        let page = log::read(self.store.as_ref(), below.saturating_sub(1), 1).await?;
        let limit = before.checked_sub(PATIENCE).unwrap_or(before);
        let is_old = |item: &Item| super::pipeline::made(item).is_some_and(|made| made < limit);
        if let Some(pipeline) = slowest
            && page.events.first().is_some_and(|logged| is_old(&logged.item))
        {
            tracing::warn!(pipeline, position = below, "old events are kept, because a pipeline has not had them yet");
        }
        Ok(())
    }

    /// Removes dead letters whose events are gone.
    async fn forget_letters(&self) -> Result<(), StoreError> {
        let store = self.store.as_ref();
        let first = log::ends(store).await?.first;
        for state in states(store).await?.into_iter().filter(|state| state.dead > 0) {
            let pipeline = state.pipeline().to_owned();
            loop {
                let page = store.query(Query { limit: LETTERS, ..Query::table(Table::DeadLetters, &pipeline) }).await?;
                let letters = page.items.iter().map(Item::body).collect::<Result<Vec<DeadLetter>, _>>()?;
                let old: Vec<_> =
                    letters.iter().filter(|letter| letter.position < first).map(DeadLetter::key).collect();
                if old.is_empty() {
                    break;
                }
                let item = state_key(&pipeline);
                let keys = old.iter().cloned().chain([item.clone()]).collect();
                let decide = move |loaded: &Loaded| {
                    let mut changes = Changes::none();
                    let mut state = State::loaded(loaded, &item)?;
                    for key in &old {
                        if loaded.item(key)?.is_some() {
                            state.dead = state.dead.saturating_sub(1).max(0);
                            changes.delete(key.clone());
                        }
                    }
                    changes.put(item.clone(), &state)?;
                    Ok(Verdict::<(), ()>::Commit(changes, ()))
                };
                transact(store, keys, decide).await?.ok();
            }
        }
        Ok(())
    }
}
