//! Writing accounts, with the event of each change in the same commit.

use domain::event::Event;
use serde::Serialize;
use store::{Changes, Key, Loaded, StoreError, Table};

use super::{Stored, username};

/// Stores an account and the event by which it came to be so. Its key must be loaded.
pub(super) fn put(changes: &mut Changes, loaded: &Loaded, kind: &str, stored: &Stored) -> Result<(), StoreError> {
    let key = username::account(&stored.account.sub);
    event(changes, loaded, &key, "account", kind, &stored.account)?;
    changes.put_private(key, &stored.account, &stored.secrets)
}

/// Stores the event by which the item under a loaded key changes. `what` is the kind of item, the event's kind says what happened.
pub(super) fn event(
    changes: &mut Changes,
    loaded: &Loaded,
    key: &Key,
    what: &str,
    kind: &str,
    data: &impl Serialize,
) -> Result<(), StoreError> {
    let aggregate = format!("{what}/{}", key.partition);
    let sequence = loaded.next_version(key)?;
    let event = Event::new(kind, &aggregate, sequence, loaded.now(), data);
    changes.put(Key::number(Table::Events, aggregate.as_str(), sequence), &event)
}
