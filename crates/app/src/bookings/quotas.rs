//! What a user has booked of a resource with a quota: one item for each user and resource, which follows the bookings in their commits.

use std::collections::BTreeSet;

use domain::booking::Granted;
use domain::rules::Usage;
use serde::Serialize;
use store::{Key, Loaded, StoreError, Table, Write};

use super::calendar::text;
use crate::commit::Draft;

pub(super) fn key(user_id: &str, resource_id: &str) -> Key {
    Key::text(Table::Quotas, user_id, resource_id)
}

/// The items in which a booking counts.
pub(super) fn keys_of(granted: &Granted) -> impl Iterator<Item = Key> {
    granted.state.counted.keys().map(|resource_id| key(&granted.booking.user_id, resource_id))
}

/// What a user has booked of a resource, but for one booking.
pub(super) fn usage_of_others(
    loaded: &Loaded,
    user_id: &str,
    resource_id: &str,
    booking: Option<&Granted>,
) -> Result<Usage, StoreError> {
    let mut usage = usage(loaded, &key(user_id, resource_id))?;
    if let Some(counted) = booking.and_then(|booking| booking.state.counted.get(resource_id)) {
        usage.take_back(*counted);
    }
    Ok(usage)
}

fn usage(loaded: &Loaded, key: &Key) -> Result<Usage, StoreError> {
    loaded.item(key)?.map_or_else(|| Ok(Usage::default()), store::Item::body)
}

/// An item as it is stored.
#[derive(Serialize)]
struct Stored<'a> {
    #[serde(rename = "userID")]
    user_id: &'a str,
    #[serde(rename = "resourceID")]
    resource_id: &'a str,
    #[serde(flatten)]
    usage: &'a Usage,
}

/// Counts a booking in place of an earlier one.
pub(super) fn store(
    draft: &mut Draft<'_>,
    loaded: &Loaded,
    earlier: Option<&Granted>,
    granted: &Granted,
) -> Result<(), StoreError> {
    let user_id = &granted.booking.user_id;
    let before = earlier.map(|earlier| &earlier.state.counted);
    let after = &granted.state.counted;
    let resources: BTreeSet<&String> =
        before.into_iter().flat_map(|before| before.keys()).chain(after.keys()).collect();
    for resource_id in resources {
        let key = key(user_id, resource_id);
        let had = usage(loaded, &key)?;
        let mut usage = had.clone();
        let of = |counted: &std::collections::BTreeMap<_, _>| counted.get(resource_id).copied();
        usage.replace(before.and_then(of), of(after), loaded.now());
        if usage == had {
            continue;
        }
        if !usage.is_empty() {
            let body = text(&Stored { user_id, resource_id, usage: &usage })?;
            draft.push(Write::Put { key, body, private: None });
        } else if loaded.item(&key)?.is_some() {
            draft.push(Write::Delete { key });
        }
    }
    Ok(())
}
