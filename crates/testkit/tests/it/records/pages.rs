//! Lists in pages.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{Admin, Caller, TestApp};

/// The ids of all pages, and how many pages there were.
async fn all(admin: &Admin, payload: Value) -> (Vec<String>, usize) {
    let (mut ids, mut pages, mut start) = (Vec::new(), 0, Value::Null);
    loop {
        let mut payload = payload.clone();
        if !start.is_null() {
            payload["ExclusiveStartKey"] = start;
        }
        let page = admin.operate("list", &payload).await.result();
        let items = page["Items"].as_array().unwrap();
        assert_eq!(page["Count"], items.len());
        ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        pages += 1;
        match page.get("LastEvaluatedKey") {
            None => return (ids, pages),
            Some(key) => start = key.clone(),
        }
    }
}

#[tokio::test]
async fn every_item_is_on_one_page() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let names: BTreeSet<String> = (0..25).map(|number| format!("item-{number:02}")).collect();
    for name in &names {
        admin.operate("create", &json!({"Item": {"id": name, "n": 1}})).await.result();
    }
    for limit in [1, 7, 24, 100] {
        let (ids, pages) = all(&admin, json!({"Limit": limit})).await;
        assert_eq!((ids.len(), ids.iter().cloned().collect::<BTreeSet<_>>()), (25, names.clone()));
        assert!((25_usize.div_ceil(limit)..=25_usize.div_ceil(limit) + 1).contains(&pages), "{limit}: {pages} pages");
    }
    // A page ends after so many items were looked at, whether the filter lets them through or not.
    let none = json!({"Limit": 10, "FilterExpression": "n > :n", "ExpressionAttributeValues": {":n": 1}});
    let page = admin.operate("list", &none).await.result();
    assert_eq!((&page["Count"], &page["ScannedCount"]), (&json!(0), &json!(10)));
    assert!(page["LastEvaluatedKey"]["id"].is_string());
    let mut segments = Vec::new();
    for segment in 0..3 {
        segments.extend(all(&admin, json!({"Segment": segment, "TotalSegments": 3})).await.0);
    }
    segments.sort();
    assert_eq!(segments, names.into_iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_page_has_a_megabyte_at_most() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for id in ["a", "b", "c", "d"] {
        admin.operate("create", &json!({"Item": {"id": id, "t": "x".repeat(390_000)}})).await.result();
    }
    let (ids, pages) = all(&admin, json!({})).await;
    assert_eq!((ids.len(), pages), (4, 2));
}

#[tokio::test]
async fn a_page_starts_behind_items_that_are_gone() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for id in ["a", "b", "c"] {
        admin.operate("create", &json!({"Item": {"id": id}})).await.result();
    }
    let (whole, _) = all(&admin, json!({})).await;
    let first = admin.operate("list", &json!({"Limit": 1})).await.result();
    let start = first["LastEvaluatedKey"].clone();
    admin.operate("delete", &json!({"Key": start})).await.result();
    let rest = admin.operate("list", &json!({"ExclusiveStartKey": start})).await.result();
    let ids: Vec<_> = rest["Items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids, whole[1..]);
}
