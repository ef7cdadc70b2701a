//! What the fields of an operation cost. A plain field costs 1; a list as much as its items with all that is asked of each.

use domain::limits::{LOCATION_PAGE_ITEMS, PAGE_ITEMS, SEARCH_RESOURCES};

/// A field that reads an item.
pub(super) const READ: usize = 10;
/// A field that shows a whole item.
pub(super) const DOCUMENT: usize = 10;
/// A mutation.
pub(super) const WRITE: usize = 500;
/// A calendar, which is worked out from up to 366 days.
pub(super) const CALENDAR: usize = 500;
/// A search of up to 500 calendars.
const SEARCH: usize = 5_000;
/// Items that are reckoned for a list inside an item, which has no limit of its own.
const INNER: usize = 10;

/// A page of so many items.
pub(super) fn page(limit: i32, child: usize) -> usize {
    usize::try_from(limit).unwrap_or(0).clamp(1, PAGE_ITEMS).saturating_mul(child).saturating_add(READ)
}

/// A page of locations.
pub(super) const fn locations(child: usize) -> usize {
    LOCATION_PAGE_ITEMS.saturating_mul(child).saturating_add(READ)
}

/// A page of a search.
pub(super) fn search(limit: i32, child: usize) -> usize {
    usize::try_from(limit).unwrap_or(0).clamp(1, SEARCH_RESOURCES).saturating_mul(child).saturating_add(SEARCH)
}

/// A list inside an item.
pub(super) const fn list(child: usize) -> usize {
    INNER.saturating_mul(child)
}
