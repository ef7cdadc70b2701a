//! What a request is refused for, and in which words.

use serde_json::{Value, json};

use super::{read, refused};
use crate::records::Operation::{self, DeleteItem, GetItem, PutItem, UpdateItem};

const THINGS: &str = "things:id";
const PAIRS: &str = "pairs:id:n=N";

fn check(operation: Operation, table: &str, cases: &[(Value, &str)]) {
    for (parameters, message) in cases {
        let fault = refused(operation, table, parameters);
        assert_eq!(fault.message, *message, "{} {parameters}", operation.name());
        assert_eq!(fault.kind, "ValidationException", "{} {parameters}", operation.name());
    }
}

fn check_puts(cases: &[(Value, &str)]) {
    let with_key = |value: &Value| json!({"Item": {"id": {"S": "a"}, "v": value}});
    let cases: Vec<_> = cases.iter().map(|(value, message)| (with_key(value), *message)).collect();
    check(PutItem, THINGS, &cases);
}

/// A value inside of so many maps.
fn inside(maps: usize) -> Value {
    (0..maps).fold(json!({"S": "x"}), |inner, _| json!({"M": {"a": inner}}))
}

#[test]
fn a_value_has_one_type() {
    let none = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
    let two =
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";
    check_puts(&[
        (json!({}), none),
        (json!({"X": "a"}), none),
        (json!({"S": null}), none),
        (json!({"L": [1]}), none),
        (json!({"S": "a", "N": "1"}), two),
        (json!({"S": "a", "N": "x"}), "The parameter cannot be converted to a numeric value: x"),
        (json!({"S": "a", "SS": []}), "One or more parameter values were invalid: An string set  may not be empty"),
    ]);
    assert!(read(PutItem, THINGS, json!({"Item": {"id": {"S": "a", "N": null, "X": 1}}})).is_ok());
}

#[test]
fn a_null_is_true() {
    let message = "One or more parameter values were invalid: Null attribute value types must have the value of true";
    let counted = &format!("1 validation error detected: {message}");
    check_puts(&[
        (json!({"NULL": false}), counted),
        (json!({"L": [{"NULL": false}]}), counted),
        (json!({"NULL": "no"}), message),
        (json!({"NULL": false, "S": "a"}), message),
    ]);
    check(GetItem, THINGS, &[(json!({"Key": {"id": {"NULL": false}}}), message)]);
}

#[test]
fn numbers_are_numbers() {
    let no_number = |text: &str| {
        format!("1 validation error detected: The parameter cannot be converted to a numeric value: {text}")
    };
    let over = "1 validation error detected: Number overflow. Attempting to store a number with magnitude larger than supported range";
    let under = "1 validation error detected: Number underflow. Attempting to store a number with magnitude smaller than supported range";
    let long = "1 validation error detected: Attempting to store more than 38 significant digits in a Number";
    check_puts(&[
        (json!({"N": ""}), &no_number("")),
        (json!({"N": "abc"}), &no_number("abc")),
        (json!({"N": " 1"}), &no_number(" 1")),
        (json!({"NS": ["1", "x"]}), &no_number("x")),
        (json!({"N": "1e126"}), over),
        (json!({"N": "-1e-131"}), under),
        (json!({"N": "9".repeat(39)}), long),
    ]);
}

#[test]
fn sets_have_elements_and_each_once() {
    let invalid = "1 validation error detected: One or more parameter values were invalid:";
    check_puts(&[
        (json!({"SS": []}), &format!("{invalid} An string set  may not be empty")),
        (json!({"NS": []}), &format!("{invalid} An number set  may not be empty")),
        (json!({"L": [{"BS": []}]}), &format!("{invalid} Binary sets should not be empty")),
        (
            json!({"SS": ["b", "a", "b", "C"]}),
            &format!("{invalid} Input collection [\"a\", \"b\", \"b\", \"C\"] contains duplicates."),
        ),
        (json!({"NS": ["1", "1.0"]}), &format!("{invalid} Input collection contains duplicates.")),
        (
            json!({"BS": ["/w==", "/w=="]}),
            &format!("{invalid} Input collection [\"/w==\",\"/w==\"]of type BS contains duplicates."),
        ),
    ]);
}

