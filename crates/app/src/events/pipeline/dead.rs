//! Dead letters: events that a pipeline gave up, until an operator has them delivered again.

use domain::limits::PAGE_ITEMS;
use domain::time;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Cursor, Item, Key, Query, Sort, StoreError, Table};

use super::settle::short;
use crate::{App, Failure, Notice};

/// Dead letters of a page.
const PAGE: usize = 100;

/// An event that a pipeline gave up. It names the event and does not hold it, so that what is erased is not kept here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The pipeline.
    pub pipeline: String,
    /// The event's position in the log.
    pub position: i64,
    /// The event's `id`.
    pub id: String,
    /// Its aggregate.
    pub aggregate: String,
    /// Its sequence.
    pub sequence: i64,
    /// Its kind, `frontdesk.…`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened (RFC 3339).
    pub time: String,
    /// Why it could not be delivered.
    pub reason: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was given up (RFC 3339).
    pub failed: String,
    /// Whether it is to be delivered again.
    #[serde(default)]
    pub redrive: bool,
}

/// A page of dead letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetters {
    /// The dead letters, by pipeline and position.
    pub letters: Vec<DeadLetter>,
    /// Where the next page begins; absent when nothing follows.
    pub next: Option<(String, i64)>,
}

impl DeadLetter {
    pub(super) fn of(pipeline: &str, event: &Notice, reason: &str, attempts: u32, now: Timestamp) -> Self {
        Self {
            pipeline: pipeline.to_owned(),
            position: event.position,
            id: format!("{}/{}", event.aggregate, event.sequence),
            aggregate: event.aggregate.clone(),
            sequence: event.sequence,
            kind: event.kind.clone(),
            time: event.time.clone(),
            reason: reason.to_owned(),
            attempts,
            failed: time::timestamp(now),
            redrive: false,
        }
    }

    /// An event that cannot be read.
    pub(super) fn unreadable(
        pipeline: &str,
        position: i64,
        event: Option<&Key>,
        error: &StoreError,
        now: Timestamp,
    ) -> Self {
        let aggregate = event.map(|key| key.partition.clone()).unwrap_or_default();
        let sequence = event.map_or(0, |key| if let Some(Sort::Number(number)) = key.sort { number } else { 0 });
        Self {
            pipeline: pipeline.to_owned(),
            position,
            id: format!("{aggregate}/{sequence}"),
            aggregate,
            sequence,
            kind: String::new(),
            time: String::new(),
            reason: short(&error.to_string()),
            attempts: 1,
            failed: time::timestamp(now),
            redrive: false,
        }
    }

    pub(in crate::events) fn key(&self) -> Key {
        Key::number(Table::DeadLetters, &self.pipeline, self.position)
    }

    /// The key of the event.
    pub(super) fn event(&self) -> Key {
        Key::number(Table::Events, &self.aggregate, self.sequence)
    }
}

/// A page of a pipeline's dead letters behind a position.
pub(super) fn query(pipeline: &str, after: Option<i64>) -> Query {
    let cursor = after.map(|position| Cursor::after(Key::number(Table::DeadLetters, pipeline, position)));
    Query { limit: PAGE.min(PAGE_ITEMS), cursor, ..Query::table(Table::DeadLetters, pipeline) }
}

impl App {
    /// A page of dead letters: of one pipeline, or of all.
    pub async fn dead_letters(
        &self,
        pipeline: Option<&str>,
        after: Option<(String, i64)>,
    ) -> Result<DeadLetters, Failure> {
        let mut names: Vec<String> = match pipeline {
            Some(pipeline) => {
                self.known_pipeline(pipeline).await?;
                vec![pipeline.to_owned()]
            }
            None => self.pipelines().await?.into_iter().map(|status| status.pipeline).collect(),
        };
        if let Some((name, _)) = &after {
            names.retain(|other| other >= name);
        }
        let mut letters: Vec<DeadLetter> = Vec::new();
        for name in names {
            let from = after.as_ref().filter(|(other, _)| *other == name).map(|(_, position)| *position);
            let page = self.store.query(query(&name, from)).await?;
            for item in &page.items {
                letters.push(Item::body(item)?);
            }
            if page.next.is_some() || letters.len() >= PAGE {
                let next = letters.last().map(|letter| (letter.pipeline.clone(), letter.position));
                return Ok(DeadLetters { letters, next });
            }
        }
        Ok(DeadLetters { letters, next: None })
    }
}
