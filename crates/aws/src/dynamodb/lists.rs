//! Pages: queries of a partition by table or index, scans, and the removal of what has expired.

use std::ops::Bound;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use store::page::{PAGE_BYTES, check_limit};
use store::{Cursor, Direction, Item, Page, Query, Sort, StoreError, Table};

use super::DynamoStore;
use super::attempts::Attempts;
use super::attributes::{Attributes, inexact};
use super::capacity::Units;
use super::fault::Fault;
use super::items::{
    EXPIRATION, REMOVED, Stored, VERSION, key_attributes, key_of, listed_item, sort_attribute, sort_name, tombstone,
    whole_number,
};

/// Requests that one page may take: tombstones are left out, and DynamoDB ends an answer after 1 MB.
const REQUESTS: usize = 64;
/// What leaves tombstones out.
const LIVE: &str = "attribute_not_exists(#removed)";

/// Items with their places in a list, and where to go on.
type Keyed = (Vec<(Cursor, Item)>, Option<Cursor>);

/// What one request found: raw items, and where to go on.
struct Found {
    items: Vec<Attributes>,
    last: Option<Attributes>,
}

impl DynamoStore {
    /// A page of a partition. By an index perhaps a little late, by the table exact.
    pub(super) async fn query_page(&self, query: Query) -> Result<Page, StoreError> {
        query.check()?;
        let Some(select) = Select::new(&query) else { return Ok(Page { items: Vec::new(), next: None }) };
        let mut filling = Filling::new(&query);
        let mut start = select.start.clone();
        let mut attempts = Attempts::new();
        for _ in 0..REQUESTS {
            let found = self.query_once(&select, start.take(), filling.missing(), &mut attempts).await?;
            if filling.take(found.items, &mut start, found.last)? {
                break;
            }
        }
        filling.page(start)
    }

    async fn query_once(
        &self,
        select: &Select,
        start: Option<Attributes>,
        limit: i32,
        attempts: &mut Attempts,
    ) -> Result<Found, StoreError> {
        loop {
            let query = self.client.query().table_name(self.name(select.table)).set_index_name(select.index.clone());
            let query = query.consistent_read(select.index.is_none()).scan_index_forward(select.forward).limit(limit);
            let query = query.key_condition_expression(&select.condition).filter_expression(LIVE);
            let query = query.set_expression_attribute_names(Some(select.names.iter().cloned().collect()));
            let query = query.set_expression_attribute_values(Some(select.values.iter().cloned().collect()));
            let query = query.return_consumed_capacity(ReturnConsumedCapacity::Total);
            match query.set_exclusive_start_key(start.clone()).send().await {
                Ok(output) => {
                    self.meter.add(Units::Read, output.consumed_capacity());
                    return Ok(Found { items: output.items.unwrap_or_default(), last: output.last_evaluated_key });
                }
                Err(error) => attempts.again(self.fault([select.table], &error)).await?,
            }
        }
    }

    /// A page of a table, in an order of DynamoDB's own.
    pub(super) async fn scan_page(
        &self,
        table: Table,
        limit: usize,
        after: Option<Cursor>,
    ) -> Result<Page, StoreError> {
        let (items, next) = self.scan_items(table, limit, after, false).await?;
        Ok(Page { items: items.into_iter().map(|(_, item)| item).collect(), next })
    }

    /// The items of such a page with their places. An exact one fails where an attribute is of a kind that JSON does not have.
    pub(super) async fn scan_items(
        &self,
        table: Table,
        limit: usize,
        after: Option<Cursor>,
        exact: bool,
    ) -> Result<Keyed, StoreError> {
        check_limit(limit)?;
        if after.as_ref().is_some_and(|cursor| !cursor.fits(table, None)) {
            return Err(StoreError::Misuse(format!("{after:?} is not a place in {table:?}")));
        }
        let whole = Query { limit, ..Query::table(table, "") };
        let mut filling = Filling { exact, ..Filling::new(&whole) };
        let mut attempts = if exact { Attempts::lasting() } else { Attempts::new() };
        let mut start = after.map(|cursor| key_attributes(&cursor.key));
        for _ in 0..REQUESTS {
            let found = self.scan_once(table, start.take(), (filling.missing(), LIVE, None), &mut attempts).await?;
            if filling.take(found.items, &mut start, found.last)? {
                break;
            }
        }
        filling.end(start)
    }

