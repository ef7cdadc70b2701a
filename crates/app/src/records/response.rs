//! Responses of DynamoDB's as clients see them: plain values, and which request was answered.

use domain::limits::RECORDS_NESTING;
use serde_json::{Map, Value, json};
use store::StoreError;

use super::plain::{Unreadable, attributes_to_plain};

/// A response with plain values in the members that have values, the others as they are, and `ResponseMetadata`.
pub(super) fn plain(response: Map<String, Value>, request_id: &str) -> Result<String, StoreError> {
    let mut made = Map::with_capacity(response.len().saturating_add(1));
    for (name, value) in response {
        let value = member(&name, value).map_err(|_| unreadable(&name))?;
        made.insert(name, value);
    }
    made.insert("ResponseMetadata".to_owned(), json!({"HTTPStatusCode": 200, "RequestId": request_id}));
    Ok(Value::Object(made).to_string())
}

/// An item with plain values.
pub(super) fn attributes(item: Map<String, Value>) -> Result<Map<String, Value>, StoreError> {
    attributes_to_plain(item, RECORDS_NESTING).map_err(|_| unreadable("Item"))
}

fn member(name: &str, value: Value) -> Result<Value, Unreadable> {
    match (name, value) {
        ("Item" | "Attributes" | "LastEvaluatedKey" | "ItemCollectionKey", Value::Object(map)) => {
            Ok(Value::Object(attributes_to_plain(map, RECORDS_NESTING)?))
        }
        ("Items", Value::Array(items)) => items.into_iter().map(|item| member("Item", item)).collect(),
        ("ItemCollectionMetrics", Value::Object(map)) => {
            map.into_iter().map(|(name, value)| Ok((name.clone(), member(&name, value)?))).collect()
        }
        (_, value) => Ok(value),
    }
}

fn unreadable(name: &str) -> StoreError {
    StoreError::Corrupt(format!("`{name}` of a response has a value that is none of DynamoDB's"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_plain_and_everything_else_is_as_it_was() {
        let response = json!({
            "Items": [{"id": {"S": "a"}}, {"id": {"S": "b"}}], "Count": 2, "LastEvaluatedKey": {"id": {"S": "b"}},
            "ConsumedCapacity": {"TableName": "notes", "CapacityUnits": 0.5},
            "ItemCollectionMetrics": {"ItemCollectionKey": {"id": {"S": "a"}}, "SizeEstimateRangeGB": [0.0, 1.0]},
        });
        let Value::Object(response) = response else { panic!() };
        let shown: Value = serde_json::from_str(&plain(response, "r1").unwrap()).unwrap();
        let wanted = json!({
            "Items": [{"id": "a"}, {"id": "b"}], "Count": 2, "LastEvaluatedKey": {"id": "b"},
            "ConsumedCapacity": {"TableName": "notes", "CapacityUnits": 0.5},
            "ItemCollectionMetrics": {"ItemCollectionKey": {"id": "a"}, "SizeEstimateRangeGB": [0.0, 1.0]},
            "ResponseMetadata": {"HTTPStatusCode": 200, "RequestId": "r1"},
        });
        assert_eq!(shown, wanted);
    }

    #[test]
    fn a_value_that_is_none_is_a_failure_of_the_store() {
        let Value::Object(response) = json!({"Item": {"id": {"?": "a"}}}) else { panic!() };
        assert!(matches!(plain(response, "r1"), Err(StoreError::Corrupt(_))));
    }
}
