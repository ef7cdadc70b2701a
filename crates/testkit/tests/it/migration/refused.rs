//! What is not migrated, and what is said about it.

use std::sync::Arc;

use aws::dynoxide::Dynoxide;
use frontdesk::ambient::SystemClock;
use frontdesk::backing::Backing;
use frontdesk::migrate::{Progress, Side, Stage, migrate, refuse_unfinished};
use serde_json::{Value, json};
use store::{Key, Record, StoreError, Table};
use testkit::{Machine, Ran};
use tokio::runtime::Runtime;

use super::{dynamodb, put_raw, record, run, sqlite};
use crate::server::FRONTDESK;

fn user(name: &str) -> Record {
    record(Key::new(Table::Users, name), json!({"name": name}))
}

fn said(ran: &Ran, code: i32, parts: &[&str]) {
    assert_eq!(ran.code, Some(code), "{ran:?}");
    for part in parts {
        assert!(ran.err.contains(part), "{part}: {ran:?}");
    }
}

#[tokio::test]
async fn wrong_arguments_are_refused_before_anything_is_touched() {
    let machine = Machine::new(FRONTDESK);
    let migrate = async |arguments: &[&str]| machine.run(&[&["migrate"], arguments].concat()).await;
    said(&migrate(&["--from", "sqlite:data", "--to", "dynamodb"]).await, 2, &["--servers-stopped"]);
    said(&migrate(&["--from", "sqlite:data", "--to", "sqlite:./data"]).await, 2, &["same store"]);
    said(&migrate(&["--from", "postgres", "--to", "sqlite:x"]).await, 2, &["sqlite:DIR"]);
    said(&migrate(&["--from", "sqlite:data", "--to", "sqlite:x"]).await, 2, &["no database in data"]);
    assert!(!machine.data().exists() && !machine.path("x").exists());
}

#[tokio::test]
async fn a_running_server_on_either_side_is_to_be_stopped() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    sqlite("other", &machine.path("other")).store.import(vec![user("u")]).await.unwrap();
    for (from, to) in [("sqlite:data", "sqlite:new"), ("sqlite:other", "sqlite:data")] {
        let ran = machine.run(&["migrate", "--from", from, "--to", to]).await;
        said(&ran, 1, &["in use by another frontdesk process", "stop that one"]);
    }
    server.kill();
    let ran = machine.run(&["migrate", "--from", "sqlite:other", "--to", "sqlite:data"]).await;
    said(&ran, 1, &["the target is not empty"]);
    let ran = machine.run(&["migrate", "--from", "sqlite:data", "--to", "sqlite:new"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("Both stores hold the same"), "{ran:?}");
}

#[tokio::test]
async fn missing_tables_are_to_be_created() {
    let (engine, directory) = (Dynoxide::start().await, tempfile::tempdir().unwrap());
    let from = sqlite("from", directory.path());
    let to = engine.store("none-", Arc::new(SystemClock));
    let to = Side::new("none", &Backing::DynamoDb(Arc::new(to)));
    for (from, to) in [(&from, &to), (&to, &from)] {
        let error = run(from, to).await.unwrap_err().to_string();
        assert!(error.contains("frontdesk tables create"), "{error}");
    }
}

