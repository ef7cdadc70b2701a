//! Records that come several at a time, and which of them failed: the others need not come again.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// What a queue or a stream hands over.
#[derive(Debug, Deserialize)]
pub(super) struct Batch<R> {
    #[serde(rename = "Records", default = "Vec::new")]
    pub(super) records: Vec<R>,
}

/// A message of a queue.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    pub(super) message_id: String,
    #[serde(default)]
    pub(super) body: String,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    #[serde(default)]
    message_group_id: String,
    #[serde(default)]
    approximate_receive_count: String,
}

/// A change in a stream of DynamoDB.
#[derive(Debug, Deserialize)]
pub(super) struct Change {
    #[serde(rename = "eventName", default)]
    name: String,
    #[serde(rename = "dynamodb", default)]
    changed: Changed,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Changed {
    #[serde(default)]
    keys: HashMap<String, Attribute>,
    #[serde(default)]
    sequence_number: String,
}

#[derive(Debug, Deserialize)]
struct Attribute {
    #[serde(rename = "S")]
    text: Option<String>,
    #[serde(rename = "N")]
    number: Option<String>,
}

/// Which records failed, by what their source knows them by. None: all of them are done.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Failed {
    #[serde(rename = "batchItemFailures")]
    items: Vec<Item>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Item {
    #[serde(rename = "itemIdentifier")]
    identifier: String,
}

impl Message {
    /// The group in which it waits, if its queue keeps an order.
    pub(super) fn group(&self) -> &str {
        &self.attributes.message_group_id
    }

    /// How often it was handed over.
    pub(super) fn receptions(&self) -> &str {
        &self.attributes.approximate_receive_count
    }
}

impl Change {
    /// Whether the item is new. Others are of no interest to anybody here.
    pub(super) fn is_new(&self) -> bool {
        self.name == "INSERT"
    }

    /// A text of the key.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.changed.keys.get(name)?.text.as_deref()
    }

    /// A whole number of the key.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.changed.keys.get(name)?.number.as_deref()?.parse().ok()
    }

    fn sequence(&self) -> &str {
        &self.changed.sequence_number
    }
}

impl Failed {
    /// These messages failed.
    pub(super) fn messages<'a>(messages: impl IntoIterator<Item = &'a Message>) -> Self {
        let items = messages.into_iter().map(|message| Item { identifier: message.message_id.clone() });
        Self { items: items.collect() }
    }

    /// This change failed, and everything behind it comes again: a stream goes on from one place.
    pub(super) fn from(change: Option<&Change>) -> Self {
        let items = change.map(|change| Item { identifier: change.sequence().to_owned() });
        Self { items: items.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_of_a_change_are_read() {
        let batch: Batch<Change> = serde_json::from_value(json!({"Records": [
            {"eventName": "INSERT", "dynamodb": {"Keys": {"lane": {"S": "r"}, "sequence": {"N": "7"}}, "SequenceNumber": "100"}},
            {"eventName": "REMOVE", "dynamodb": {}},
        ]}))
        .unwrap();
        let [first, second] = batch.records.as_slice() else { panic!() };
        assert_eq!((first.text("lane"), first.number("sequence"), first.is_new()), (Some("r"), Some(7), true));
        assert_eq!((second.text("lane"), second.is_new()), (None, false));
        let failed = serde_json::to_value(Failed::from(Some(first))).unwrap();
        assert_eq!(failed, json!({"batchItemFailures": [{"itemIdentifier": "100"}]}));
    }

    #[test]
    fn none_failed_is_an_empty_list() {
        assert_eq!(serde_json::to_value(Failed::from(None)).unwrap(), json!({"batchItemFailures": []}));
    }
}
