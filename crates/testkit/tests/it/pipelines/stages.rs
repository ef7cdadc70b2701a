//! SIGKILL at each stage of the archive's work: afterwards the archive has exactly what the store has, each event once.

use std::os::unix::process::ExitStatusExt;

use testkit::{KilledAt, Machine, STAGES, Server, poll};

use super::{archived, listed};
use crate::server::FRONTDESK;

async fn start(machine: &Machine, kill: &KilledAt) -> Server {
    let options =
        ["serve", "--public-url", "http://desk.example.com", "--archive", "archive", "--archive-seconds", "1"];
    let mut command = machine.command(&options);
    kill.load(&mut command);
    let server = machine.launch(command).await;
    server.ready().await;
    server
}

#[tokio::test]
async fn the_archive_has_each_event_once_whichever_stage_the_server_is_killed_at() {
    let machine = Machine::new(FRONTDESK);
    let directory = machine.path("archive");
    let kill = KilledAt::build(&machine.path(""), &directory);
    let mut server = start(&machine, &kill).await;
    let user = server.user("ada").await;
    let whole = async || {
        let (archive, store) = (archived(&directory), listed(&machine).await);
        (archive.len() >= store.len()).then_some((archive, store))
    };
    for stage in STAGES {
        let (before, _) = poll::until("the archive", whole).await;
        kill.arm(stage);
        orders_until_killed(&server, &user, stage).await;
        assert_eq!(server.ended().await.signal(), Some(9), "{stage}");
        let after = archived(&directory).len();
        let is_placed = !matches!(stage, "written" | "synced");
        assert_eq!(after > before.len(), is_placed, "{stage}: a file is there once it has its name, and not before");
        kill.disarm();
        server = start(&machine, &kill).await;
        let (archive, store) = poll::until("the archive", whole).await;
        assert_eq!(archive, store, "{stage}");
    }
}

/// Places orders until the server is gone, or there are some.
async fn orders_until_killed(server: &Server, user: &testkit::User, part: &str) {
    let user = testkit::User { http: server.http.clone(), ..user.clone() };
    for number in 0..20 {
        if user.order(&format!("{part}-{number}")).may_fail().try_send().await.is_err() {
            return;
        }
    }
}
