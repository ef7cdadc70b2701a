//! `frontdesk events …`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::Arc;

use frontdesk::ambient::SystemClock;
use serde_json::{Value, json};
use store::sqlite::{Options, SqliteStore};
use store::{Changes, Key, Loaded, Table, Verdict};
use testkit::{Caller, Machine, Server, poll};

use super::{lines, ok, parsed};
use crate::server::FRONTDESK;

const SERVE: [&str; 6] = ["--public-url", "http://desk.example.com", "--archive", "archive", "--archive-seconds", "1"];

#[tokio::test]
async fn events_are_listed_by_position_time_type_and_aggregate() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&SERVE).await;
    let admin = server.admin().await;
    admin.resource("l", "r", 1).await;
    let all = lines(&machine, &["events", "list"]).await;
    let positions: Vec<i64> = all.iter().map(|line| line["position"].as_i64().unwrap()).collect();
    assert!(all.len() >= 2 && positions.windows(2).all(|pair| pair[0] < pair[1]), "{positions:?}");
    assert!(all.iter().all(|line| line["event"]["specversion"] == "1.0"));
    let resources = lines(&machine, &["events", "list", "--type", "frontdesk.resource.*"]).await;
    assert_eq!(resources.len(), 1);
    assert_eq!(resources[0]["event"]["data"]["resourceID"], "r");
    assert_eq!(lines(&machine, &["events", "list", "--aggregate", "resource/r"]).await, resources);
    assert_eq!(lines(&machine, &["events", "list", "--limit", "1"]).await, all[..1]);
    let last = positions[positions.len() - 2].to_string();
    assert_eq!(lines(&machine, &["events", "list", "--after", &last]).await, all[all.len() - 1..]);
    assert_eq!(lines(&machine, &["events", "list", "--to", "2020-01-01T00:00:00Z"]).await, [] as [Value; 0]);
    assert_eq!(lines(&machine, &["events", "list", "--from", "2020-01-01T00:00:00Z"]).await, all);
    let wrong = machine.run(&["events", "list", "--from", "yesterday"]).await;
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("--from"), "{}", wrong.err);
    drop(server);
    assert_eq!(lines(&machine, &["events", "list"]).await, all, "also while no server runs");
}

#[tokio::test]
async fn new_events_are_followed() {
    let machine = Machine::new(FRONTDESK);
    let nobody = machine.run(&["events", "tail"]).await;
    assert_eq!(nobody.code, Some(1));
    assert!(nobody.err.contains("no server runs"), "{}", nobody.err);
    let server = machine.serve(&SERVE).await;
    let admin = server.admin().await;
    let mut child = machine.command(&["events", "tail", "--type", "frontdesk.location.*", "--after", "0"]);
    let mut child = child.stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    for name in ["one", "two", "three"] {
        admin.location(name).await;
    }
    let (read, ids) = tokio::task::spawn_blocking(move || {
        let ids: Vec<Value> = out.by_ref().take(3).map(|line| parsed(&line.unwrap())[0].clone()).collect();
        (out, ids)
    })
    .await
    .unwrap();
    drop(read);
    child.kill().unwrap();
    child.wait().unwrap();
    let ids: Vec<_> = ids.iter().map(|line| line["event"]["subject"].as_str().unwrap()).collect();
    assert_eq!(ids, ["one", "two", "three"]);
}

/// Stores an event that nobody can read, while no server runs.
async fn poison(machine: &Machine) {
    let store = SqliteStore::open(Options::new(machine.data()), Arc::new(SystemClock)).unwrap();
    let decide = |_: &Loaded| {
        let mut changes = Changes::none();
        changes.put(Key::number(Table::Events, "poison", 7), &json!({"aggregate": "poison", "sequence": 7}))?;
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    store::transact(&store, Vec::new(), decide).await.unwrap().unwrap();
}

async fn dead(machine: &Machine) -> Vec<Value> {
    lines(machine, &["events", "dead", "--pipeline", "archive"]).await
}

async fn metric(server: &Server, name: &str) -> Option<String> {
    let page = server.anonymous().get("/metrics").plain().await.expect(200).text();
    let line = page.lines().find(|line| line.starts_with(name) && line.contains("pipeline=\"archive\""))?;
    line.rsplit(' ').next().map(str::to_owned)
}

#[tokio::test]
async fn a_poisoned_event_is_a_dead_letter_that_an_operator_sees_and_redrives() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&SERVE).await;
    let unknown = machine.run(&["events", "dead", "--pipeline", "archvie"]).await;
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains("no pipeline archvie"), "{}", unknown.err);
    server.kill();
    poison(&machine).await;
    let server = machine.serve(&SERVE).await;
    let letters = poll::until("the dead letter", async || {
        let letters = dead(&machine).await;
        (!letters.is_empty()).then_some(letters)
    })
    .await;
    assert_eq!((letters.len(), &letters[0]["id"], &letters[0]["attempts"]), (1, &json!("poison/7"), &json!(1)));
    assert!(letters[0]["reason"].as_str().unwrap().contains("poison"), "{}", letters[0]);
    let lag = async || metric(&server, "frontdesk_pipeline_dead_letters").await.filter(|value| value == "1");
    poll::until("the metric", lag).await;
    assert!(metric(&server, "frontdesk_pipeline_lag_events").await.is_some());
    let said = ok(&machine, &["events", "redrive", "--pipeline", "archive"]).await;
    let told = "1 dead letter of archive: the running server delivers it once more; `frontdesk events dead` shows what fails again";
    assert_eq!(said.trim_end(), told);
    poll::until("another attempt", async || (dead(&machine).await[0]["attempts"] == 2).then_some(())).await;
    let nothing = machine.run(&["events", "redrive", "--pipeline", "archive", "--position", "99"]).await;
    assert_eq!(nothing.code, Some(1));
    assert!(nothing.err.contains("no dead letter at position 99"), "{}", nothing.err);
}

#[tokio::test]
async fn whoever_reads_no_further_ends_a_list_quietly() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&SERVE).await;
    let user = server.user("ada").await;
    // More than a pipe holds.
    for number in 0..300 {
        user.order(&number.to_string()).await.expect(200);
    }
    for arguments in [&["events", "list"][..], &["openapi"], &["user", "list"]] {
        let mut command = machine.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
        assert_eq!(
            (ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
    let failed = machine.run(&["events", "list", "--limit", "0"]).await;
    assert_eq!(failed.code, Some(2));
}
