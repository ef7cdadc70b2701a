//! Pages of a scan.

use std::collections::BTreeSet;
use std::task::{Context, Waker};

use serde_json::{Value, json};
use store::records::Operation;
use store::sqlite::SqliteStore;
use tokio::runtime::Builder;

use super::{done, fault, get, put, with};

const THINGS: &str = "things:id:n=N";

fn key(item: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&item["id"]["S"]), text(&item["n"]["N"]))
}

/// Every page of a scan, with the parameters that it has beside the starting key.
async fn pages(store: &SqliteStore, parameters: &Value) -> Vec<Value> {
    let (mut pages, mut next) = (Vec::new(), parameters.clone());
    loop {
        let page = done(store, Operation::Scan, THINGS, next.clone()).await;
        let end = page.get("LastEvaluatedKey").cloned();
        pages.push(page);
        assert!(pages.len() < 1_000);
        match end {
            Some(end) => next["ExclusiveStartKey"] = end,
            None => return pages,
        }
    }
}

fn keys(pages: &[Value]) -> Vec<(String, String)> {
    pages.iter().flat_map(|page| page["Items"].as_array().unwrap()).map(key).collect()
}

/// With one thread for what blocks, and that one busy, a page has to wait; nothing else has.
#[test]
fn a_page_keeps_no_thread_from_other_requests() {
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let store = with(directory.path(), &[THINGS]).unwrap();
        let item = json!({"id": {"S": "a"}, "n": {"N": "1"}});
        put(&store, THINGS, item.clone()).await;
        let (release, held) = std::sync::mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || held.recv());
        let mut page = Box::pin(done(&store, Operation::Scan, THINGS, json!({})));
        let mut context = Context::from_waker(Waker::noop());
        assert!(page.as_mut().poll(&mut context).is_pending());
        assert_eq!(get(&store, THINGS, item.clone()).await, Some(item.clone()));
        assert!(page.as_mut().poll(&mut context).is_pending());
        release.send(()).unwrap();
        busy.await.unwrap().unwrap();
        assert_eq!(page.await["Items"], json!([item]));
    });
}

async fn filled(directory: &tempfile::TempDir) -> (SqliteStore, BTreeSet<(String, String)>) {
    let store = with(directory.path(), &[THINGS]).unwrap();
    let mut all = BTreeSet::new();
    for partition in 0..20 {
        for n in [-10, 9, 10, 100] {
            let item = json!({"id": {"S": format!("p{partition}")}, "n": {"N": n.to_string()}});
            all.insert(key(&item));
            put(&store, THINGS, item).await;
        }
    }
    (store, all)
}

#[tokio::test]
async fn a_scan_has_every_item_once_and_a_partition_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let (store, all) = filled(&directory).await;
    let whole = keys(&pages(&store, &json!({})).await);
    assert_eq!(BTreeSet::from_iter(whole.iter().cloned()), all);
    assert_eq!(whole.len(), all.len());
    for partition in whole.chunks(4) {
        assert!(partition.iter().all(|(id, _)| *id == partition[0].0), "{partition:?}");
        assert_eq!(partition.iter().map(|(_, n)| n.as_str()).collect::<Vec<_>>(), ["-10", "9", "10", "100"]);
    }
    for limit in [1, 3, 79, 80, 81] {
        let pages = pages(&store, &json!({"Limit": limit})).await;
        assert_eq!(keys(&pages), whole, "{limit}");
        assert!(pages.iter().all(|page| page["Count"] == page["ScannedCount"]));
        assert_eq!(pages.len(), 80 / limit + 1, "{limit}");
    }
}

#[tokio::test]
async fn segments_have_every_item_once() {
    let directory = tempfile::tempdir().unwrap();
    let (store, all) = filled(&directory).await;
    for total in [1, 2, 5, 64] {
        let mut found = Vec::new();
        for segment in 0..total {
            let parameters = json!({"Segment": segment, "TotalSegments": total, "Limit": 3});
            found.extend(keys(&pages(&store, &parameters).await));
        }
        assert_eq!(found.len(), all.len(), "{total}");
        assert_eq!(BTreeSet::from_iter(found), all, "{total}");
    }
}

#[tokio::test]
async fn a_starting_key_belongs_to_its_segment() {
    let directory = tempfile::tempdir().unwrap();
    let (store, _) = filled(&directory).await;
    let page = done(&store, Operation::Scan, THINGS, json!({"Segment": 0, "TotalSegments": 2, "Limit": 1})).await;
    let other = json!({"Segment": 1, "TotalSegments": 2, "ExclusiveStartKey": page["LastEvaluatedKey"]});
    assert_eq!(
        fault(&store, Operation::Scan, THINGS, other).await.message,
        "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. \
         TotalSegments: 2 Segment: 1"
    );
}

#[tokio::test]
async fn a_scan_goes_on_behind_an_item_that_is_gone() {
    let directory = tempfile::tempdir().unwrap();
    let (store, _) = filled(&directory).await;
    let whole = keys(&pages(&store, &json!({})).await);
    let first = done(&store, Operation::Scan, THINGS, json!({"Limit": 10})).await;
    let last = first["LastEvaluatedKey"].clone();
    done(&store, Operation::DeleteItem, THINGS, json!({"Key": last})).await;
    let rest = keys(&pages(&store, &json!({"ExclusiveStartKey": last})).await);
    assert_eq!(rest, whole[10..]);
}

#[tokio::test]
async fn a_page_has_at_most_a_megabyte() {
    let directory = tempfile::tempdir().unwrap();
    let store = with(directory.path(), &[THINGS]).unwrap();
    for n in 0..5 {
        // 300,000 bytes each, names included: three of them are less than 1 MB, four are more.
        let text = "x".repeat(300_000 - "id".len() - "a".len() - "n".len() - 2 - "text".len());
        put(&store, THINGS, json!({"id": {"S": "a"}, "n": {"N": (n + 1).to_string()}, "text": {"S": text}})).await;
    }
    let all = pages(&store, &json!({"ReturnConsumedCapacity": "TOTAL", "ConsistentRead": true})).await;
    assert_eq!(all.iter().map(|page| page["Count"].as_u64().unwrap()).collect::<Vec<_>>(), [3, 2]);
    let capacity: Value = serde_json::from_str(r#"{"TableName":"things","CapacityUnits":220.0}"#).unwrap();
    assert_eq!(all[0]["ConsumedCapacity"], capacity);
    assert_eq!(all[0]["LastEvaluatedKey"], json!({"id": {"S": "a"}, "n": {"N": "3"}}));
    assert!(all[1].get("LastEvaluatedKey").is_none());
}

#[tokio::test]
async fn what_does_not_meet_the_filter_is_scanned_but_not_counted() {
    let directory = tempfile::tempdir().unwrap();
    let (store, _) = filled(&directory).await;
    let parameters = json!({
        "FilterExpression": "n > :n", "ExpressionAttributeValues": {":n": {"N": "9"}}, "Limit": 8, "Select": "COUNT"
    });
    let page = done(&store, Operation::Scan, THINGS, parameters).await;
    assert_eq!((&page["Count"], &page["ScannedCount"]), (&json!(4), &json!(8)));
    assert!(page.get("Items").is_none() && page.get("LastEvaluatedKey").is_some());
}
