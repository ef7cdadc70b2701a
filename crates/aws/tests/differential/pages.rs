//! Whole tables, page by page and in segments. The order of partitions is nobody's, so that pages together are compared.

use serde_json::{Map, Value, json};
use store::records::{Operation, RecordsTable};

use crate::compare::Differences;
use crate::dice::Dice;
use crate::engines::{Answer, Engines, local};
use crate::expressions::Placeholders;
use crate::{FIXED, given_or_fresh, tables, values};

const ITEMS: usize = 60;
const SCANS: usize = 60;
const LARGE_ITEMS: usize = 40;
const LARGE_SCANS: usize = 20;
/// Pages that one scan may have.
const PAGES: usize = 500;

async fn run(seed: u64) {
    let tables = tables(["id", "owner:at=N", "id=N:at=B"]);
    let engines = Engines::start(&tables).await;
    let (mut dice, mut differences) = (Dice::new(seed), Differences::default());
    for table in &tables {
        for number in 0..ITEMS {
            put(&engines, &mut dice, table, number).await;
        }
        for _ in 0..SCANS {
            let request = scan(&mut dice, table);
            let (ours, theirs) =
                (all(&engines, table, &request, true).await, all(&engines, table, &request, false).await);
            differences.compare(Operation::Scan, &request, &ours, &theirs, || format!("{table} {}", json!(request)));
        }
    }
    differences.check(seed);
}

/// A partition of large items, whose pages end by their bytes, page by page: the order within a partition is everybody's.
async fn run_large(seed: u64) {
    if local().is_some() {
        // It lets in the item that goes beyond 1 MB.
        return;
    }
    let tables = tables(["owner:at=N"]);
    let table = &tables[0];
    let engines = Engines::start(&tables).await;
    let (mut dice, mut differences) = (Dice::new(seed), Differences::default());
    for number in 0..LARGE_ITEMS {
        let text = "x".repeat(60_000 + dice.below(60_000));
        let item = json!({ "owner": { "S": "a" }, "at": { "N": number.to_string() }, "s": { "S": text }, "n": { "N": number.to_string() } });
        put_item(&engines, table, &json!({ "TableName": table.name, "Item": item })).await;
    }
    for _ in 0..LARGE_SCANS {
        let mut request = scan(&mut dice, table);
        request.shift_remove("TotalSegments");
        request.insert("ReturnConsumedCapacity".to_owned(), json!("TOTAL"));
        if dice.percent(50) {
            request.insert("ConsistentRead".to_owned(), json!(true));
        }
        for _ in 0..PAGES {
            let ours = engines.ours(Operation::Scan, table, &request).await;
            let theirs = engines.theirs(Operation::Scan, &request).await;
            let next = theirs.as_ref().ok().and_then(|page| page.get("LastEvaluatedKey").cloned());
            if !differences.compare(Operation::Scan, &request, &ours, &theirs, || json!(request).to_string()) {
                break;
            }
            let Some(next) = next else { break };
            request.insert("ExclusiveStartKey".to_owned(), next);
        }
    }
    differences.check(seed);
}

async fn put_item(engines: &Engines, table: &RecordsTable, request: &serde_json::Value) {
    let request = request.as_object().unwrap();
    let put = engines.theirs(Operation::PutItem, request).await;
    // DynamoDB Local takes no empty text.
    if put.is_ok() || local().is_none() {
        put.unwrap();
        engines.ours(Operation::PutItem, table, request).await.unwrap();
    }
}

async fn put(engines: &Engines, dice: &mut Dice, table: &RecordsTable, number: usize) {
    let mut item = Map::new();
    for (place, key) in std::iter::once(&table.partition).chain(&table.sort).enumerate() {
        let number = if place == 0 && table.sort.is_some() { number % 7 } else { number };
        item.insert(
            key.name.clone(),
            match key.kind.as_str() {
                "N" => json!({ "N": number.to_string() }),
                "S" => json!({ "S": format!("k{number}") }),
                _ => json!({ "B": format!("{number:0>4}") }),
            },
        );
    }
    for _ in 0..dice.below(6) {
        let (name, kind) = values::name(dice);
        item.insert(name.to_owned(), values::near(dice, kind));
    }
    put_item(engines, table, &json!({ "TableName": table.name, "Item": item })).await;
}

fn scan(dice: &mut Dice, table: &RecordsTable) -> Map<String, Value> {
    let mut request = Map::new();
    request.insert("TableName".to_owned(), json!(table.name));
    let mut placeholders = Placeholders::default();
    if dice.percent(50) {
        request.insert("FilterExpression".to_owned(), json!(placeholders.condition(dice, 2)));
    }
    if dice.percent(40) {
        request.insert("ProjectionExpression".to_owned(), json!(placeholders.projection(dice)));
    } else if dice.percent(20) {
        request.insert("Select".to_owned(), json!("COUNT"));
    }
    if dice.percent(70) {
        request.insert("Limit".to_owned(), json!(1 + dice.below(70)));
    }
    if dice.percent(40) {
        request.insert("TotalSegments".to_owned(), json!(1 + dice.below(5)));
    }
    if !placeholders.names.is_empty() {
        request.insert("ExpressionAttributeNames".to_owned(), Value::Object(placeholders.names));
    }
    if !placeholders.values.is_empty() {
        request.insert("ExpressionAttributeValues".to_owned(), Value::Object(placeholders.values));
    }
    request
}

/// Everything that a scan's pages hold, of all segments.
async fn all(engines: &Engines, table: &RecordsTable, request: &Map<String, Value>, ours: bool) -> Answer {
    let (mut items, mut counts, mut pages) = (Vec::new(), [0, 0], 0);
    let segments = request.get("TotalSegments").and_then(Value::as_u64);
    for segment in 0..segments.unwrap_or(1) {
        let mut request = request.clone();
        if segments.is_some() {
            request.insert("Segment".to_owned(), json!(segment));
        }
        for page in 0.. {
            assert!(page < PAGES, "a scan does not end: {}", json!(request));
            let answer = match ours {
                true => engines.ours(Operation::Scan, table, &request).await?,
                false => engines.theirs(Operation::Scan, &request).await?,
            };
            pages += 1;
            for (count, name) in counts.iter_mut().zip(["Count", "ScannedCount"]) {
                *count += answer[name].as_u64().unwrap();
            }
            items.extend(answer["Items"].as_array().cloned().unwrap_or_default());
            let Some(next) = answer.get("LastEvaluatedKey") else { break };
            request.insert("ExclusiveStartKey".to_owned(), next.clone());
        }
    }
    // How many pages segments have depends on which partitions are in them.
    let pages = if segments.is_some_and(|segments| segments > 1) { 0 } else { pages };
    Ok(json!({ "Items": items, "Count": counts[0], "ScannedCount": counts[1], "Pages": pages }))
}

#[tokio::test]
async fn pages_from_a_fixed_number() {
    run(FIXED).await;
}

#[tokio::test]
async fn pages_from_a_fresh_number() {
    run(given_or_fresh()).await;
}

#[tokio::test]
async fn pages_of_large_items() {
    run_large(FIXED).await;
}

#[tokio::test]
async fn pages_of_large_items_from_a_fresh_number() {
    run_large(given_or_fresh()).await;
}