#[test]
fn values_are_nested_up_to_a_limit() {
    let message = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";
    assert!(read(PutItem, THINGS, json!({"Item": {"id": {"S": "a"}, "v": inside(31)}})).is_ok());
    check_puts(&[
        (inside(32), &format!("1 validation error detected: {message}")),
        (inside(62), &format!("1 validation error detected: {message}")),
        (inside(63), message),
        (inside(120), message),
    ]);
    check(GetItem, THINGS, &[(json!({"Key": {"id": inside(32)}}), message)]);
    let named = format!("ExpressionAttributeValues contains invalid value: {message} for key :v");
    let condition =
        |v| json!({"Key": {"id": {"S": "a"}}, "ConditionExpression": "a = :v", "ExpressionAttributeValues": {":v": v}});
    check(DeleteItem, THINGS, &[(condition(inside(63)), &named), (condition(inside(110)), &named)]);
}

#[test]
fn attributes_have_names() {
    let empty = "1 validation error detected: Empty attribute name";
    check_puts(&[(json!({"M": {"": {"S": "x"}}}), empty), (json!({"L": [{"M": {"": {"S": "x"}}}]}), empty)]);
    check(GetItem, THINGS, &[(json!({"Key": {"": {"S": "a"}}}), "Empty attribute name")]);
    let named =
        "1 validation error detected: ExpressionAttributeNames contains invalid value: Empty attribute name for key #n";
    let names =
        json!({"Item": {"id": {"S": "a"}}, "ConditionExpression": "#n = #n", "ExpressionAttributeNames": {"#n": ""}});
    check(PutItem, THINGS, &[(names, named)]);
}

#[test]
fn an_item_has_the_tables_key() {
    let invalid = "One or more parameter values were invalid:";
    let empty =
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty";
    let item = |item: Value| json!({"Item": item});
    check(
        PutItem,
        PAIRS,
        &[
            (item(json!({})), &format!("{invalid} Missing the key id in the item")),
            (item(json!({"id": {"S": "a"}})), &format!("{invalid} Missing the key n in the item")),
            (
                item(json!({"id": {"N": "1"}, "n": {"N": "1"}})),
                &format!("{invalid} Type mismatch for key id expected: S actual: N"),
            ),
            (
                item(json!({"id": {"S": "a"}, "n": {"L": []}})),
                &format!("{invalid} Type mismatch for key n expected: N actual: L"),
            ),
            (item(json!({"id": {"S": ""}, "n": {"N": "1"}})), &format!("{empty} string value. Key: id")),
            (
                item(json!({"id": {"S": "x".repeat(2049)}, "n": {"N": "1"}})),
                &format!("{invalid} Size of hashkey has exceeded the maximum size limit of2048 bytes"),
            ),
        ],
    );
    check(
        PutItem,
        "bytes:b=B:s",
        &[
            (item(json!({"b": {"B": ""}, "s": {"S": "a"}})), &format!("{empty} binary value. Key: b")),
            (
                item(json!({"b": {"B": "AA=="}, "s": {"S": "x".repeat(1025)}})),
                &format!("{invalid} Aggregated size of all range keys has exceeded the size limit of 1024 bytes"),
            ),
        ],
    );
}

#[test]
fn a_key_is_the_tables() {
    let no_match = "The provided key element does not match the schema";
    for operation in [GetItem, DeleteItem, UpdateItem] {
        let cases = [
            json!({}),
            json!({"id": {"S": "a"}}),
            json!({"id": {"S": "a"}, "x": {"N": "1"}}),
            json!({"id": {"S": "a"}, "n": {"S": "1"}}),
            json!({"id": {"S": "a"}, "n": {"N": "1"}, "x": {"N": "1"}}),
        ];
        check(operation, PAIRS, &cases.map(|key| (json!({"Key": key}), no_match)));
    }
}

