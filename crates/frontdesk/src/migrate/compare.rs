//! The end of a migration: both sides are read once more, and every table's digests compared.

use domain::Clock;
use jiff::Timestamp;
use store::{Digest, Table, Transfer};

use super::mark::is_mark;
use super::{Progress, Side, Stage};
use crate::error::Outcome;

/// Items that are read at a time: not as many as when they were copied, so that what one size of page would leave out is found.
const PAGE: usize = 331;

/// A table on both sides.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    /// The table.
    pub table: Table,
    /// Of the source.
    pub from: Digest,
    /// Of the target.
    pub to: Digest,
}

/// All tables on both sides.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Table by table.
    pub tables: Vec<Compared>,
}

impl Comparison {
    /// Whether both sides hold the same.
    pub fn is_equal(&self) -> bool {
        self.different().is_empty()
    }

    /// The names of the tables that are different.
    pub fn different(&self) -> Vec<&'static str> {
        let different = self.tables.iter().filter(|compared| compared.from != compared.to);
        different.map(|compared| compared.table.definition().name).collect()
    }

    /// The digests of all tables together, of the source and of the target.
    pub fn total(&self) -> (Digest, Digest) {
        let (mut from, mut to) = (Digest::default(), Digest::default());
        for compared in &self.tables {
            let name = compared.table.definition().name;
            from.extend(name, &compared.from);
            to.extend(name, &compared.to);
        }
        (from, to)
    }
}

/// Compares all tables. What has ended is left out: the store may remove it at any time.
pub(super) async fn compare(
    from: &Side,
    to: &Side,
    clock: &dyn Clock,
    since: Timestamp,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Outcome<Comparison> {
    let mut comparison = Comparison::default();
    for table in Table::ALL {
        let ended_by = clock.now().max(since).as_second();
        let mut untold = |_| {};
        let (from, to) = tokio::try_join!(
            digest(from.store.as_ref(), table, ended_by, tell),
            digest(to.store.as_ref(), table, ended_by, &mut untold),
        )?;
        comparison.tables.push(Compared { table, from, to });
    }
    Ok(comparison)
}

async fn digest(
    store: &dyn Transfer,
    table: Table,
    ended_by: i64,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Outcome<Digest> {
    let (mut digest, mut after) = (Digest::default(), None);
    loop {
        let page = store.export(table, PAGE, after).await?;
        for record in page.records.iter().filter(|record| !record.has_ended(ended_by) && !is_mark(record)) {
            digest.add(record)?;
        }
        tell(Progress { stage: Stage::Comparing, table, items: digest.items() });
        after = page.next;
        if after.is_none() {
            return Ok(digest);
        }
    }
}
