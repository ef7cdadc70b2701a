//! The event log and its pipelines.

use std::time::Duration;

use app::App;
use app::events::{DeadLetters, EventFilter, History, Redriven, ReplayRange, Replayed};
use serde::{Deserialize, Serialize};

use super::Answer;
use crate::error::Outcome;

/// How long a look may wait for something new, and how often it looks meanwhile.
const LOOKS: u32 = 5;
const LOOK: Duration = Duration::from_millis(200);
/// Events of one answer.
const EVENTS: usize = 1_000;

/// What can be asked of the log and its pipelines.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventOperation {
    /// Events behind a position; from the start of the filter's time on when there is none.
    List {
        /// Which.
        filter: EventFilter,
        /// Where the answer before ended.
        after: Option<i64>,
        /// How many at the most.
        limit: usize,
        /// Whether to wait a moment when there is nothing.
        wait: bool,
    },
    /// Where the log ends.
    Head,
    /// A page of dead letters.
    Dead {
        /// Of this pipeline only.
        pipeline: Option<String>,
        /// Where the page before ended.
        after: Option<(String, i64)>,
    },
    /// Deliver dead letters again.
    Redrive {
        /// Of this pipeline.
        pipeline: String,
        /// That one only.
        position: Option<i64>,
    },
    /// Deliver a part of the log again.
    Replay(ReplayRange),
}

/// What comes back.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventAnswer {
    /// Events.
    History(History),
    /// The last position.
    Head(i64),
    /// Dead letters.
    Dead(DeadLetters),
    /// Dead letters are delivered again.
    Redriven(Redriven),
    /// A part of the log is delivered again.
    Replayed(Replayed),
}

impl EventAnswer {
    /// The same where it is known that no process runs any pipeline.
    #[must_use]
    pub fn while_nobody_runs(self) -> Self {
        match self {
            Self::Redriven(redriven) => Self::Redriven(Redriven { runs: false, ..redriven }),
            Self::Replayed(replayed) => Self::Replayed(Replayed { runs: false, ..replayed }),
            other => other,
        }
    }
}

/// Does what is asked.
pub(super) async fn execute(operation: EventOperation, app: &App) -> Outcome<Answer> {
    let answer = match operation {
        EventOperation::List { filter, after, limit, wait } => {
            let limit = limit.min(EVENTS);
            let mut history = app.history(&filter, after, limit).await?;
            for _ in 0..LOOKS {
                if !wait || !history.events.is_empty() || !history.is_end {
                    break;
                }
                tokio::time::sleep(LOOK).await;
                history = app.history(&filter, Some(history.through), limit).await?;
            }
            EventAnswer::History(history)
        }
        EventOperation::Head => EventAnswer::Head(app.log_ends().await?.head),
        EventOperation::Dead { pipeline, after } => {
            EventAnswer::Dead(app.dead_letters(pipeline.as_deref(), after).await?)
        }
        EventOperation::Redrive { pipeline, position } => {
            EventAnswer::Redriven(app.redrive(&pipeline, position).await?)
        }
        EventOperation::Replay(range) => EventAnswer::Replayed(app.replay(range).await?),
    };
    Ok(Answer::Events(answer))
}
