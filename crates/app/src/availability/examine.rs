//! Looking at one resource of a search.

use std::ops::Bound;
use std::sync::Arc;

use domain::availability::{Schedule, Wanted};
use domain::occupancy::{Day, Ledger};
use domain::time::{Interval, Minute};
use jiff::Timestamp;
use serde::Deserialize;
use store::{Item, Query, Sort, Store, StoreError, Table};

use super::AvailabilityQuery;
use super::shown::{Head, Object, with_units};
use super::subject::Place;

/// A day as it is stored.
#[derive(Deserialize)]
struct StoredDay {
    day: i64,
}

/// What is asked of every resource.
#[derive(Clone)]
pub(super) struct Examiner {
    pub(super) store: Arc<dyn Store>,
    pub(super) asked: AvailabilityQuery,
    pub(super) now: Timestamp,
}

/// A resource that was looked at. Nothing is said of one that another program stored and that cannot be read.
#[derive(Default)]
pub(super) struct Examined {
    /// Its identifier.
    pub(super) resource_id: Option<String>,
    /// How many of its days were.
    pub(super) days: i64,
    /// What is shown of it, if it is free at all.
    pub(super) found: Option<Found>,
}

/// A resource that has free time.
pub(super) struct Found {
    /// When that begins.
    pub(super) start: Minute,
    /// How many stretches are shown.
    pub(super) stretches: usize,
    /// The JSON.
    pub(super) text: String,
}

impl Examiner {
    /// Looks at stored resources, one after the other, and lets others run between them.
    pub(super) async fn examine_all(self, resources: Vec<(Arc<Place>, Item)>) -> Result<Vec<Examined>, StoreError> {
        let mut examined = Vec::with_capacity(resources.len());
        for (place, item) in resources {
            examined.push(self.examine(&place, &item).await?);
            tokio::task::yield_now().await;
        }
        Ok(examined)
    }

    async fn examine(&self, place: &Place, item: &Item) -> Result<Examined, StoreError> {
        let Ok(subject) = place.subject(item) else { return Ok(Examined::default()) };
        let schedule = subject.schedule(self.asked, self.now);
        let (free, days) = if self.asked.first {
            self.first(schedule, place.window).await?
        } else {
            let claimed = subject.rules.claimed(place.window);
            let ledger = read(self.store.as_ref(), schedule, claimed).await?;
            (schedule.free(&ledger, place.window, self.asked.wanted), claimed.day_count())
        };
        let found = match free.first() {
            None => None,
            Some((first, _)) => {
                let mut object = Object::new(&Head {
                    resource_id: &subject.listed.resource_id,
                    location_id: Some(&subject.listed.location_id),
                    name: Some(&subject.listed.name),
                    kind: subject.listed.kind.as_deref(),
                    time_zone: place.local.zone(),
                    from: place.window.start.rfc3339(),
                    to: place.window.end.rfc3339(),
                    units: self.asked.wanted.units,
                    capacity: subject.rules.capacity,
                })?;
                object.stretches("free", &with_units(&free));
                Some(Found { start: first.start, stretches: free.len(), text: object.text() })
            }
        };
        Ok(Examined { resource_id: Some(subject.listed.resource_id), days, found })
    }

    async fn first(&self, schedule: Schedule<'_>, window: Interval) -> Result<(Vec<(Interval, i64)>, i64), StoreError> {
        first_slot(self.store.as_ref(), schedule, window, self.asked.wanted).await
    }
}

/// The first slot of a resource in a window, if there is one, and how many days were read.
pub(super) async fn first_slot(
    store: &dyn Store,
    schedule: Schedule<'_>,
    window: Interval,
    wanted: Wanted,
) -> Result<(Vec<(Interval, i64)>, i64), StoreError> {
    let mut days = 0_i64;
    for step in schedule.steps(window, wanted) {
        let claimed = schedule.rules.claimed(step);
        let ledger = read(store, schedule, claimed).await?;
        days = days.saturating_add(claimed.day_count());
        if let Some(slot) = schedule.first(&ledger, step, wanted) {
            return Ok((vec![slot], days));
        }
    }
    Ok((Vec::new(), days))
}

/// The use of a resource on the days of a window.
pub(super) async fn read(store: &dyn Store, schedule: Schedule<'_>, window: Interval) -> Result<Ledger, StoreError> {
    let mut ledger = Ledger::new(schedule.now);
    let (first, last) = window.days().into_inner();
    if first > last {
        return Ok(ledger);
    }
    let range = (Bound::Included(Sort::Number(first)), Bound::Included(Sort::Number(last)));
    let mut query = Query { range, ..Query::table(Table::Occupancy, schedule.resource_id) };
    // Each page has at least one of the days, and nearly always all.
    loop {
        let page = store.query(query.clone()).await?;
        for item in &page.items {
            ledger.insert(schedule.resource_id, item.body::<StoredDay>()?.day, item.body::<Day>()?);
        }
        match page.next {
            None => return Ok(ledger),
            next => query.cursor = next,
        }
    }
}
