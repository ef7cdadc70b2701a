//! Data formats: ours, older, newer, damaged, and none at all.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::{Value, json};
use store::sqlite::FORMAT;
use store::{Index, Key, Query, Store, Table};

use super::{is_there, open, put, records, refused, user};

fn fixture(format: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/format-{format}.db"))
}

/// The fixtures were written by `cargo run -p store --example fixture`, each by the version that introduced its format.
#[tokio::test]
async fn every_format_ever_released_opens() {
    for format in 1..=FORMAT {
        let directory = tempfile::tempdir().unwrap();
        fs::copy(fixture(format), directory.path().join("frontdesk.db")).unwrap();
        let store = open(directory.path()).unwrap();
        let item = store.get(&user("anna")).await.unwrap().unwrap();
        assert_eq!(item.body, r#"{"userid":"anna","name":"Anna","height":1.7000}"#, "byte for byte");
        assert_eq!(item.private.as_deref(), Some(r#"{"note":"ü"}"#));
        assert_eq!(item.version, 1_767_225_600_000);
        let day = Key::number(Table::Occupancy, "room", 20_454);
        assert_eq!(
            store.get(&day).await.unwrap().unwrap().body::<Value>().unwrap()["steps"],
            json!([[540, 1], [600, 0]])
        );
        let bookings = store.query(Query::index(Index::BookingsByUserByTime, "anna")).await.unwrap();
        let ids: Vec<Value> =
            bookings.items.iter().map(|item| item.body::<Value>().unwrap()["bookingID"].clone()).collect();
        assert_eq!(ids, ["b2", "b1"]);
        assert_eq!(store.sweep(Table::Idempotency, 10).await, Ok(1));
        put(&store, &user("new"), 10).await.unwrap();
        assert!(is_there(&store, &user("new")).await);
    }
}

#[tokio::test]
async fn every_format_ever_released_keeps_the_operators_tables() {
    const NOTES: &str = "notes:owner:at=N";
    for format in 1..=FORMAT {
        let directory = tempfile::tempdir().unwrap();
        fs::copy(fixture(format), directory.path().join("frontdesk.db")).unwrap();
        let store = records::with(directory.path(), &[NOTES]).unwrap();
        let key = json!({"owner": {"S": "anna"}, "at": {"N": "1.5"}});
        let item = json!({"owner": {"S": "anna"}, "at": {"N": "1.5"}, "tags": {"SS": ["a", "ü"]}});
        assert_eq!(records::get(&store, NOTES, key).await, Some(item));
    }
}

fn with_file(content: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("frontdesk.db");
    fs::write(&file, content).unwrap();
    (directory, file)
}

#[test]
fn a_newer_format_is_refused() {
    let (directory, file) = with_file(&fs::read(fixture(FORMAT)).unwrap());
    Connection::open(&file).unwrap().pragma_update(None, "user_version", FORMAT + 1).unwrap();
    let before = fs::read(&file).unwrap();
    let message = refused(directory.path());
    assert!(message.contains(&format!("has data format {}", FORMAT + 1)), "{message}");
    assert!(message.contains("start the version that wrote it, or a later one"), "{message}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn what_is_not_a_database_is_left_alone() {
    let fixture = fs::read(fixture(FORMAT)).unwrap();
    let mut damaged_header = fixture.clone();
    damaged_header[..16].fill(b'x');
    let mut damaged_schema = fixture.clone();
    damaged_schema[100..4096].fill(0xff);
    let cut_off = fixture[..fixture.len() / 2].to_vec();
    for content in [b"these are not the rows you are looking for".repeat(300), damaged_header, damaged_schema, cut_off]
    {
        let (directory, file) = with_file(&content);
        let message = refused(directory.path());
        assert!(message.contains("restore a backup"), "{message}");
        assert_eq!(fs::read(&file).unwrap(), content);
    }
}

#[test]
fn another_programs_database_is_left_alone() {
    let (directory, file) = with_file(b"");
    Connection::open(&file).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let before = fs::read(&file).unwrap();
    let message = refused(directory.path());
    assert!(message.contains("a database of another program"), "{message}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn an_empty_file_is_a_new_store() {
    let (directory, _) = with_file(b"");
    let store = open(directory.path()).unwrap();
    put(&store, &user("first"), 10).await.unwrap();
}