    async fn scan_once(
        &self,
        table: Table,
        start: Option<Attributes>,
        (limit, filter, now): (i32, &str, Option<i64>),
        attempts: &mut Attempts,
    ) -> Result<Found, StoreError> {
        loop {
            let mut scan = self.client.scan().table_name(self.name(table)).consistent_read(true).limit(limit);
            scan = scan.filter_expression(filter);
            scan = match now {
                None => scan.expression_attribute_names("#removed", REMOVED),
                Some(now) => scan
                    .expression_attribute_names("#end", EXPIRATION)
                    .expression_attribute_values(":now", AttributeValue::N(now.to_string())),
            };
            scan = scan.return_consumed_capacity(ReturnConsumedCapacity::Total);
            match scan.set_exclusive_start_key(start.clone()).send().await {
                Ok(output) => {
                    self.meter.add(Units::Read, output.consumed_capacity());
                    return Ok(Found { items: output.items.unwrap_or_default(), last: output.last_evaluated_key });
                }
                Err(error) => attempts.again(self.fault([table], &error)).await?,
            }
        }
    }

    /// Removes what has expired. On AWS the table's own time to live does so; this is for endpoints that have none.
    pub(super) async fn sweep_some(&self, table: Table, limit: usize) -> Result<usize, StoreError> {
        if !table.definition().expires {
            return Ok(0);
        }
        let now = self.clock.now().as_second();
        let mut start = None;
        let mut removed: usize = 0;
        let mut attempts = Attempts::new();
        for _ in 0..REQUESTS {
            let wanted = (1_000, "#end <= :now", Some(now));
            let found = self.scan_once(table, start.take(), wanted, &mut attempts).await?;
            for item in found.items {
                if removed >= limit {
                    return Ok(removed);
                }
                removed = removed.saturating_add(usize::from(self.remove_expired(table, &item, now).await?));
            }
            start = found.last;
            if start.is_none() {
                break;
            }
        }
        Ok(removed)
    }

    /// Whether an item was removed; a tombstone goes, too, but does not count.
    async fn remove_expired(&self, table: Table, item: &Attributes, now: i64) -> Result<bool, StoreError> {
        let key = key_of(table, item)?;
        let stored = Stored::decode(&key, Some(item.clone()))?;
        let Some(version) = item.get(VERSION) else { return Ok(false) };
        let number = whole_number(VERSION, version).map_err(|why| key.corrupt(why))?;
        let sent = if stored.item().is_some() {
            let commit = Self::mark();
            let put = self.client.put_item().table_name(self.name(table)).condition_expression("#version = :version");
            let put = put.expression_attribute_names("#version", VERSION);
            let put = put.expression_attribute_values(":version", version.clone());
            let put = put.return_consumed_capacity(ReturnConsumedCapacity::Total);
            let sent = put.set_item(Some(tombstone(&key, number, &commit, now))).send().await;
            sent.map(|output| output.consumed_capacity).map_err(|error| Fault::of(&error))
        } else {
            let delete = self.client.delete_item().table_name(self.name(table)).set_key(Some(key_attributes(&key)));
            let delete =
                delete.condition_expression("#version = :version").expression_attribute_names("#version", VERSION);
            let delete = delete.expression_attribute_values(":version", version.clone());
            let sent = delete.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await;
            sent.map(|output| output.consumed_capacity).map_err(|error| Fault::of(&error))
        };
        self.meter.add(Units::Write, sent.iter().flatten());
        // Whatever could not be removed this time is removed another time.
        Ok(sent.is_ok() && stored.item().is_some())
    }
}

