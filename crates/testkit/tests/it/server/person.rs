//! `frontdesk user export` and `frontdesk user erase` as commands, with a server and without one, and across a SIGKILL.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::sync::Arc;

use domain::limits::PAGE_ITEMS;
use frontdesk::ambient::SystemClock;
use serde_json::Value;
use store::sqlite::{Options, SqliteStore};
use store::{Store, Table};
use testkit::{Caller, HOUR, Machine, NINE, User, poll};
use tokio::task::JoinSet;

use super::FRONTDESK;

const OPTIONS: [&str; 2] = ["--public-url", "http://desk.example.com"];
const ADA: &str = "ada@example.com";
/// Bookings that an erasure is cut off among.
const BOOKINGS: i64 = 400;

/// How many items name the person, and how many days of any calendar are in use.
async fn traces(machine: &Machine, words: [&str; 2]) -> (usize, usize) {
    let store = SqliteStore::open(Options::new(machine.data()), Arc::new(SystemClock)).unwrap();
    let mut found = 0;
    for table in Table::ALL {
        let mut after = None;
        loop {
            let page = store.scan(table, PAGE_ITEMS, after).await.unwrap();
            let texts = page.items.iter().map(|item| format!("{}{:?}", item.body, item.private));
            found += texts.filter(|text| words.iter().any(|word| text.contains(word))).count();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    let days = store.scan(Table::Occupancy, PAGE_ITEMS, None).await.unwrap().items.len();
    store.close();
    (found, days)
}

async fn book_a_lot(ada: &User) {
    let mut bookings = JoinSet::new();
    for number in 0..BOOKINGS {
        let ada = ada.clone();
        bookings.spawn(async move {
            ada.book(&format!("b{number}"), "r", NINE + number * HOUR, 60).await.expect(201);
        });
    }
    bookings.join_all().await;
}

#[tokio::test]
async fn a_persons_data_goes_into_a_new_file_for_its_owner_only() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    let ada = server.user("ada").await;
    ada.order("o").await.expect(200);
    let out = machine.path("ada.ndjson");
    let arguments = ["user", "export", ADA, "--out", "ada.ndjson"];
    assert_eq!(machine.run(&arguments).await.code, Some(0));
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&out).unwrap();
    let kinds: Vec<Value> =
        text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].clone()).collect();
    for kind in ["account", "profile", "order", "event"] {
        assert!(kinds.iter().any(|known| known == kind), "{kind}: {text}");
    }
    let again = machine.run(&arguments).await;
    assert_eq!(again.code, Some(1), "{again:?}");
    assert_eq!(fs::read_to_string(&out).unwrap(), text, "nothing is overwritten");
    server.kill();
    let printed = machine.run(&["user", "export", &ada.sub]).await;
    assert_eq!((printed.code, printed.out), (Some(0), text), "without a server, by the sub");
    for unknown in ["nobody@example.com", "00000000-0000-4000-8000-000000000000"] {
        let ran = machine.run(&["user", "export", unknown, "--out", "nobody"]).await;
        assert_eq!(ran.code, Some(1), "{ran:?}");
    }
    assert!(!machine.path("nobody").exists());
}

#[tokio::test]
async fn nobody_is_erased_unasked() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    let ada = server.user("ada").await;
    let ran = machine.run(&["user", "erase", ADA]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("--yes"), "{}", ran.err);
    ada.get("/users/{me}").await.expect(200);
    let ran = machine.run(&["user", "erase", ADA, "--yes"]).await;
    assert!(ran.code == Some(0) && ran.out.contains("1 accounts, 1 profiles, 0 bookings"), "{ran:?}");
    ada.get("/users/{me}").await.problem(401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_survives_sigkill() {
    let machine = Machine::new(FRONTDESK);
    let mut server = machine.serve(&OPTIONS).await;
    server.admin().await.resource("l", "r", 1).await;
    let ada = server.user("ada").await;
    book_a_lot(&ada).await;
    let path = ada.path("/bookings?status=all");
    for left in [BOOKINGS - 50, BOOKINGS / 2] {
        let mut command = machine.command(&["user", "erase", ADA, "--yes"]);
        let mut erasing = command.stderr(Stdio::null()).spawn().unwrap();
        let admin = server.admin().await;
        let least = usize::try_from(left).unwrap();
        let few = async || (admin.get(&path).await.array().len() <= least).then_some(());
        poll::until("a part of the erasure", few).await;
        server.kill();
        erasing.wait().unwrap();
        server = machine.serve(&OPTIONS).await;
        let ada = User { http: server.http.clone(), ..ada.clone() };
        ada.get("/users/{me}").await.problem(401, "unauthorized");
    }
    let ran = machine.run(&["user", "erase", ADA, "--yes"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    println!("{}", ran.out);
    server.kill();
    assert_eq!(traces(&machine, [&ada.sub, ADA]).await, (0, 0));
}
