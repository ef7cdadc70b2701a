//! Search in events: an index of their words follows the log. What is found is read from the log, so that what is erased is not shown.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use domain::limits::READ_KEYS;
use domain::{Kind, Pattern, Refusal, time};
use jiff::Timestamp;
use serde_json::Value;
use store::search::{Indexed, SearchIndex, Sought};
use store::{StoreError, log};
use tokio::time::{Instant, sleep};

use super::history::check_range;
use super::{Notice, Shown};
use crate::{App, Failure};

/// Words of one search, and characters of all of them.
const WORDS: usize = 20;
const CHARACTERS: usize = 500;
/// How often the log is looked at. A search looks, too, before it answers.
const LOOK: Duration = Duration::from_millis(500);
/// The same, where each look is paid for.
const LOOK_PAID: Duration = Duration::from_secs(10);
/// How long after a failure.
const RETRY: Duration = Duration::from_secs(5);
/// How often it is looked for what was erased by others.
const FORGET: Duration = Duration::from_secs(24 * 60 * 60);
/// Stretches of the log that a search takes in before it answers.
const FRESH: usize = 20;

/// What is looked for among events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventSearch {
    /// Words, all of which are in the event; one that ends with `*` is the beginning of one.
    pub words: String,
    /// Of this kind, or where it ends with `*` of kinds that begin so.
    pub kind: Option<String>,
    /// Of this aggregate, or where it ends with `*` of aggregates that begin so.
    pub aggregate: Option<String>,
    /// From this time on.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// How many at the most.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<i64>,
}

/// A page of what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The events, the latest first.
    pub events: Vec<Shown>,
    /// Where the next page begins; absent when nothing follows.
    pub next: Option<i64>,
}

impl App {
    /// The same, with events searched in that index.
    pub fn with_search(self, index: Arc<SearchIndex>) -> Self {
        Self { search: Some(index), ..self }
    }

    /// Keeps the search index up to date, and checks once whether it is whole. Never returns.
    pub async fn index_events(&self, is_paid: bool) {
        let Some(index) = &self.search else { return std::future::pending().await };
        let checked = async {
            if let Err(error) = on_its_own(index, |index| index.check().map(drop)).await {
                tracing::warn!(%error, "the search index cannot be checked");
            }
        };
        tokio::join!(checked, self.keep_indexing(is_paid));
    }

    async fn keep_indexing(&self, is_paid: bool) {
        let mut forgotten: Option<Instant> = None;
        loop {
            let done = self.index_more().await;
            let outcome = match done {
                Ok(true) => Ok(true),
                Ok(false) if forgotten.is_none_or(|then| then.elapsed() >= FORGET) => {
                    forgotten = Some(Instant::now());
                    self.forget_erased().await.map(|_| false)
                }
                other => other,
            };
            match outcome {
                Ok(true) => tokio::task::yield_now().await,
                Ok(false) => sleep(if is_paid { LOOK_PAID } else { LOOK }).await,
                Err(error) => {
                    tracing::warn!(%error, "events cannot be indexed for the moment");
                    sleep(RETRY).await;
                }
            }
        }
    }

    /// Takes the next stretch of the log in; whether there was one.
    async fn index_more(&self) -> Result<bool, StoreError> {
        let Some(index) = &self.search else { return Ok(false) };
        let from = index.position()?;
        let page = log::read(self.store.as_ref(), from, READ_KEYS).await?;
        if from > page.ends.head || (from == page.ends.head && !self.is_of_this_log(index).await?) {
            // An older backup was restored: other events are at these positions.
            tracing::warn!("the search index is of another log; it is made anew");
            on_its_own(index, SearchIndex::clear).await?;
            return Ok(page.ends.head > 0);
        }
        if page.through <= from {
            return Ok(false);
        }
        let through = page.through;
        let notices = page.events.into_iter().filter_map(|logged| Notice::read(logged).ok());
        let events: Vec<Indexed> = notices.map(|notice| indexed(&notice)).collect();
        on_its_own(index, move |index| index.add(&events, from, through)).await?;
        Ok(true)
    }

    /// Whether the last event of the index is that of the log.
    async fn is_of_this_log(&self, index: &SearchIndex) -> Result<bool, StoreError> {
        let Some((position, id)) = index.last()? else { return Ok(true) };
        let page = log::read(self.store.as_ref(), position.saturating_sub(1), 1).await?;
        let there = page.events.into_iter().find(|logged| logged.position == position);
        Ok(there.and_then(|logged| Notice::read(logged).ok()).is_none_or(|notice| notice_id(&notice) == id))
    }

    /// Forgets the words of events that are not in the log any more, and says how many those were.
    pub async fn forget_erased(&self) -> Result<usize, StoreError> {
        let Some(index) = &self.search else { return Ok(0) };
        let (mut after, mut gone) = (0, Vec::new());
        loop {
            let known = index.positions(after, READ_KEYS)?;
            let (Some(first), Some(last)) = (known.first(), known.last()) else { break };
            let page = log::read(self.store.as_ref(), first.saturating_sub(1), READ_KEYS).await?;
            let through = page.through.max(page.ends.first.saturating_sub(1)).min(*last);
            let there: Vec<i64> = page.events.iter().map(|logged| logged.position).collect();
            gone.extend(known.iter().filter(|position| **position <= through && !there.contains(position)));
            if through <= after {
                break;
            }
            after = through;
            tokio::task::yield_now().await;
        }
        let count = gone.len();
        if count > 0 {
            on_its_own(index, move |index| index.forget(&gone)).await?;
        }
        Ok(count)
    }