/// A page in the making. One more item than is wanted tells whether anything follows.
struct Filling<'q> {
    query: &'q Query,
    items: Vec<(Cursor, Item)>,
    bytes: usize,
    /// Whether something was found that no longer went in.
    cut: bool,
    /// Whether an attribute of a kind that JSON does not have is an error.
    exact: bool,
}

impl<'q> Filling<'q> {
    const fn new(query: &'q Query) -> Self {
        Self { query, items: Vec::new(), bytes: 0, cut: false, exact: false }
    }

    fn missing(&self) -> i32 {
        let missing = self.query.limit.saturating_add(1).saturating_sub(self.items.len()).max(1);
        i32::try_from(missing).unwrap_or(i32::MAX)
    }

    fn is_full(&self) -> bool {
        self.items.len() > self.query.limit || self.bytes >= PAGE_BYTES
    }

    /// Takes in what was found, and says whether that is enough; where to go on is put into `start`.
    fn take(
        &mut self,
        found: Vec<Attributes>,
        start: &mut Option<Attributes>,
        last: Option<Attributes>,
    ) -> Result<bool, StoreError> {
        *start = last;
        for attributes in found {
            // Only another program can have written it; the embedded store lists no such item either.
            let cursor = match self.cursor(&attributes) {
                Ok(cursor) => cursor,
                Err(error) if self.exact => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, "an item is left out of a list");
                    continue;
                }
            };
            let beside =
                cursor.index_sort.as_ref().or(cursor.key.sort.as_ref()).is_some_and(|sort| self.is_excluded(sort));
            if beside {
                continue;
            }
            if self.is_full() {
                self.cut = true;
                return Ok(true);
            }
            let odd = if self.exact { attributes.iter().find_map(odd) } else { None };
            let item = listed_item(&cursor.key, attributes)?;
            if let (Some(_), Some(reason)) = (&item, odd) {
                return Err(cursor.key.refused(StoreError::Corrupt(reason)));
            }
            if let Some(item) = item {
                self.bytes = self.bytes.saturating_add(item.body.len());
                self.items.push((cursor, item));
            }
        }
        Ok(start.is_none() || self.is_full())
    }

    /// DynamoDB's ranges include both ends.
    fn is_excluded(&self, sort: &Sort) -> bool {
        let (from, to) = &self.query.range;
        [from, to].into_iter().any(|bound| matches!(bound, Bound::Excluded(end) if end == sort))
    }

    fn cursor(&self, attributes: &Attributes) -> Result<Cursor, StoreError> {
        let key = key_of(self.query.table, attributes)?;
        let name = self.query.index.and_then(|index| index.definition()).and_then(|definition| definition.sort);
        let sort = name.and_then(|name| attributes.get(name).map(|value| (name, value)));
        let sort = sort.map(|(name, value)| whole_number(name, value).map(Sort::Number)).transpose();
        let sort = sort.map_err(|why| key.corrupt(why))?;
        Ok(Cursor { key, index_sort: sort })
    }

    /// The page of items alone.
    fn page(self, start: Option<Attributes>) -> Result<Page, StoreError> {
        let (items, next) = self.end(start)?;
        Ok(Page { items: items.into_iter().map(|(_, item)| item).collect(), next })
    }

    /// What was wanted, and a cursor when anything follows.
    fn end(mut self, start: Option<Attributes>) -> Result<Keyed, StoreError> {
        let more = self.cut || self.items.len() > self.query.limit;
        self.items.truncate(self.query.limit);
        let last = self.items.last().map(|(cursor, _)| cursor.clone());
        let next = match (more, start) {
            (true, _) => last,
            (false, Some(start)) if last.is_none() => Some(self.cursor(&start)?),
            (false, Some(_)) => last,
            (false, None) => None,
        };
        Ok((self.items, next))
    }
}

