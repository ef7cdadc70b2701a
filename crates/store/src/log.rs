//! The log: every event at a position of its own, counted from 1, in an order that every consumer sees alike. The events of one
//! aggregate are in it in the order of their sequence.
//!
//! The embedded store numbers events in the commit that makes them. Elsewhere they wait in an index, the outbox, until somebody
//! [`relay`]s them; several may do so at once. An entry only points to its event: one that was erased leaves a position without an
//! event behind.

use std::collections::{HashMap, HashSet};
use std::ops::Bound;

use domain::limits::READ_KEYS;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Changes, Direction, Index, Item, Key, Loaded, Query, Sort, Store, StoreError, Table, Verdict, Write, transact,
};

/// Partitions among which an outbox is spread.
pub const SHARDS: u32 = 4;
/// Positions that share a partition.
const SEGMENT: i64 = 100;
/// Events that one commit takes over: of each, the event, its place, and perhaps the one before it.
const RELAYED: usize = 24;
/// Entries that one commit removes.
const TRIMMED: usize = 32;
/// Bytes of events after which a page, or what one commit takes, ends: a read of several items has its limit on DynamoDB (4 MB).
const BYTES: usize = 1024 * 1024;

/// How far the log goes: the item under [`head_key`], and of the lowest position that is still there.
#[derive(Debug, Serialize, Deserialize)]
pub struct Head {
    /// The name of the cursor.
    pub name: String,
    /// The position.
    pub position: i64,
}

/// An entry of the log.
#[derive(Debug, Serialize, Deserialize)]
pub struct Entry {
    segment: String,
    position: i64,
    aggregate: String,
    sequence: i64,
    /// Of the event.
    bytes: usize,
}

/// What is kept with an event and is no part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its position in the log; none while it waits in an outbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// The sequence of the event before it of the same aggregate, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<i64>,
    /// Whom it concerns, by the names to which they subscribe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concerns: Vec<String>,
}

/// An event at its position.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// The position.
    pub position: i64,
    /// The event.
    pub item: Item,
}

/// A stretch of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogPage {
    /// The events, by position.
    pub events: Vec<Logged>,
    /// The position up to which nothing is missing: where to go on.
    pub through: i64,
    /// Both ends of the log.
    pub ends: Ends,
}

/// The ends of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The lowest position that can still be read; one more than `head` where there is none.
    pub first: i64,
    /// The last position.
    pub head: i64,
}

/// The key of the item that says where the log ends.
pub fn head_key() -> Key {
    Key::new(Table::Cursors, "log")
}

fn start_key() -> Key {
    Key::new(Table::Cursors, "log/start")
}

/// The key of a position.
pub fn place(position: i64) -> Key {
    Key::number(Table::Log, segment(position), position)
}

fn segment(position: i64) -> String {
    format!("{:016}", position.div_euclid(SEGMENT))
}

impl Entry {
    /// The entry of an event of so many bytes at a position.
    pub fn of(event: &Key, position: i64, bytes: usize) -> Self {
        let sequence = if let Some(Sort::Number(sequence)) = event.sort { sequence } else { 0 };
        Self { segment: segment(position), position, aggregate: event.partition.clone(), sequence, bytes }
    }

    fn event(&self) -> Key {
        Key::number(Table::Events, &self.aggregate, self.sequence)
    }
}

/// Where the log begins and ends; exact.
pub async fn ends(store: &dyn Store) -> Result<Ends, StoreError> {
    let found = store.get_many(&[start_key(), head_key()]).await?;
    let mut positions = found.iter().map(|item| item.as_ref().map(Item::body::<Head>).transpose());
    let mut next = || Ok::<_, StoreError>(positions.next().transpose()?.flatten().map(|head| head.position));
    let (first, head) = (next()?.unwrap_or(1), next()?.unwrap_or(0));
    Ok(Ends { first, head })
}

async fn start(store: &dyn Store) -> Result<i64, StoreError> {
    let item = store.get(&start_key()).await?;
    Ok(item.as_ref().map(Item::body::<Head>).transpose()?.map_or(1, |start| start.position))
}

/// The events behind a position, at most so many (and at most [`READ_KEYS`], and of at most a mebibyte or one event); exact.
pub async fn read(store: &dyn Store, after: i64, limit: usize) -> Result<LogPage, StoreError> {
    let ends = ends(store).await?;
    let after = after.max(ends.first.saturating_sub(1));
    let limit = i64::try_from(limit.clamp(1, READ_KEYS)).unwrap_or(1);
    let through = ends.head.min(after.saturating_add(limit));
    if through <= after {
        return Ok(LogPage { events: Vec::new(), through: after, ends });
    }
    let mut entries = entries(store, after.saturating_add(1), through).await?;
    let through = cut(&mut entries).unwrap_or(through);
    let keys: Vec<Key> = entries.iter().map(Entry::event).collect();
    let found = store.get_many(&keys).await?;
    // What was removed meanwhile is not just passed over: the start says so.
    let ends = Ends { first: start(store).await?, ..ends };
    let logged =
        entries.iter().zip(found).filter_map(|(entry, item)| Some(Logged { position: entry.position, item: item? }));
    Ok(LogPage { events: logged.collect(), through, ends })
}

