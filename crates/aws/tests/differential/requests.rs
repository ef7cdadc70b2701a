//! Generated requests to a table, most of them good.

use serde_json::{Map, Value, json};
use store::records::{Operation, RecordsTable};

use crate::dice::Dice;
use crate::engines::local;
use crate::expressions::{Placeholders, garble, restyle};
use crate::values::{self, Kind};

/// The keys that the tables of the test have.
pub(crate) const KEYS: [&str; 8] = ["id", "id=N", "id=B", "id:at", "id:at=N", "id=N:at=B", "id=B:at", "id=B:at=N"];

/// How a request says what is to be written or read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// By expressions.
    Expressions,
    /// By the parameters from before there were expressions.
    Legacy,
}

/// A request.
pub(crate) fn request(dice: &mut Dice, table: &RecordsTable, style: Style) -> (Operation, Map<String, Value>) {
    let operation = dice.weighted(&[
        (25, Operation::PutItem),
        (40, Operation::UpdateItem),
        (5, Operation::DeleteItem),
        (12, Operation::GetItem),
        (13, Operation::Scan),
    ]);
    let mut request = Map::new();
    request.insert("TableName".to_owned(), json!(table.name));
    let mut placeholders = Placeholders::default();
    match operation {
        Operation::PutItem => drop(request.insert("Item".to_owned(), item(dice, table))),
        Operation::Scan => scan(dice, &mut request, &mut placeholders, style),
        _ => drop(request.insert("Key".to_owned(), key(dice, table, 3))),
    }
    match operation {
        Operation::UpdateItem if style == Style::Legacy => {
            drop(request.insert("AttributeUpdates".to_owned(), updates(dice, table)))
        }
        Operation::UpdateItem if dice.percent(97) => {
            let text = placeholders.update(dice);
            insert_expression(dice, &mut request, "UpdateExpression", text);
        }
        Operation::GetItem => {
            if dice.percent(40) {
                request.insert("ConsistentRead".to_owned(), json!(dice.percent(50)));
            }
            project(dice, &mut request, &mut placeholders, style);
        }
        _ => {}
    }
    if operation.writes() {
        write_terms(dice, &mut request, &mut placeholders, operation, style);
    }
    if dice.percent(12) {
        let all = if dice.percent(90) { &["TOTAL", "INDEXES", "NONE"] } else { &["total", "", "SOME"] };
        let wanted = *dice.pick(all);
        request.insert("ReturnConsumedCapacity".to_owned(), json!(wanted));
    }
    finish(dice, &mut request, placeholders, style);
    whole(&mut request);
    (operation, request)
}

fn write_terms(
    dice: &mut Dice,
    request: &mut Map<String, Value>,
    placeholders: &mut Placeholders,
    operation: Operation,
    style: Style,
) {
    if dice.percent(25) {
        match style {
            Style::Expressions => {
                let text = placeholders.condition(dice, 3);
                insert_expression(dice, request, "ConditionExpression", text);
            }
            Style::Legacy => conditions(dice, request, "Expected"),
        }
        if dice.percent(30) {
            let wanted = *dice.pick(&[
                "ALL_OLD", "NONE", "ALL_OLD", "ALL_OLD", "ALL_OLD", "ALL_OLD", "ALL_OLD", "ALL_OLD", "ALL_OLD",
                "ALL_NEW",
            ]);
            request.insert("ReturnValuesOnConditionCheckFailure".to_owned(), json!(wanted));
        }
    }
    if dice.percent(60) {
        let all: &[&str] = match operation {
            Operation::UpdateItem => &["NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"],
            _ => &["NONE", "ALL_OLD", "ALL_OLD", "ALL_OLD"],
        };
        let odd = *dice.pick(&["ALL_NEW", "UPDATED_NEW", "all_old", "", "ALL"]);
        let wanted = if dice.percent(96) { *dice.pick(all) } else { odd };
        request.insert("ReturnValues".to_owned(), json!(wanted));
    }
    if dice.percent(2) {
        let wanted = *dice.pick(&["SIZE", "NONE", "MANY"]);
        request.insert("ReturnItemCollectionMetrics".to_owned(), json!(wanted));
    }
}

/// Puts the placeholders in, and now and then spoils something.
fn finish(dice: &mut Dice, request: &mut Map<String, Value>, mut placeholders: Placeholders, style: Style) {
    if dice.percent(if style == Style::Legacy { 1 } else { 4 }) {
        placeholders.spoil(dice);
    }
    if !placeholders.names.is_empty() || dice.percent(1) {
        request.insert("ExpressionAttributeNames".to_owned(), Value::Object(placeholders.names));
    }
    if !placeholders.values.is_empty() || dice.percent(1) {
        request.insert("ExpressionAttributeValues".to_owned(), Value::Object(placeholders.values));
    }
    if dice.percent(4) {
        spoil(dice, request);
    }
    let names: Vec<String> = request.keys().filter(|name| *name != "TableName").cloned().collect();
    if dice.percent(2) && !names.is_empty() {
        let name = dice.pick(&names).clone();
        request.entry(name).and_modify(|value| maul(dice, value));
    }
}

