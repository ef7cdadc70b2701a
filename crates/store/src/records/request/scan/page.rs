//! A page in the making.

use serde_json::{Map, Value};

use super::Scan;
use crate::records::expression::{Projection, Work};
use crate::records::key::project;
use crate::records::size::{Capacity, PAGE_BYTES, item_bytes};
use crate::records::wire::item_to_json;
use crate::records::{Attributes, Fault};

/// A page of a scan. It takes the items in their order, until it says that it is full.
#[derive(Debug)]
pub(crate) struct Page<'s> {
    scan: &'s Scan,
    items: Vec<Value>,
    /// How many items met the filter.
    count: usize,
    scanned: usize,
    bytes: usize,
    last: Option<Attributes>,
    full: bool,
    work: Work,
}

impl<'s> Page<'s> {
    /// A page without items.
    pub(crate) const fn new(scan: &'s Scan) -> Self {
        Self { scan, items: Vec::new(), count: 0, scanned: 0, bytes: 0, last: None, full: false, work: Work::whole() }
    }

    /// Whether another item would not be taken.
    pub(crate) const fn is_full(&self) -> bool {
        self.full
    }

    /// Takes the next item, unless the page would become too large or take too much work; a page has one item at least.
    pub(crate) fn take(&mut self, item: Attributes) {
        let bytes = self.bytes.saturating_add(item_bytes(&item));
        if bytes > PAGE_BYTES && self.scanned > 0 {
            self.full = true;
            return;
        }
        let scan = self.scan;
        let meets = scan.filter.as_ref().is_none_or(|filter| filter.holds_within(&item, &self.work));
        let steps = scan.projection.as_ref().map_or(0, Projection::work);
        if !self.work.take(steps) {
            self.full = true;
            return;
        }
        self.bytes = bytes;
        self.scanned = self.scanned.saturating_add(1);
        self.full = self.scanned >= scan.limit;
        if meets {
            self.count = self.count.saturating_add(1);
            if !scan.counts_only {
                let part = scan.projection.as_ref().map(|projection| projection.of(&item));
                self.items.push(Value::Object(item_to_json(part.as_ref().unwrap_or(&item))));
            }
        }
        self.last = Some(item);
    }

    /// The response; an error when already the first item took too much work.
    pub(crate) fn response(self) -> Result<Map<String, Value>, Fault> {
        if self.scanned == 0 {
            self.work.check()?;
        }
        let Scan { table, capacity, consistent, counts_only, .. } = self.scan;
        let mut response = Map::new();
        if !counts_only {
            response.insert("Items".to_owned(), Value::Array(self.items));
        }
        response.insert("Count".to_owned(), Value::from(self.count));
        response.insert("ScannedCount".to_owned(), Value::from(self.scanned));
        if let Some(last) = self.last.filter(|_| self.full) {
            let key = item_to_json(&project(table, &last));
            response.insert("LastEvaluatedKey".to_owned(), Value::Object(key));
        }
        if *capacity != Capacity::None {
            capacity.tell_read(&mut response, &table.name, self.bytes, *consistent);
        }
        Ok(response)
    }
}
