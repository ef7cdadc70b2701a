//! What a decision changes: each change of an aggregate with its event.

use domain::event::Event;
use serde::Serialize;
use serde_json::value::to_raw_value;
use store::log::Kept;
use store::{Changes, Key, Loaded, StoreError, Table, Verdict, Write};

use super::Decided;
use crate::Reply;
use crate::events::Topic;

/// The changes of a decision: each change of an aggregate goes with its event.
pub(crate) struct Draft<'a> {
    loaded: &'a Loaded,
    changes: Changes,
    concerns: Vec<Topic>,
}

/// A body that was written, as text, and the version that it got.
pub(crate) struct Written {
    pub(crate) body: String,
    pub(crate) version: i64,
}

impl<'a> Draft<'a> {
    pub(crate) const fn new(loaded: &'a Loaded) -> Self {
        Self { loaded, changes: Changes::none(), concerns: Vec::new() }
    }

    /// Whom the next event concerns, besides those who follow its aggregate.
    pub(crate) fn concern(&mut self, topics: impl IntoIterator<Item = Topic>) {
        self.concerns.extend(topics);
    }

    /// Stores an item and its event.
    pub(crate) fn store(&mut self, key: &Key, event: &str, body: &impl Serialize) -> Result<Written, StoreError> {
        self.write(key, event, body, None)
    }

    /// Stores an item with private attributes, and its event.
    pub(crate) fn store_with(
        &mut self,
        key: &Key,
        event: &str,
        body: &impl Serialize,
        private: &impl Serialize,
    ) -> Result<Written, StoreError> {
        let private = serde_json::to_string(private).map_err(|error| StoreError::Misuse(error.to_string()))?;
        self.write(key, event, body, Some(private))
    }

    /// Removes an item and tells of it.
    pub(crate) fn remove(&mut self, key: &Key, event: &str) -> Result<(), StoreError> {
        let version = self.loaded.next_version(key)?;
        self.tell(key, event, version, &())?;
        self.changes.delete(key.clone());
        Ok(())
    }

    /// A write that is no change of an aggregate.
    pub(crate) fn push(&mut self, write: Write) {
        self.changes.push(write);
    }

    /// Does not guard what was read under a key. Whoever calls this says why it is safe.
    pub(crate) fn unguard(&mut self, key: Key) {
        self.changes.unguard(key);
    }

    /// What was drafted.
    pub(crate) fn into_changes(self) -> Changes {
        self.changes
    }

    /// Commits what was drafted, and answers.
    pub(crate) fn reply(self, reply: Reply) -> Decided {
        Ok(Verdict::Commit(self.changes, reply))
    }

    fn write(
        &mut self,
        key: &Key,
        event: &str,
        body: &impl Serialize,
        private: Option<String>,
    ) -> Result<Written, StoreError> {
        let version = self.loaded.next_version(key)?;
        let raw = to_raw_value(body).map_err(|error| StoreError::Misuse(error.to_string()))?;
        self.tell(key, event, version, &raw)?;
        let body = raw.get().to_owned();
        self.changes.push(Write::Put { key: key.clone(), body: body.clone(), private });
        Ok(Written { body, version })
    }

    fn tell(&mut self, key: &Key, event: &str, version: i64, data: &impl Serialize) -> Result<(), StoreError> {
        let told = tell(self.loaded, key, (event, version), data, std::mem::take(&mut self.concerns))?;
        self.changes.push(told);
        Ok(())
    }
}

/// The event of a change of the item under a key, which gets that version.
pub(crate) fn tell(
    loaded: &Loaded,
    key: &Key,
    (event, version): (&str, i64),
    data: &impl Serialize,
    concerns: Vec<Topic>,
) -> Result<Write, StoreError> {
    let text = |error: serde_json::Error| StoreError::Misuse(error.to_string());
    let aggregate = aggregate(key);
    let body = serde_json::to_string(&Event::new(event, &aggregate, version, loaded.now(), data)).map_err(text)?;
    let mut concerns: Vec<String> = Topic::of(key).into_iter().chain(concerns).map(|topic| topic.to_string()).collect();
    concerns.sort();
    concerns.dedup();
    let kept = Kept { position: None, previous: loaded.item(key)?.map(|item| item.version), concerns };
    let private = Some(serde_json::to_string(&kept).map_err(text)?);
    Ok(Write::Put { key: Key::number(Table::Events, aggregate, version), body, private })
}

/// The name of an item among the events: what it is, and its key.
pub(crate) fn aggregate(key: &Key) -> String {
    let what = match key.table {
        Table::Users => "user",
        Table::Locations => "location",
        Table::Resources => "resource",
        Table::Bookings => "booking",
        Table::Orders => "order",
        Table::Requests => "request",
        Table::Accounts => "account",
        other => other.definition().name,
    };
    match &key.sort {
        Some(store::Sort::Text(sort)) => format!("{what}/{}/{sort}", key.partition),
        _ => format!("{what}/{}", key.partition),
    }
}