#[test]
fn a_table_has_a_name() {
    let counted = "1 validation error detected: Value";
    let constraint = "at 'tableName' failed to satisfy constraint: Member must";
    let key = |name: &str| json!({"TableName": name, "Key": {"id": {"S": "a"}}});
    check(
        GetItem,
        THINGS,
        &[
            (
                key(""),
                &format!(
                    "{counted} at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1"
                ),
            ),
            (key("a!"), &format!("{counted} 'a!' {constraint} have length greater than or equal to 3")),
            (
                key("a b c"),
                &format!("{counted} 'a b c' {constraint} satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
            ),
        ],
    );
    let both = format!(
        "2 validation errors detected: Value 'a!' {constraint} satisfy regular expression pattern: [a-zA-Z0-9_.-]+; \
         Value 'a!' {constraint} have length greater than or equal to 3"
    );
    check(UpdateItem, THINGS, &[(key("a!"), &both)]);
    let other = refused(GetItem, THINGS, &key("no-such-table"));
    assert_eq!(
        (other.kind.as_str(), other.message.as_str()),
        ("ResourceNotFoundException", "Requested resource not found")
    );
}

#[test]
fn mistakes_of_members_come_together() {
    let wrong = json!({
        "TableName": null, "ReturnConsumedCapacity": "X", "ReturnValues": "Y", "ReturnItemCollectionMetrics": "Z",
        "ReturnValuesOnConditionCheckFailure": "W"
    });
    let fails = "failed to satisfy constraint: Member must";
    check(
        PutItem,
        THINGS,
        &[(
            wrong.clone(),
            &format!(
                "6 validation errors detected: Value null at 'tableName' {fails} not be null; Value null at 'item' {fails} not be null; \
             Value 'X' at 'returnConsumedCapacity' {fails} satisfy enum value set: [INDEXES, TOTAL, NONE]; Failed to satisfy \
             constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]; Value 'Z' at \
             'returnItemCollectionMetrics' {fails} satisfy enum value set: [SIZE, NONE]; Value 'W' at \
             'returnValuesOnConditionCheckFailure' {fails} satisfy enum value set: [ALL_OLD, NONE]"
            ),
        )],
    );
    let mut with_key = wrong;
    with_key["Key"] = json!({"id": {"S": "a"}});
    with_key["TableName"] = json!("things");
    check(
        UpdateItem,
        THINGS,
        &[(
            with_key,
            "1 validation error detected: Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, \
         ALL_NEW, UPDATE_NEW, NONE]",
        )],
    );
}

#[test]
fn members_have_their_json_types() {
    let cases = [
        (
            GetItem,
            json!({"Key": []}),
            "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
        ),
        (GetItem, json!({"Key": "a"}), "Unexpected field type"),
        (GetItem, json!({"Key": {"id": "a"}}), "Unexpected value type in payload"),
        (GetItem, json!({"Key": {"id": {"BOOL": 1.5}}}), "DECIMAL_VALUE cannot be converted to Boolean"),
        (GetItem, json!({"Key": {"id": {"BOOL": "maybe"}}}), "Unexpected token received from parser"),
        (GetItem, json!({"Key": {"id": {"S": 1}}}), "NUMBER_VALUE cannot be converted to String"),
        (GetItem, json!({"Key": {"id": {"NS": "1"}}}), "Unexpected field type"),
        (
            GetItem,
            json!({"Key": {"id": {"B": "a"}}}),
            "'a' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 1",
        ),
        (GetItem, json!({"Key": {}, "ConsistentRead": []}), "Unrecognized collection type class java.lang.Boolean"),
        (GetItem, json!({"Key": {}, "AttributesToGet": "a"}), "Unexpected field type"),
        (PutItem, json!({"Item": {}, "ConditionExpression": true}), "TRUE_VALUE cannot be converted to String"),
        (PutItem, json!({"Item": {}, "Expected": {"a": {"Exists": "maybe"}}}), "Unexpected token received from parser"),
        (
            PutItem,
            json!({"Item": {}, "ExpressionAttributeNames": {"#a": 1}}),
            "NUMBER_VALUE cannot be converted to String",
        ),
        (Operation::Scan, json!({"Limit": "1"}), "STRING_VALUE cannot be converted to Integer"),
    ];
    for (operation, parameters, message) in cases {
        let fault = refused(operation, THINGS, &parameters);
        assert_eq!((fault.kind.as_str(), fault.message.as_str()), ("SerializationException", message), "{parameters}");
    }
}

#[test]
fn expressions_stand_alone_and_use_what_is_given() {
    let with = |more: Value| {
        let mut all = json!({"Key": {"id": {"S": "a"}}});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let counted = |text: &str| format!("1 validation error detected: {text}");
    check(
        UpdateItem,
        THINGS,
        &[
            (
                with(
                    json!({"AttributeUpdates": {}, "Expected": {}, "UpdateExpression": "SET a = b", "ConditionExpression": "a = b"}),
                ),
                &counted(
                    "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: \
                 {AttributeUpdates, Expected} Expression parameters: {UpdateExpression, ConditionExpression}",
                ),
            ),
            (
                with(json!({"ExpressionAttributeNames": {"#a": "a"}})),
                &counted("ExpressionAttributeNames can only be specified when using expressions"),
            ),
            (
                with(json!({"ExpressionAttributeValues": {}, "UpdateExpression": "SET a = b"})),
                &counted("ExpressionAttributeValues must not be empty"),
            ),
            (
                with(json!({"ExpressionAttributeValues": {"a": {"S": "x"}}, "UpdateExpression": "SET a = b"})),
                "ExpressionAttributeValues contains invalid key: Syntax error; key: \"a\"",
            ),
            (
                with(json!({"ExpressionAttributeValues": {":a": {"S": "x"}}, "UpdateExpression": "SET a = b"})),
                &counted("Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}"),
            ),
            (
                with(json!({"ConditionalOperator": "AND"})),
                &counted("ConditionalOperator cannot be used without Filter or Expected"),
            ),
            (
                with(json!({"AttributeUpdates": {"a": {"Action": "put"}}})),
                &counted("Member must satisfy enum value set: [ADD, DELETE, PUT]' for Action"),
            ),
        ],
    );
}

#[test]
fn items_have_a_size() {
    let put = |bytes: usize| json!({"Item": {"id": {"S": "a"}, "v": {"S": "x".repeat(bytes)}}});
    let rest = 400 * 1024 - "id".len() - "a".len() - "v".len();
    assert!(read(PutItem, THINGS, put(rest)).is_ok());
    check(PutItem, THINGS, &[(put(rest + 1), "Item size has exceeded the maximum allowed size")]);
    check(
        DeleteItem,
        THINGS,
        &[(
            json!({"Key": {"id": {"S": "a"}}, "ReturnValues": "ALL_NEW"}),
            "1 validation error detected: ReturnValues can only be ALL_OLD or NONE",
        )],
    );
}

#[test]
fn no_expression_leads_into_a_key() {
    let message = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id";
    let key = json!({"id": {"S": "a"}});
    check(GetItem, THINGS, &[(json!({"Key": key, "ProjectionExpression": "x, id[0]"}), message)]);
    check(Operation::Scan, THINGS, &[(json!({"ProjectionExpression": "id.x"}), message)]);
    check(Operation::Scan, THINGS, &[(json!({"FilterExpression": "attribute_exists(id.x)"}), message)]);
    let condition = "attribute_not_exists(id.x)";
    check(PutItem, THINGS, &[(json!({"Item": key, "ConditionExpression": condition}), message)]);
    check(DeleteItem, THINGS, &[(json!({"Key": key, "ConditionExpression": condition}), message)]);
    check(UpdateItem, THINGS, &[(json!({"Key": key, "ConditionExpression": condition}), message)]);
    check(UpdateItem, THINGS, &[(json!({"Key": key, "UpdateExpression": "SET x = id.x"}), message)]);
}