/// Leaves as many of the first entries as fit into a page, and says where it ends if not all do.
fn cut(entries: &mut Vec<Entry>) -> Option<i64> {
    let mut bytes: usize = 0;
    let too_many = entries.iter().skip(1).position(|entry| {
        bytes = bytes.saturating_add(entry.bytes);
        bytes > BYTES
    })?;
    entries.truncate(too_many.saturating_add(1));
    entries.last().map(|entry| entry.position)
}

/// The entries from one position to another, both included.
async fn entries(store: &dyn Store, from: i64, to: i64) -> Result<Vec<Entry>, StoreError> {
    let mut entries: Vec<Entry> = Vec::new();
    let range = (Bound::Included(Sort::Number(from)), Bound::Included(Sort::Number(to)));
    for number in from.div_euclid(SEGMENT)..=to.div_euclid(SEGMENT) {
        let of_segment = Query::table(Table::Log, segment(number.saturating_mul(SEGMENT)));
        let page = store.query(Query { range: range.clone(), ..of_segment }).await?;
        for item in &page.items {
            entries.push(item.body()?);
        }
    }
    // A list may overlook what a commit writes at this moment although its end is there already; reads by key do not.
    let there: HashSet<i64> = entries.iter().map(|entry| entry.position).collect();
    let missing: Vec<Key> = (from..=to).filter(|position| !there.contains(position)).map(place).collect();
    if !missing.is_empty() {
        for item in store.get_many(&missing).await?.iter().flatten() {
            entries.push(item.body()?);
        }
        entries.sort_by_key(|entry| entry.position);
    }
    Ok(entries)
}

/// The number of the outbox in which an event waits.
pub fn shard(aggregate: &str) -> u32 {
    domain::spread::hash(aggregate) % SHARDS
}

/// Gives events that wait in an outbox their positions, the oldest first, and says how many it were.
pub async fn relay(store: &dyn Store, shard: u32) -> Result<usize, StoreError> {
    let waiting = Query { limit: RELAYED, ..Query::index(Index::Outbox, shard.to_string()) };
    let page = store.query(waiting).await?;
    let mut events = page.items.iter().map(|item| Key::of(Table::Events, item)).collect::<Result<Vec<_>, _>>()?;
    if events.is_empty() {
        return Ok(0);
    }
    events.sort();
    let bytes = page.items.iter().map(|item| item.body.len()).fold(0, usize::saturating_add);
    relay_sorted(store, &events, bytes <= BYTES).await
}

/// Gives these events their positions, and says how many got one, and which have none now.
pub async fn relay_these(store: &dyn Store, mut events: Vec<Key>) -> Result<(usize, Vec<Key>), StoreError> {
    events.sort();
    events.dedup();
    let (mut relayed, mut left): (usize, Vec<Key>) = (0, Vec::new());
    for some in events.chunks(RELAYED) {
        relayed = relayed.saturating_add(relay_sorted(store, some, true).await?);
        for (key, item) in some.iter().zip(store.get_many(some).await?) {
            // What cannot be read has no position that anybody could know of.
            let placed = item.is_none_or(|item| item.private::<Kept>().is_ok_and(|kept| kept.position.is_some()));
            if !placed {
                left.push(key.clone());
            }
        }
    }
    Ok((relayed, left))
}

/// Relays events, together if they may fit into one commit, else one after the other.
async fn relay_sorted(store: &dyn Store, events: &[Key], together: bool) -> Result<usize, StoreError> {
    let before = predecessors(store, events).await?;
    if together {
        match relay_events(store, events.to_vec(), before.clone()).await {
            // Those before them were too large to be read with them.
            Err(StoreError::TooLarge(_) | StoreError::Misuse(_) | StoreError::Corrupt(_)) => {}
            outcome => return outcome,
        }
    }
    let mut relayed: usize = 0;
    for event in events {
        match relay_events(store, vec![event.clone()], before.clone()).await {
            // Other aggregates do not wait for one that nobody can relay.
            Err(error @ (StoreError::TooLarge(_) | StoreError::Misuse(_) | StoreError::Corrupt(_))) => {
                tracing::error!(%error, aggregate = event.partition, "an event cannot be relayed");
            }
            outcome => relayed = relayed.saturating_add(outcome?),
        }
    }
    Ok(relayed)
}

/// The events before the first ones of their aggregates. An item's versions do not tell, as some have no event.
async fn predecessors(store: &dyn Store, events: &[Key]) -> Result<HashMap<Key, Key>, StoreError> {
    let mut before = HashMap::new();
    for of_one in events.chunk_by(|one, next| one.partition == next.partition) {
        let Some((first, sort)) = of_one.first().and_then(|first| Some((first, first.sort.clone()?))) else { continue };
        let range = (Bound::Unbounded, Bound::Excluded(sort));
        let query = Query::table(Table::Events, &first.partition);
        let last = Query { range, direction: Direction::Descending, limit: 1, ..query };
        if let Some(item) = store.query(last).await?.items.first() {
            before.insert(first.clone(), Key::of(Table::Events, item)?);
        }
        before.extend(of_one.iter().zip(of_one.iter().skip(1)).map(|(one, next)| (next.clone(), one.clone())));
    }
    Ok(before)
}

