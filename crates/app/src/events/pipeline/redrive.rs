//! Redriving: dead letters are delivered once more, by whichever process runs their pipeline.

use domain::{Kind, Refusal};
use serde::{Deserialize, Serialize};
use store::{Changes, Item, Key, Loaded, Query, Store, StoreError, Verdict, transact};

use super::dead::query;
use super::state::{State, key};
use super::{DeadLetter, Delivered, Setback};
use crate::{App, Failure};

/// Dead letters that one commit marks.
const STEP: usize = 40;

/// What a redrive comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redriven {
    /// How many dead letters are delivered again.
    pub letters: usize,
    /// Whether a process runs the pipeline now, and so delivers them.
    pub runs: bool,
}

impl App {
    /// Has dead letters of a pipeline delivered again, one or all, by whichever process runs it.
    pub async fn redrive(&self, pipeline: &str, position: Option<i64>) -> Result<Redriven, Failure> {
        let runs = self.known_pipeline(pipeline).await?;
        let store = self.store.as_ref();
        let (mut marked, mut after) = (0_usize, position.map(|position| position.saturating_sub(1)));
        loop {
            let page = store.query(Query { limit: STEP, ..query(pipeline, after) }).await?;
            let letters = page.items.iter().map(Item::body).collect::<Result<Vec<DeadLetter>, _>>()?;
            let wanted = letters.iter().filter(|letter| position.is_none_or(|position| letter.position == position));
            let keys: Vec<Key> = wanted.map(DeadLetter::key).collect();
            marked = marked.saturating_add(mark(store, pipeline, keys).await?);
            after = letters.last().map(|letter| letter.position);
            if position.is_some() || page.next.is_none() {
                break;
            }
        }
        if let Some(position) = position.filter(|_| marked == 0) {
            let detail = format!("The pipeline {pipeline} has no dead letter at position {position}.");
            return Err(Refusal::new(Kind::NotFound, "not-found", detail).into());
        }
        self.logged.send_replace(());
        Ok(Redriven { letters: marked, runs })
    }
}

/// Marks dead letters, and notes at the pipeline that some are marked.
async fn mark(store: &dyn Store, pipeline: &str, letters: Vec<Key>) -> Result<usize, StoreError> {
    if letters.is_empty() {
        return Ok(0);
    }
    let item = key(pipeline);
    let keys = letters.iter().cloned().chain([item.clone()]).collect();
    let decide = move |loaded: &Loaded| {
        let (mut changes, mut marked) = (Changes::none(), 0_usize);
        for key in &letters {
            let Some(letter) = loaded.item(key)?.map(Item::body::<DeadLetter>).transpose()? else { continue };
            changes.put(key.clone(), &DeadLetter { redrive: true, ..letter })?;
            marked = marked.saturating_add(1);
        }
        let mut state = State::loaded(loaded, &item)?;
        state.redrives = state.redrives.saturating_add(1);
        changes.put(item.clone(), &state)?;
        Ok(Verdict::<_, ()>::Commit(changes, marked))
    };
    Ok(transact(store, keys, decide).await?.unwrap_or(0))
}

/// The first dead letter of a pipeline that is marked, and the event, if it is still there.
pub(super) async fn next(store: &dyn Store, pipeline: &str) -> Result<Option<(DeadLetter, Option<Item>)>, StoreError> {
    let mut after = None;
    loop {
        let page = store.query(query(pipeline, after)).await?;
        let letters = page.items.iter().map(Item::body).collect::<Result<Vec<DeadLetter>, _>>()?;
        after = letters.last().map(|letter| letter.position);
        if let Some(letter) = letters.into_iter().find(|letter| letter.redrive) {
            let event = store.get(&letter.event()).await?;
            return Ok(Some((letter, event)));
        }
        if page.next.is_none() {
            return Ok(None);
        }
    }
}

/// Ends a redrive: the dead letter goes, or stays with the new reason.
pub(super) async fn finish(
    store: &dyn Store,
    holder: &str,
    letter: DeadLetter,
    outcome: Delivered,
) -> Result<(), StoreError> {
    let (item, holder) = (key(&letter.pipeline), holder.to_owned());
    let keys = vec![item.clone(), letter.key()];
    let decide = move |loaded: &Loaded| {
        let mut changes = Changes::none();
        let mut state = State::loaded(loaded, &item)?;
        let Some(letter) = loaded.item(&letter.key())?.map(Item::body::<DeadLetter>).transpose()? else {
            return Ok(Verdict::<(), ()>::Commit(changes, ()));
        };
        if state.lease.holder != holder {
            return Ok(Verdict::Commit(changes, ()));
        }
        match &outcome.then {
            Some(Setback::Fail(reason) | Setback::Retry(reason) | Setback::Halt(reason)) if outcome.done == 0 => {
                let attempts = letter.attempts.saturating_add(1);
                let reason = super::settle::short(reason);
                changes.put(letter.key(), &DeadLetter { reason, attempts, redrive: false, ..letter })?;
            }
            _ => {
                changes.delete(letter.key());
                state.dead = state.dead.saturating_sub(1).max(0);
                changes.put(item.clone(), &state)?;
            }
        }
        Ok(Verdict::Commit(changes, ()))
    };
    transact(store, keys, decide).await.map(drop)
}

/// Notes that no dead letter is marked any more, unless more were meanwhile.
pub(super) async fn over(store: &dyn Store, pipeline: &str, redrives: i64) -> Result<(), StoreError> {
    let item = key(pipeline);
    let keys = vec![item.clone()];
    let decide = move |loaded: &Loaded| {
        let mut changes = Changes::none();
        let mut state = State::loaded(loaded, &item)?;
        if state.redrives == redrives {
            state.redrives = 0;
            changes.put(item.clone(), &state)?;
        }
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    transact(store, keys, decide).await.map(drop)
}
