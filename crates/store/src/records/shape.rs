//! The JSON types of a request's members. What has the wrong one cannot be read, whatever else the request says: a
//! SerializationException, in the order in which DynamoDB looks.

use serde_json::{Map, Value};

use super::members::present;
use super::wire::{flag, not_a, not_a_list};
use super::{Fault, Operation};

const VALUE: &str = "com.amazonaws.dynamodb.v20120810.AttributeValue";
const CONDITION: &str = "com.amazonaws.dynamodb.v20120810.Condition";
const EXPECTED: &str = "com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue";
const UPDATE: &str = "com.amazonaws.dynamodb.v20120810.AttributeValueUpdate";
const STRING: &str = "java.lang.String";

const TEXTS: [&str; 13] = [
    "TableName",
    "IndexName",
    "ReturnConsumedCapacity",
    "ReturnValues",
    "ReturnItemCollectionMetrics",
    "ConditionalOperator",
    "Select",
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
    "ReturnValuesOnConditionCheckFailure",
];

type Members = Map<String, Value>;

/// Refuses a request whose members are not of their types.
pub(super) fn check(operation: Operation, members: &Members) -> Result<(), Fault> {
    let updates = operation == Operation::UpdateItem;
    let own = own_members(operation, members);
    let shared = own.and_then(|()| shared_members(members));
    shared.and_then(|()| if updates { update_entries(members) } else { Ok(()) }).map_err(Fault::serialization)
}

fn own_members(operation: Operation, members: &Members) -> Result<(), String> {
    match operation {
        Operation::GetItem => list_of_texts(members, "AttributesToGet"),
        Operation::Scan => {
            list_of_texts(members, "AttributesToGet")?;
            map_of(members, "ScanFilter", CONDITION)?;
            structs(members, "ScanFilter", CONDITION)?;
            conditions(members, "ScanFilter")?;
            map_of(members, "ExclusiveStartKey", VALUE)
        }
        Operation::PutItem | Operation::DeleteItem | Operation::UpdateItem => {
            map_of(members, "AttributeUpdates", UPDATE)?;
            structs(members, "AttributeUpdates", UPDATE)
        }
    }
}

fn shared_members(members: &Members) -> Result<(), String> {
    map_of(members, "Key", VALUE)?;
    map_of(members, "Item", VALUE)?;
    map_of(members, "ExpressionAttributeNames", STRING)?;
    map_of(members, "ExpressionAttributeValues", VALUE)?;
    map_of(members, "Expected", EXPECTED)?;
    for name in ["Key", "Item", "ExpressionAttributeValues", "ExclusiveStartKey"] {
        structs(members, name, VALUE)?;
    }
    structs(members, "Expected", EXPECTED)?;
    for entry in entries(members, "Expected") {
        flag_member(entry, "Exists")?;
    }
    TEXTS.iter().try_for_each(|name| text(members, name))?;
    for name in ["Limit", "Segment", "TotalSegments"] {
        present(members, name)
            .filter(|value| !value.is_number())
            .map_or(Ok(()), |value| Err(not_a(value, "Integer")))?;
    }
    flag_member(members, "ConsistentRead")?;
    conditions(members, "Expected")?;
    let names = present(members, "ExpressionAttributeNames").and_then(Value::as_object);
    names.into_iter().flat_map(Map::values).try_for_each(text_value)
}

fn update_entries(members: &Members) -> Result<(), String> {
    for entry in entries(members, "AttributeUpdates") {
        text(entry, "Action")?;
        one_value(entry, "Value")?;
    }
    Ok(())
}

fn entries<'m>(members: &'m Members, name: &str) -> impl Iterator<Item = &'m Members> {
    present(members, name).and_then(Value::as_object).into_iter().flat_map(Map::values).filter_map(Value::as_object)
}

fn map_of(members: &Members, name: &str, class: &str) -> Result<(), String> {
    match present(members, name) {
        None | Some(Value::Object(_)) => Ok(()),
        Some(Value::Array(_)) => Err(format!("Unrecognized collection type java.util.Map<java.lang.String, {class}>")),
        Some(_) => Err("Unexpected field type".to_owned()),
    }
}

/// The values of a map are objects.
fn structs(members: &Members, name: &str, class: &str) -> Result<(), String> {
    let values = present(members, name).and_then(Value::as_object);
    values.into_iter().flat_map(Map::values).try_for_each(|value| object(value, class))
}

fn object(value: &Value, class: &str) -> Result<(), String> {
    match value {
        Value::Object(_) | Value::Null => Ok(()),
        Value::Array(_) => Err(format!("Unrecognized collection type class {class}")),
        _ => Err("Unexpected value type in payload".to_owned()),
    }
}

fn conditions(members: &Members, name: &str) -> Result<(), String> {
    for entry in entries(members, name) {
        text(entry, "ComparisonOperator")?;
        match present(entry, "AttributeValueList") {
            None => {}
            Some(Value::Array(values)) => values.iter().try_for_each(|value| object(value, VALUE))?,
            Some(other) => return Err(not_a_list(other)),
        }
        one_value(entry, "Value")?;
    }
    Ok(())
}

fn one_value(entry: &Members, name: &str) -> Result<(), String> {
    present(entry, name).map_or(Ok(()), |value| match value {
        Value::Object(_) => Ok(()),
        Value::Array(_) => Err(format!("Unrecognized collection type class {VALUE}")),
        _ => Err("Unexpected field type".to_owned()),
    })
}

fn text(members: &Members, name: &str) -> Result<(), String> {
    present(members, name).map_or(Ok(()), text_value)
}

fn text_value(value: &Value) -> Result<(), String> {
    if value.is_string() || value.is_null() { Ok(()) } else { Err(not_a(value, "String")) }
}

fn list_of_texts(members: &Members, name: &str) -> Result<(), String> {
    match present(members, name) {
        None => Ok(()),
        Some(Value::Array(values)) => values.iter().try_for_each(text_value),
        Some(other) => Err(not_a_list(other)),
    }
}

fn flag_member(members: &Members, name: &str) -> Result<(), String> {
    present(members, name).map_or(Ok(()), |value| flag(value).map(|_| ()))
}
