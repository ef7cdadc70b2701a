//! Digests of tables that are equal when the items are, on whatever store and in whatever order.

use std::fmt;

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use domain::number;
use serde_json::{Map, Number, Value};

use crate::transfer::Record;
use crate::{Sort, StoreError, Table};

/// How many items there are, and the sum of their SHA-256 digests modulo 2^256.
///
/// What counts of an item is its key, version, public and private attributes: members in the order of their names, numbers by their
/// value, since neither order nor notation survives on every store. A recorded answer counts to the byte, as it is repeated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    items: u64,
    /// Least significant byte first.
    sum: [u8; SHA256_OUTPUT_LEN],
}

impl Digest {
    /// Counts an item in.
    pub fn add(&mut self, record: &Record) -> Result<(), StoreError> {
        let text = canonical(record).map_err(|error| record.key.refused(StoreError::Corrupt(error.to_string())))?;
        self.add_text(&text);
        Ok(())
    }

    /// Counts an item of a table of the operator's own in, in DynamoDB's JSON. Neither members nor the elements of sets have an order.
    pub fn add_attributes(&mut self, item: Map<String, Value>) {
        let members: Map<String, Value> = item.into_iter().map(|(name, value)| (name, attribute(value))).collect();
        self.add_text(ordered(Value::Object(members)).to_string().as_bytes());
    }

    fn add_text(&mut self, text: &[u8]) {
        self.items = self.items.saturating_add(1);
        self.add_number(digest(&SHA256, text).as_ref());
    }

    /// Counts all items of another table in.
    pub fn extend(&mut self, name: &str, other: &Self) {
        self.items = self.items.saturating_add(other.items);
        self.add_number(digest(&SHA256, format!("{name} {other}").as_bytes()).as_ref());
    }

    /// How many items there are.
    pub const fn items(&self) -> u64 {
        self.items
    }

    fn add_number(&mut self, number: &[u8]) {
        let mut carry = 0_u16;
        for (place, byte) in self.sum.iter_mut().zip(number) {
            let [low, high] = (u16::from(*place) + u16::from(*byte) + carry).to_le_bytes();
            (*place, carry) = (low, u16::from(high));
        }
    }
}

/// The sum, in hexadecimal.
impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sum.iter().rev().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// What counts of an item, as one text.
fn canonical(record: &Record) -> serde_json::Result<Vec<u8>> {
    let Record { key, item } = record;
    let body = match key.table {
        Table::Idempotency => Value::from(item.body.as_str()),
        _ => ordered(serde_json::from_str(&item.body)?),
    };
    let private: Map<String, Value> =
        item.private.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
    let sort = match &key.sort {
        None => Value::Null,
        Some(Sort::Number(number)) => Value::from(*number),
        Some(Sort::Text(text)) => Value::from(text.as_str()),
    };
    serde_json::to_vec(&(&key.partition, sort, item.version, body, ordered(Value::Object(private))))
}

/// The value with members in the order of their names, and numbers in one notation.
fn ordered(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(ordered).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by(|(left, _), (right, _)| left.cmp(right));
            members.into_iter().map(|(name, value)| (name, ordered(value))).collect()
        }
        Value::Number(number) => {
            let plain = number::canonical(&number.to_string()).and_then(|plain| plain.parse::<Number>().ok());
            Value::Number(plain.unwrap_or(number))
        }
        other => other,
    }
}

/// The value of an attribute in DynamoDB's JSON, with numbers in one notation and sets in one order.
fn attribute(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let of_kind = |(kind, value): (String, Value)| {
        let value = match (kind.as_str(), value) {
            ("N", value) => plain(value),
            ("NS", Value::Array(values)) => sorted(values.into_iter().map(plain).collect()),
            ("SS" | "BS", Value::Array(values)) => sorted(values),
            ("L", Value::Array(values)) => values.into_iter().map(attribute).collect(),
            ("M", Value::Object(members)) => {
                members.into_iter().map(|(name, value)| (name, attribute(value))).collect()
            }
            (_, value) => value,
        };
        (kind, value)
    };
    members.into_iter().map(of_kind).collect()
}

