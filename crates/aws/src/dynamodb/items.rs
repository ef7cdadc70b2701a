//! Items of the port as items of DynamoDB.
//!
//! The public attributes are attributes of their own, so that other programs can read them. The private ones, the version and the
//! mark of the commit that wrote the item have names that start with [`PREFIX`]. A removed item leaves a tombstone behind, which
//! remembers the key's last version until its time to live takes it away.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value};
use store::table::{Definition, SortAttribute};
use store::{Item, Key, Sort, StoreError, Table};

use super::attributes::{Attributes, attribute, is_representable, sorted};

/// What the names of the product's own attributes start with.
pub(super) const PREFIX: &str = "_fd_";
/// The version.
pub(super) const VERSION: &str = "_fd_version";
/// The commit that wrote the item.
pub(super) const COMMIT: &str = "_fd_commit";
/// There in tombstones only.
pub(super) const REMOVED: &str = "_fd_removed";
/// There in events that are not in the log yet: the number of their outbox.
const OUTBOX: &str = "_fd_outbox";
/// The whole body as text, where attributes would not do.
const BODY: &str = "_fd_body";
/// The time to live of tombstones, where the table's items have none of their own.
const END: &str = "_fd_expiration";
/// The time to live of a table whose items have one.
pub(super) const EXPIRATION: &str = "expiration";
/// Seconds for which a tombstone stays: longer than any two clocks are apart.
const TOMBSTONE_SECONDS: i64 = 24 * 60 * 60;

/// What is under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// Nothing, ever or for long.
    Absent,
    /// Nothing, but there was.
    Tombstone {
        /// The last version.
        version: i64,
    },
    /// An item.
    Item(Item),
}

impl Stored {
    /// What DynamoDB has under a key. An error names the key.
    pub(super) fn decode(key: &Key, attributes: Option<Attributes>) -> Result<Self, StoreError> {
        Self::read(key.table, attributes).map_err(|why| key.corrupt(why))
    }

    fn read(table: Table, attributes: Option<Attributes>) -> Result<Self, String> {
        let Some(mut attributes) = attributes.filter(|attributes| !attributes.is_empty()) else {
            return Ok(Self::Absent);
        };
        let version = attributes.remove(VERSION).map_or(Ok(0), |version| whole_number(VERSION, &version))?;
        if attributes.contains_key(REMOVED) {
            return Ok(Self::Tombstone { version });
        }
        attributes.remove(COMMIT);
        attributes.remove(OUTBOX);
        let text = attributes.remove(BODY);
        let (private, public): (Attributes, Attributes) =
            attributes.into_iter().partition(|(name, _)| name.starts_with(PREFIX));
        let body = match text {
            Some(AttributeValue::S(text)) => text,
            _ => Value::Object(key_first(table.definition(), sorted(public)?)).to_string(),
        };
        Ok(Self::Item(Item { table, version, body, private: private_text(private)? }))
    }

    /// The item, if there is one.
    pub(super) fn item(&self) -> Option<&Item> {
        match self {
            Self::Item(item) => Some(item),
            Self::Absent | Self::Tombstone { .. } => None,
        }
    }

    /// The last version; 0 when there was none.
    pub(super) fn version(&self) -> i64 {
        match self {
            Self::Absent => 0,
            Self::Tombstone { version } => *version,
            Self::Item(item) => item.version,
        }
    }
}

/// The attributes of the product's own, each without the prefix.
fn private_text(private: Attributes) -> Result<Option<String>, String> {
    if private.is_empty() {
        return Ok(None);
    }
    let bare = private.into_iter().map(|(name, value)| (name.trim_start_matches(PREFIX).to_owned(), value));
    Ok(Some(Value::Object(sorted(bare.collect())?).to_string()))
}

/// The members with those of the key first, as people expect to read them.
fn key_first(definition: &Definition, mut members: Map<String, Value>) -> Map<String, Value> {
    let mut ordered = Map::with_capacity(members.len());
    for name in key_names(definition) {
        if let Some(value) = members.shift_remove(name) {
            ordered.insert(name.to_owned(), value);
        }
    }
    ordered.extend(members);
    ordered
}

/// The names of a table's key attributes.
pub(super) fn key_names(definition: &Definition) -> impl Iterator<Item = &'static str> + use<> {
    [Some(definition.partition), sort_name(definition)].into_iter().flatten()
}

/// The name of a table's sort attribute.
pub(super) const fn sort_name(definition: &Definition) -> Option<&'static str> {
    match definition.sort {
        Some(SortAttribute::Text(name) | SortAttribute::Number(name)) => Some(name),
        None => None,
    }
}

