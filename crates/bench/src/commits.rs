//! (c) Commits of the store against a bare group commit of the same rows, both in this process.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use store::sqlite::SqliteStore;
use store::{Changes, Key, StoreError, Table as Stored, Verdict, Write};
use tokio::task::JoinSet;

use crate::compare::{Comparison, Figures, Side};
use crate::limit::group::Group;
use crate::load::CLIENTS;
use crate::options::Options;
use crate::process::cpu_time;
use crate::rows::{RESOURCES, Row, Rows, furnish, open};
use crate::table::{Aim, Table};
use crate::{Outcome, progress, watch};

/// Measures it.
pub(crate) async fn measure(options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    progress("(c) commits of the store");
    let rows = Rows::sample(&scratch.join("sample")).await?;
    let store = open(&scratch.join("commits"))?;
    furnish(&store, RESOURCES).await?;
    let group = Arc::new(Group::open(&scratch.join("commits-limit"))?);
    let mut product = Tasks::new(rows.clone(), Target::Store(store));
    let mut limit = Tasks::new(rows, Target::Group(group));
    let comparison = Comparison::run(options, &mut product, &mut limit).await?;
    table.compare(
        "(c) commit of a booking's rows through the store / SQLite group commit",
        comparison,
        Aim::AtLeast(70),
    );
    Ok(())
}

/// Where rows are committed.
#[derive(Clone)]
enum Target {
    Store(Arc<SqliteStore>),
    Group(Arc<Group>),
}

/// Tasks that commit the rows of bookings, each waiting for its commit before the next.
#[derive(Clone)]
struct Tasks {
    rows: Rows,
    target: Target,
    next: Arc<AtomicU64>,
}

impl Tasks {
    fn new(rows: Rows, target: Target) -> Self {
        Self { rows, target, next: Arc::default() }
    }

    async fn task(self, length: Duration) -> Outcome<Vec<Duration>> {
        let mut durations = Vec::new();
        let start = watch::now();
        let mut sent = start;
        while sent.duration_since(start) < length {
            let row = self.rows.of(self.next.fetch_add(1, Ordering::Relaxed));
            match &self.target {
                Target::Store(store) => commit(store, row).await?,
                Target::Group(group) => group.commit(row).await?,
            }
            let committed = watch::now();
            durations.push(committed - sent);
            sent = committed;
        }
        Ok(durations)
    }
}

impl Side for Tasks {
    async fn measure(&mut self, length: Duration) -> Outcome<Figures> {
        let pid = std::process::id();
        let (cpu, start) = (cpu_time(pid)?, watch::now());
        let mut tasks = JoinSet::new();
        for _ in 0..CLIENTS {
            tasks.spawn(self.clone().task(length));
        }
        let mut durations = Vec::new();
        while let Some(ended) = tasks.join_next().await {
            durations.append(&mut ended??);
        }
        Ok(Figures::new(durations, start.elapsed(), cpu_time(pid)?.saturating_sub(cpu)))
    }
}

/// Loads what a booking's rules need, and writes its rows.
async fn commit(store: &SqliteStore, row: Row) -> Outcome {
    let booking = Key::new(Stored::Bookings, &row.id);
    let resource = Key::new(Stored::Resources, &row.slot.resource);
    let day = Key::number(Stored::Occupancy, &row.slot.resource, row.slot.start.day());
    let keys = vec![booking.clone(), resource.clone(), day.clone()];
    let committed: Result<(), StoreError> = store::transact(store, keys, move |loaded| {
        let free = loaded.item(&booking)?.is_none() && loaded.item(&day)?.is_none();
        if !free || loaded.item(&resource)?.is_none() {
            return Ok(Verdict::Refuse(Changes::none(), StoreError::Misuse("the slot is taken".to_owned())));
        }
        let event = Key::number(Stored::Events, row.aggregate(), loaded.next_version(&booking)?);
        let mut changes = Changes::none();
        let put = |key: &Key, body: &str, private: Option<&str>| Write::Put {
            key: key.clone(),
            body: body.to_owned(),
            private: private.map(str::to_owned),
        };
        changes.push(put(&booking, &row.booking, Some(&row.private)));
        changes.push(put(&event, &row.event, None));
        changes.push(put(&day, &row.occupancy, None));
        Ok(Verdict::Commit(changes, ()))
    })
    .await?;
    Ok(committed?)
}
