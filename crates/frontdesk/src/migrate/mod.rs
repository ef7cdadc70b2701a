//! Moving everything that one store holds into another one that is empty.
//!
//! Items are copied as they are, table by table and page by page, and nothing is announced. How far that has come is an item of the
//! target, the mark: a run that was cut off is taken up by the next one, and nothing is served from the target meanwhile. At the end
//! both sides are read once more; only when their digests are equal does the mark go.

mod compare;
mod mark;
mod records;

use std::sync::Arc;

use domain::Clock;
use serde_json::Value;
use store::records::{Records, RecordsTable};
use store::{Record, Table, Transfer, log};

pub use compare::{Compared, Comparison};
pub use mark::{is_begun, refuse_unfinished};

use crate::backing::Backing;
use crate::error::Outcome;
use mark::{Mark, Place};

/// Items that are read and written at a time.
const PAGE: usize = 500;

/// One of the two stores, and what it is called.
#[derive(Clone)]
pub struct Side {
    /// Its name, which tells it from other stores.
    pub name: String,
    /// The store.
    pub store: Arc<dyn Transfer>,
    /// Its tables of the operator's own.
    pub records: Arc<dyn Records>,
}

impl Side {
    /// A store under a name.
    pub fn new(name: impl Into<String>, backing: &Backing) -> Self {
        Self { name: name.into(), store: backing.transfer(), records: backing.records() }
    }
}

impl std::fmt::Debug for Side {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Side").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a migration is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Items are copied.
    Copying,
    /// Both sides are read again.
    Comparing,
}

/// How far a migration has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// What it is doing.
    pub stage: Stage,
    /// With which table.
    pub table: &'a str,
    /// How many items of that table are done.
    pub items: u64,
}

/// Copies everything that nobody has copied yet, tables of the operator's own included, then compares. What is different is in the
/// answer; then the mark stays.
///
/// Nobody else may write to either side meanwhile. Items whose time to live has passed are left out.
pub async fn migrate(
    from: &Side,
    to: &Side,
    tables: &[RecordsTable],
    clock: &dyn Clock,
    tell: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Outcome<Comparison> {
    mark::refuse_unfinished(from.store.as_ref()).await?;
    // A table that is missing is found before anything is written.
    for table in Table::ALL {
        from.store.scan(table, 1, None).await?;
    }
    let missing = records::check(from, to, tables).await?;
    // Events that wait for the log have to be in it: the embedded store knows no outbox.
    for shard in 0..log::SHARDS {
        while log::relay(from.store.as_ref(), shard).await? > 0 {}
    }
    let mut mark = Mark::take(to, &from.name, tables, clock.now()).await?;
    copy(from, to, &mut mark, tell).await?;
    let mut comparison = compare::compare(from, to, clock, mark.now(), tell).await?;
    compare::compare_records(from, to, tables, &mut comparison, tell).await?;
    if comparison.is_equal() {
        mark.remove(to.store.as_ref()).await?;
    }
    Ok(Comparison { missing, ..comparison })
}

async fn copy(from: &Side, to: &Side, mark: &mut Mark, tell: &mut (dyn FnMut(Progress<'_>) + Send)) -> Outcome {
    let ended_by = mark.now().as_second();
    while let Some(place) = mark.place()? {
        let (name, next, items) = match &place {
            Place::Own(table, after) => {
                let page = from.store.export(*table, PAGE, after.clone()).await?;
                let records: Vec<Record> =
                    page.records.into_iter().filter(|record| !record.has_ended(ended_by)).collect();
                let items = records.len();
                to.store.import(records).await?;
                (table.definition().name, page.next.map(|next| next.encode()), items)
            }
            Place::Records(table, after) => {
                let page = records::export(from.records.as_ref(), table, PAGE, after.clone()).await?;
                let items = page.items.len();
                records::import(to, table, page.items, mark.items()).await?;
                (table.name.as_str(), page.next.map(|next| Value::Object(next).to_string()), items)
            }
        };
        let items = mark.advance(to.store.as_ref(), next, items).await?;
        tell(Progress { stage: Stage::Copying, table: name, items });
    }
    Ok(())
}
