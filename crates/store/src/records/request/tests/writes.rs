//! What writes do and answer.

use serde_json::{Value, json};

use super::{item, read, response};
use crate::records::Operation::{self, DeleteItem, PutItem, UpdateItem};
use crate::records::request::{Change, Request, Write};

fn write(operation: Operation, parameters: Value) -> Write {
    match read(operation, "things:id", parameters) {
        Ok(Request::Write(write)) => *write,
        other => panic!("{other:?}"),
    }
}

fn with(mut parameters: Value, more: Value) -> Value {
    parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    parameters
}

/// What is there afterwards, and the response.
fn decided(write: &Write, there: Option<Value>) -> (Value, Value) {
    let (change, answer) = write.decide(there.map(item).as_ref()).unwrap();
    let after = match change {
        Change::Put(body) => serde_json::from_str(&body).unwrap(),
        Change::Delete => Value::Null,
    };
    (after, response(answer))
}

fn old() -> Value {
    json!({"id": {"S": "a"}, "n": {"N": "1"}, "m": {"M": {"x": {"S": "y"}, "z": {"S": "w"}}}})
}

#[test]
fn a_put_takes_the_place_of_what_is_there() {
    let new = json!({"id": {"S": "a"}, "v": {"N": "1.50"}});
    let stored = json!({"id": {"S": "a"}, "v": {"N": "1.5"}});
    let plain = write(PutItem, json!({"Item": new}));
    assert!(!plain.needs_item());
    assert_eq!(decided(&plain, None), (stored.clone(), json!({})));
    let asked = write(PutItem, json!({"Item": new, "ReturnValues": "ALL_OLD"}));
    assert!(asked.needs_item());
    assert_eq!(decided(&asked, Some(old())), (stored.clone(), json!({"Attributes": old()})));
    assert_eq!(decided(&asked, None), (stored, json!({})));
}

#[test]
fn a_delete_leaves_nothing() {
    let asked = write(DeleteItem, json!({"Key": {"id": {"S": "a"}}, "ReturnValues": "ALL_OLD"}));
    assert_eq!(decided(&asked, Some(old())), (Value::Null, json!({"Attributes": old()})));
    assert_eq!(decided(&asked, None), (Value::Null, json!({})));
    assert!(!write(DeleteItem, json!({"Key": {"id": {"S": "a"}}})).needs_item());
}

#[test]
fn an_update_answers_with_what_it_is_asked_for() {
    let update = json!({
        "Key": {"id": {"S": "a"}}, "UpdateExpression": "SET m.x = :x ADD n :one REMOVE m.z",
        "ExpressionAttributeValues": {":x": {"S": "new"}, ":one": {"N": "1"}}
    });
    let new = json!({"id": {"S": "a"}, "n": {"N": "2"}, "m": {"M": {"x": {"S": "new"}}}});
    for (returns, attributes) in [
        ("NONE", None),
        ("ALL_OLD", Some(old())),
        ("ALL_NEW", Some(new.clone())),
        ("UPDATED_OLD", Some(json!({"n": {"N": "1"}, "m": {"M": {"x": {"S": "y"}, "z": {"S": "w"}}}}))),
        ("UPDATED_NEW", Some(json!({"n": {"N": "2"}, "m": {"M": {"x": {"S": "new"}}}}))),
    ] {
        let asked = write(UpdateItem, with(update.clone(), json!({"ReturnValues": returns})));
        let (after, answer) = decided(&asked, Some(old()));
        assert_eq!((after, answer.get("Attributes").cloned()), (new.clone(), attributes), "{returns}");
    }
}

#[test]
fn an_update_creates_an_item() {
    let update = json!({
        "Key": {"id": {"S": "a"}}, "UpdateExpression": "SET v = :v", "ExpressionAttributeValues": {":v": {"S": "x"}}
    });
    let new = json!({"id": {"S": "a"}, "v": {"S": "x"}});
    for (returns, answer) in [
        ("ALL_OLD", json!({})),
        ("UPDATED_OLD", json!({})),
        ("ALL_NEW", json!({"Attributes": new})),
        ("UPDATED_NEW", json!({"Attributes": {"v": {"S": "x"}}})),
    ] {
        let asked = write(UpdateItem, with(update.clone(), json!({"ReturnValues": returns})));
        assert_eq!(decided(&asked, None), (new.clone(), answer), "{returns}");
    }
    assert!(write(UpdateItem, update).needs_item(), "what it leaves of the item that is there");
    let nothing = write(UpdateItem, json!({"Key": {"id": {"S": "a"}}}));
    assert_eq!(decided(&nothing, None).0, json!({"id": {"S": "a"}}));
    assert_eq!(decided(&nothing, Some(old())).0, old());
}

