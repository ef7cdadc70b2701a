//! What GetItem answers.

use serde_json::{Value, json};

use super::{item, read, refused, response};
use crate::records::Operation::GetItem;
use crate::records::request::Request;

fn answer(more: Value, there: Option<Value>) -> Value {
    let mut parameters = json!({"Key": {"id": {"S": "a"}}});
    parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    match read(GetItem, "things:id", parameters) {
        Ok(Request::Get(get)) => response(get.answer(there.map(item).as_ref())),
        other => panic!("{other:?}"),
    }
}

fn there() -> Value {
    json!({"id": {"S": "a"}, "l": {"L": [{"N": "1"}, {"N": "2"}]}, "m": {"M": {"x": {"S": "y"}}}})
}

#[test]
fn an_item_or_parts_of_it() {
    assert_eq!(answer(json!({}), Some(there())), json!({"Item": there()}));
    assert_eq!(answer(json!({}), None), json!({}));
    let parts = json!({"ProjectionExpression": "m.x, l[1], #n", "ExpressionAttributeNames": {"#n": "no"}});
    assert_eq!(
        answer(parts, Some(there())),
        json!({"Item": {"l": {"L": [{"N": "2"}]}, "m": {"M": {"x": {"S": "y"}}}}})
    );
    assert_eq!(answer(json!({"AttributesToGet": ["id", "no"]}), Some(there())), json!({"Item": {"id": {"S": "a"}}}));
    assert_eq!(answer(json!({"ProjectionExpression": "absent"}), Some(there())), json!({"Item": {}}));
}

#[test]
fn capacity_is_of_the_whole_item() {
    let large = json!({"id": {"S": "a"}, "v": {"S": "x".repeat(5_000)}});
    let units = |consistent: bool, there: Option<Value>| {
        let parameters =
            json!({"ConsistentRead": consistent, "ReturnConsumedCapacity": "TOTAL", "ProjectionExpression": "id"});
        answer(parameters, there)["ConsumedCapacity"]["CapacityUnits"].to_string()
    };
    assert_eq!([units(true, Some(large.clone())), units(false, Some(large))], ["2.0", "1.0"]);
    assert_eq!([units(true, None), units(false, None)], ["1.0", "0.5"]);
}

#[test]
fn projections_are_checked_without_an_item() {
    for (parameters, message) in [
        (json!({"ProjectionExpression": ""}), "Invalid ProjectionExpression: The expression can not be empty;"),
        (
            json!({"AttributesToGet": ["a", "a"]}),
            "One or more parameter values were invalid: Duplicate value in attribute name: a",
        ),
        (
            json!({"AttributesToGet": []}),
            "1 validation error detected: Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length \
             greater than or equal to 1",
        ),
        (
            json!({"ProjectionExpression": "a", "ExpressionAttributeNames": {"#a": "a"}}),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}",
        ),
    ] {
        let mut all = json!({"Key": {"id": {"S": "a"}}});
        all.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
        assert_eq!(refused(GetItem, "things:id", &all).message, message, "{parameters}");
    }
}
