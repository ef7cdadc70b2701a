//! The end of a migration: both sides are read once more, and every table's digests compared.

use domain::Clock;
use jiff::Timestamp;
use store::records::RecordsTable;
use store::{Digest, Table, Transfer};

use super::mark::is_mark;
use super::{Progress, Side, Stage, records};
use crate::error::Outcome;

/// Items that are read at a time: not as many as when they were copied, so that what one size of page would leave out is found.
const PAGE: usize = 331;

/// A table on both sides.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The table.
    pub table: String,
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
    /// Tables of the operator's own that the source lacks.
    pub missing: Vec<String>,
}

impl Comparison {
    /// Whether both sides hold the same.
    pub fn is_equal(&self) -> bool {
        self.different().is_empty()
    }

    /// The names of the tables that are different.
    pub fn different(&self) -> Vec<&str> {
        let different = self.tables.iter().filter(|compared| compared.from != compared.to);
        different.map(|compared| compared.table.as_str()).collect()
    }

    /// The digests of all tables together, of the source and of the target.
    pub fn total(&self) -> (Digest, Digest) {
        let (mut from, mut to) = (Digest::default(), Digest::default());
        for compared in &self.tables {
            from.extend(&compared.table, &compared.from);
            to.extend(&compared.table, &compared.to);
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
    tell: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Outcome<Comparison> {
    let mut comparison = Comparison::default();
    for table in Table::ALL {
        let ended_by = clock.now().max(since).as_second();
        let mut untold = |_: Progress<'_>| {};
        let (from, to) = tokio::try_join!(
            digest(from.store.as_ref(), table, ended_by, tell),
            digest(to.store.as_ref(), table, ended_by, &mut untold),
        )?;
        comparison.tables.push(Compared { table: table.definition().name.to_owned(), from, to });
    }
    Ok(comparison)
}

/// Compares tables of the operator's own.
pub(super) async fn compare_records(
    from: &Side,
    to: &Side,
    tables: &[RecordsTable],
    comparison: &mut Comparison,
    tell: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Outcome {
    for table in tables {
        let mut told = |items| tell(Progress { stage: Stage::Comparing, table: &table.name, items });
        let mut untold = |_| {};
        let (from, to) = tokio::try_join!(
            records::digest(from.records.as_ref(), table, PAGE, &mut told),
            records::digest(to.records.as_ref(), table, PAGE, &mut untold),
        )?;
        comparison.tables.push(Compared { table: table.name.clone(), from, to });
    }
    Ok(())
}

async fn digest(
    store: &dyn Transfer,
    table: Table,
    ended_by: i64,
    tell: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Outcome<Digest> {
    let (mut digest, mut after) = (Digest::default(), None);
    loop {
        let page = store.export(table, PAGE, after).await?;
        for record in page.records.iter().filter(|record| !record.has_ended(ended_by) && !is_mark(record)) {
            digest.add(record)?;
        }
        tell(Progress { stage: Stage::Comparing, table: table.definition().name, items: digest.items() });
        after = page.next;
        if after.is_none() {
            return Ok(digest);
        }
    }
}