    /// Forgets the words of events of that user which are not in the log any more.
    pub(crate) async fn forget_erased_of(&self, user: &str) -> Result<(), StoreError> {
        let Some(index) = &self.search else { return Ok(()) };
        let mut sought = Sought { words: vec![user.to_owned()], limit: READ_KEYS, ..Sought::default() };
        let mut gone = Vec::new();
        loop {
            let found = index.find(&sought)?;
            let there: Vec<i64> = self.read_found(found.clone()).await?.iter().map(|shown| shown.position).collect();
            let positions = found.iter().map(|(position, _)| *position);
            gone.extend(positions.filter(|position| !there.contains(position)));
            sought.before = found.last().map(|(position, _)| *position);
            if found.len() < READ_KEYS {
                break;
            }
        }
        if gone.is_empty() { Ok(()) } else { on_its_own(index, move |index| index.forget(&gone)).await }
    }

    /// Events with these words, the latest first.
    pub async fn search_events(&self, search: EventSearch) -> Result<Found, Failure> {
        let Some(index) = &self.search else {
            let detail = "Events cannot be searched on this server: search is turned off (`--search off`).";
            return Err(Refusal::new(Kind::NotFound, "search-off", detail).into());
        };
        let sought = search.sought()?;
        for _ in 0..FRESH {
            if !self.index_more().await? {
                break;
            }
        }
        let limit = sought.limit;
        let found = on_its_own(index, move |index| index.find(&sought)).await?;
        let next = found.last().map(|(position, _)| *position).filter(|_| found.len() >= limit);
        let events = self.read_found(found).await?;
        Ok(Found { events, next })
    }

    /// The events at these positions that are still what was found there.
    async fn read_found(&self, found: Vec<(i64, String)>) -> Result<Vec<Shown>, StoreError> {
        let mut events = Vec::with_capacity(found.len());
        let mut page: HashMap<i64, Notice> = HashMap::new();
        for (position, id) in found {
            if !page.contains_key(&position) {
                let start = position.saturating_sub(1);
                let read = log::read(self.store.as_ref(), start, 1).await?;
                page = read
                    .events
                    .into_iter()
                    .filter_map(|logged| Some((logged.position, Notice::read(logged).ok()?)))
                    .collect();
            }
            events.extend(
                page.remove(&position)
                    .filter(|notice| notice_id(notice) == id)
                    .map(|notice| Shown { position, event: notice.event }),
            );
        }
        Ok(events)
    }
}

impl EventSearch {
    fn sought(&self) -> Result<Sought, Refusal> {
        let words: Vec<String> = self.words.split_whitespace().map(str::to_owned).collect();
        if words.len() > WORDS || self.words.chars().count() > CHARACTERS {
            let detail = format!("must have at most {WORDS} words and {CHARACTERS} characters");
            return Err(Refusal::invalid("?q", &detail));
        }
        if words.iter().any(|word| !word.contains(char::is_alphanumeric)) {
            return Err(Refusal::invalid("?q", "must consist of words, each with a letter or a digit"));
        }
        check_range(self.from, self.to, ["`from`", "?to"])?;
        Ok(Sought {
            words,
            kind: self.kind.as_deref().map(Pattern::read),
            aggregate: self.aggregate.as_deref().map(Pattern::read),
            from: self.from.map(time::timestamp),
            to: self.to.map(time::timestamp),
            before: self.cursor,
            limit: self.limit,
        })
    }
}

fn notice_id(notice: &Notice) -> String {
    format!("{}/{}", notice.aggregate, notice.sequence)
}

fn indexed(notice: &Notice) -> Indexed {
    let mut text = format!("{} {}", notice.kind, notice.aggregate);
    if let Ok(data) = serde_json::from_str::<Value>(notice.data.get()) {
        collect(&data, &mut text);
    }
    let time = notice.time.parse::<Timestamp>().map_or_else(|_| notice.time.clone(), time::timestamp);
    Indexed {
        position: notice.position,
        id: notice_id(notice),
        kind: notice.kind.clone(),
        aggregate: notice.aggregate.clone(),
        time,
        text,
    }
}

/// All texts and numbers in a value. Events nest no deeper than bodies may.
fn collect(value: &Value, text: &mut String) {
    match value {
        Value::String(part) => {
            text.push(' ');
            text.push_str(part);
        }
        Value::Number(number) => {
            text.push(' ');
            text.push_str(&number.to_string());
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, text)),
        Value::Object(members) => members.values().for_each(|value| collect(value, text)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Works on the index beside tokio's workers.
async fn on_its_own<T: Send + 'static>(
    index: &Arc<SearchIndex>,
    work: impl FnOnce(&SearchIndex) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let index = Arc::clone(index);
    let done = tokio::task::spawn_blocking(move || work(&index)).await;
    done.unwrap_or_else(|error| Err(StoreError::Unavailable(format!("the search index: {error}"))))
}
