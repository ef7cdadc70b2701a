//! What requests consumed, as DynamoDB's answers say: read units of 4 KB and write units of 1 KB, in halves, for each table. What a
//! canceled transaction consumed is in no answer, and is not counted.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_dynamodb::types::ConsumedCapacity;
use metrics::{Counter, counter};

/// Units in halves: an eventually consistent read of 4 KB is half a read unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consumed {
    /// Halves of read units.
    pub read_halves: u64,
    /// Halves of write units.
    pub write_halves: u64,
}

/// What kind of units a request consumes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Units {
    Read,
    Write,
}

/// Counts what is consumed, table by table, also as metrics.
#[derive(Default)]
pub(super) struct Meter(Mutex<HashMap<String, OfTable>>);

struct OfTable {
    consumed: Consumed,
    read: Counter,
    written: Counter,
}

impl OfTable {
    fn new(table: &str) -> Self {
        Self {
            consumed: Consumed::default(),
            read: counter!("dynamodb_consumed_read_units_total", "table" => table.to_owned()),
            written: counter!("dynamodb_consumed_write_units_total", "table" => table.to_owned()),
        }
    }

    fn add(&mut self, units: Units, halves: u64) {
        let (count, counter) = match units {
            Units::Read => (&mut self.consumed.read_halves, &self.read),
            Units::Write => (&mut self.consumed.write_halves, &self.written),
        };
        *count = count.saturating_add(halves);
        counter.absolute(*count / 2);
    }
}

impl Meter {
    /// Counts what an answer says.
    pub(super) fn add<'a>(&self, units: Units, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for one in consumed {
            let (Some(name), Some(total)) = (one.table_name(), one.capacity_units()) else { continue };
            let table = tables.entry(name.to_owned()).or_insert_with(|| OfTable::new(name));
            // A transaction that is sent again under its token only reads.
            let read = one.read_capacity_units().filter(|_| units == Units::Write).map_or(0, halves);
            table.add(Units::Read, read);
            table.add(units, halves(total).saturating_sub(read));
        }
    }

    /// Everything so far.
    pub(super) fn total(&self) -> Consumed {
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tables.values().fold(Consumed::default(), |sum, table| Consumed {
            read_halves: sum.read_halves.saturating_add(table.consumed.read_halves),
            write_halves: sum.write_halves.saturating_add(table.consumed.write_halves),
        })
    }
}

/// DynamoDB says units as a float, in steps of a half.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float that is a small multiple of a half doubles exactly; what is negative or huge saturates"
)]
fn halves(units: f64) -> u64 {
    (units * 2.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consumed(table: &str, units: f64) -> ConsumedCapacity {
        ConsumedCapacity::builder().table_name(table).capacity_units(units).build()
    }

    #[test]
    fn units_are_added_exactly() {
        let meter = Meter::default();
        for _ in 0..3 {
            meter.add(Units::Read, &[consumed("users", 0.5), consumed("orders", 2.0)]);
        }
        meter.add(Units::Write, &[consumed("orders", 4.0)]);
        meter.add(Units::Write, None);
        assert_eq!(meter.total(), Consumed { read_halves: 15, write_halves: 8 });
    }
}
