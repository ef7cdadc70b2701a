//! Responses of DynamoDB's as clients see them: plain values, and which request was answered.

use serde_json::{Map, Value};
use store::StoreError;
use store::records::Response;

use super::plain::{Part, Unreadable, write};

/// Room for what a response has besides its values, in bytes.
const METADATA_BYTES: usize = 128;

/// A response with plain values in the members that have values, the others as they are, and `ResponseMetadata`.
pub(super) fn plain(response: &Response, request_id: &str) -> Result<String, StoreError> {
    let mut text = String::with_capacity(response.text().len().saturating_add(METADATA_BYTES));
    write(Part::Response, response.text(), &mut text).map_err(unreadable)?;
    text.pop();
    let comma = if text.len() > 1 { "," } else { "" };
    let request_id = Value::from(request_id).to_string();
    text.extend([comma, r#""ResponseMetadata":{"HTTPStatusCode":200,"RequestId":"#, &request_id, "}}"]);
    Ok(text)
}

/// An item with plain values.
pub(super) fn attributes(item: Map<String, Value>) -> Result<Map<String, Value>, StoreError> {
    let mut text = String::new();
    write(Part::Attributes, &Value::Object(item).to_string(), &mut text).map_err(unreadable)?;
    serde_json::from_str(&text).map_err(|_| unreadable(Unreadable))
}

fn unreadable(_: Unreadable) -> StoreError {
    StoreError::Corrupt("a response has a value that is none of DynamoDB's".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_plain_and_everything_else_is_as_it_was() {
        let response = json!({
            "Items": [{"id": {"S": "a"}}, {"id": {"S": "b"}}], "Count": 2, "LastEvaluatedKey": {"id": {"S": "b"}},
            "ConsumedCapacity": {"TableName": "notes", "CapacityUnits": 0.5},
            "ItemCollectionMetrics": {"ItemCollectionKey": {"id": {"S": "a"}}, "SizeEstimateRangeGB": [0.0, 1.0]},
        });
        let Value::Object(response) = response else { panic!() };
        let shown: Value = serde_json::from_str(&plain(&response.into(), "r1").unwrap()).unwrap();
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
        assert!(matches!(plain(&response.into(), "r1"), Err(StoreError::Corrupt(_))));
    }
}
