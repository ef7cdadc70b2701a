//! Search: which of many resources are free, and when.

use std::collections::HashMap;
use std::sync::Arc;

use domain::availability::{Filter, Listed};
use domain::limits::{SEARCH_DAYS, SEARCH_RESOURCES, SEARCH_STRETCHES};
use domain::{Refusal, time::Minute};
use serde::Deserialize;
use serde_json::Value;
use store::{Cursor, Index, Item, Page, Query, StoreError, Table};
use tokio::task::JoinSet;

use super::Search;
use super::examine::{Examined, Examiner};
use super::subject::Place;
use crate::{App, Failure, Reply, locations, reply, resources};

/// Resources that are read at once, at the least.
const CHUNK: usize = 100;
/// Tasks that look at resources side by side, so that a big search uses two cores.
const TASKS: usize = 2;
/// Resources that one task looks at before what was found is counted.
const OF_TASK: usize = 4;

/// The key of a stored resource, which can be read whatever another program stored beside it.
#[derive(Deserialize)]
struct Keyed {
    #[serde(rename = "resourceID")]
    resource_id: String,
}

/// A page in the making.
struct Progress {
    found: Vec<(Minute, String)>,
    /// Resources that may still be looked at.
    resources: usize,
    /// Days that may still be.
    days: i64,
    /// Stretches that may still be shown.
    stretches: usize,
    /// The last resource that was looked at.
    last: Option<String>,
}

impl Progress {
    const fn new() -> Self {
        let (resources, days, stretches) = (SEARCH_RESOURCES, SEARCH_DAYS, SEARCH_STRETCHES);
        Self { found: Vec::new(), resources, days, stretches, last: None }
    }

    /// Whether the page is full, or has cost as much as it may.
    const fn is_over(&self, limit: usize) -> bool {
        self.found.len() >= limit || self.resources == 0 || self.days <= 0 || self.stretches == 0
    }

    fn add(&mut self, examined: Examined) {
        self.resources = self.resources.saturating_sub(1);
        self.days = self.days.saturating_sub(examined.days);
        if let Some(found) = examined.found {
            self.stretches = self.stretches.saturating_sub(found.stretches);
            self.found.push((found.start, found.text));
        }
        self.last = examined.resource_id.or(self.last.take());
    }

    /// The page; of first slots the earliest first.
    fn page(mut self, first: bool, next: Option<&Cursor>) -> Reply {
        if first {
            self.found.sort_by_key(|(start, _)| *start);
        }
        let bytes = self.found.iter().map(|(_, text)| text.len().saturating_add(1)).sum::<usize>();
        let mut body = String::with_capacity(bytes.saturating_add(256));
        body.push_str("{\"resources\":[");
        for (place, (_, text)) in self.found.iter().enumerate() {
            body.extend([if place == 0 { "" } else { "," }, text]);
        }
        body.push(']');
        if let Some(cursor) = next {
            body.extend([",\"nextCursor\":", &Value::from(cursor.encode()).to_string()]);
        }
        body.push('}');
        Reply::text(body)
    }
}

impl App {
    /// The resources that are free as asked, with when they are. A page may be empty and have another behind it.
    pub async fn search_availability(&self, search: Search<'_>) -> Result<Reply, Failure> {
        let now = self.clock.now();
        search.asked.check(now)?;
        if search.asked.busy {
            return Err(Refusal::invalid("?busy", "is shown of one resource: ask for that one's availability").into());
        }
        let filter = Filter::new(search.kind, search.features, &self.settings.resource_kinds)?;
        if let Some(location) = search.location
            && self.store.get(&locations::key(location)).await?.is_none()
        {
            return Err(Refusal::invalid("?location", "there is no such location").into());
        }
        let examiner = Examiner { store: Arc::clone(&self.store), asked: search.asked, now };
        let (mut places, mut progress) = (HashMap::new(), Progress::new());
        let mut next = reply::cursor(search.cursor, Table::Resources)?;
        loop {
            let page = self.resources(search, &progress, next).await?;
            let mut rest = page.items.into_iter();
            while rest.len() > 0 {
                let batch: Vec<Item> = rest.by_ref().take(TASKS.saturating_mul(OF_TASK)).collect();
                let mut left = batch.len();
                for examined in self.examine(&examiner, &filter, &mut places, batch).await? {
                    left = left.saturating_sub(1);
                    progress.add(examined);
                    if progress.is_over(search.limit) {
                        let more = left > 0 || rest.len() > 0 || page.next.is_some();
                        let last = progress.last.as_deref().filter(|_| more).map(resources::key);
                        return Ok(progress.page(search.asked.first, last.map(Cursor::after).as_ref()));
                    }
                }
            }
            next = page.next;
            if next.is_none() {
                return Ok(progress.page(search.asked.first, None));
            }
        }
    }

    /// Some of the resources behind a place in the list.
    async fn resources(
        &self,
        search: Search<'_>,
        progress: &Progress,
        after: Option<Cursor>,
    ) -> Result<Page, StoreError> {
        let limit = search.limit.saturating_sub(progress.found.len()).max(CHUNK).min(progress.resources);
        match search.location {
            None => self.store.scan(Table::Resources, limit, after).await,
            Some(location) => {
                let query = Query::index(Index::ResourcesByLocation, location);
                self.store.query(Query { limit, cursor: after, ..query }).await
            }
        }
    }

    /// Looks at some stored resources, in their order; those that are not wanted cost next to nothing.
    async fn examine(
        &self,
        examiner: &Examiner,
        filter: &Filter,
        places: &mut HashMap<String, Arc<Place>>,
        items: Vec<Item>,
    ) -> Result<Vec<Examined>, Failure> {
        let mut examined = Vec::with_capacity(items.len());
        let mut wanted = Vec::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            let listed = resources::rules_of::<Listed>(&item);
            let resource_id = match &listed {
                Ok(listed) => Some(listed.resource_id.clone()),
                Err(_) => item.body().ok().map(|Keyed { resource_id }| resource_id),
            };
            if let Some(listed) = listed.ok().filter(|listed| filter.accepts(listed)) {
                match self.place(examiner, places, &listed.location_id).await {
                    Ok(place) => wanted.push((at, (place, item))),
                    Err(Failure::Refused(_)) => {}
                    Err(failed) => return Err(failed),
                }
            }
            examined.push(Examined { resource_id, ..Examined::default() });
        }
        let mut tasks = JoinSet::new();
        while !wanted.is_empty() {
            let (places, resources): (Vec<usize>, Vec<_>) = wanted.drain(..wanted.len().min(OF_TASK)).unzip();
            let examiner = examiner.clone();
            tasks.spawn(async move { Ok::<_, StoreError>((places, examiner.examine_all(resources).await?)) });
        }
        while let Some(ended) = tasks.join_next().await {
            let (places, found) = ended.map_err(|error| StoreError::Unavailable(error.to_string()))??;
            for (at, found) in places.into_iter().zip(found) {
                if let Some(slot) = examined.get_mut(at) {
                    (slot.days, slot.found) = (found.days, found.found);
                }
            }
        }
        Ok(examined)
    }

    async fn place(
        &self,
        examiner: &Examiner,
        places: &mut HashMap<String, Arc<Place>>,
        location_id: &str,
    ) -> Result<Arc<Place>, Failure> {
        if let Some(known) = places.get(location_id) {
            return Ok(Arc::clone(known));
        }
        let location = self.store.get(&locations::key(location_id)).await?;
        let place = Arc::new(Place::new(location.as_ref(), examiner.asked, examiner.now)?);
        places.insert(location_id.to_owned(), Arc::clone(&place));
        Ok(place)
    }
}
