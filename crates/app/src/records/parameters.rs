//! Which parameters each operation takes, and of which types: as Amazon DynamoDB's service model (version 2012-08-10) has them, and as
//! the AWS SDK for Python checks them before it sends anything. What passes comes out as DynamoDB's JSON.

use domain::limits::RECORDS_NESTING;
use serde_json::{Map, Number, Value};
use store::records::Operation;

use super::place::{Place, Wrong};
use super::plain::{attributes_to_wire, to_wire};
use super::python;

/// A parameter, or a member of one.
struct Parameter {
    name: &'static str,
    shape: Shape,
}

/// What a parameter's value is.
#[derive(Clone, Copy)]
enum Shape {
    /// A text of at least so many characters.
    Text(usize),
    /// True or false.
    Flag,
    /// A whole number, at least this one.
    Whole(i64),
    /// Texts, at least one.
    Names,
    /// Texts by name.
    TextByName,
    /// Values by name, such as an item.
    Attributes,
    /// A value.
    Attribute,
    /// Values.
    AttributeList,
    /// Structures of these members by name, and which of them must be there.
    Structures(&'static [Parameter], &'static [&'static str]),
}

/// Declares parameters, one a line.
macro_rules! parameters {
    ($($name:ident: $shape:expr),+ $(,)?) => {
        &[$(Parameter { name: stringify!($name), shape: $shape }),+]
    };
}

use Shape::{Attribute, AttributeList, Attributes, Flag, Names, Structures, Text, TextByName, Whole};

const ANY: Shape = Text(0);
const TABLE_NAME: Shape = Text(1);
const EXPECTED: Shape = Structures(
    parameters! { Value: Attribute, Exists: Flag, ComparisonOperator: ANY, AttributeValueList: AttributeList },
    &[],
);
const UPDATES: Shape = Structures(parameters! { Value: Attribute, Action: ANY }, &[]);
const FILTER: Shape =
    Structures(parameters! { AttributeValueList: AttributeList, ComparisonOperator: ANY }, &["ComparisonOperator"]);

const PUT_ITEM: &[Parameter] = parameters! {
    TableName: TABLE_NAME, Item: Attributes, Expected: EXPECTED, ReturnValues: ANY, ReturnConsumedCapacity: ANY,
    ReturnItemCollectionMetrics: ANY, ConditionalOperator: ANY, ConditionExpression: ANY,
    ExpressionAttributeNames: TextByName, ExpressionAttributeValues: Attributes,
    ReturnValuesOnConditionCheckFailure: ANY,
};
const GET_ITEM: &[Parameter] = parameters! {
    TableName: TABLE_NAME, Key: Attributes, AttributesToGet: Names, ConsistentRead: Flag, ReturnConsumedCapacity: ANY,
    ProjectionExpression: ANY, ExpressionAttributeNames: TextByName,
};
const UPDATE_ITEM: &[Parameter] = parameters! {
    TableName: TABLE_NAME, Key: Attributes, AttributeUpdates: UPDATES, Expected: EXPECTED, ConditionalOperator: ANY,
    ReturnValues: ANY, ReturnConsumedCapacity: ANY, ReturnItemCollectionMetrics: ANY, UpdateExpression: ANY,
    ConditionExpression: ANY, ExpressionAttributeNames: TextByName, ExpressionAttributeValues: Attributes,
    ReturnValuesOnConditionCheckFailure: ANY,
};
const DELETE_ITEM: &[Parameter] = parameters! {
    TableName: TABLE_NAME, Key: Attributes, Expected: EXPECTED, ConditionalOperator: ANY, ReturnValues: ANY,
    ReturnConsumedCapacity: ANY, ReturnItemCollectionMetrics: ANY, ConditionExpression: ANY,
    ExpressionAttributeNames: TextByName, ExpressionAttributeValues: Attributes,
    ReturnValuesOnConditionCheckFailure: ANY,
};
const SCAN: &[Parameter] = parameters! {
    TableName: TABLE_NAME, IndexName: Text(3), AttributesToGet: Names, Limit: Whole(1), Select: ANY, ScanFilter: FILTER,
    ConditionalOperator: ANY, ExclusiveStartKey: Attributes, ReturnConsumedCapacity: ANY, TotalSegments: Whole(1),
    Segment: Whole(0), ProjectionExpression: ANY, FilterExpression: ANY, ExpressionAttributeNames: TextByName,
    ExpressionAttributeValues: Attributes, ConsistentRead: Flag,
};

/// The parameters of an operation, and which must be there.
const fn of(operation: Operation) -> (&'static [Parameter], &'static [&'static str]) {
    match operation {
        Operation::PutItem => (PUT_ITEM, &["TableName", "Item"]),
        Operation::GetItem => (GET_ITEM, &["TableName", "Key"]),
        Operation::UpdateItem => (UPDATE_ITEM, &["TableName", "Key"]),
        Operation::DeleteItem => (DELETE_ITEM, &["TableName", "Key"]),
        Operation::Scan => (SCAN, &["TableName"]),
    }
}

/// A payload as the operation's parameters in DynamoDB's JSON, or all that is wrong with it.
pub(super) fn to_request(operation: Operation, payload: Map<String, Value>) -> Result<Map<String, Value>, Wrong> {
    let (members, required) = of(operation);
    let mut wrong = Wrong::default();
    let request = structure(payload, members, required, &Place::payload(), &mut wrong);
    if wrong.is_empty() { Ok(request) } else { Err(wrong) }
}

fn structure(
    map: Map<String, Value>,
    members: &[Parameter],
    required: &[&str],
    place: &Place<'_>,
    wrong: &mut Wrong,
) -> Map<String, Value> {
    for name in required.iter().filter(|&&name| !map.contains_key(name)) {
        wrong.report(place, |place| format!("Missing required parameter in {place}: \"{name}\""));
    }
    let member = |name: &str| members.iter().find(|member| member.name == name);
    for name in map.keys().filter(|name| member(name).is_none()) {
        let names: Vec<&str> = members.iter().map(|member| member.name).collect();
        let (name, names) = (python::text(&Value::from(name.as_str())), names.join(", "));
        wrong.report(place, |place| format!("Unknown parameter in {place}: \"{name}\", must be one of: {names}"));
    }
    let mut made = Map::with_capacity(map.len());
    for (name, value) in map {
        if let Some(member) = member(&name) {
            made.insert(name, convert(member.shape, value, &place.name(member.name), wrong));
        }
    }
    made
}

/// Checks a value, and turns the attribute values within into DynamoDB's.
fn convert(shape: Shape, value: Value, place: &Place<'_>, wrong: &mut Wrong) -> Value {
    match (shape, value) {
        (Text(least), Value::String(text)) => text_of(text, least, place, wrong),
        (Whole(least), Value::Number(number)) if python::is_whole(number.as_str()) => {
            whole(number, least, place, wrong)
        }
        // Python's truths are whole numbers.
        (Whole(least), Value::Bool(truth)) => whole(Number::from(u8::from(truth)), least, place, wrong),
        (Flag, value @ Value::Bool(_)) => value,
        (Names, Value::Array(items)) => {
            if items.is_empty() {
                wrong.report(place, |place| {
                    format!("Invalid length for parameter {place}, value: 0, valid min length: 1")
                });
            }
            let items = items.into_iter().enumerate();
            items.map(|(index, item)| convert(ANY, item, &place.index(index), wrong)).collect()
        }
        (AttributeList, Value::Array(items)) => {
            let items = items.into_iter().enumerate();
            items.map(|(index, item)| to_wire(item, &place.index(index), RECORDS_NESTING, wrong)).collect()
        }
        (TextByName, Value::Object(map)) => each(map, place, |value, place| convert(ANY, value, place, wrong)),
        (Structures(members, required), Value::Object(map)) => each(map, place, |value, place| match value {
            Value::Object(map) => Value::Object(structure(map, members, required, place, wrong)),
            other => {
                wrong.report_type(place, &other, DICT);
                Value::Null
            }
        }),
        (Attributes, Value::Object(map)) => Value::Object(attributes_to_wire(map, place, RECORDS_NESTING, wrong)),
        (Attribute, value) => to_wire(value, place, RECORDS_NESTING, wrong),
        (shape, value) => {
            wrong.report_type(place, &value, shape.classes());
            Value::Null
        }
    }
}

const DICT: &str = "<class 'dict'>";

impl Shape {
    /// Python's classes for it.
    const fn classes(self) -> &'static str {
        match self {
            Text(_) => "<class 'str'>",
            Flag => "<class 'bool'>",
            Whole(_) => "<class 'int'>",
            Names | AttributeList => "<class 'list'>, <class 'tuple'>",
            TextByName | Attributes | Attribute | Structures(..) => DICT,
        }
    }
}

fn each(map: Map<String, Value>, place: &Place<'_>, mut convert: impl FnMut(Value, &Place<'_>) -> Value) -> Value {
    let mut made = Map::with_capacity(map.len());
    for (name, value) in map {
        let value = convert(value, &place.name(&name));
        made.insert(name, value);
    }
    Value::Object(made)
}

fn text_of(text: String, least: usize, place: &Place<'_>, wrong: &mut Wrong) -> Value {
    let length = text.chars().take(least).count();
    if length < least {
        wrong.report(place, |place| {
            format!("Invalid length for parameter {place}, value: {length}, valid min length: {least}")
        });
    }
    Value::String(text)
}

fn whole(number: Number, least: i64, place: &Place<'_>, wrong: &mut Wrong) -> Value {
    // What does not fit is far above any bound, or far below.
    let value = number.as_i64().unwrap_or(if number.as_str().starts_with('-') { i64::MIN } else { i64::MAX });
    if value < least {
        let shown = python::text(&Value::Number(number.clone()));
        wrong.report(place, |place| {
            format!("Invalid value for parameter {place}, value: {shown}, valid min value: {least}")
        });
    }
    Value::Number(number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(operation: Operation, payload: Value) -> Result<Value, String> {
        let Value::Object(mut map) = payload else { panic!("{payload}") };
        map.insert("TableName".to_owned(), json!("notes"));
        to_request(operation, map).map(Value::Object).map_err(|wrong| wrong.text())
    }

    /// What botocore 1.44.5 says to the same payload.
    #[test]
    fn payloads_are_refused_in_the_sdks_words() {
        use Operation::{PutItem, Scan, UpdateItem};
        for (operation, payload, text) in [
            (PutItem, json!({}), "Missing required parameter in input: \"Item\""),
            (
                PutItem,
                json!({"Item": [1], "Expected": {"a": {"Value": "1", "Foo": 2}}, "ReturnValues": 5}),
                "Invalid type for parameter Item, value: [1], type: <class 'list'>, valid types: <class 'dict'>\n\
                 Unknown parameter in Expected.a: \"Foo\", must be one of: Value, Exists, ComparisonOperator, AttributeValueList\n\
                 Invalid type for parameter ReturnValues, value: 5, type: <class 'int'>, valid types: <class 'str'>",
            ),
            (
                PutItem,
                json!({"Item": {}, "Expected": {"a": 5, "b": {"AttributeValueList": 5}}, "ConditionExpression": null,
                    "ExpressionAttributeNames": {"#a": 5}}),
                "Invalid type for parameter Expected.a, value: 5, type: <class 'int'>, valid types: <class 'dict'>\n\
                 Invalid type for parameter Expected.b.AttributeValueList, value: 5, type: <class 'int'>, \
                 valid types: <class 'list'>, <class 'tuple'>\n\
                 Invalid type for parameter ConditionExpression, value: None, type: <class 'NoneType'>, valid types: <class 'str'>\n\
                 Invalid type for parameter ExpressionAttributeNames.#a, value: 5, type: <class 'int'>, valid types: <class 'str'>",
            ),
            (
                Scan,
                json!({"Limit": 0, "AttributesToGet": [], "Segment": -1, "TotalSegments": 0, "ConsistentRead": "x", "Select": 1}),
                "Invalid value for parameter Limit, value: 0, valid min value: 1\n\
                 Invalid length for parameter AttributesToGet, value: 0, valid min length: 1\n\
                 Invalid value for parameter Segment, value: -1, valid min value: 0\n\
                 Invalid value for parameter TotalSegments, value: 0, valid min value: 1\n\
                 Invalid type for parameter ConsistentRead, value: x, type: <class 'str'>, valid types: <class 'bool'>\n\
                 Invalid type for parameter Select, value: 1, type: <class 'int'>, valid types: <class 'str'>",
            ),
            (
                Scan,
                json!({"ScanFilter": {"a": {}}, "ExclusiveStartKey": 5, "IndexName": "ab"}),
                "Missing required parameter in ScanFilter.a: \"ComparisonOperator\"\n\
                 Invalid type for parameter ExclusiveStartKey, value: 5, type: <class 'int'>, valid types: <class 'dict'>\n\
                 Invalid length for parameter IndexName, value: 2, valid min length: 3",
            ),
            (
                UpdateItem,
                json!({"Key": {}, "AttributeUpdates": {"a": {"Value": 1, "Action": 5}, "b": "x"}}),
                "Invalid type for parameter AttributeUpdates.a.Action, value: 5, type: <class 'int'>, valid types: <class 'str'>\n\
                 Invalid type for parameter AttributeUpdates.b, value: x, type: <class 'str'>, valid types: <class 'dict'>",
            ),
        ] {
            assert_eq!(checked(operation, payload.clone()).unwrap_err(), text, "{payload}");
        }
        let unknown = checked(PutItem, json!({"Item": {}, "Foo": 1})).unwrap_err();
        assert_eq!(
            unknown,
            "Unknown parameter in input: \"Foo\", must be one of: TableName, Item, Expected, ReturnValues, \
             ReturnConsumedCapacity, ReturnItemCollectionMetrics, ConditionalOperator, ConditionExpression, \
             ExpressionAttributeNames, ExpressionAttributeValues, ReturnValuesOnConditionCheckFailure"
        );
    }

    #[test]
    fn values_are_turned_where_there_are_values_and_nowhere_else() {
        let payload = json!({
            "Key": {"$binary": "x"}, "AttributeUpdates": {"a": {"Value": {"$numberSet": [1]}, "Action": "ADD"}},
            "Expected": {"b": {"Exists": true, "Value": null}, "c": {"ComparisonOperator": "IN", "AttributeValueList": [1, {"$binary": "aGk="}]}},
            "ExpressionAttributeValues": {":v": {"a": []}}, "ExpressionAttributeNames": {"#n": "n"},
        });
        let wanted = json!({
            "Key": {"$binary": {"S": "x"}}, "AttributeUpdates": {"a": {"Value": {"NS": ["1"]}, "Action": "ADD"}},
            "Expected": {
                "b": {"Exists": true, "Value": {"NULL": true}},
                "c": {"ComparisonOperator": "IN", "AttributeValueList": [{"N": "1"}, {"B": "aGk="}]},
            },
            "ExpressionAttributeValues": {":v": {"M": {"a": {"L": []}}}}, "ExpressionAttributeNames": {"#n": "n"},
            "TableName": "notes",
        });
        assert_eq!(checked(Operation::UpdateItem, payload), Ok(wanted));
    }

    #[test]
    fn whole_numbers_are_pythons() {
        let scan = |limit: &str| {
            let payload = format!("{{\"Limit\":{limit}}}");
            checked(Operation::Scan, serde_json::from_str(&payload).unwrap())
        };
        assert_eq!(scan("true").unwrap()["Limit"], json!(1));
        assert_eq!(
            scan("1000000000000000000000000000000").unwrap()["Limit"].to_string(),
            "1000000000000000000000000000000"
        );
        assert!(scan("-1000000000000000000000000000000").is_err());
        assert!(scan("1.0").unwrap_err().contains("<class 'float'>"));
    }

    #[test]
    fn the_parameters_are_the_service_models() {
        let counts = Operation::ALL.map(|operation| of(operation).0.len());
        // botocore 1.44.5: data/dynamodb/2012-08-10/service-2.json
        assert_eq!(counts, [11, 7, 13, 11, 16]);
    }
}