fn plain(number: Value) -> Value {
    number.as_str().and_then(number::canonical).map_or(number, Value::String)
}

fn sorted(mut values: Vec<Value>) -> Value {
    values.sort_by_key(Value::to_string);
    Value::Array(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Item, Key};

    fn user(body: &str, private: Option<&str>, version: i64) -> Record {
        let key = Key::new(Table::Users, "u");
        let private = private.map(str::to_owned);
        Record { item: Item { table: key.table, version, body: body.to_owned(), private }, key }
    }

    fn of(records: &[Record]) -> Digest {
        let mut digest = Digest::default();
        records.iter().for_each(|record| digest.add(record).unwrap());
        digest
    }

    #[test]
    fn order_and_notation_do_not_count() {
        let one = user(r#"{"a":{"c":1.50,"b":[1e2]},"n":-0.0}"#, Some("{}"), 7);
        let other = user(r#"{"n":0,"a":{"b":[100],"c":1.5}}"#, None, 7);
        assert_eq!(of(std::slice::from_ref(&one)), of(std::slice::from_ref(&other)));
        let second = user("{}", None, 8);
        assert_eq!(of(&[one, second.clone()]), of(&[second, other]));
    }

    #[test]
    fn everything_else_counts() {
        let base = user(r#"{"a":[1,2]}"#, Some(r#"{"p":1}"#), 7);
        let others = [
            user(r#"{"a":[2,1]}"#, Some(r#"{"p":1}"#), 7),
            user(r#"{"a":["1",2]}"#, Some(r#"{"p":1}"#), 7),
            user(r#"{"a":[1,2],"b":null}"#, Some(r#"{"p":1}"#), 7),
            user(r#"{"a":[1,2]}"#, Some(r#"{"p":2}"#), 7),
            user(r#"{"a":[1,2]}"#, None, 7),
            user(r#"{"a":[1,2]}"#, Some(r#"{"p":1}"#), 8),
            Record { key: Key::new(Table::Users, "v"), ..base.clone() },
        ];
        for other in &others {
            assert_ne!(of(std::slice::from_ref(&base)), of(std::slice::from_ref(other)), "{other:?}");
        }
        assert_ne!(of(std::slice::from_ref(&base)), of(&[base.clone(), base]));
    }

    #[test]
    fn a_recorded_answer_counts_to_the_byte() {
        let answer = |body: &str| Record { key: Key::new(Table::Idempotency, "r"), ..user(body, None, 1) };
        assert_ne!(of(&[answer(r#"{"a":1,"b":2}"#)]), of(&[answer(r#"{"b":2,"a":1}"#)]));
    }

    #[test]
    fn attributes_count_by_value_and_kind() {
        let of = |text: &str| {
            let mut digest = Digest::default();
            digest.add_attributes(serde_json::from_str(text).unwrap());
            digest
        };
        let one =
            r#"{"id":{"S":"1"},"n":{"N":"1.50"},"s":{"NS":["2","1e1"]},"m":{"M":{"b":{"SS":["x","y"]},"a":{"L":[]}}}}"#;
        let other =
            r#"{"m":{"M":{"a":{"L":[]},"b":{"SS":["y","x"]}}},"s":{"NS":["10","2.0"]},"n":{"N":"1.5"},"id":{"S":"1"}}"#;
        assert_eq!(of(one), of(other));
        for (what, by) in
            [("\"S\":\"1\"", "\"N\":\"1\""), ("1.50", "1.51"), ("SS", "L"), ("\"2\"", "\"3\""), ("[]", "[{}]")]
        {
            assert_ne!(of(one), of(&one.replace(what, by)), "{what}");
        }
        assert_ne!(of(r#"{"l":{"L":[{"N":"1"},{"N":"2"}]}}"#), of(r#"{"l":{"L":[{"N":"2"},{"N":"1"}]}}"#));
    }

    #[test]
    fn sums_carry() {
        let mut digest = Digest { items: 0, sum: [0xff; SHA256_OUTPUT_LEN] };
        let mut one = [0; SHA256_OUTPUT_LEN];
        one[0] = 1;
        digest.add_number(&one);
        assert_eq!(digest.to_string(), "0".repeat(64));
    }
}
