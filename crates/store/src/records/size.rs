//! What DynamoDB counts: the bytes of an item, and the units of capacity that a request takes. (Amazon DynamoDB Developer Guide,
//! "DynamoDB item sizes and formats" and "DynamoDB read and write operations".)

use serde_json::{Map, Number, Value};

use super::Attributes;
use super::expression::size;

/// The bytes that an item may have.
pub(super) const ITEM_BYTES: usize = 400 * 1024;
/// The message about an update that makes an item larger.
pub(super) const TOO_LARGE: &str = "Item size to update has exceeded the maximum allowed size";
/// The bytes of items that a page may have.
pub(super) const PAGE_BYTES: usize = 1024 * 1024;

const WRITE_UNIT: usize = 1024;
const READ_UNIT: usize = 4096;

/// The bytes of an item: of its names and values.
pub(super) fn item_bytes(item: &Attributes) -> usize {
    item.iter().map(|(name, value)| name.len().saturating_add(size(value))).fold(0, usize::saturating_add)
}

/// Whether and how a response tells the capacity that its request took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Capacity {
    /// Not at all.
    None,
    /// The sum.
    Total,
    /// The sum, and what of it is the table's.
    Indexes,
}

impl Capacity {
    /// Reads ReturnConsumedCapacity.
    pub(super) fn of(text: Option<&str>) -> Self {
        match text {
            Some("TOTAL") => Self::Total,
            Some("INDEXES") => Self::Indexes,
            _ => Self::None,
        }
    }

    /// Adds to a response what a write took: of the larger one of the item before and after.
    pub(super) fn tell_write(self, response: &mut Map<String, Value>, table: &str, bytes: usize) {
        self.tell(response, table, bytes.div_ceil(WRITE_UNIT).max(1).saturating_mul(2));
    }

    /// Adds to a response what a read took: half of it unless it was consistent.
    pub(super) fn tell_read(self, response: &mut Map<String, Value>, table: &str, bytes: usize, consistent: bool) {
        let units = bytes.div_ceil(READ_UNIT).max(1);
        self.tell(response, table, units.saturating_mul(if consistent { 2 } else { 1 }));
    }

    fn tell(self, response: &mut Map<String, Value>, table: &str, halves: usize) {
        let units = || (String::from("CapacityUnits"), halved(halves));
        let mut told = Map::from_iter([(String::from("TableName"), Value::from(table)), units()]);
        match self {
            Self::None => return,
            Self::Total => {}
            Self::Indexes => {
                told.insert("Table".to_owned(), Value::Object(Map::from_iter([units()])));
            }
        }
        response.insert("ConsumedCapacity".to_owned(), Value::Object(told));
    }
}

/// Half of a number, with its one decimal as DynamoDB writes it.
fn halved(halves: usize) -> Value {
    let text = format!("{}.{}", halves / 2, if halves.is_multiple_of(2) { 0 } else { 5 });
    Value::Number(Number::from_string_unchecked(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_have_one_decimal() {
        assert_eq!([1, 2, 3].map(|halves| halved(halves).to_string()), ["0.5", "1.0", "1.5"]);
    }
}
