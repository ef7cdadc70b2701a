//! Writes side by side: each decides on what its forerunner left.

use std::sync::Arc;

use serde_json::json;
use store::records::Operation;
use tokio::task::JoinSet;

use super::{call, done, get, with};

const SIDES: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_creates_an_item() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(with(directory.path(), &["things:id"]).unwrap());
    let mut tasks = JoinSet::new();
    for n in 0..SIDES {
        let store = Arc::clone(&store);
        let parameters = json!({
            "Item": {"id": {"S": "one"}, "by": {"N": n.to_string()}},
            "ConditionExpression": "attribute_not_exists(id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD"
        });
        tasks.spawn(async move { (n, call(&store, Operation::PutItem, "things:id", parameters).await) });
    }
    let outcomes = tasks.join_all().await;
    let winners: Vec<usize> = outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(n, _)| *n).collect();
    let [winner] = winners[..] else { panic!("{winners:?} have won") };
    let item = json!({"id": {"S": "one"}, "by": {"N": winner.to_string()}});
    for (n, outcome) in outcomes.into_iter().filter(|(n, _)| *n != winner) {
        let fault = outcome.unwrap_err();
        assert_eq!(fault.kind, "ConditionalCheckFailedException", "{n}");
        assert_eq!(fault.item.as_ref(), item.as_object(), "{n}");
    }
    assert_eq!(get(&store, "things:id", json!({"id": {"S": "one"}})).await, Some(item));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_increment_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(with(directory.path(), &["things:id"]).unwrap());
    let mut tasks = JoinSet::new();
    for _ in 0..SIDES {
        let store = Arc::clone(&store);
        let parameters = json!({
            "Key": {"id": {"S": "count"}}, "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
            "ReturnValues": "UPDATED_NEW"
        });
        let work = async move { done(&store, Operation::UpdateItem, "things:id", parameters).await };
        tasks.spawn(work);
    }
    let number =
        |response: serde_json::Value| -> usize { response["Attributes"]["n"]["N"].as_str().unwrap().parse().unwrap() };
    let mut numbers: Vec<usize> = tasks.join_all().await.into_iter().map(number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=SIDES).collect::<Vec<_>>());
}
