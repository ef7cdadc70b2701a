//! What is kept, and what the file refuses.

use std::fs;

use serde_json::json;
use store::StoreError;
use store::conformance::ManualClock;
use store::records::{Operation, Records};
use store::sqlite::{Options, SqliteStore, restore};

use super::{call, done, fault, get, put, request, with};
use crate::sqlite::{is_there, open, options, user};

const NOTES: &str = "notes:owner:at=N";

#[tokio::test]
async fn items_are_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let item = json!({
        "owner": {"S": "anna"}, "at": {"N": "-1.50"}, "data": {"B": "AAH/"}, "none": {"NULL": true}, "yes": {"BOOL": true},
        "list": {"L": [{"N": "12345678901234567890123456789012345678"}, {"M": {"": {"SS": ["b", "a"]}}}]},
        "numbers": {"NS": ["10", "9.0", "1E+2"]}, "bytes": {"BS": ["/w==", "AA=="]}
    });
    let mut item = item;
    item["list"]["L"][1] = json!({"M": {"set": {"SS": ["b", "a"]}}});
    {
        let store = with(directory.path(), &[NOTES]).unwrap();
        put(&store, NOTES, item.clone()).await;
    }
    let store = with(directory.path(), &[NOTES]).unwrap();
    item["at"] = json!({"N": "-1.5"});
    item["list"]["L"][1] = json!({"M": {"set": {"SS": ["a", "b"]}}});
    item["numbers"] = json!({"NS": ["9", "10", "100"]});
    item["bytes"] = json!({"BS": ["AA==", "/w=="]});
    assert_eq!(get(&store, NOTES, json!({"owner": {"S": "anna"}, "at": {"N": "-15e-1"}})).await, Some(item));
    assert_eq!(get(&store, NOTES, json!({"owner": {"S": "anna"}, "at": {"N": "1.5"}})).await, None);
}

#[tokio::test]
async fn items_are_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let store = with(directory.path(), &[NOTES]).unwrap();
    let key = json!({"owner": {"S": "anna"}, "at": {"N": "1"}});
    put(&store, NOTES, key.clone()).await;
    let old = json!({"Key": key, "ReturnValues": "ALL_OLD"});
    assert_eq!(done(&store, Operation::DeleteItem, NOTES, old.clone()).await, json!({"Attributes": key}));
    assert_eq!(done(&store, Operation::DeleteItem, NOTES, old).await, json!({}));
    assert_eq!(get(&store, NOTES, key).await, None);
}

#[tokio::test]
async fn a_table_keeps_its_key() {
    let directory = tempfile::tempdir().unwrap();
    drop(with(directory.path(), &["notes:writer"]).unwrap());
    // Nothing is in it yet, so it may still become another.
    let store = with(directory.path(), &[NOTES]).unwrap();
    put(&store, NOTES, json!({"owner": {"S": "anna"}, "at": {"N": "1"}})).await;
    drop(store);
    for other in ["notes:owner", "notes:owner:at", "notes:owner:when=N"] {
        let Err(StoreError::Open(message)) = with(directory.path(), &[other]) else { panic!("{other} was accepted") };
        assert!(message.contains("as `notes:owner:at=N`, not as `notes:owner"), "{message}");
    }
    let Err(StoreError::Open(message)) = with(directory.path(), &[NOTES, NOTES]) else { panic!("accepted twice") };
    assert!(message.contains("named twice"), "{message}");
}

#[tokio::test]
async fn a_table_that_is_no_longer_allowed_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let key = json!({"id": {"S": "a"}});
    let there = with(directory.path(), &["one-table:id"]).unwrap();
    put(&there, "one-table:id", key.clone()).await;
    drop(there);
    let store = with(directory.path(), &["other-table:id"]).unwrap();
    for operation in [Operation::GetItem, Operation::DeleteItem] {
        let fault = fault(&store, operation, "one-table:id", json!({"Key": key})).await;
        assert_eq!(fault.kind, "ResourceNotFoundException");
    }
    assert_eq!(get(&store, "other-table:id", key.clone()).await, None);
    drop(store);
    let store = with(directory.path(), &["one-table:id"]).unwrap();
    assert_eq!(get(&store, "one-table:id", key.clone()).await, Some(key));
}

