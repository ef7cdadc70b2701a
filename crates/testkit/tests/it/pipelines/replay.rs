//! `frontdesk events replay` and what of it survives: a part of the log comes into the archive again.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use testkit::{Machine, Server, poll};

use super::{archived, lines, listed, ok, orders};
use crate::server::FRONTDESK;

const SERVE: [&str; 6] = ["--public-url", "http://desk.example.com", "--archive", "archive", "--archive-seconds", "1"];
const REPLAY: [&str; 4] = ["events", "replay", "--pipeline", "archive"];

/// The archive, once it has as many lines as the store has events.
async fn whole(machine: &Machine) -> Vec<String> {
    let all = listed(machine).await.len();
    poll::until("the archive", async || {
        let archive = archived(&machine.path("archive"));
        (archive.len() >= all).then_some(archive)
    })
    .await
}

/// Empties the archive, and has it have no more until [`unblock`]: something is where its folder should be.
fn block(machine: &Machine) -> PathBuf {
    let folder = machine.path("archive").join("000000000000");
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    folder
}

#[tokio::test]
async fn a_range_of_time_comes_into_the_archive_again() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&SERVE).await;
    let user = server.user("ada").await;
    for part in ["before", "wanted", "after"] {
        orders(&server, &user, part, 10).await;
    }
    whole(&machine).await;
    fs::remove_dir_all(machine.path("archive").join("000000000000")).unwrap();
    let events = lines(&machine, &["events", "list"]).await;
    let time = |order: &str| {
        let of = |line: &&Value| line["event"]["data"]["orderId"] == order;
        events.iter().find(of).unwrap()["event"]["time"].as_str().unwrap().to_owned()
    };
    let (from, to) = (time("wanted-0"), time("after-0"));
    let said = ok(&machine, &[&REPLAY[..], &["--from", &from, "--to", &to]].concat()).await;
    assert!(said.starts_with("the running server delivers") && said.contains("to archive once more"), "{said}");
    server.logged("a replay is done").await;
    // Times have milliseconds: what is of the same one as the first that is wanted is wanted, too.
    let is_wanted = |line: &&Value| {
        let at = line["event"]["time"].as_str().unwrap();
        from.as_str() <= at && at < to.as_str()
    };
    let wanted: Vec<String> = events.iter().filter(is_wanted).map(|line| line["event"].to_string()).collect();
    let archive: Vec<String> =
        archived(&machine.path("archive")).iter().map(|line| line.parse::<Value>().unwrap().to_string()).collect();
    assert_eq!(archive, wanted);
}

#[tokio::test]
async fn what_makes_no_sense_is_an_error_that_says_so() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&SERVE).await;
    server.logged("events are archived").await;
    let backwards = ["--from", "2030-02-01T00:00:00Z", "--to", "2030-01-01T00:00:00Z"];
    for command in [&REPLAY[..], &["events", "list"]] {
        let ran = machine.run(&[command, &backwards].concat()).await;
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{ran:?}");
        assert!(ran.err.contains("--to (2030-01-01T00:00:00Z) must be later than --from"), "{}", ran.err);
    }
    let unknown = machine.run(&["events", "replay", "--pipeline", "archvie"]).await;
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains("no pipeline archvie; known: archive"), "{}", unknown.err);
    let said = ok(&machine, &["events", "redrive", "--pipeline", "archive"]).await;
    assert_eq!(said, "archive has no dead letters\n");
}

/// How the server ends while a replay waits.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Terminated,
    Killed,
}

/// Has a replay wait, ends the server and starts another one: the replay comes to its end.
async fn interrupted(end: End) {
    let machine = Machine::new(FRONTDESK);
    let mut server: Server = machine.serve(&SERVE).await;
    let user = server.user("ada").await;
    orders(&server, &user, "o", 20).await;
    let before = whole(&machine).await;
    let in_the_way = block(&machine);
    let said = ok(&machine, &REPLAY).await;
    assert!(said.starts_with("the running server delivers positions 1 to "), "{said}");
    server.logged("a replay is under way").await;
    server.logged("a pipeline has to try again").await;
    let twice = machine.run(&REPLAY).await;
    assert_eq!(twice.code, Some(1));
    assert!(twice.err.contains("wait until it is done"), "{}", twice.err);
    if end == End::Terminated {
        server.terminate();
        assert!(server.ended().await.success());
        let told = server.logged("a replay is not done; it goes on when a server starts again").await;
        assert_eq!((&told["pipeline"], &told["position"]), (&Value::from("archive"), &Value::from(0)));
    } else {
        server.kill();
    }
    fs::remove_file(in_the_way).unwrap();
    let server = machine.serve(&SERVE).await;
    server.logged("a replay is under way").await;
    server.logged("a replay is done").await;
    let archive = archived(&machine.path("archive"));
    assert_eq!(archive[..before.len()], before, "all of it again, in one piece");
}

#[tokio::test]
async fn a_replay_that_waits_at_sigterm_is_told_of_and_goes_on_at_the_next_start() {
    interrupted(End::Terminated).await;
}

#[tokio::test]
async fn a_replay_that_waits_at_sigkill_goes_on_at_the_next_start() {
    interrupted(End::Killed).await;
}

#[tokio::test]
async fn a_replay_that_is_asked_for_while_no_server_runs_is_done_by_the_next_one() {
    let machine = Machine::new(FRONTDESK);
    let mut server = machine.serve(&SERVE).await;
    let user = server.user("ada").await;
    orders(&server, &user, "o", 5).await;
    let before = whole(&machine).await;
    server.terminate();
    server.ended().await;
    fs::remove_dir_all(machine.path("archive").join("000000000000")).unwrap();
    let said = ok(&machine, &REPLAY).await;
    assert!(said.starts_with("no server runs archive now; the next one that does delivers"), "{said}");
    let server = machine.serve(&SERVE).await;
    server.logged("a replay is done").await;
    assert_eq!(archived(&machine.path("archive"))[..before.len()], before);
}
