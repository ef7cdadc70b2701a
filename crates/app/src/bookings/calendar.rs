//! What a booking touches beside its own item: the days of its resources, the items of its additional resources, the quotas of its
//! user, and its timer.

use domain::booking::{Claim, Granted, part};
use domain::occupancy::{Day, Ledger};
use domain::rules::Cancellation;
use domain::{Refusal, booking::Booking};
use serde::Serialize;
use store::{Key, Loaded, Sort, StoreError, Table, Write};

use super::{key, quotas, timers};
use crate::commit::{Draft, Written};
use crate::events::Topic;
use crate::resources;

pub(super) fn day_key(resource_id: &str, day: i64) -> Key {
    Key::number(Table::Occupancy, resource_id, day)
}

/// The days that a claim touches.
pub(super) fn days(claim: &Claim) -> impl Iterator<Item = Key> {
    claim.days().map(|(day, _, _)| day_key(&claim.resource_id, day))
}

/// What a change of a booking writes beside the booking itself: the days that it claims, its parts, the quotas in which it counts, and
/// its timer.
pub(super) fn keys_of(granted: &Granted) -> impl Iterator<Item = Key> {
    let days_and_parts = granted.state.claims.iter().flat_map(days).chain(parts(&granted.booking));
    days_and_parts.chain(quotas::keys_of(granted)).chain(timers::key_of(granted))
}

fn parts(booking: &Booking) -> impl Iterator<Item = Key> {
    booking.additional.iter().map(|additional| key(&part::key(&booking.booking_id, &additional.resource_id)))
}

/// Those of the keys that are not loaded yet, each once.
pub(super) fn missing(loaded: &Loaded, keys: impl Iterator<Item = Key>) -> Vec<Key> {
    let mut missing: Vec<Key> = keys.filter(|key| !loaded.contains(key)).collect();
    missing.sort();
    missing.dedup();
    missing
}

/// The days that are loaded.
pub(super) fn ledger(loaded: &Loaded) -> Result<Ledger, StoreError> {
    let mut ledger = Ledger::new(loaded.now());
    for (key, item, _) in loaded.entries() {
        let (Table::Occupancy, Some(Sort::Number(day))) = (key.table, &key.sort) else { continue };
        let stored = item.map_or_else(|| Ok(Day::default()), |item| item.body::<Day>())?;
        ledger.insert(&key.partition, *day, stored);
    }
    Ok(ledger)
}

/// Whether the cancellation windows of these resources let a booking be given up. A resource that is gone always does.
pub(super) fn may_give_up<'a>(
    loaded: &Loaded,
    booking: &Booking,
    resources: impl Iterator<Item = &'a str>,
) -> Result<Result<(), Refusal>, StoreError> {
    for resource_id in resources {
        let Some(resource) = loaded.item(&resources::key(resource_id))? else { continue };
        let rule = resources::rules_of::<Cancellation>(resource);
        if let Err(refusal) = rule.and_then(|rule| rule.check(booking.start, loaded.now())) {
            return Ok(Err(refusal));
        }
    }
    Ok(Ok(()))
}

/// A day as it is stored.
#[derive(Serialize)]
struct StoredDay<'a> {
    #[serde(rename = "resourceID")]
    resource_id: &'a str,
    day: i64,
    #[serde(flatten)]
    use_of_day: &'a Day,
}

/// Writes a booking with its claims, event, parts and timer, in place of an earlier one, and the days and quotas that changed.
pub(super) fn store(
    draft: &mut Draft<'_>,
    loaded: &Loaded,
    event: &str,
    granted: &Granted,
    earlier: Option<&Granted>,
    ledger: &Ledger,
) -> Result<Written, StoreError> {
    let Granted { booking, state } = granted;
    draft.concern(concerned(granted, earlier));
    let written = draft.store_with(&key(&booking.booking_id), event, booking, state)?;
    for part in booking.part_items() {
        let body = text(&part)?;
        draft.push(Write::Put { key: key(&part.key), body, private: None });
    }
    timers::set(draft, loaded, granted, earlier)?;
    for left in earlier.into_iter().flat_map(|earlier| parts(&earlier.booking)) {
        if loaded.item(&left)?.is_some() && !parts(booking).any(|part| part == left) {
            draft.push(Write::Delete { key: left });
        }
    }
    store_days(draft, loaded, ledger)?;
    quotas::store(draft, loaded, earlier, granted)?;
    Ok(written)
}

/// Who follows the user's bookings, or the calendar of a resource of it. Who waits in line is not in the calendar.
pub(super) fn concerned(granted: &Granted, earlier: Option<&Granted>) -> impl Iterator<Item = Topic> {
    let both = || [Some(granted), earlier].into_iter().flatten().map(|granted| &granted.booking);
    let shown = both().any(|booking| booking.status.stands());
    let resources = both().flat_map(Booking::parts).map(|(resource_id, _)| Topic::Resource(resource_id.to_owned()));
    let resources: Vec<Topic> = resources.filter(|_| shown).collect();
    resources.into_iter().chain([Topic::Bookings(granted.booking.user_id.clone())])
}

/// Writes the days that changed.
pub(super) fn store_days(draft: &mut Draft<'_>, loaded: &Loaded, ledger: &Ledger) -> Result<(), StoreError> {
    for (resource_id, day, use_of_day) in ledger.changed() {
        let key = day_key(resource_id, day);
        if !use_of_day.is_free() {
            let body = text(&StoredDay { resource_id, day, use_of_day })?;
            draft.push(Write::Put { key, body, private: None });
        } else if loaded.item(&key)?.is_some() {
            draft.push(Write::Delete { key });
        }
    }
    Ok(())
}

pub(super) fn text(body: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(body).map_err(|error| StoreError::Misuse(error.to_string()))
}
