//! Group commit: writes share transactions with decisions, and each other's fate only where that cannot be helped.

use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use serde_json::{Value, json};
use store::conformance::document;
use store::records::{Operation, Records};
use store::sqlite::SqliteStore;
use store::{Changes, Loaded, StoreError, Verdict, transact};
use tokio::task::JoinSet;

use super::{call, get, put, request, with};
use crate::sqlite::batch::{hold, queue};
use crate::sqlite::failure::POISON;
use crate::sqlite::user;

const THINGS: &str = "things:id";

/// Work that spoils its transaction: it writes a user that it has not loaded, and who is there.
async fn spoil(store: Arc<SqliteStore>) -> Result<(), StoreError> {
    let decide = |_: &Loaded| {
        let mut changes = Changes::none();
        changes.put(user("there"), &document(&user("there"), json!({})))?;
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    transact(&*store, vec![], decide).await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_are_done_again_are_done_once() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(with(directory.path(), &[THINGS]).unwrap());
    crate::sqlite::put(&*store, &user("there"), 10).await.unwrap();
    let numbers = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    let release = hold(&store, &mut tasks).await;
    for n in 0..12 {
        let (store, numbers) = (Arc::clone(&store), Arc::clone(&numbers));
        let work = async move {
            if n % 4 == 3 {
                return spoil(store).await;
            }
            let update = json!({
                "Key": {"id": {"S": "count"}}, "UpdateExpression": "ADD n :one",
                "ExpressionAttributeValues": {":one": {"N": "1"}}, "ReturnValues": "UPDATED_NEW"
            });
            let answer = store.call(request(Operation::UpdateItem, THINGS, update)).await?.unwrap().members()?;
            numbers.lock().unwrap().push(answer["Attributes"]["n"]["N"].as_str().unwrap().to_owned());
            Ok(())
        };
        assert_eq!(queue(&mut tasks, n, work).await, None);
    }
    drop(release);
    for (n, outcome) in tasks.join_all().await {
        let spoils = n != usize::MAX && n % 4 == 3;
        assert_eq!(matches!(outcome, Err(StoreError::Misuse(_))), spoils, "{n}: {outcome:?}");
    }
    let mut numbers = numbers.lock().unwrap().clone();
    numbers.sort_unstable();
    assert_eq!(numbers, ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    let item = get(&store, THINGS, json!({"id": {"S": "count"}})).await.unwrap();
    assert_eq!(item["n"], json!({"N": "9"}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_waits_for_what_it_rests_on() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(with(directory.path(), &[THINGS]).unwrap());
    let item = |id: &str| json!({"id": {"S": id}});
    put(&store, THINGS, item("before")).await;
    Connection::open(directory.path().join("frontdesk.db")).unwrap().execute_batch(POISON).unwrap();
    let mut tasks = JoinSet::new();
    let release = hold(&store, &mut tasks).await;
    let poisoning = Arc::clone(&store);
    let poison = async move { crate::sqlite::put(&*poisoning, &user("poison"), 10).await };
    assert_eq!(queue(&mut tasks, 0, poison).await, None);
    for n in 1..3 {
        // The first one would create it; the second one is refused because of the first.
        let writing = Arc::clone(&store);
        let write = json!({"Item": item("new"), "ConditionExpression": "attribute_not_exists(id)"});
        let work = async move { writing.call(request(Operation::PutItem, THINGS, write)).await.map(|_| ()) };
        assert_eq!(queue(&mut tasks, n, work).await, None);
    }
    drop(release);
    for (n, outcome) in tasks.join_all().await {
        assert!(matches!(outcome, Err(StoreError::Unknown(_))), "{n}: {outcome:?}");
    }
    assert_eq!(get(&store, THINGS, item("new")).await, None);
    assert_eq!(get(&store, THINGS, item("before")).await, Some(item("before")));
    let later = store.call(request(Operation::PutItem, THINGS, json!({"Item": item("later")}))).await;
    assert!(matches!(later, Err(StoreError::Unavailable(_) | StoreError::Unknown(_))), "{later:?}");
    let wrong: Value = json!({"Item": {}});
    assert!(call(&store, Operation::PutItem, THINGS, wrong).await.is_err());
}
