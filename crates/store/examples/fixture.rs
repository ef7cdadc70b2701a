//! Writes the fixture of the present data format: `cargo run -p store --example fixture` in the repository's root. Run it once, when
//! a format is introduced; a released fixture never changes.

use std::path::Path;

use serde_json::{Map, Value, json};
use store::conformance::{ManualClock, document};
use store::records::{Call, Operation, Records, RecordsTable};
use store::sqlite::{FORMAT, Options, SqliteStore};
use store::{Changes, Key, Loaded, StoreError, Table, Verdict, Write, transact};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let notes: RecordsTable = "notes:owner:at=N".parse()?;
    let options = Options { records_tables: vec![notes.clone()], ..Options::new(directory.path()) };
    let store = SqliteStore::open(options, ManualClock::new())?;
    let changes = contents()?;
    let decide = move |_: &Loaded| Ok(Verdict::<(), ()>::Commit(changes.clone(), ()));
    let _ = transact(&store, Vec::new(), decide).await?;
    store.call(note(notes)).await??;
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    store.backup(&fixtures.join(format!("format-{FORMAT}.db")))?;
    Ok(())
}

fn note(table: RecordsTable) -> Call {
    let item = json!({"owner": {"S": "anna"}, "at": {"N": "1.50"}, "tags": {"SS": ["ü", "a"]}});
    let parameters = Map::from_iter([("TableName".to_owned(), json!("notes")), ("Item".to_owned(), item)]);
    Call { operation: Operation::PutItem, table, parameters }
}

fn contents() -> Result<Changes, StoreError> {
    let mut changes = Changes::none();
    changes.push(Write::Put {
        key: Key::new(Table::Users, "anna"),
        body: r#"{"userid":"anna","name":"Anna","height":1.7000}"#.to_owned(),
        private: Some(r#"{"note":"ü"}"#.to_owned()),
    });
    changes.push(Write::Put {
        key: Key::new(Table::Requests, "m1"),
        body: r#"{"message_id":"m1","userID":"anna","booking_status":"new","body":{"resourceID":"room"}}"#.to_owned(),
        private: Some(r#"{"lane":"resource/room","sequence":7}"#.to_owned()),
    });
    changes.push(Write::Put {
        key: Key::number(Table::Queue, "resource/room", 7),
        body: r#"{"lane":"resource/room","sequence":7,"message_id":"m1"}"#.to_owned(),
        private: None,
    });
    let booking = |start: i64| json!({"userID": "anna", "resourceID": "room", "starttimeepochtime": start});
    let rows: [(Key, Value); 8] = [
        (Key::new(Table::Locations, "berlin"), json!({"name": "Berlin"})),
        (Key::new(Table::Resources, "room"), json!({"locationID": "berlin", "name": "Room"})),
        (Key::new(Table::Bookings, "b1"), booking(1_767_232_800)),
        (Key::new(Table::Bookings, "b2"), booking(1_767_229_200)),
        (Key::number(Table::Occupancy, "room", 20_454), json!({"steps": [[540, 1], [600, 0]]})),
        (Key::text(Table::Orders, "anna", "o1"), json!({"data": {"status": "PLACED"}})),
        (Key::new(Table::Idempotency, "old"), json!({"expiration": 1_000_000_000})),
        (Key::number(Table::Events, "booking/b1", 1), json!({"type": "booked"})),
    ];
    for (key, more) in rows {
        changes.put(key.clone(), &document(&key, more))?;
    }
    Ok(changes)
}
