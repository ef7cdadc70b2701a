//! Keys and items.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::attributes::{number, pick, text};
use crate::table::SortAttribute;
use crate::{StoreError, Table};

/// The value of a sort attribute. Within one table or index all are of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Sort {
    /// A whole number.
    #[serde(rename = "n")]
    Number(i64),
    /// A string, compared by its UTF-8 bytes.
    #[serde(rename = "s")]
    Text(String),
}

/// The primary key of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The table.
    pub table: Table,
    /// The partition attribute's value.
    pub partition: String,
    /// The sort attribute's value, where the table has one.
    pub sort: Option<Sort>,
}

impl Key {
    /// The key of an item in a table without a sort attribute.
    pub fn new(table: Table, partition: impl Into<String>) -> Self {
        Self { table, partition: partition.into(), sort: None }
    }

    /// The key of an item in a table whose sort attribute is a string.
    pub fn text(table: Table, partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { table, partition: partition.into(), sort: Some(Sort::Text(sort.into())) }
    }

    /// The key of an item in a table whose sort attribute is a number.
    pub fn number(table: Table, partition: impl Into<String>, sort: i64) -> Self {
        Self { table, partition: partition.into(), sort: Some(Sort::Number(sort)) }
    }

    /// The key of a stored item, which its body holds too.
    pub fn of(table: Table, item: &Item) -> Result<Self, StoreError> {
        let definition = table.definition();
        let (sort_name, is_number) = match &definition.sort {
            None => ("", false),
            Some(SortAttribute::Text(name)) => (*name, false),
            Some(SortAttribute::Number(name)) => (*name, true),
        };
        let [partition, sort] = pick(&item.body, [definition.partition, sort_name])?;
        let missing = |name: &str| StoreError::Corrupt(format!("an item of {} has no {name}", definition.name));
        let partition = text(definition.partition, partition.ok_or_else(|| missing(definition.partition))?)?;
        let sort = match sort {
            _ if sort_name.is_empty() => None,
            None => return Err(missing(sort_name)),
            Some(value) if is_number => Some(Sort::Number(number(sort_name, value)?)),
            Some(value) => Some(Sort::Text(text(sort_name, value)?)),
        };
        Ok(Self { table, partition, sort })
    }

    /// The error for an item under this key that cannot be understood.
    pub fn corrupt(&self, why: impl fmt::Display) -> StoreError {
        StoreError::Corrupt(format!("{self} cannot be read ({why}); correct it or remove it"))
    }

    /// An error when the sort value is not of the kind that the table has.
    pub fn check(&self) -> Result<(), StoreError> {
        match (&self.table.definition().sort, &self.sort) {
            (None, None)
            | (Some(SortAttribute::Text(_)), Some(Sort::Text(_)))
            | (Some(SortAttribute::Number(_)), Some(Sort::Number(_))) => Ok(()),
            _ => Err(StoreError::Misuse(format!("the key of {self} does not fit its table"))),
        }
    }

    /// That a store cannot keep the item under this key as it is, and why.
    pub fn refused(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::TooLarge(reason) => StoreError::TooLarge(format!("{self}: {reason}")),
            StoreError::Misuse(reason) | StoreError::Corrupt(reason) => {
                StoreError::Corrupt(format!("{self} cannot be kept as it is: {reason}"))
            }
            other => other,
        }
    }
}

/// The item's table and key, for messages and so for logs; the table alone where the key says who somebody is.
impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let definition = self.table.definition();
        if self.table.is_keyed_by_person() {
            return write!(formatter, "an item of {}, whose {} is not shown", definition.name, definition.partition);
        }
        write!(formatter, "the item of {} with {} {:?}", definition.name, definition.partition, self.partition)?;
        let Some(SortAttribute::Text(name) | SortAttribute::Number(name)) = &definition.sort else { return Ok(()) };
        match &self.sort {
            Some(Sort::Text(text)) => write!(formatter, " and {name} {text:?}"),
            Some(Sort::Number(number)) => write!(formatter, " and {name} {number}"),
            None => Ok(()),
        }
    }
}

/// A stored item: the JSON object that clients see, and apart from it the product's private attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The table that it is in.
    pub table: Table,
    /// The version, which never repeats for a key; 0 for an item that another program wrote. It is the item's ETag.
    pub version: i64,
    /// The public attributes, key attributes included: one JSON object.
    pub body: String,
    /// The private attributes (their names start with `_fd_` on stores that keep them beside the public ones): one JSON object.
    pub private: Option<String>,
}

impl Item {
    /// The public attributes as a typed value.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, StoreError> {
        serde_json::from_str(&self.body).map_err(|error| self.corrupt(error))
    }

    /// The private attributes as a typed value; the default where there are none.
    pub fn private<T: DeserializeOwned + Default>(&self) -> Result<T, StoreError> {
        let Some(text) = &self.private else { return Ok(T::default()) };
        serde_json::from_str(text).map_err(|error| self.corrupt(error))
    }

    /// The error for an item that cannot be understood, perhaps one of another program: it names table and key.
    pub fn corrupt(&self, why: impl fmt::Display) -> StoreError {
        match Key::of(self.table, self) {
            Ok(key) => key.corrupt(why),
            Err(_) => StoreError::Corrupt(format!("an item of {}: {why}", self.table.definition().name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_named_by_its_key() {
        let event = Key::number(Table::Events, "booking/b", 7);
        assert_eq!(event.to_string(), "the item of events with aggregate \"booking/b\" and sequence 7");
        let error = event.refused(StoreError::Misuse("why".to_owned()));
        assert!(error.to_string().contains("booking/b") && error.to_string().ends_with("why"), "{error}");
    }

    #[test]
    fn an_address_is_not_told() {
        let key = Key::new(Table::Credentials, "ada@example.com");
        let body = r#"{"email": "ada@example.com"}"#.to_owned();
        let item = Item { table: Table::Credentials, version: 1, body, private: None };
        for text in [
            key.to_string(),
            key.refused(StoreError::TooLarge("why".to_owned())).to_string(),
            item.corrupt("why").to_string(),
            Key { sort: Some(Sort::Number(1)), ..key }.check().unwrap_err().to_string(),
        ] {
            assert!(text.contains("credentials") && !text.contains("ada"), "{text}");
        }
    }
}