#[tokio::test]
async fn the_request_names_the_table() {
    let directory = tempfile::tempdir().unwrap();
    let store = with(directory.path(), &["one-table:id", "other-table:id"]).unwrap();
    let mut request = request(Operation::GetItem, "one-table:id", json!({"Key": {"id": {"S": "a"}}}));
    request.parameters.insert("TableName".to_owned(), json!("other-table"));
    let fault = store.call(request).await.unwrap().unwrap_err();
    assert_eq!(
        (fault.kind.as_str(), fault.message.as_str()),
        ("ResourceNotFoundException", "Requested resource not found")
    );
}

#[tokio::test]
async fn backups_hold_the_tables() {
    let directory = tempfile::tempdir().unwrap();
    let (data, file) = (directory.path().join("data"), directory.path().join("backup.db"));
    let store = with(&data, &[NOTES]).unwrap();
    let key = json!({"owner": {"S": "anna"}, "at": {"N": "1"}});
    put(&store, NOTES, key.clone()).await;
    store.backup(&file).unwrap();
    restore(&file, &directory.path().join("restored")).unwrap();
    let restored = with(&directory.path().join("restored"), &[NOTES]).unwrap();
    assert_eq!(get(&restored, NOTES, key.clone()).await, Some(key));
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_crash() {
    let directory = tempfile::tempdir().unwrap();
    let store = with(&directory.path().join("running"), &["things:id=N"]).unwrap();
    for n in 0..20 {
        put(&store, "things:id=N", json!({"id": {"N": n.to_string()}})).await;
    }
    let crashed = directory.path().join("crashed");
    fs::create_dir(&crashed).unwrap();
    for name in ["frontdesk.db", "frontdesk.db-wal"] {
        fs::copy(directory.path().join("running").join(name), crashed.join(name)).unwrap();
    }
    let reopened = with(&crashed, &["things:id=N"]).unwrap();
    for n in 0..20 {
        let key = json!({"id": {"N": n.to_string()}});
        assert_eq!(get(&reopened, "things:id=N", key.clone()).await, Some(key));
    }
}

#[tokio::test]
async fn a_full_store_reads_on_and_resumes() {
    let directory = tempfile::tempdir().unwrap();
    let records_tables = vec!["things:id".parse().unwrap()];
    let options = Options { max_bytes: Some(1024 * 1024), records_tables, ..options(directory.path()) };
    let store = SqliteStore::open(options, ManualClock::new()).unwrap();
    let item = |n: usize| json!({"id": {"S": n.to_string()}, "text": {"S": "x".repeat(50_000)}});
    let mut written = 0;
    let full = loop {
        let put = request(Operation::PutItem, "things:id", json!({"Item": item(written)}));
        match store.call(put).await {
            Ok(outcome) => outcome.map(|_| written += 1).unwrap(),
            Err(error) => break error,
        }
    };
    assert!(matches!(full, StoreError::Full(_)), "{full:?}");
    assert!((5..25).contains(&written), "{written}");
    assert_eq!(get(&store, "things:id", json!({"id": {"S": "0"}})).await, Some(item(0)));
    assert_eq!(get(&store, "things:id", json!({"id": {"S": written.to_string()}})).await, None);
    done(&store, Operation::DeleteItem, "things:id", json!({"Key": {"id": {"S": "0"}}})).await;
    put(&store, "things:id", item(written)).await;
}

#[tokio::test]
async fn a_closed_store_reads_but_does_not_write() {
    let directory = tempfile::tempdir().unwrap();
    let store = with(directory.path(), &["things:id"]).unwrap();
    let key = json!({"id": {"S": "a"}});
    put(&store, "things:id", key.clone()).await;
    store.close();
    assert_eq!(get(&store, "things:id", key.clone()).await, Some(key.clone()));
    let write = request(Operation::PutItem, "things:id", json!({"Item": key}));
    assert!(matches!(store.call(write).await, Err(StoreError::Unavailable(_))));
    let wrong = call(&store, Operation::PutItem, "things:id", json!({"Item": {}})).await;
    assert!(wrong.is_err(), "what is wrong by itself does not wait for the writer");
}

#[tokio::test]
async fn a_store_without_such_tables_is_as_before() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    crate::sqlite::put(&store, &user("anna"), 10).await.unwrap();
    let fault = fault(&store, Operation::GetItem, "things:id", json!({"Key": {"id": {"S": "a"}}})).await;
    assert_eq!(fault.kind, "ResourceNotFoundException");
    assert!(is_there(&store, &user("anna")).await);
}
