//! Tables of the operator's own come along, whatever is in them, and come back.

use std::path::Path;
use std::sync::Arc;

use aws::dynamodb::DynamoStore;
use aws::dynoxide::{Dynoxide, client};
use frontdesk::ambient::SystemClock;
use frontdesk::backing::Backing;
use frontdesk::error::Outcome;
use frontdesk::migrate::{Comparison, Side, migrate, refuse_unfinished};
use serde_json::{Map, Value, json};
use store::records::{Call, Operation, RecordsTable};
use store::sqlite::{Options, SqliteStore};
use store::{Digest, Key, Table};
use testkit::{Machine, Proxy};

use super::interrupted::command;
use super::record;
use crate::server::FRONTDESK;

const TABLES: [&str; 3] = ["lambda-apigateway:id", "notes:owner:at=N", "files:key=B"];
/// More than one page.
const NOTES: usize = 700;

fn tables() -> Vec<RecordsTable> {
    TABLES.map(|text| text.parse().unwrap()).to_vec()
}

fn sqlite(name: &str, directory: &Path) -> Side {
    let options = Options { records_tables: tables(), ..Options::new(directory) };
    Side::new(name, &Backing::Embedded(Arc::new(SqliteStore::open(options, Arc::new(SystemClock)).unwrap())))
}

/// On DynamoDB, with all tables.
async fn dynamodb(url: &str) -> Side {
    let store = DynamoStore::new(client(url), "", Arc::new(SystemClock));
    store.create_tables().await.unwrap();
    store.create_records_tables(&tables()).await.unwrap();
    Side::new(url, &Backing::DynamoDb(Arc::new(store)))
}

async fn call(side: &Side, table: &str, operation: Operation, parameters: Value) -> Map<String, Value> {
    let table: RecordsTable = table.parse().unwrap();
    let Value::Object(mut parameters) = parameters else { panic!("{parameters}") };
    parameters.insert("TableName".to_owned(), table.name.clone().into());
    side.records.call(Call { operation, table, parameters }).await.unwrap().unwrap().members().unwrap()
}

async fn put(side: &Side, table: &str, item: Value) {
    call(side, table, Operation::PutItem, json!({"Item": item})).await;
}

async fn run(from: &Side, to: &Side) -> Outcome<Comparison> {
    migrate(from, to, &tables(), &SystemClock, &mut |_| {}).await
}

/// An item with every kind of value.
fn odd() -> Value {
    json!({
        "id": {"S": "odd"}, "text": {"S": "ü\u{0}\n"}, "empty": {"S": ""}, "yes": {"BOOL": true}, "none": {"NULL": true},
        "large": {"N": "12345678901234567890123456789012345678"}, "tiny": {"N": "-0.00000000000000000000000000000000000001"},
        "bytes": {"B": "AP+A"}, "list": {"L": [{"N": "1"}, {"M": {}}, {"L": []}]}, "map": {"M": {"$": {"S": "x"}, "a.b": {"B": "AA=="}}},
        "strings": {"SS": ["a", "b"]}, "numbers": {"NS": ["1", "2.5"]}, "blobs": {"BS": ["AA==", "AP8="]},
    })
}

/// Of an item, whose sets have no order.
fn digest(item: &Value) -> Digest {
    let mut digest = Digest::default();
    digest.add_attributes(item.as_object().unwrap().clone());
    digest
}

async fn fill(side: &Side, notes: usize) {
    put(side, TABLES[0], odd()).await;
    put(side, TABLES[2], json!({"key": {"B": "AAEC"}, "_fd_version": {"N": "7"}})).await;
    for number in 0..notes {
        let at = format!("{}.5", number / 7);
        let note =
            json!({"owner": {"S": format!("user{}", number % 7)}, "at": {"N": at}, "text": {"S": "x".repeat(200)}});
        put(side, TABLES[1], note).await;
    }
}