/// The attribute that ends the life of a table's items.
pub const fn time_to_live(definition: &Definition) -> &'static str {
    if definition.expires { EXPIRATION } else { END }
}

/// The attributes of a key.
pub(super) fn key_attributes(key: &Key) -> Attributes {
    let definition = key.table.definition();
    let mut attributes =
        Attributes::from([(definition.partition.to_owned(), AttributeValue::S(key.partition.clone()))]);
    if let (Some(name), Some(sort)) = (sort_name(definition), &key.sort) {
        attributes.insert(name.to_owned(), sort_attribute(sort));
    }
    attributes
}

/// The attribute of a sort value.
pub(super) fn sort_attribute(sort: &Sort) -> AttributeValue {
    match sort {
        Sort::Number(number) => AttributeValue::N(number.to_string()),
        Sort::Text(text) => AttributeValue::S(text.clone()),
    }
}

/// The key in the attributes of an item.
pub(super) fn key_of(table: Table, attributes: &Attributes) -> Result<Key, StoreError> {
    let definition = table.definition();
    let Some(AttributeValue::S(partition)) = attributes.get(definition.partition) else {
        return Err(StoreError::Corrupt(format!("an item of {} has no {}", definition.name, definition.partition)));
    };
    let sort = match sort_name(definition).and_then(|name| attributes.get(name)) {
        None => None,
        Some(AttributeValue::S(text)) => Some(Sort::Text(text.clone())),
        Some(number) => {
            let whole = whole_number(sort_name(definition).unwrap_or_default(), number);
            let named = |_| {
                let item = Key::new(table, partition);
                StoreError::Corrupt(format!("{item} has a sort key that is not a whole number"))
            };
            Some(Sort::Number(whole.map_err(named)?))
        }
    };
    Ok(Key { table, partition: partition.clone(), sort })
}

/// The number that an attribute holds.
pub(super) fn whole_number(name: &str, attribute: &AttributeValue) -> Result<i64, String> {
    let digits = attribute.as_n().ok().and_then(|digits| digits.parse().ok());
    digits.ok_or_else(|| format!("attribute {name} is not a whole number"))
}

/// The attributes of an item that a commit writes.
pub(super) fn encode(
    key: &Key,
    body: &str,
    private: Option<&str>,
    version: i64,
    commit: &str,
) -> Result<Attributes, StoreError> {
    let mut attributes = content(key, body, private)?;
    attributes.extend(stamp(version, commit));
    Ok(attributes)
}

/// The attributes of an item that comes from another store: no commit wrote it, and it may have no version.
pub(super) fn import(key: &Key, item: &Item) -> Result<Attributes, StoreError> {
    let mut attributes = content(key, &item.body, item.private.as_deref())?;
    if item.version != 0 {
        attributes.insert(VERSION.to_owned(), AttributeValue::N(item.version.to_string()));
    }
    Ok(attributes)
}

/// The attributes of the key, of the body and of what is private.
fn content(key: &Key, body: &str, private: Option<&str>) -> Result<Attributes, StoreError> {
    let members = object(body)?;
    if let Some(name) = members.keys().find(|name| name.starts_with(PREFIX)) {
        return Err(StoreError::Misuse(format!("attribute {name} of a body starts with {PREFIX}")));
    }
    // A recorded answer is repeated to the byte, and DynamoDB keeps no order of members.
    let as_attributes = key.table != Table::Idempotency && is_representable(&members);
    let mut attributes: Attributes = if as_attributes {
        members.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
    } else {
        let mut known = listed(key.table.definition(), &members);
        known.insert(BODY.to_owned(), AttributeValue::S(body.to_owned()));
        known
    };
    attributes.extend(key_attributes(key));
    let private = private.map(object).transpose()?.unwrap_or_default();
    if key.table == Table::Events && !private.contains_key("position") {
        let number = store::log::shard(&key.partition);
        attributes.insert(OUTBOX.to_owned(), AttributeValue::S(number.to_string()));
    }
    attributes.extend(private.iter().map(|(name, value)| (format!("{PREFIX}{name}"), attribute(value))));
    Ok(attributes)
}

/// The attributes of a tombstone.
pub(super) fn tombstone(key: &Key, version: i64, commit: &str, now_seconds: i64) -> Attributes {
    let mut attributes = key_attributes(key);
    attributes.extend(stamp(version, commit));
    attributes.insert(REMOVED.to_owned(), AttributeValue::Bool(true));
    let end = now_seconds.saturating_add(TOMBSTONE_SECONDS);
    attributes.insert(time_to_live(key.table.definition()).to_owned(), AttributeValue::N(end.to_string()));
    attributes
}