#[test]
fn what_an_update_removes_is_not_answered() {
    let asked = json!({"Key": {"id": {"S": "a"}}, "UpdateExpression": "REMOVE n", "ReturnValues": "UPDATED_NEW"});
    assert_eq!(decided(&write(UpdateItem, asked), Some(old())).1, json!({}));
}

#[test]
fn legacy_updates_are_updates() {
    let updates = json!({
        "Key": {"id": {"S": "a"}}, "ReturnValues": "UPDATED_NEW",
        "AttributeUpdates": {"n": {"Action": "ADD", "Value": {"N": "5"}}, "m": {"Action": "DELETE"}, "v": {"Value": {"S": "x"}}}
    });
    let (after, answer) = decided(&write(UpdateItem, updates), Some(old()));
    assert_eq!(after, json!({"id": {"S": "a"}, "n": {"N": "6"}, "v": {"S": "x"}}));
    assert_eq!(answer, json!({"Attributes": {"n": {"N": "6"}, "v": {"S": "x"}}}));
}

#[test]
fn a_condition_that_is_not_met_changes_nothing() {
    let condition = json!({"ConditionExpression": "attribute_not_exists(id)"});
    let key = json!({"Key": {"id": {"S": "a"}}});
    let put = json!({"Item": {"id": {"S": "a"}}});
    for (operation, parameters) in [(PutItem, put), (DeleteItem, key.clone()), (UpdateItem, key)] {
        let parameters = with(parameters, condition.clone());
        let fault = write(operation, parameters.clone()).decide(Some(&item(old()))).unwrap_err();
        assert_eq!(
            (fault.kind.as_str(), fault.message.as_str(), fault.item),
            ("ConditionalCheckFailedException", "The conditional request failed", None)
        );
        let with_item = with(parameters, json!({"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}));
        let fault = write(operation, with_item.clone()).decide(Some(&item(old()))).unwrap_err();
        assert_eq!(fault.item.map(Value::Object), Some(old()));
        assert!(write(operation, with_item).decide(None).is_ok());
    }
    let expected = json!({"Item": {"id": {"S": "a"}}, "Expected": {"n": {"Value": {"N": "2"}}}});
    assert!(write(PutItem, expected).decide(Some(&item(old()))).is_err());
}

#[test]
fn an_update_spares_the_key_and_keeps_the_limits() {
    let update = |value: Value, text: &str| {
        let values = json!({":v": value});
        json!({"Key": {"id": {"S": "a"}}, "UpdateExpression": text, "ExpressionAttributeValues": values})
    };
    let deep = (0..31).fold(json!({"S": "x"}), |inner, _| json!({"L": [inner]}));
    let large = json!({"S": "x".repeat(400 * 1024 - 100)});
    for (parameters, message) in [
        (
            update(json!({"S": "b"}), "SET id = :v"),
            "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key",
        ),
        (update(deep, "SET m.x = :v"), "Nesting Levels have exceeded supported limits"),
        (update(large, "SET v = :v"), "Item size to update has exceeded the maximum allowed size"),
    ] {
        let mut there = old();
        there["more"] = json!({"S": "x".repeat(200)});
        assert_eq!(write(UpdateItem, parameters).decide(Some(&item(there))).unwrap_err().message, message);
    }
}

#[test]
fn capacity_is_of_the_larger_item() {
    let units = |parameters: Value, there: Option<Value>| {
        decided(&write(PutItem, with(parameters, json!({"ReturnConsumedCapacity": "INDEXES"}))), there).1["ConsumedCapacity"]
            .to_string()
    };
    let large = json!({"id": {"S": "a"}, "v": {"S": "x".repeat(3_000)}});
    let told = r#"{"TableName":"things","CapacityUnits":3.0,"Table":{"CapacityUnits":3.0}}"#;
    assert_eq!(units(json!({"Item": large}), None), told);
    assert_eq!(units(json!({"Item": {"id": {"S": "a"}}}), Some(large)), told);
}