#[tokio::test]
async fn what_dynamodb_cannot_hold_is_named_and_nothing_is_lost() {
    let engine = Dynoxide::start().await;
    let large = json!({"text": "x".repeat(409_700)});
    let deep = (0..40).fold(json!(1), |inner, _| json!([inner]));
    let cases: [(Record, &str); 4] = [
        (record(Key::new(Table::Users, "large"), large), "\"large\""),
        (record(Key::text(Table::Orders, "", "order"), json!({})), "\"order\""),
        (record(Key::new(Table::Users, "number"), serde_json::from_str(r#"{"n":1e300}"#).unwrap()), "\"number\""),
        (record(Key::new(Table::Users, "deep"), json!({"deep": deep})), "\"deep\""),
    ];
    for (number, (odd, name)) in cases.into_iter().enumerate() {
        let directory = tempfile::tempdir().unwrap();
        let from = sqlite("from", directory.path());
        from.store.import((0..60).map(|n| user(&format!("u{n}"))).chain([odd.clone()]).collect()).await.unwrap();
        let to = dynamodb(&engine, &format!("t{number}-")).await;
        let error = run(&from, &to).await.unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
        assert!(refuse_unfinished(to.store.as_ref()).await.is_err(), "the mark stays");
        assert_eq!(from.store.get(&odd.key).await.unwrap(), Some(odd.item));
    }
}

#[tokio::test]
async fn what_the_embedded_store_cannot_hold_is_named() {
    let cases: [(&str, Value, &[&str]); 5] = [
        ("users", json!({"userid": {"S": "set"}, "tags": {"SS": ["a", "b"]}}), &["\"set\"", "tags", "a set"]),
        (
            "users",
            json!({"userid": {"S": "deep"}, "x": {"L": [{"M": {"b": {"B": "/wA="}}}]}}),
            &["\"deep\"", "a binary"],
        ),
        ("sessions", json!({"id": {"S": "soon"}, "expiration": {"S": "tomorrow"}}), &["\"soon\"", "expiration"]),
        ("events", json!({"aggregate": {"S": "half"}, "sequence": {"N": "1.5"}}), &["\"half\"", "whole number"]),
        (
            "bookings",
            json!({"bookingID": {"S": "when"}, "userID": {"S": "u"}, "starttimeepochtime": {"N": "0.5"}}),
            &["\"when\"", "starttimeepochtime"],
        ),
    ];
    for (table, item, parts) in cases {
        let (engine, directory) = (Dynoxide::start().await, tempfile::tempdir().unwrap());
        let from = dynamodb(&engine, "").await;
        put_raw(&engine, table, item).await;
        let error = run(&from, &sqlite("to", directory.path())).await.unwrap_err().to_string();
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
}

#[tokio::test]
async fn a_change_of_the_source_after_it_was_copied_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let (from, to) = (sqlite("from", &directory.path().join("a")), sqlite("to", &directory.path().join("b")));
    from.store.import(vec![user("a"), user("b")]).await.unwrap();
    let mut changed = user("a");
    changed.item.body = r#"{"userid":"a","name":"other"}"#.to_owned();
    let mut tell = |progress: Progress<'_>| {
        // The last table is copied, and nothing is compared yet.
        if progress.stage == Stage::Copying && progress.table == "keys" {
            let store = Arc::clone(&from.store);
            let changed = vec![changed.clone()];
            let change = move || Runtime::new().unwrap().block_on(store.import(changed)).unwrap();
            std::thread::spawn(change).join().unwrap();
        }
    };
    let comparison = migrate(&from, &to, &[], &SystemClock, &mut tell).await.unwrap();
    assert_eq!(comparison.different(), ["users"]);
    assert!(refuse_unfinished(to.store.as_ref()).await.is_err(), "the mark stays");
    assert_eq!(run(&from, &to).await.unwrap().different(), ["users"], "also once more");
    from.store.import(vec![user("a")]).await.unwrap();
    assert!(run(&from, &to).await.unwrap().is_equal());
    refuse_unfinished(to.store.as_ref()).await.unwrap();
}

#[tokio::test]
async fn a_target_belongs_to_one_source() {
    let directory = tempfile::tempdir().unwrap();
    let [one, two, to] = ["one", "two", "to"].map(|name| sqlite(name, &directory.path().join(name)));
    let body =
        r#"{"id":"migration","source":"one","now":"2026-01-01T00:00:00Z","table":"orders","after":null,"items":0}"#;
    let mark = record(Key::new(Table::Keys, "migration"), serde_json::from_str(body).unwrap());
    to.store.import(vec![mark]).await.unwrap();
    two.store.import(vec![user("u")]).await.unwrap();
    let error = run(&two, &to).await.unwrap_err().to_string();
    assert!(error.contains("copy of one, not of two"), "{error}");
    let error = run(&to, &two).await.unwrap_err().to_string();
    assert!(error.contains("half of a copy of one"), "{error}");
    assert!(run(&one, &to).await.unwrap().is_equal());
}

#[tokio::test]
async fn what_has_ended_is_left_behind() {
    let directory = tempfile::tempdir().unwrap();
    let (from, to) = (sqlite("from", &directory.path().join("a")), sqlite("to", &directory.path().join("b")));
    let session = |name: &str, end: i64| record(Key::new(Table::Sessions, name), json!({"expiration": end}));
    from.store.import(vec![session("old", 1_000), session("new", 4_000_000_000)]).await.unwrap();
    let comparison = run(&from, &to).await.unwrap();
    assert!(comparison.is_equal() && comparison.total().1.items() == 1, "{comparison:?}");
    assert_eq!(to.store.get(&Key::new(Table::Sessions, "old")).await, Ok::<_, StoreError>(None));
}
