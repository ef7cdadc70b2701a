//! SIGKILL in the middle, again and again: the same command takes it up, and at the end both sides are the same.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use aws::dynoxide::Dynoxide;
use frontdesk::ambient::SystemClock;
use frontdesk::backing::Backing;
use frontdesk::migrate::Side;
use serde_json::{Map, Value, json};
use store::records::{Call, Operation, RecordsTable};
use store::sqlite::{Options, SqliteStore};
use store::{Key, Record, Store, Table};
use testkit::{Machine, poll};

use super::{record, tables};
use crate::server::FRONTDESK;

/// Items of each of five tables.
const ITEMS: usize = 2_500;

/// The table of the operator's own that there is if nobody says otherwise.
const RECORDS: &str = "lambda-apigateway:id";

/// A store with some thousand items.
async fn fill(directory: &Path) {
    let table: RecordsTable = RECORDS.parse().unwrap();
    let options = Options { records_tables: vec![table.clone()], ..Options::new(directory) };
    let store = SqliteStore::open(options, Arc::new(SystemClock)).unwrap();
    let side = Side::new("filled", &Backing::Embedded(Arc::new(store)));
    let text = "text ".repeat(60);
    let of = |table: Table, n: usize| -> Record {
        match table {
            Table::Orders => record(
                Key::text(table, format!("user{}", n % 7), n.to_string()),
                json!({"data": {"n": n, "text": text}}),
            ),
            // The embedded store has no event without a position.
            Table::Events => {
                let key = Key::number(table, "booking/b", i64::try_from(n).unwrap());
                let mut event = record(key, json!({"data": [n, 1.50, text]}));
                event.item.private = Some(json!({"position": n + 1}).to_string());
                event
            }
            Table::Idempotency => record(
                Key::new(table, n.to_string()),
                json!({"expiration": 4_000_000_000_i64, "body": {"z": 1, "a": text}}),
            ),
            _ => record(Key::new(table, n.to_string()), json!({"userID": "u", "starttimeepochtime": n, "note": text})),
        }
    };
    for table in [Table::Bookings, Table::Orders, Table::Idempotency, Table::Events] {
        for page in (0..ITEMS).collect::<Vec<_>>().chunks(500) {
            side.store.import(page.iter().map(|n| of(table, *n)).collect()).await.unwrap();
        }
    }
    for n in 0..ITEMS {
        let item = json!({"id": {"S": n.to_string()}, "n": {"NS": [n.to_string(), "0.5"]}, "text": {"S": text}});
        let parameters = Map::from_iter([("TableName".to_owned(), json!(table.name)), ("Item".to_owned(), item)]);
        let call = Call { operation: Operation::PutItem, table: table.clone(), parameters };
        side.records.call(call).await.unwrap().unwrap();
    }
}

pub(super) fn command(machine: &Machine, engine: &Dynoxide, arguments: &[&str]) -> Command {
    let mut command = machine.command(arguments);
    command.env("AWS_ENDPOINT_URL_DYNAMODB", engine.url()).env("AWS_REGION", "us-east-1");
    command.env("FRONTDESK_KEY_SECRET", "a secret of more than thirty-two characters");
    command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").stdin(Stdio::null());
    command
}

/// Starts the command and kills it as soon as something is so.
async fn kill_when(machine: &Machine, mut command: Command, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let said = machine.path("said");
    let mut child = command.stdout(Stdio::null()).stderr(File::create(&said).unwrap()).spawn().unwrap();
    let so = async || {
        let ended = child.try_wait().unwrap();
        assert_eq!(ended, None, "{what}: it has ended before: {}", fs::read_to_string(&said).unwrap());
        is_so().await.then_some(())
    };
    poll::until(what, so).await;
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The digests of all tables together, of the source and of the target.
fn totals(out: &str) -> Vec<&str> {
    let lines = out.lines().skip_while(|line| !line.starts_with("all "));
    lines.filter(|line| line.contains(" items ")).map(|line| line.rsplit(' ').next().unwrap()).collect()
}

fn size(directory: &Path) -> u64 {
    let of = |name: &str| fs::metadata(directory.join(name)).map_or(0, |metadata| metadata.len());
    of("frontdesk.db") + of("frontdesk.db-wal")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_migration_is_taken_up_in_both_directions() {
    let (engine, machine) = (Dynoxide::start().await, Machine::new(FRONTDESK));
    fill(&machine.path("from")).await;
    let tables = tables(&engine, "p-").await;
    tables.create_records_tables(&[RECORDS.parse().unwrap()]).await.unwrap();

    let there = ["migrate", "--from", "sqlite:from", "--to", "dynamodb:p-", "--servers-stopped"];
    for (table, items) in
        [("users", 0), ("bookings", 1_000), ("orders", 500), ("events", 1_500), ("lambda-apigateway", 500)]
    {
        let reached = async || {
            let mark = tables.get(&Key::new(Table::Keys, "migration")).await.unwrap();
            let mark: Option<Value> = mark.map(|mark| mark.body().unwrap());
            mark.is_some_and(|mark| {
                mark["table"] == table && mark["items"].as_u64() >= Some(items)
                    || (items == 0 && mark["table"].is_string())
            })
        };
        kill_when(&machine, command(&machine, &engine, &there), table, reached).await;
    }
    for refused in [
        &["serve", "--store", "dynamodb", "--table-prefix", "p-", "--listen", "127.0.0.1:0"][..],
        &["user", "list", "--store", "dynamodb", "--table-prefix", "p-"],
    ] {
        fs::create_dir_all(machine.data()).unwrap();
        let ran = machine.finish(command(&machine, &engine, refused)).await;
        assert!(ran.code == Some(1), "{ran:?}");
        assert!(format!("{}{}", ran.out, ran.err).contains("frontdesk migrate"), "{ran:?}");
    }
    let ran = machine.finish(command(&machine, &engine, &there)).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let first: Vec<String> = totals(&ran.out).into_iter().map(str::to_owned).collect();
    assert!(first.len() == 2 && first[0] == first[1] && first[0].len() == 64, "{}", ran.out);

    let back = ["migrate", "--from", "dynamodb:p-", "--to", "sqlite:back", "--servers-stopped"];
    let directory = machine.path("back");
    for growth in [1, 1_000_000, 2_000_000] {
        let before = size(&directory);
        let grown = async || size(&directory) > before + growth;
        kill_when(&machine, command(&machine, &engine, &back), "growth", grown).await;
    }
    let mut serve = command(&machine, &engine, &["user", "list"]);
    serve.env("FRONTDESK_DATA", &directory);
    let ran = machine.finish(serve).await;
    assert!(ran.code == Some(1) && ran.err.contains("half of a copy of dynamodb:p-"), "{ran:?}");
    let ran = machine.finish(command(&machine, &engine, &back)).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(totals(&ran.out), first, "{}", ran.out);
}