/// What is odd about an attribute, if anything.
fn odd((name, attribute): (&String, &AttributeValue)) -> Option<String> {
    let what = inexact(attribute)?;
    Some(format!(
        "the attribute {name} is or holds {what}, which only DynamoDB has; replace it by a string, a list or a map"
    ))
}

/// A query as DynamoDB wants it.
struct Select {
    table: Table,
    index: Option<String>,
    forward: bool,
    condition: String,
    names: Vec<(String, String)>,
    values: Vec<(String, AttributeValue)>,
    start: Option<Attributes>,
}

impl Select {
    /// Nothing when the range is empty or the cursor is behind its end.
    fn new(query: &Query) -> Option<Self> {
        let definition = query.table.definition();
        let index = query.index.and_then(|index| index.definition());
        let partition = index.map_or(definition.partition, |index| index.partition);
        let sort = index.map_or(sort_name(definition), |index| index.sort);
        let name = |place: &str, name: &str| (place.to_owned(), name.to_owned());
        let mut select = Self {
            table: query.table,
            index: index.map(|index| index.name.to_owned()),
            forward: query.direction == Direction::Ascending,
            condition: "#partition = :partition".to_owned(),
            names: vec![name("#partition", partition), name("#removed", REMOVED)],
            values: vec![(":partition".to_owned(), AttributeValue::S(query.partition.clone()))],
            start: None,
        };
        select.narrow(query, sort)?;
        select.start = start(query)?;
        (!query.partition.is_empty()).then_some(select)
    }

    fn narrow(&mut self, query: &Query, sort: Option<&str>) -> Option<()> {
        let end = |bound: &Bound<Sort>| match bound {
            Bound::Included(sort) | Bound::Excluded(sort) => Some(sort.clone()),
            Bound::Unbounded => None,
        };
        let (from, to) = (end(&query.range.0), end(&query.range.1));
        let condition = match (&from, &to) {
            (None, None) => return Some(()),
            (Some(_), None) => "#sort >= :from",
            (None, Some(_)) => "#sort <= :to",
            (Some(from), Some(to)) if from > to => return None,
            (Some(_), Some(_)) => "#sort BETWEEN :from AND :to",
        };
        self.condition = format!("{} AND {condition}", self.condition);
        self.names.push(("#sort".to_owned(), sort?.to_owned()));
        for (place, sort) in [(":from", from), (":to", to)] {
            self.values.extend(sort.map(|sort| (place.to_owned(), sort_attribute(&sort))));
        }
        Some(())
    }
}

/// Where a query starts: `Some(None)` at the beginning of its range, nothing when there is nothing left of it.
#[expect(clippy::option_option, reason = "no start and no query are two things")]
fn start(query: &Query) -> Option<Option<Attributes>> {
    let Some(cursor) = &query.cursor else { return Some(None) };
    let place = if query.index.is_some() { &cursor.index_sort } else { &cursor.key.sort };
    if let Some(place) = place {
        let before = matches!(&query.range.0, Bound::Included(from) | Bound::Excluded(from) if place < from);
        let behind = matches!(&query.range.1, Bound::Included(to) | Bound::Excluded(to) if place > to);
        match (query.direction, before, behind) {
            (Direction::Ascending, true, _) | (Direction::Descending, _, true) => return Some(None),
            (Direction::Ascending, _, true) | (Direction::Descending, true, _) => return None,
            _ => {}
        }
    }
    let mut attributes = key_attributes(&cursor.key);
    if let Some(index) = query.index.and_then(|index| index.definition()) {
        attributes.insert(index.partition.to_owned(), AttributeValue::S(query.partition.clone()));
        if let (Some(name), Some(sort)) = (index.sort, &cursor.index_sort) {
            attributes.insert(name.to_owned(), sort_attribute(sort));
        }
    }
    Some(Some(attributes))
}
