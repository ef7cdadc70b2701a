//! The disk has finished before the answer is sent.

use std::sync::Arc;

use testkit::{Caller, HOUR, HeldSync, Machine, NINE, Server, User};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::server::FRONTDESK;

/// A server on a disk that can be held, with a room and a user.
async fn scene(machine: &Machine) -> (HeldSync, Server, User) {
    let disk = HeldSync::build(machine.path("").as_path());
    let mut command = machine.command(&["serve"]);
    disk.load(&mut command);
    let server = machine.launch(command).await;
    server.ready().await;
    server.admin().await.resource("l", "r", 1).await;
    let ada = server.user("ada").await;
    (disk, server, ada)
}

fn booking(user: &User, id: &'static str, start: i64) -> JoinHandle<u16> {
    let user = user.clone();
    tokio::spawn(async move { user.book(id, "r", start, 60).await.status })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_precedes_the_sync_and_reads_do_not_wait_for_it() {
    let machine = Machine::new(FRONTDESK);
    let (disk, _server, ada) = scene(&machine).await;
    disk.hold();
    let first = booking(&ada, "a", NINE);
    disk.pending().await;
    let refused = booking(&ada, "b", NINE);
    let second = booking(&ada, "c", NINE + HOUR);
    for _ in 0..100 {
        ada.get("/users/{me}").await.expect(200);
        ada.get("/users/{me}/bookings/a").await.problem(404, "not-found");
        assert!(ada.get("/locations/l/resources/r/bookings").await.array().is_empty());
    }
    assert!(!first.is_finished() && !refused.is_finished() && !second.is_finished(), "an answer came before the sync");
    disk.release();
    assert_eq!((first.await.unwrap(), refused.await.unwrap(), second.await.unwrap()), (201, 409, 201));
    ada.get("/users/{me}/bookings/a").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_finishes_what_is_running_and_ends_with_success() {
    let machine = Machine::new(FRONTDESK);
    let (disk, mut server, ada) = scene(&machine).await;
    disk.hold();
    let running = booking(&ada, "a", NINE);
    disk.pending().await;
    server.terminate();
    server.logged("finishing what is running").await;
    assert!(!running.is_finished());
    disk.release();
    assert_eq!(running.await.unwrap(), 201);
    let status = server.ended().await;
    assert!(status.success(), "{status}");
    assert!(ada.get("/health").may_fail().try_send().await.is_err(), "nothing listens any more");
    assert!(!machine.data().join("control.sock").exists());

    let server = Arc::new(machine.serve(&[]).await);
    let admin = server.admin().await;
    admin.get(&ada.path("/bookings/a")).await.expect(200);
}

#[tokio::test]
async fn connections_that_ask_for_nothing_do_not_hold_up_the_end() {
    let machine = Machine::new(FRONTDESK);
    let mut server = machine.serve(&[]).await;
    let silent = TcpStream::connect(server.http.host()).await.unwrap();
    server.anonymous().get("/health").await.expect(200);
    server.terminate();
    assert!(server.ended().await.success());
    let cut_off =
        server.log().into_iter().find(|line| line["message"].as_str().is_some_and(|text| text.contains("cut off")));
    assert_eq!(cut_off, None);
    drop(silent);
}
