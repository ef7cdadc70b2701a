//! The archive, whatever happens to the server: it has every event exactly, in the order of each aggregate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use testkit::{Machine, Server, User, poll};
use tokio::task::JoinSet;

use super::{archived, ok};
use crate::server::FRONTDESK;

const ROUNDS: u32 = 6;
const CLIENTS: u32 = 8;
const SERVE: [&str; 8] = [
    "--public-url",
    "http://desk.example.com",
    "--archive",
    "archive",
    "--archive-seconds",
    "1",
    "--archive-bytes",
    "20000",
];

/// The events of the store, as they are.
pub(crate) fn stored(listed: &str) -> Vec<String> {
    let event = |line: &str| {
        let (_, event) = line.split_once(",\"event\":").unwrap();
        event.strip_suffix('}').unwrap().to_owned()
    };
    listed.lines().map(event).collect()
}

/// Compares an archive with what the store has.
pub(crate) fn compare(archive: &[String], stored: &[String]) {
    let set = |lines: &[String]| lines.iter().cloned().collect::<BTreeSet<String>>();
    assert_eq!(set(archive), set(stored), "as sets, byte by byte");
    // Where an event comes again, it is the same event: what is new is in order.
    let mut last: BTreeMap<String, (i64, BTreeSet<i64>)> = BTreeMap::new();
    for line in archive {
        let event: Value = serde_json::from_str(line).unwrap();
        let (aggregate, sequence) = (event["aggregate"].as_str().unwrap(), event["sequence"].as_i64().unwrap());
        let (highest, seen) = last.entry(aggregate.to_owned()).or_default();
        assert!(sequence > *highest || seen.contains(&sequence), "{aggregate}/{sequence} comes after {highest}");
        *highest = sequence.max(*highest);
        seen.insert(sequence);
    }
}

/// Waits until the archive has as many different events as the store, and compares.
async fn check(machine: &Machine) -> (usize, usize) {
    let stored = stored(&ok(machine, &["events", "list"]).await);
    let whole = async || {
        let archive = archived(&machine.path("archive"));
        (archive.iter().collect::<BTreeSet<_>>().len() >= stored.len()).then_some(archive)
    };
    let archive = poll::until("the archive", whole).await;
    compare(&archive, &stored);
    (stored.len(), archive.len())
}

/// Has clients place orders until so many are placed.
async fn load(server: &Server, users: &[User], round: u32, orders: u32) -> JoinSet<()> {
    let placed = Arc::new(AtomicU32::new(0));
    let mut clients = JoinSet::new();
    for (number, user) in (0..CLIENTS).zip(users.iter().cycle()) {
        let user = User { http: server.http.clone(), ..user.clone() };
        let placed = Arc::clone(&placed);
        clients.spawn(async move {
            for step in 0_u32.. {
                if user.order(&format!("{round}-{number}-{step}")).try_send().await.is_err() {
                    return;
                }
                placed.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    poll::until("the load", async || (placed.load(Ordering::Relaxed) >= orders).then_some(())).await;
    clients
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_archive_has_every_event_exactly_whenever_the_server_is_killed() {
    let machine = Machine::new(FRONTDESK);
    let mut server = machine.serve(&SERVE).await;
    let users = [server.user("ada").await, server.user("bob").await];
    for round in 0..ROUNDS {
        let mut clients = load(&server, &users, round, 100 + 61 * round).await;
        server.kill();
        while clients.join_next().await.is_some() {}
        server = machine.serve(&SERVE).await;
    }
    let (events, lines) = check(&machine).await;
    println!("{ROUNDS} crashes, {events} events, {} of them archived twice", lines - events);
}

#[tokio::test]
async fn an_archive_that_cannot_be_written_holds_nobody_up_and_loses_nothing() {
    let machine = Machine::new(FRONTDESK);
    // Something is where the archive's folder should be: nothing can be written there, as on a full disk.
    fs::create_dir(machine.path("archive")).unwrap();
    let in_the_way = machine.path("archive").join("000000000000");
    fs::write(&in_the_way, "").unwrap();
    let server = machine.serve(&SERVE).await;
    let users = [server.user("ada").await];
    load(&server, &users, 0, 200).await.shutdown().await;
    let warning = server.logged("a pipeline has to try again").await;
    assert_eq!(warning["pipeline"], "archive");
    fs::remove_file(&in_the_way).unwrap();
    check(&machine).await;
}

#[tokio::test]
async fn a_place_that_can_be_no_archive_is_an_error_at_the_start() {
    let machine = Machine::new(FRONTDESK);
    fs::write(machine.path("file"), "").unwrap();
    let ran = machine.run(&["serve", "--listen", "127.0.0.1:0", "--archive", "file"]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("file") && ran.err.contains("--archive"), "{}", ran.err);
    let ran = machine.run(&["serve", "--archive", "gs://bucket"]).await;
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("s3://BUCKET/PREFIX"), "{}", ran.err);
    assert!(!Path::new("gs:").exists());
    let ran = machine.run(&["serve", "--archive", ""]).await;
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("leave --archive and FRONTDESK_ARCHIVE out"), "{}", ran.err);
}