fn stamp(version: i64, commit: &str) -> [(String, AttributeValue); 2] {
    [
        (VERSION.to_owned(), AttributeValue::N(version.to_string())),
        (COMMIT.to_owned(), AttributeValue::S(commit.to_owned())),
    ]
}

/// The attributes that indexes and the time to live need.
fn listed(definition: &Definition, members: &Map<String, Value>) -> Attributes {
    let of_indexes = definition.indexes.iter().flat_map(|index| [Some(index.partition), index.sort]).flatten();
    of_indexes
        .chain(definition.expires.then_some(EXPIRATION))
        .filter_map(|name| Some((name.to_owned(), attribute(members.get(name)?))))
        .collect()
}

fn object(text: &str) -> Result<Map<String, Value>, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Misuse(format!("a body is not a JSON object: {error}")))
}

/// The version of an attribute map as a list's filter sees it: nothing for tombstones.
pub(super) fn listed_item(key: &Key, attributes: Attributes) -> Result<Option<Item>, StoreError> {
    Ok(match Stored::decode(key, Some(attributes))? {
        Stored::Item(item) => Some(item),
        Stored::Absent | Stored::Tombstone { .. } => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::text(Table::Orders, "anna", "o1")
    }

    fn stored(body: &str, private: Option<&str>) -> Item {
        let attributes = encode(&key(), body, private, 7, "c1").unwrap();
        let Stored::Item(item) = Stored::decode(&key(), Some(attributes)).unwrap() else { unreachable!() };
        item
    }

    #[test]
    fn body_and_private_attributes_come_back_apart() {
        let item =
            stored(r#"{"z":1,"userId":"anna","orderId":"o1","data":{"b":1.50,"a":[]}}"#, Some(r#"{"claim":{"n":1}}"#));
        let body = r#"{"userId":"anna","orderId":"o1","data":{"a":[],"b":1.50},"z":1}"#;
        let private = Some(r#"{"claim":{"n":1}}"#.to_owned());
        assert_eq!(item, Item { table: Table::Orders, version: 7, body: body.to_owned(), private });
    }

    #[test]
    fn what_dynamodb_cannot_hold_is_kept_as_text() {
        let body = r#"{"":"nameless","userId":"anna","orderId":"o1"}"#;
        assert_eq!(stored(body, None).body, body);
    }

    #[test]
    fn a_recorded_answer_keeps_its_order() {
        let body = r#"{"id":"r","expiration":1000,"body":{"z":1,"a":2}}"#;
        let key = Key::new(Table::Idempotency, "r");
        let attributes = encode(&key, body, None, 7, "c").unwrap();
        assert_eq!(attributes[EXPIRATION], AttributeValue::N("1000".to_owned()));
        let Stored::Item(item) = Stored::decode(&key, Some(attributes)).unwrap() else { unreachable!() };
        assert_eq!(item.body, body);
    }

    #[test]
    fn a_client_cannot_reach_private_attributes() {
        let error = encode(&key(), r#"{"_fd_version":1}"#, None, 7, "c").unwrap_err();
        assert!(matches!(error, StoreError::Misuse(_)));
    }

    #[test]
    fn a_tombstone_keeps_the_version_and_ends() {
        let attributes = tombstone(&key(), 9, "c", 1_000);
        assert_eq!(attributes[END], AttributeValue::N("87400".to_owned()));
        assert_eq!(Stored::decode(&key(), Some(attributes)).unwrap(), Stored::Tombstone { version: 9 });
        let session = tombstone(&Key::new(Table::Sessions, "s"), 9, "c", 1_000);
        assert!(session.contains_key(EXPIRATION) && !session.contains_key(END));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let mut attributes = key_attributes(&key());
        attributes.insert(VERSION.to_owned(), AttributeValue::S("seven".to_owned()));
        let error = Stored::decode(&key(), Some(attributes)).unwrap_err();
        assert!(error.to_string().contains(r#"orders with userId "anna" and orderId "o1""#), "{error}");
    }

    #[test]
    fn an_item_of_another_program_has_version_0() {
        let attributes = key_attributes(&key());
        let Stored::Item(item) = Stored::decode(&key(), Some(attributes)).unwrap() else { unreachable!() };
        assert_eq!((item.version, item.private), (0, None));
    }
}