async fn relay_events(store: &dyn Store, events: Vec<Key>, before: HashMap<Key, Key>) -> Result<usize, StoreError> {
    let keys = [head_key()].into_iter().chain(events.clone()).collect();
    transact(store, keys, move |loaded| append(loaded, &events, &before)).await?.or(Ok(0))
}

/// Appends those of the events that have no position yet and whose predecessors have one.
fn append(loaded: &Loaded, events: &[Key], before: &HashMap<Key, Key>) -> Result<Verdict<usize, ()>, StoreError> {
    let mut waiting = Vec::with_capacity(events.len());
    for key in events {
        let Some(item) = loaded.item(key)? else { continue };
        let kept = item.private::<Kept>()?;
        if kept.position.is_none() {
            // A list may overlook what a commit writes at the moment, so that the one that the event knows of counts, too.
            let known = kept.previous.map(|sequence| Key::number(Table::Events, &key.partition, sequence));
            let earlier: Vec<Key> = before.get(key).cloned().into_iter().chain(known).collect();
            waiting.push((key, item, kept, earlier));
        }
    }
    let earlier = waiting.iter().flat_map(|(.., earlier)| earlier);
    let more: Vec<Key> = earlier.filter(|key| !loaded.contains(key)).cloned().collect();
    if !more.is_empty() {
        return Ok(Verdict::Read(more));
    }
    let head = loaded.item(&head_key())?.map(Item::body::<Head>).transpose()?.map_or(0, |head| head.position);
    let (mut changes, mut position) = (Changes::none(), head);
    let mut placed: HashSet<Key> = HashSet::new();
    for (key, item, kept, earlier) in waiting {
        // One that is not in the log yet has to come first; the next look finds both.
        if waits(loaded, &earlier, &placed)? {
            continue;
        }
        position = position.saturating_add(1);
        let private = text(&Kept { position: Some(position), ..kept })?;
        changes.push(Write::Put { key: key.clone(), body: item.body.clone(), private: Some(private) });
        changes.put(place(position), &Entry::of(key, position, item.body.len()))?;
        placed.insert(key.clone());
    }
    if !placed.is_empty() {
        let end = head_key();
        changes.put(end.clone(), &Head { name: end.partition, position })?;
    }
    Ok(Verdict::Commit(changes, placed.len()))
}

/// Whether one of these events is there and not in the log yet.
fn waits(loaded: &Loaded, earlier: &[Key], placed: &HashSet<Key>) -> Result<bool, StoreError> {
    for key in earlier.iter().filter(|key| !placed.contains(key)) {
        if let Some(item) = loaded.item(key)?
            && item.private::<Kept>()?.position.is_none()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn text(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Misuse(error.to_string()))
}

/// Removes the events at the start of the log that were made before a time, up to a position, that one excluded: some of them, and
/// says how many positions it were.
pub async fn trim(store: &dyn Store, before: Timestamp, below: i64) -> Result<i64, StoreError> {
    let Ends { first, head } = ends(store).await?;
    let most = i64::try_from(TRIMMED).unwrap_or(1);
    let last = head.min(below.saturating_sub(1)).min(first.saturating_add(most).saturating_sub(1));
    if last < first {
        return Ok(0);
    }
    let mut old = entries(store, first, last).await?;
    let last = cut(&mut old).unwrap_or(last);
    // Sequences are the milliseconds of commits, or a little more.
    let young = old.iter().find(|entry| entry.sequence >= before.as_millisecond()).map(|entry| entry.position);
    let end = young.unwrap_or(last.saturating_add(1));
    if end <= first {
        return Ok(0);
    }
    old.retain(|entry| entry.position < end);
    let gone: Vec<Key> = old.iter().flat_map(|entry| [place(entry.position), entry.event()]).collect();
    let keys = [start_key()].into_iter().chain(gone.iter().cloned()).collect();
    let decide = move |loaded: &Loaded| {
        let mut changes = Changes::none();
        let start = start_key();
        // Somebody else was faster: the start never goes back.
        if loaded.item(&start)?.map(Item::body::<Head>).transpose()?.map_or(1, |start| start.position) != first {
            return Ok(Verdict::<(), ()>::Refuse(Changes::none(), ()));
        }
        for key in &gone {
            if loaded.item(key)?.is_some() {
                changes.delete(key.clone());
            }
        }
        changes.put(start.clone(), &Head { name: start.partition, position: end })?;
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    let trimmed = transact(store, keys, decide).await?.is_ok();
    Ok(if trimmed { end.saturating_sub(first) } else { 0 })
}
