//! Cases that were once found to be different, or that are worth a name.

use serde_json::{Value, json};
use store::records::Operation;

use crate::compare::Differences;
use crate::engines::Engines;
use crate::{one, tables};

/// Each with a name, the table's key, the items that are there, the operation and the request (without `TableName`).
const CASES: &str = include_str!("cases.json");

#[tokio::test]
async fn named_cases_are_answered_alike() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    let tables = tables(cases.iter().map(|case| case["keys"].as_str().unwrap()));
    let engines = Engines::start(&tables).await;
    let mut differences = Differences::default();
    for (case, table) in cases.iter().zip(&tables) {
        for item in case["items"].as_array().into_iter().flatten() {
            let put = json!({ "TableName": table.name, "Item": item });
            one(&engines, &mut differences, table, Operation::PutItem, put.as_object().unwrap()).await;
        }
        let named = Operation::ALL.into_iter().find(|operation| case["operation"] == operation.name()).unwrap();
        let mut request = case["request"].as_object().unwrap().clone();
        request.insert("TableName".to_owned(), json!(table.name));
        one(&engines, &mut differences, table, named, &request).await;
    }
    differences.check(0);
}
