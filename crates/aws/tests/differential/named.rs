//! Named cases: what was once found to be different, and what everybody relies on. Each says what AWS answers, so that it fails too when
//! both sides are wrong.
//!
//! A case has the table's `keys` (`id` unless it says so), the `item` that is there, an `operation`, its `request` (without `TableName`)
//! and what to `expect`: the answer, or an `error` with its `message` (if that is anybody's promise) and `item`. Where dynoxide or
//! DynamoDB Local answers otherwise, `dynoxide` or `local` says why; a case is refused too when that is so no more.

use serde_json::{Map, Value, json};
use store::records::Operation;

use crate::compare::canonical;
use crate::engines::{Answer, Engines, local};
use crate::tables;

/// The cases, by theme.
const CASES: [(&str, &str); 8] = [
    ("conditions", include_str!("cases/conditions.json")),
    ("keys", include_str!("cases/keys.json")),
    ("legacy", include_str!("cases/legacy.json")),
    ("limits", include_str!("cases/limits.json")),
    ("numbers", include_str!("cases/numbers.json")),
    ("reads", include_str!("cases/reads.json")),
    ("updates", include_str!("cases/updates.json")),
    ("values", include_str!("cases/values.json")),
];

#[tokio::test]
async fn named_cases_are_answered_as_aws_does() {
    let cases = CASES.into_iter().flat_map(|(theme, text)| {
        let cases: Vec<Value> = serde_json::from_str(text).unwrap();
        cases.into_iter().map(move |case| (theme, expanded(case)))
    });
    let cases: Vec<(&str, Value)> = cases.collect();
    let tables = tables(cases.iter().map(|(_, case)| case["keys"].as_str().unwrap_or("id")));
    let engines = Engines::start(&tables).await;
    let mut wrong = Vec::new();
    for ((theme, case), table) in cases.iter().zip(&tables) {
        if let Some(item) = case.get("item") {
            let put = with_table(&json!({ "Item": item }), &table.name);
            engines.ours(Operation::PutItem, table, &put).await.unwrap();
            engines.theirs(Operation::PutItem, &put).await.unwrap();
        }
        let operation = Operation::ALL.into_iter().find(|operation| case["operation"] == operation.name()).unwrap();
        let request = with_table(&case["request"], &table.name);
        let ours = engines.ours(operation, table, &request).await;
        let theirs = engines.theirs(operation, &request).await;
        let name = format!("{theme}: {}", case["name"]);
        if !meets(&ours, &case["expect"], true) {
            wrong.push(format!("{name}: ours is {}", shown(&ours)));
        }
        let known = case.get(if local().is_some() { "local" } else { "dynoxide" });
        match (meets(&theirs, &case["expect"], local().is_none()), known) {
            (false, None) => wrong.push(format!("{name}: theirs is {}", shown(&theirs))),
            (true, Some(known)) => wrong.push(format!("{name}: theirs is right, although it {known}")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn with_table(request: &Value, table: &str) -> Map<String, Value> {
    let mut request = request.as_object().unwrap().clone();
    request.insert("TableName".to_owned(), json!(table));
    request
}

/// Whether an answer is what is expected, with the same words if they count.
fn meets(answer: &Answer, expected: &Value, words: bool) -> bool {
    match canonical(answer) {
        Ok(answer) => expected.get("error").is_none() && canonical(&Ok(expected.clone())) == Ok(without_table(answer)),
        Err((kind, message, item)) => {
            let expected_message = expected.get("message").filter(|_| words);
            expected["error"] == kind.as_str()
                && expected_message.is_none_or(|expected| *expected == message.as_str())
                && (!words || canonical(&Ok(expected["item"].clone())) == Ok(item))
        }
    }
}

/// An answer without the table's name, which is another each time.
fn without_table(mut answer: Value) -> Value {
    if let Some(consumed) = answer.get_mut("ConsumedCapacity").and_then(Value::as_object_mut) {
        consumed.shift_remove("TableName");
    }
    answer
}

fn shown(answer: &Answer) -> String {
    let mut text = format!("{:?}", answer.as_ref().map(Value::to_string));
    text.truncate(text.floor_char_boundary(500));
    text
}

/// A case with what stands for something long: `{"$repeat": text, "times": …}`, with a `first` and a `last`, and
/// `{"$nest": value, "times": …}` for a value inside of so many maps.
fn expanded(case: Value) -> Value {
    match case {
        Value::Array(values) => values.into_iter().map(expanded).collect(),
        Value::Object(members) if members.contains_key("$repeat") => {
            let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
            json!(format!("{}{}{}", text("first"), text("$repeat").repeat(times(&members)), text("last")))
        }
        Value::Object(members) if members.contains_key("$nest") => {
            (0..times(&members)).fold(members["$nest"].clone(), |inner, _| json!({ "M": { "d": inner } }))
        }
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, expanded(value))).collect())
        }
        other => other,
    }
}

fn times(members: &Map<String, Value>) -> usize {
    usize::try_from(members["times"].as_u64().unwrap()).unwrap()
}
