//! Updates of items.

use super::Placeholders;
use crate::records::{Attributes, Fault, RecordsTable};

/// What an update changes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Update {}

impl Update {
    /// Reads an update: its syntax, that its placeholders are defined, the kinds of its operands, and that its paths do not overlap.
    pub(crate) fn parse(text: &str, placeholders: &mut Placeholders) -> Result<Self, Fault> {
        let _ = (text, placeholders);
        Err(Fault::validation("not there yet"))
    }

    /// What DynamoDB holds the request against the limit of an item's size with, in bytes; it does so before it reads the item.
    /// None for AttributeUpdates, which have no such charge.
    pub(crate) fn charge(&self) -> Option<usize> {
        None
    }

    /// The item afterwards. `item` holds its key, also where there is none yet. A change of a key attribute is refused.
    pub(crate) fn apply(&self, table: &RecordsTable, item: &Attributes) -> Result<Attributes, Fault> {
        let _ = (table, item);
        Err(Fault::validation("not there yet"))
    }

    /// What of an item, before or after it, the update changes: UPDATED_OLD and UPDATED_NEW. Empty means no `Attributes` at all.
    pub(crate) fn touched(&self, item: &Attributes) -> Attributes {
        item.clone()
    }
}
