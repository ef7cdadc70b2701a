//! Looking back: what the log holds, from a position or a time on.

use domain::limits::READ_KEYS;
use domain::{Pattern, Refusal};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::log::{self, Ends, Logged};
use store::{Store, StoreError};

use super::Notice;
use crate::{App, Failure};

/// Positions that one look goes through at the most.
const LOOKED_AT: i64 = 2_000;
/// Bytes of events that one look returns at the most, roughly.
const BYTES: usize = 4 * 1024 * 1024;
/// The log is roughly in the order of time: commits of one moment, and clocks of several machines, are not quite.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// Which events are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFilter {
    /// Of this kind, or where it ends with `*` of kinds that begin so.
    #[serde(default)]
    pub kind: Option<String>,
    /// Of this aggregate, or where it ends with `*` of aggregates that begin so.
    #[serde(default)]
    pub aggregate: Option<String>,
    /// From this time on.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// Before this time.
    #[serde(default)]
    pub to: Option<Timestamp>,
}

/// An event as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Its position in the log.
    pub position: i64,
    /// The event, one JSON object.
    pub event: String,
}

/// A part of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// What was looked for and found.
    pub events: Vec<Shown>,
    /// The position up to which nothing was overlooked.
    pub through: i64,
    /// Whether there is nothing more behind it for now, or nothing that is looked for.
    pub is_end: bool,
}

impl EventFilter {
    fn wants(&self, notice: &Notice) -> bool {
        let fits = |wanted: &Option<String>, value: &str| {
            wanted.as_deref().is_none_or(|wanted| Pattern::read(wanted).fits(value))
        };
        fits(&self.kind, &notice.kind)
            && fits(&self.aggregate, &notice.aggregate)
            && is_within(&notice.time, self.from, self.to)
    }

    /// Whether everything behind this event is too late.
    fn is_past(&self, notice: &Notice) -> bool {
        let limit = self.to.and_then(|to| to.checked_add(MARGIN).ok());
        limit.is_some_and(|limit| notice.time.parse::<Timestamp>().is_ok_and(|time| time > limit))
    }
}

impl App {
    /// Events behind a position, or from the start of the filter's time on; some of them, with where to go on.
    pub async fn history(&self, filter: &EventFilter, after: Option<i64>, limit: usize) -> Result<History, Failure> {
        check_range(filter.from, filter.to, ["--from", "--to"])?;
        let store = self.store.as_ref();
        let start = match (after, filter.from) {
            (Some(after), _) => after.max(0),
            (None, Some(from)) => position_of(store, from).await?.saturating_sub(1),
            (None, None) => 0,
        };
        let (mut events, mut bytes, mut through) = (Vec::new(), 0_usize, start);
        while through.saturating_sub(start) < LOOKED_AT && bytes < BYTES && events.len() < limit {
            let page = log::read(store, through, READ_KEYS).await?;
            if page.through <= through {
                return Ok(History { events, through, is_end: true });
            }
            for logged in page.events {
                let position = logged.position;
                let Ok(notice) = Notice::read(logged) else { continue };
                if filter.is_past(&notice) {
                    return Ok(History { events, through: position, is_end: true });
                }
                if filter.wants(&notice) {
                    bytes = bytes.saturating_add(notice.event.len());
                    events.push(Shown { position, event: notice.event });
                    if events.len() >= limit {
                        return Ok(History { events, through: position, is_end: false });
                    }
                }
            }
            through = page.through;
        }
        Ok(History { events, through, is_end: false })
    }

    /// Where the log begins and ends.
    pub async fn log_ends(&self) -> Result<Ends, Failure> {
        Ok(log::ends(self.store.as_ref()).await?)
    }
}

/// A range of time has something in it; a refusal with what it is called there otherwise.
pub(super) fn check_range(
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    [start, end]: [&str; 2],
) -> Result<(), Refusal> {
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        return Err(Refusal::invalid(end, format!("must be later than {start}")));
    }
    Ok(())
}

/// Whether a time (RFC 3339) is from one time on and before another. One that cannot be read is nowhere.
pub(super) fn is_within(time: &str, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
    if from.is_none() && to.is_none() {
        return true;
    }
    let Ok(time) = time.parse::<Timestamp>() else { return false };
    from.is_none_or(|from| time >= from) && to.is_none_or(|to| time < to)
}

/// A position before which no event is from that time or later.
pub(super) async fn position_of(store: &dyn Store, time: Timestamp) -> Result<i64, StoreError> {
    let Ends { first, head } = log::ends(store).await?;
    let Ok(time) = time.checked_sub(MARGIN) else { return Ok(first) };
    let (mut low, mut high) = (first, head.saturating_add(1));
    while low < high {
        let middle = low.saturating_add(high.saturating_sub(low) / 2);
        let page = log::read(store, middle.saturating_sub(1), READ_KEYS).await?;
        let made = |logged: Logged| Notice::read(logged).ok().and_then(|notice| notice.time.parse::<Timestamp>().ok());
        // A stretch without events says nothing; what is before it is looked at.
        match page.events.into_iter().find_map(made) {
            Some(made) if made < time => low = middle.saturating_add(1),
            _ => high = middle,
        }
    }
    Ok(low)
}
