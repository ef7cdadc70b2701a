//! Removing for good: items, partitions, and an item together with its events, in commits of bounded size.
//!
//! What is removed here leaves no event behind: it is for the erasure of somebody's data, where a trace would be a fault.

use domain::limits::COMMIT_ITEMS;

use crate::log::{Kept, place};
use crate::{Changes, Key, Loaded, Page, Query, Store, StoreError, Table, Verdict, Write, transact};

/// Items that one step removes; fewer than fit into a commit, so that others go along with the last ones.
pub const STEP: usize = COMMIT_ITEMS / 2;
/// Events that one step removes, each with its place in the log.
const EVENTS: usize = STEP / 2;
/// Bytes of items after which a step takes no more: a read of several items has its limit on DynamoDB (4 MB).
const BYTES: usize = 2 * 1024 * 1024;
/// Steps after which a partition that grows all the time is given up for the moment.
const STEPS: usize = 100_000;

/// Removes the items under these keys, at most [`COMMIT_ITEMS`], in one commit, and says how many there were; places in the log do
/// not count.
pub async fn remove(store: &dyn Store, keys: Vec<Key>) -> Result<usize, StoreError> {
    if keys.is_empty() {
        return Ok(0);
    }
    let decide = |loaded: &Loaded| {
        let mut changes = Changes::none();
        delete_loaded(loaded, &mut changes);
        let removed = changes.writes().iter().filter(|write| write.key().table != Table::Log).count();
        Ok(Verdict::<usize, ()>::Commit(changes, removed))
    };
    Ok(transact(store, keys, decide).await?.unwrap_or(0))
}

/// Removes all items of a partition, and says how many there were.
pub async fn remove_partition(store: &dyn Store, table: Table, partition: &str) -> Result<usize, StoreError> {
    let mut removed: usize = 0;
    for _ in 0..STEPS {
        let limit = if table == Table::Events { EVENTS } else { STEP };
        let (page, _) = step(store, Query { limit, ..Query::table(table, partition) }).await?;
        if page.items.is_empty() {
            return Ok(removed);
        }
        removed = removed.saturating_add(remove(store, keys(table, &page)?).await?);
    }
    Err(unfinished())
}

/// An item that is to be removed with its events.
#[derive(Clone, Debug)]
pub struct Removal {
    /// The item.
    pub key: Key,
    /// Its name among the events.
    pub aggregate: String,
    /// What goes in the same commit, at most a quarter of [`COMMIT_ITEMS`].
    pub along: Vec<Key>,
    /// What is put in the same commit, if the item is there: at most one item, under a key that has none.
    pub last: Option<Write>,
}

impl Removal {
    /// That item and its events, nothing else.
    pub const fn new(key: Key, aggregate: String) -> Self {
        Self { key, aggregate, along: Vec::new(), last: None }
    }

    /// Removes the item and its events, and says how many events there were; none when there is no such item. The last events go
    /// in the commit of the item, so that none is left that nothing leads to.
    pub async fn run(&self, store: &dyn Store) -> Result<Option<usize>, StoreError> {
        let mut events: usize = 0;
        for _ in 0..STEPS {
            let Some(item) = store.get(&self.key).await? else { return Ok(None) };
            let events_of = Query { limit: EVENTS, ..Query::table(Table::Events, &self.aggregate) };
            let (page, more) = step(store, events_of).await?;
            let of_page = keys(Table::Events, &page)?;
            let removed = if more {
                remove(store, of_page).await?
            } else if let Some(removed) = self.finish(store, item.version, of_page).await? {
                return Ok(Some(events.saturating_add(removed)));
            } else {
                continue;
            };
            events = events.saturating_add(removed);
        }
        Err(unfinished())
    }

    /// The last step; none when the item has changed since its events were listed, so that there may be more of them.
    async fn finish(&self, store: &dyn Store, version: i64, events: Vec<Key>) -> Result<Option<usize>, StoreError> {
        let Self { key, along, last, .. } = self.clone();
        let told = last.as_ref().map(|write| write.key().clone());
        let all = [key.clone()].into_iter().chain(along).chain(events).chain(told.clone()).collect();
        let decide = move |loaded: &Loaded| {
            let mut changes = Changes::none();
            if loaded.item(&key)?.map(|item| item.version) != Some(version) {
                return Ok(Verdict::<Option<usize>, ()>::Commit(changes, None));
            }
            delete_loaded(loaded, &mut changes);
            let events = changes.writes().iter().filter(|write| write.key().table == Table::Events).count();
            if let Some(write) = last.clone() {
                changes.push(write);
            }
            Ok(Verdict::Commit(changes, Some(events)))
        };
        Ok(transact(store, all, decide).await?.unwrap_or(None))
    }
}

/// What one step takes of a list, and whether there is more.
async fn step(store: &dyn Store, query: Query) -> Result<(Page, bool), StoreError> {
    let mut page = store.query(query).await?;
    let mut bytes: usize = 0;
    let too_many = page.items.iter().skip(1).position(|item| {
        bytes = bytes.saturating_add(item.body.len());
        bytes > BYTES
    });
    if let Some(last) = too_many {
        page.items.truncate(last.saturating_add(1));
    }
    let more = too_many.is_some() || page.next.is_some();
    Ok((page, more))
}

fn delete_loaded(loaded: &Loaded, changes: &mut Changes) {
    let there = loaded.entries().filter(|(_, item, _)| item.is_some());
    there.for_each(|(key, _, _)| changes.delete(key.clone()));
}

/// The keys of a page's items; events have one more, that of their place in the log.
fn keys(table: Table, page: &Page) -> Result<Vec<Key>, StoreError> {
    let mut keys = page.items.iter().map(|item| Key::of(table, item)).collect::<Result<Vec<_>, _>>()?;
    if table == Table::Events {
        for item in &page.items {
            keys.extend(item.private::<Kept>()?.position.map(place));
        }
    }
    Ok(keys)
}

fn unfinished() -> StoreError {
    StoreError::Unavailable("there is always more to remove; try again".to_owned())
}
