//! The plain model: what a store does, said as simply as possible and without any thought of speed.

use std::collections::BTreeMap;
use std::ops::RangeBounds;
use std::sync::{Arc, Mutex, PoisonError};

use domain::Clock;
use serde_json::Value;

use crate::decide::Decide;
use crate::log::{Kept, shard};
use crate::page::{PAGE_BYTES, check_limit};
use crate::port::Answer;
use crate::rounds::{Rounds, next_version};
use crate::transfer::{Export, Record, Transfer, check};
use crate::{Cursor, Direction, Index, Item, Key, Page, Query, Sort, Store, StoreError, Table, Write};

/// A store in memory.
pub struct Model {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    items: BTreeMap<Key, Item>,
    /// The last version of every key that was ever there.
    last: BTreeMap<Key, i64>,
}

impl Model {
    /// An empty one.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default() }
    }

    fn with<'a, T: Send + 'a>(&self, act: impl FnOnce(&mut State) -> Result<T, StoreError>) -> Answer<'a, T> {
        let answer = act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        Box::pin(std::future::ready(answer))
    }
}

impl State {
    fn decide(&mut self, clock: &dyn Clock, keys: Vec<Key>, mut decide: Decide) -> Result<(), StoreError> {
        let now = clock.now();
        let mut rounds = Rounds::new(now, keys)?;
        let changes = loop {
            for key in rounds.wanted() {
                let next = next_version(now, self.last.get(&key).copied().unwrap_or(0));
                rounds.found(key.clone(), self.items.get(&key).cloned(), next);
            }
            if let Some(changes) = rounds.decide(&mut decide)? {
                break changes;
            }
        };
        for write in changes.writes() {
            if !rounds.loaded().contains(write.key()) && self.items.contains_key(write.key()) {
                return Err(StoreError::Misuse("an item that was not loaded exists already".to_owned()));
            }
        }
        for write in changes.writes() {
            let key = write.key().clone();
            match write {
                Write::Delete { .. } => drop(self.items.remove(&key)),
                Write::Put { body, private, .. } => {
                    let version = next_version(now, self.last.get(&key).copied().unwrap_or(0));
                    self.last.insert(key.clone(), version);
                    let table = key.table;
                    self.items.insert(key, Item { table, version, body: body.clone(), private: private.clone() });
                }
            }
        }
        Ok(())
    }

    fn query(&self, query: &Query) -> Result<Page, StoreError> {
        query.check()?;
        let mut rows: Vec<(Option<Sort>, &Key, &Item)> = self.rows(query).collect();
        rows.sort_by(|left, right| (&left.0, left.1).cmp(&(&right.0, right.1)));
        if query.direction == Direction::Descending {
            rows.reverse();
        }
        rows.retain(|(sort, key, _)| {
            let in_range = sort.as_ref().is_none_or(|sort| query.range.contains(sort));
            in_range && query.cursor.as_ref().is_none_or(|cursor| is_behind(query, cursor, sort.as_ref(), key))
        });
        let rows = rows.into_iter().map(|(sort, key, item)| {
            let index_sort = sort.filter(|_| query.index.is_some());
            (Cursor { key: key.clone(), index_sort }, item)
        });
        Ok(page(rows.collect(), query.limit))
    }

    /// The items of the partition, each with its sort value.
    fn rows<'s>(&'s self, query: &'s Query) -> impl Iterator<Item = (Option<Sort>, &'s Key, &'s Item)> {
        let index = query.index.and_then(|index| index.definition());
        self.items.iter().filter(|(key, _)| key.table == query.table).filter_map(move |(key, item)| {
            let Some(index) = index else {
                return (key.partition == query.partition).then(|| (key.sort.clone(), key, item));
            };
            if index.index == Index::Outbox {
                let waits = item.private::<Kept>().unwrap().position.is_none();
                let listed = waits && shard(&key.partition).to_string() == query.partition;
                return listed.then(|| (key.sort.clone(), key, item));
            }
            let body: Value = item.body().unwrap();
            let sort = index.sort.map(|name| body[name].as_i64().map(Sort::Number));
            let listed = body[index.partition] == *query.partition && sort != Some(None);
            listed.then(|| (sort.flatten(), key, item))
        })
    }
}

fn is_behind(query: &Query, cursor: &Cursor, sort: Option<&Sort>, key: &Key) -> bool {
    let place = if query.index.is_some() { cursor.index_sort.as_ref() } else { cursor.key.sort.as_ref() };
    match query.direction {
        Direction::Ascending => (sort, key) > (place, &cursor.key),
        Direction::Descending => (sort, key) < (place, &cursor.key),
    }
}

/// The first rows, up to the limits of a page.
fn page(rows: Vec<(Cursor, &Item)>, limit: usize) -> Page {
    let total = rows.len();
    let (mut items, mut next, mut bytes) = (Vec::new(), None, 0);
    for (cursor, item) in rows {
        if items.len() == limit || bytes >= PAGE_BYTES {
            break;
        }
        bytes += item.body.len();
        items.push(item.clone());
        next = Some(cursor);
    }
    Page { next: next.filter(|_| items.len() < total), items }
}

impl Store for Model {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<Item>> {
        self.with(|state| key.check().map(|()| state.items.get(key).cloned()))
    }

    fn get_many<'a>(&'a self, keys: &'a [Key]) -> Answer<'a, Vec<Option<Item>>> {
        self.with(|state| {
            if keys.len() > domain::limits::READ_KEYS {
                return Err(StoreError::Misuse("too many keys".to_owned()));
            }
            Ok(keys.iter().map(|key| state.items.get(key).cloned()).collect())
        })
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        self.with(|state| state.query(&query))
    }

    fn scan(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Page> {
        self.with(|state| {
            check_limit(limit)?;
            if after.as_ref().is_some_and(|cursor| !cursor.fits(table, None)) {
                return Err(StoreError::Misuse("the cursor does not fit the table".to_owned()));
            }
            let behind = |key: &Key| after.as_ref().is_none_or(|cursor| *key > cursor.key);
            let rows = state.items.iter().filter(|(key, _)| key.table == table && behind(key));
            Ok(page(rows.map(|(key, item)| (Cursor::after(key.clone()), item)).collect(), limit))
        })
    }

    fn decide(&self, keys: Vec<Key>, decide: Decide) -> Answer<'_, ()> {
        let clock = Arc::clone(&self.clock);
        self.with(move |state| state.decide(&*clock, keys, decide))
    }

    fn sweep(&self, table: Table, limit: usize) -> Answer<'_, usize> {
        let now = self.clock.now().as_second();
        self.with(|state| {
            let expired = |item: &Item| {
                item.body::<Value>().is_ok_and(|body| body["expiration"].as_i64().is_some_and(|at| at <= now))
            };
            let keys = state
                .items
                .iter()
                .filter(|(key, item)| key.table == table && table.definition().expires && expired(item));
            let keys: Vec<Key> = keys.map(|(key, _)| key.clone()).take(limit).collect();
            Ok(keys.iter().filter_map(|key| state.items.remove(key)).count())
        })
    }

    fn check(&self) -> Answer<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Transfer for Model {
    fn export(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Export> {
        Box::pin(async move { Export::of(table, self.scan(table, limit, after).await?) })
    }

    fn import(&self, records: Vec<Record>) -> Answer<'_, ()> {
        self.with(move |state| {
            check(&records)?;
            for Record { key, item } in records {
                let last = state.last.entry(key.clone()).or_default();
                *last = item.version.max(*last);
                state.items.insert(key, item);
            }
            Ok(())
        })
    }
}
