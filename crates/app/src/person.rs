//! Everything that is stored of one person, page by page: the account without its secrets, the profile, bookings (canceled ones too),
//! requests, orders, what counts against quotas, and the events of all these.

use domain::Refusal;
use domain::limits::PAGE_ITEMS;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{Cursor, Index, Item, Key, Query, StoreError, Table};

use crate::commit::aggregate;
use crate::{App, Failure, Listing};

/// Bytes after which a page ends.
const PAGE_BYTES: usize = 1024 * 1024;

/// One list of a person's items.
struct Source {
    /// What an item of it is called.
    kind: &'static str,
    query: Query,
    /// Whether each item's events follow it.
    with_events: bool,
}

/// Where a page ended: in which list, behind which of its items, and in the middle of which item's events.
#[derive(Default, Serialize, Deserialize)]
struct Place {
    source: usize,
    behind: Option<String>,
    events: Option<String>,
}

/// One line of what is handed out.
#[derive(Serialize)]
struct Line<'a> {
    kind: &'a str,
    data: &'a RawValue,
}

/// A page in the making.
#[derive(Default)]
struct Lines {
    lines: Vec<String>,
    bytes: usize,
}

/// A person's items in the order in which they are handed out. The events of account and profile have lists of their own, since
/// they are there also when the item is not.
fn sources(user: &str) -> [Source; 8] {
    let alone = |kind, query| Source { kind, query, with_events: false };
    let events = |of: Key| alone("event", Query::table(Table::Events, aggregate(&of)));
    let with_events = |kind, query| Source { kind, query, with_events: true };
    [
        alone("account", Query::table(Table::Accounts, user)),
        events(Key::new(Table::Accounts, user)),
        alone("profile", Query::table(Table::Users, user)),
        events(Key::new(Table::Users, user)),
        with_events("booking", Query::index(Index::BookingsByUserByTime, user)),
        with_events("request", Query::index(Index::RequestsByUser, user)),
        with_events("order", Query::table(Table::Orders, user)),
        alone("quota", Query::table(Table::Quotas, user)),
    ]
}

impl App {
    /// A page of all that is stored of a user, one JSON object a line with `kind` and `data`; by `sub`, also when the account is gone.
    pub async fn export_person(&self, user: &str, after: Option<&str>) -> Result<Listing, Failure> {
        let place = after.map_or_else(|| Ok(Place::default()), serde_json::from_str);
        let mut place = place.map_err(|_| Refusal::invalid("?cursor", "is not one that was given out"))?;
        let sources = sources(user);
        let mut page = Lines::default();
        while let Some(source) = sources.get(place.source) {
            self.export_some(source, &mut place, &mut page).await?;
            if page.is_full() {
                break;
            }
        }
        let more = place.source < sources.len();
        Ok(Listing { items: page.lines, next: more.then(|| serde_json::to_string(&place).unwrap_or_default()) })
    }

    /// Adds the next items of a list, or the next events of its next item.
    async fn export_some(&self, source: &Source, place: &mut Place, page: &mut Lines) -> Result<(), Failure> {
        let limit = if source.with_events { 1 } else { PAGE_ITEMS };
        let query = Query { limit, ..source.query.clone() };
        let items = self.store.query(at(query, place.behind.as_deref())).await?;
        for item in &items.items {
            if !source.with_events {
                page.add(source.kind, item)?;
                continue;
            }
            let events = Query::table(Table::Events, aggregate(&Key::of(source.query.table, item)?));
            let resumed = place.events.take().and_then(|text| events.clone().resume(&text));
            if resumed.is_none() {
                page.add(source.kind, item)?;
            }
            let events = self.store.query(resumed.unwrap_or(events)).await?;
            events.items.iter().try_for_each(|event| page.add("event", event))?;
            if let Some(next) = events.next {
                place.events = Some(next.encode());
                return Ok(());
            }
        }
        place.behind = items.next.as_ref().map(Cursor::encode);
        if place.behind.is_none() {
            place.source = place.source.saturating_add(1);
        }
        Ok(())
    }
}

/// The query from a place on, or from the start where the place is none of it.
fn at(query: Query, behind: Option<&str>) -> Query {
    behind.and_then(|text| query.clone().resume(text)).unwrap_or(query)
}

impl Lines {
    fn add(&mut self, kind: &str, item: &Item) -> Result<(), StoreError> {
        let corrupt = |error: serde_json::Error| item.corrupt(error);
        let data: &RawValue = serde_json::from_str(&item.body).map_err(corrupt)?;
        // What another program wrote may have line breaks, though never inside a string.
        let line = serde_json::to_string(&Line { kind, data }).map_err(corrupt)?.replace(['\n', '\r'], " ");
        self.bytes = self.bytes.saturating_add(line.len());
        self.lines.push(line);
        Ok(())
    }

    const fn is_full(&self) -> bool {
        self.lines.len() >= PAGE_ITEMS || self.bytes >= PAGE_BYTES
    }
}