/// Sees to it that a page of a Scan has the whole table, for the order of partitions is nobody's.
fn whole(request: &mut Map<String, Value>) {
    request.entry("Limit").and_modify(|limit| {
        if limit.as_f64().is_some_and(|limit| limit >= 1.0) {
            *limit = json!(1000);
        }
    });
}

/// Exchanges something anywhere in a parameter for JSON of another type.
fn maul(dice: &mut Dice, value: &mut Value) {
    let inner: Vec<&mut Value> = match &mut *value {
        Value::Object(members) => members.values_mut().collect(),
        Value::Array(values) => values.iter_mut().collect(),
        _ => Vec::new(),
    };
    let count = inner.len();
    match inner.into_iter().nth(dice.below(count.max(1))) {
        Some(inner) if dice.percent(75) => maul(dice, inner),
        _ => {
            *value = dice
                .pick(&[json!(1), json!(1.5), json!(true), json!(false), json!("a"), json!([]), json!({}), json!(null)])
                .clone()
        }
    }
}

fn insert_expression(dice: &mut Dice, request: &mut Map<String, Value>, parameter: &str, text: String) {
    let text = match dice.below(100) {
        0..8 => garble(dice, &text),
        8..20 => restyle(dice, &text),
        _ => text,
    };
    request.insert(parameter.to_owned(), json!(text));
}

/// A parameter of another kind, one that does not belong, or one left out.
fn spoil(dice: &mut Dice, request: &mut Map<String, Value>) {
    let names: Vec<String> = request.keys().filter(|name| *name != "TableName").cloned().collect();
    let odd = [json!(null), json!("text"), json!(7), json!(true), json!([]), json!({}), json!({ "a": { "S": "b" } })];
    match dice.below(4) {
        0 if !names.is_empty() => drop(request.shift_remove(dice.pick(&names))),
        1 | 2 if !names.is_empty() => drop(request.insert(dice.pick(&names).clone(), dice.pick(&odd).clone())),
        _ => {
            let all = [
                "Key",
                "Item",
                "UpdateExpression",
                "ConditionExpression",
                "FilterExpression",
                "ProjectionExpression",
                "Expected",
                "AttributeUpdates",
                "ScanFilter",
                "AttributesToGet",
                "ConditionalOperator",
                "Limit",
                "Select",
                "ReturnValues",
                "ConsistentRead",
                "IndexName",
                "Segment",
                "TotalSegments",
                "ExpressionAttributeNames",
            ];
            request.insert((*dice.pick(&all)).to_owned(), dice.pick(&odd).clone());
        }
    }
}

/// A key of the table; odd that often of a hundred times.
fn key(dice: &mut Dice, table: &RecordsTable, odd: usize) -> Value {
    let mut key = Map::new();
    let attributes = std::iter::once(&table.partition).chain(&table.sort);
    for attribute in attributes {
        let value = match attribute.kind.as_str() {
            "S" => json!({ "S": dice.pick(&["a", "b", "ä"]) }),
            "N" => json!({ "N": dice.pick(&["1", "1.0", "-2", "1e3", "0.5", "-0"]) }),
            _ => json!({ "B": dice.pick(&["YQ==", "AAEC", "/w=="]) }),
        };
        key.insert(attribute.name.clone(), value);
    }
    if dice.percent(odd) {
        match dice.below(6) {
            0 => drop(key.insert("id".to_owned(), values::odd(dice))),
            1 => drop(key.insert("id".to_owned(), json!({ "S": "" }))),
            2 => drop(key.insert("further".to_owned(), json!({ "S": "a" }))),
            3 => drop(key.insert("id".to_owned(), values::of(dice, Kind::List, 1))),
            4 => drop(key.insert("id".to_owned(), json!({ "S": "k".repeat(2047 + dice.below(3)) }))),
            _ => drop(key.shift_remove(*dice.pick(&["id", "at"]))),
        }
    }
    Value::Object(key)
}

fn item(dice: &mut Dice, table: &RecordsTable) -> Value {
    let mut item = key(dice, table, 2);
    let members = item.as_object_mut().unwrap();
    for _ in 0..10 + dice.below(30) {
        let (name, kind) = values::name(dice);
        members.insert(name.to_owned(), values::value(dice, kind, 1));
    }
    if dice.percent(1) {
        members.insert(String::new(), json!({ "S": "a" }));
    }
    item
}

fn project(dice: &mut Dice, request: &mut Map<String, Value>, placeholders: &mut Placeholders, style: Style) {
    if !dice.percent(50) {
        return;
    }
    match style {
        Style::Expressions => {
            let text = placeholders.projection(dice);
            insert_expression(dice, request, "ProjectionExpression", text);
        }
        Style::Legacy => {
            let mut names: Vec<&str> = (0..dice.below(4)).map(|_| values::name(dice).0).collect();
            if dice.percent(95) {
                names.sort_unstable();
                names.dedup();
            }
            request.insert("AttributesToGet".to_owned(), json!(names));
        }
    }
}