/// Whether each table has as many items as the other side, and how many there are in all.
fn count(comparison: &Comparison) -> u64 {
    assert!(comparison.is_equal(), "{comparison:?}");
    let own = comparison.tables.iter().filter(|compared| TABLES.iter().any(|table| table.starts_with(&compared.table)));
    own.map(|compared| compared.to.items()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_come_along_and_back_with_every_kind_of_value() {
    let (engine, other) = (Dynoxide::start().await, Dynoxide::start().await);
    let directory = tempfile::tempdir().unwrap();
    let sides = [
        sqlite("first", &directory.path().join("first")),
        dynamodb(&engine.url()).await,
        sqlite("second", &directory.path().join("second")),
        dynamodb(&other.url()).await,
    ];
    fill(&sides[0], NOTES).await;
    for pair in sides.windows(2) {
        let comparison = run(&pair[0], &pair[1]).await.unwrap();
        assert_eq!(count(&comparison), NOTES as u64 + 2);
        let found = call(&pair[1], TABLES[0], Operation::GetItem, json!({"Key": {"id": {"S": "odd"}}})).await;
        assert_eq!(digest(&found["Item"]), digest(&odd()), "{found:?}");
    }
    let error = run(&sides[0], &sides[1]).await.unwrap_err().to_string();
    assert!(error.contains("the target is not empty: something is in lambda-apigateway"), "{error}");
}

#[tokio::test]
async fn a_table_that_the_target_lacks_is_told_of_before_anything_is_written() {
    let (engine, directory) = (Dynoxide::start().await, tempfile::tempdir().unwrap());
    let from = sqlite("from", directory.path());
    fill(&from, 3).await;
    let to = dynamodb(&engine.url()).await;
    client(&engine.url()).delete_table().table_name("files").send().await.unwrap();
    let error = run(&from, &to).await.unwrap_err().to_string();
    assert!(
        error.contains("files") && error.contains("frontdesk tables create --records-table files:key=B"),
        "{error}"
    );
    assert!(call(&to, TABLES[1], Operation::Scan, json!({})).await["Count"] == 0);
    refuse_unfinished(to.store.as_ref()).await.unwrap();
}

#[tokio::test]
async fn a_table_that_the_source_lacks_is_empty() {
    let (engine, directory) = (Dynoxide::start().await, tempfile::tempdir().unwrap());
    let from = dynamodb(&engine.url()).await;
    fill(&from, 3).await;
    client(&engine.url()).delete_table().table_name("files").send().await.unwrap();
    let comparison = run(&from, &sqlite("to", directory.path())).await.unwrap();
    assert_eq!((count(&comparison), &comparison.missing[..]), (4, &["files".to_owned()][..]));
}

#[tokio::test]
async fn whoever_goes_on_names_the_same_tables() {
    let directory = tempfile::tempdir().unwrap();
    let [from, to] = ["from", "to"].map(|name| sqlite(name, &directory.path().join(name)));
    fill(&from, 3).await;
    let mark = r#"{"id":"migration","source":"from","now":"2026-01-01T00:00:00Z","table":"files","after":null,"items":0,"records":["files:key=B"]}"#;
    let mark = record(Key::new(Table::Keys, "migration"), serde_json::from_str(mark).unwrap());
    to.store.import(vec![mark]).await.unwrap();
    let error = run(&from, &to).await.unwrap_err().to_string();
    assert!(error.contains("begun with --records-table files:key=B"), "{error}");
    let files = ["files:key=B".parse().unwrap()];
    assert!(migrate(&from, &to, &files, &SystemClock, &mut |_| {}).await.unwrap().is_equal());
    assert_eq!(call(&to, TABLES[1], Operation::Scan, json!({})).await["Count"], 0);
}

#[tokio::test]
async fn a_change_of_the_source_after_it_was_copied_is_found() {
    let (engine, directory) = (Dynoxide::start().await, tempfile::tempdir().unwrap());
    let (from, to) = (sqlite("from", directory.path()), dynamodb(&engine.url()).await);
    fill(&from, 3).await;
    let target = client(&engine.url());
    // What is read last is not what was copied: a set has lost an element by then.
    assert!(run(&from, &to).await.unwrap().is_equal());
    let key = json!({"Key": {"id": {"S": "odd"}}, "UpdateExpression": "DELETE strings :a", "ExpressionAttributeValues": {":a": {"SS": ["a"]}}});
    call(&to, TABLES[0], Operation::UpdateItem, key).await;
    target.delete_table().table_name("keys").send().await.unwrap();
    let mark = r#"{"id":"migration","source":"from","now":"2026-01-01T00:00:00Z","table":null,"after":null,"items":0,"records":[]}"#;
    let mut mark: Value = serde_json::from_str(mark).unwrap();
    mark["records"] = TABLES.to_vec().into();
    let store = DynamoStore::new(target, "", Arc::new(SystemClock));
    store.create_tables().await.unwrap();
    to.store.import(vec![record(Key::new(Table::Keys, "migration"), mark)]).await.unwrap();
    assert_eq!(run(&from, &to).await.unwrap().different(), ["lambda-apigateway"]);
    assert!(refuse_unfinished(to.store.as_ref()).await.is_err(), "the mark stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_faulty_network_loses_nothing() {
    let (engine, directory) = (Dynoxide::start().await, tempfile::tempdir().unwrap());
    dynamodb(&engine.url()).await;
    let proxy = Proxy::start(engine.url(), 5, 30).await;
    let to = DynamoStore::new(client(&proxy.url()), "", Arc::new(SystemClock));
    let to = Side::new("proxy", &Backing::DynamoDb(Arc::new(to)));
    let from = sqlite("from", directory.path());
    fill(&from, 100).await;
    let mut comparison = run(&from, &to).await;
    // The mark is written with less patience; the same command goes on.
    for _ in 0..20 {
        if comparison.is_ok() {
            break;
        }
        comparison = run(&from, &to).await;
    }
    assert_eq!(count(&comparison.unwrap()), 102);
    println!("{:?}", proxy.counts());
}

#[tokio::test]
async fn a_backup_contains_them() {
    let machine = Machine::new(FRONTDESK);
    let side = sqlite("data", &machine.data());
    fill(&side, 3).await;
    drop(side);
    let file = machine.path("copy.db");
    assert_eq!(machine.run(&["backup", file.to_str().unwrap()]).await.code, Some(0));
    let restored = machine.path("restored");
    let ran = machine.run(&["restore", file.to_str().unwrap(), "--data", restored.to_str().unwrap()]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let side = sqlite("restored", &restored);
    let found = call(&side, TABLES[0], Operation::GetItem, json!({"Key": {"id": {"S": "odd"}}})).await;
    assert_eq!(digest(&found["Item"]), digest(&odd()), "{found:?}");
    assert_eq!(call(&side, TABLES[1], Operation::Scan, json!({})).await["Count"], 3);
}

#[tokio::test]
async fn tables_that_are_not_named_are_refused_unless_they_are_to_stay() {
    let machine = Machine::new(FRONTDESK);
    let side = sqlite("data", &machine.data());
    fill(&side, 3).await;
    drop(side);
    let notes = ["migrate", "--from", "sqlite:data", "--to", "sqlite:new", "--records-table", "notes:owner:at=N"];
    let left = ["--leave-behind", "lambda-apigateway"];
    for arguments in [notes.to_vec(), [&notes[..], &left[..]].concat()] {
        let ran = machine.run(&arguments).await;
        assert!(ran.code == Some(2) && ran.err.contains("files:key=B") && !machine.path("new").exists(), "{ran:?}");
    }
    for wrong in ["notes", "nothing"] {
        let ran =
            machine.run(&[&notes[..], &left[..], &["--leave-behind", "files", "--leave-behind", wrong]].concat()).await;
        assert!(ran.code == Some(2) && ran.err.contains(wrong), "{ran:?}");
    }
    let ran = machine.run(&[&notes[..], &left[..], &["--leave-behind", "files"]].concat()).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("notes        source          3 items"), "{ran:?}");
    let last = "Tables of yours that were copied: notes:owner:at=N. Left behind in the source: ";
    assert!(ran.out.lines().last().unwrap().starts_with(last), "{ran:?}");
    let side = sqlite("new", &machine.path("new"));
    assert_eq!(call(&side, TABLES[1], Operation::Scan, json!({})).await["Count"], 3);
    assert_eq!(call(&side, TABLES[0], Operation::Scan, json!({})).await["Count"], 0);
    drop(side);
    let ran = machine
        .run(&[
            "migrate",
            "--from",
            "sqlite:data",
            "--to",
            "sqlite:third",
            "--records-table",
            "notes:owner,lambda-apigateway:id,files:key=B",
        ])
        .await;
    assert!(ran.code == Some(1) && ran.err.contains("notes:owner:at=N") && !machine.path("third").exists(), "{ran:?}");
    assert_eq!(
        machine.run(&["migrate", "--from", "sqlite:data", "--to", "sqlite:x", "--records-table", "keys:id"]).await.code,
        Some(2)
    );
}

#[tokio::test]
async fn an_embedded_store_gives_all_its_tables() {
    let machine = Machine::new(FRONTDESK);
    let side = sqlite("data", &machine.data());
    fill(&side, 3).await;
    drop(side);
    let ran = machine.run(&["migrate", "--from", "sqlite:data", "--to", "sqlite:new"]).await;
    let last = ran.out.lines().last().unwrap_or_default();
    assert!(ran.code == Some(0) && TABLES.iter().all(|table| last.contains(table)), "{ran:?}");
    let side = sqlite("new", &machine.path("new"));
    assert_eq!(call(&side, TABLES[1], Operation::Scan, json!({})).await["Count"], 3);
}

#[tokio::test]
async fn a_key_that_is_not_dynamodbs_is_refused_before_anything_is_written() {
    let (engine, machine) = (Dynoxide::start().await, Machine::new(FRONTDESK));
    drop(dynamodb(&engine.url()).await);
    let side = sqlite("data", &machine.data());
    let wrong = "files:other=B";
    drop(side);
    let back = ["migrate", "--from", "dynamodb", "--to", "sqlite:new", "--servers-stopped", "--records-table", wrong];
    let ran = machine.finish(command(&machine, &engine, &back)).await;
    assert!(ran.code == Some(1) && ran.err.contains("the table files has the key (key B)"), "{ran:?}");
    assert!(!machine.path("new").exists() && !ran.err.contains("the same command"), "{ran:?}");
    let engine = Dynoxide::start().await;
    let store = engine.store("", Arc::new(SystemClock));
    store.create_tables().await.unwrap();
    store.create_records_tables(&["files:other=B".parse().unwrap()]).await.unwrap();
    let there =
        ["migrate", "--from", "sqlite:data", "--to", "dynamodb", "--servers-stopped", "--records-table", TABLES[2]];
    let ran = machine.finish(command(&machine, &engine, &there)).await;
    assert!(ran.code == Some(1) && ran.err.contains("the table files has the key (other B)"), "{ran:?}");
    refuse_unfinished(&store).await.unwrap();
}

#[tokio::test]
async fn from_one_prefix_to_another_they_stay_where_they_are() {
    let (engine, machine) = (Dynoxide::start().await, Machine::new(FRONTDESK));
    let side = dynamodb(&engine.url()).await;
    put(&side, TABLES[0], odd()).await;
    engine.store("b-", Arc::new(SystemClock)).create_tables().await.unwrap();
    let migrate = ["migrate", "--from", "dynamodb", "--to", "dynamodb:b-", "--servers-stopped"];
    let ran = machine.finish(command(&machine, &engine, &migrate)).await;
    assert!(ran.code == Some(0) && !ran.out.contains("lambda-apigateway"), "{ran:?}");
    let found = call(&side, TABLES[0], Operation::Scan, json!({})).await;
    assert_eq!((&found["Count"], digest(&found["Items"][0])), (&json!(1), digest(&odd())), "{found:?}");
}
