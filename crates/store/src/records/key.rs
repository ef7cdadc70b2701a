//! Keys: that a request has the one its table wants, and the bytes by which the store orders it.

use aws_lc_rs::digest::{SHA256, digest};

use super::expression::kind;
use super::refusal::Refusal;
use super::wire::{Read, SetFlaw};
use super::{Attribute, Attributes, Fault, KeyAttribute, KeyKind, RecordsTable};

const NO_MATCH: &str = "The provided key element does not match the schema";
const PARTITION_BYTES: usize = 2048;
const SORT_BYTES: usize = 1024;

/// Where an item is: its partition by a digest that never changes, then its key in an order that is the values'.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RecordKey {
    /// The first 32 bits of the partition key's SHA-256.
    pub(crate) hash: u32,
    /// The partition key.
    pub(crate) partition: Vec<u8>,
    /// The sort key; empty where the table has none.
    pub(crate) sort: Vec<u8>,
}

impl RecordKey {
    /// The key among these attributes.
    pub(super) fn of(table: &RecordsTable, attributes: &Attributes) -> Result<Self, Fault> {
        let bytes =
            |key: &KeyAttribute| attributes.get(&key.name).and_then(bytes).ok_or_else(|| Fault::validation(NO_MATCH));
        let partition = bytes(&table.partition)?;
        let sort = table.sort.as_ref().map(bytes).transpose()?.unwrap_or_default();
        Ok(Self { hash: hash(&partition), partition, sort })
    }
}

fn hash(partition: &[u8]) -> u32 {
    digest(&SHA256, partition).as_ref().iter().take(4).fold(0, |hash, byte| hash << 8 | u32::from(*byte))
}

fn bytes(value: &Attribute) -> Option<Vec<u8>> {
    match value {
        Attribute::S(text) => Some(text.as_bytes().to_vec()),
        Attribute::N(number) => Some(number.sortable()),
        Attribute::B(bytes) => Some(bytes.clone()),
        _ => None,
    }
}

/// Both attributes of a table's key.
pub(super) fn attributes(table: &RecordsTable) -> impl Iterator<Item = &KeyAttribute> {
    std::iter::once(&table.partition).chain(&table.sort)
}

/// The key of an item.
pub(super) fn project(table: &RecordsTable, item: &Attributes) -> Attributes {
    attributes(table).filter_map(|key| item.get_key_value(&key.name)).map(|(n, v)| (n.clone(), v.clone())).collect()
}

/// Whether a value is of a key's kind.
pub(super) const fn fits(value: &Attribute, key: &KeyAttribute) -> bool {
    matches!(
        (value, key.kind),
        (Attribute::S(_), KeyKind::S) | (Attribute::N(_), KeyKind::N) | (Attribute::B(_), KeyKind::B)
    )
}

/// Refuses values of a key that are none, before it is compared with the table's.
pub(super) fn check_values(read: &Read) -> Result<(), Refusal> {
    for flaws in read.flaws.values().filter(|flaws| flaws.containers == 0) {
        match &flaws.set {
            None => {}
            Some(SetFlaw::Empty(message)) => return Err(Refusal::plain(*message)),
            Some(flaw) => return Err(Refusal::counted(flaw.message())),
        }
    }
    Ok(())
}

/// Refuses what is not exactly a key of the table.
pub(super) fn check_key(table: &RecordsTable, given: &Attributes) -> Result<(), Fault> {
    if given.len() != attributes(table).count() {
        return Err(Fault::validation(NO_MATCH));
    }
    check_each(table, |key| match given.get(&key.name) {
        Some(value) if fits(value, key) => Ok(value),
        _ => Err(Fault::validation(NO_MATCH)),
    })
}

/// Refuses an item that has no key of the table.
pub(super) fn check_item(table: &RecordsTable, item: &Attributes) -> Result<(), Fault> {
    check_each(table, |key| match item.get(&key.name) {
        None => Err(Fault::validation(format!(
            "One or more parameter values were invalid: Missing the key {} in the item",
            key.name
        ))),
        Some(value) if fits(value, key) => Ok(value),
        Some(value) => Err(Fault::validation(format!(
            "One or more parameter values were invalid: Type mismatch for key {} expected: {} actual: {}",
            key.name,
            key.kind.as_str(),
            kind(value)
        ))),
    })
}

fn check_each<'v>(
    table: &RecordsTable,
    value: impl Fn(&KeyAttribute) -> Result<&'v Attribute, Fault>,
) -> Result<(), Fault> {
    check_contents(&table.partition, value(&table.partition)?, PARTITION_BYTES, || {
        format!("Size of hashkey has exceeded the maximum size limit of{PARTITION_BYTES} bytes")
    })?;
    let Some(sort) = &table.sort else { return Ok(()) };
    check_contents(sort, value(sort)?, SORT_BYTES, || {
        format!("Aggregated size of all range keys has exceeded the size limit of {SORT_BYTES} bytes")
    })
}

fn check_contents(
    key: &KeyAttribute,
    value: &Attribute,
    limit: usize,
    too_large: impl Fn() -> String,
) -> Result<(), Fault> {
    let (bytes, kind) = match value {
        Attribute::S(text) => (text.len(), "string"),
        Attribute::B(bytes) => (bytes.len(), "binary"),
        _ => return Ok(()),
    };
    if bytes == 0 {
        return Err(Fault::validation(format!(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty {kind} \
             value. Key: {}",
            key.name
        )));
    }
    if bytes > limit {
        return Err(Fault::validation(format!("One or more parameter values were invalid: {}", too_large())));
    }
    Ok(())
}