/// A scan of the whole table: what a page holds is compared elsewhere, since the order of partitions is nobody's.
fn scan(dice: &mut Dice, request: &mut Map<String, Value>, placeholders: &mut Placeholders, style: Style) {
    if dice.percent(70) {
        match style {
            Style::Expressions => {
                let text = placeholders.condition(dice, 2);
                insert_expression(dice, request, "FilterExpression", text);
            }
            Style::Legacy => conditions(dice, request, "ScanFilter"),
        }
    }
    project(dice, request, placeholders, style);
    if dice.percent(15) {
        let all = ["COUNT", "ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "MANY"];
        request.insert("Select".to_owned(), json!(dice.pick(&all)));
    }
    if dice.percent(4) {
        request.insert("Limit".to_owned(), json!(*dice.pick(&[0, -1, 1000, 2_000_000])));
    }
    if dice.percent(2) {
        request.insert("IndexName".to_owned(), json!(dice.pick(&["byName", "x", ""])));
    }
    if dice.percent(3) {
        request.insert("Segment".to_owned(), json!(dice.below(3)));
    }
    if dice.percent(3) {
        request.insert("TotalSegments".to_owned(), json!(*dice.pick(&[0, 1, 1_000_001])));
    }
}

const OPERATORS: [&str; 14] = [
    "EQ",
    "NE",
    "LE",
    "LT",
    "GE",
    "GT",
    "NOT_NULL",
    "NULL",
    "CONTAINS",
    "NOT_CONTAINS",
    "BEGINS_WITH",
    "IN",
    "BETWEEN",
    "LIKE",
];

/// Conditions of `Expected` or `ScanFilter`.
fn conditions(dice: &mut Dice, request: &mut Map<String, Value>, parameter: &str) {
    let mut conditions = Map::new();
    for _ in 0..=dice.below(4) {
        let (name, kind) = values::name(dice);
        let condition = match dice.below(11) {
            0 | 1 if parameter == "Expected" => json!({ "Value": values::value(dice, kind, 2) }),
            2 if parameter == "Expected" => json!({ "Exists": dice.percent(30) }),
            3 if parameter == "Expected" => json!({ "Exists": true, "Value": values::value(dice, kind, 2) }),
            4 if parameter == "Expected" => {
                json!({ "ComparisonOperator": operator(dice), "Value": values::value(dice, kind, 2) })
            }
            _ => comparison(dice, kind),
        };
        conditions.insert(name.to_owned(), condition);
    }
    let chance = if conditions.len() > 1 { 60 } else { 4 };
    request.insert(parameter.to_owned(), Value::Object(conditions));
    if dice.percent(chance) {
        request.insert(
            "ConditionalOperator".to_owned(),
            json!(dice.pick(&["AND", "OR", "OR", "AND", "OR", "AND", "XOR"])),
        );
    }
}

/// An operator; dynoxide finds NOT_CONTAINS met where nothing is there, of which there is a named case.
fn operator(dice: &mut Dice) -> &'static str {
    match *dice.pick(&OPERATORS) {
        "NOT_CONTAINS" if local().is_none() => "CONTAINS",
        operator => operator,
    }
}

fn comparison(dice: &mut Dice, kind: Kind) -> Value {
    let operator = operator(dice);
    let count = match operator {
        "NULL" | "NOT_NULL" => 0,
        "BETWEEN" => 2,
        "IN" => 1 + dice.below(3),
        _ => 1,
    };
    let count = if dice.percent(95) { count } else { dice.below(4) };
    let kind = match operator {
        "IN" | "BETWEEN" | "BEGINS_WITH" => *dice.pick(&[Kind::Text, Kind::Number, Kind::Bytes]),
        _ => kind,
    };
    let values: Vec<Value> = (0..count).map(|_| values::value(dice, kind, 2)).collect();
    let mut condition = json!({ "ComparisonOperator": operator });
    if count > 0 || dice.percent(10) {
        condition["AttributeValueList"] = json!(values);
    }
    condition
}

fn updates(dice: &mut Dice, table: &RecordsTable) -> Value {
    let mut updates = Map::new();
    for _ in 0..dice.below(4) {
        let (name, kind) = values::name(dice);
        let name = if dice.percent(2) { table.partition.name.as_str() } else { name };
        let action = dice.weighted(&[(30, "PUT"), (30, "ADD"), (30, "DELETE"), (1, "SET")]);
        let mut update = Map::new();
        if dice.percent(90) {
            update.insert("Action".to_owned(), json!(action));
        }
        let kind = match action {
            "ADD" => *dice.pick(&[Kind::Number, Kind::Texts, Kind::Numbers, Kind::List]),
            "DELETE" => *dice.pick(&[Kind::Texts, Kind::Numbers, Kind::Blobs]),
            _ => kind,
        };
        if action != "DELETE" || dice.percent(50) {
            update.insert("Value".to_owned(), values::value(dice, kind, 2));
        }
        updates.insert(name.to_owned(), Value::Object(update));
    }
    Value::Object(updates)
}
