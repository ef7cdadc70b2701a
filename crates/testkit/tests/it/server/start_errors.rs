//! Starts that cannot be: each says what is wrong and what to do, ends with a failure, and touches nothing.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use testkit::{Caller, Machine, Ran};

use super::FRONTDESK;

const LISTEN: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

#[track_caller]
fn failed(ran: &Ran, words: &[&str]) {
    let said = format!("{}{}", ran.out, ran.err);
    assert!(ran.code.is_some_and(|code| code != 0), "{ran:?}");
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

#[tokio::test]
async fn a_data_directory_has_one_server() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    failed(&machine.run(&LISTEN).await, &["in use by another", "data"]);
    server.admin().await.location("l").await;
    assert_eq!(machine.run(&["user", "list"]).await.code, Some(0), "commands still reach the first server");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let machine = Machine::new(FRONTDESK);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    failed(&machine.run(&["serve", "--listen", &address]).await, &["cannot listen on", &address, "--listen"]);
    assert!(!machine.data().join("frontdesk.db").exists());
}

/// The database of a server that ran and ended well.
async fn database(machine: &Machine) -> std::path::PathBuf {
    let mut server = machine.serve(&[]).await;
    server.admin().await.location("l").await;
    server.terminate();
    assert!(server.ended().await.success());
    machine.data().join("frontdesk.db")
}

fn patch(file: &Path, offset: usize, bytes: &[u8]) -> Vec<u8> {
    let mut content = fs::read(file).unwrap();
    content[offset..offset + bytes.len()].copy_from_slice(bytes);
    fs::write(file, &content).unwrap();
    content
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone() {
    let machine = Machine::new(FRONTDESK);
    let file = database(&machine).await;
    // The header's `user_version` (SQLite's file format, section 1.3).
    let content = patch(&file, 60, &9_999_u32.to_be_bytes());
    failed(&machine.run(&LISTEN).await, &["9999", "later"]);
    failed(&machine.run(&["user", "list"]).await, &["9999"]);
    assert!(fs::read(&file).unwrap() == content, "the file was changed");
}

#[tokio::test]
async fn a_database_of_another_program_is_left_alone() {
    let machine = Machine::new(FRONTDESK);
    let file = database(&machine).await;
    // The header's `application_id`.
    let content = patch(&file, 68, b"else");
    failed(&machine.run(&LISTEN).await, &["another program", "another data directory"]);
    assert!(fs::read(&file).unwrap() == content, "the file was changed");
}

#[tokio::test]
async fn what_is_no_database_is_left_alone() {
    let machine = Machine::new(FRONTDESK);
    let file = database(&machine).await;
    let garbage = b"This is a letter, not a database. ".repeat(1_000);
    fs::write(&file, &garbage).unwrap();
    failed(&machine.run(&LISTEN).await, &["frontdesk.db", "backup"]);
    assert!(fs::read(&file).unwrap() == garbage, "the file was changed");
}

#[tokio::test]
async fn a_database_that_is_cut_short_does_not_serve_nonsense() {
    let machine = Machine::new(FRONTDESK);
    let file = database(&machine).await;
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..4_096 * 2]).unwrap();
    failed(&machine.run(&LISTEN).await, &["frontdesk.db"]);
    assert!(fs::read(&file).unwrap() == whole[..4_096 * 2], "the file was changed");
}

#[tokio::test]
async fn a_database_that_another_program_holds_is_an_error() {
    let machine = Machine::new(FRONTDESK);
    let file = database(&machine).await;
    let held = fs::OpenOptions::new().write(true).open(&file).unwrap();
    rustix::fs::fcntl_lock(&held, rustix::fs::FlockOperation::LockExclusive).unwrap();
    failed(&machine.run(&LISTEN).await, &["frontdesk.db", "locked"]);
    drop(held);
    let server = machine.serve(&[]).await;
    server.admin().await.get("/locations/l").await.expect(200);
}

#[tokio::test]
async fn a_data_directory_that_is_a_file_is_an_error() {
    let machine = Machine::new(FRONTDESK);
    fs::write(machine.data(), "not a directory").unwrap();
    failed(&machine.run(&LISTEN).await, &["data directory"]);
    assert_eq!(fs::read_to_string(machine.data()).unwrap(), "not a directory");
}

#[tokio::test]
async fn unknown_and_impossible_settings_are_refused_with_2() {
    let machine = Machine::new(FRONTDESK);
    for arguments in [
        &["--lisen", "127.0.0.1:0"][..],
        &["serve", "--listen", "nowhere"],
        &["serve", "--base-path", "Prod"],
        &["serve", "--max-database-bytes", "1"],
        &["serve", "--policies", "no-such-directory", "--listen", "127.0.0.1:0"],
        &["nonsense"],
        &["user"],
    ] {
        let ran = machine.run(arguments).await;
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert!(!ran.err.is_empty() || !ran.out.is_empty(), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_variable_that_nothing_reads_is_warned_of() {
    let machine = Machine::new(FRONTDESK);
    let mut command = machine.command(&["serve"]);
    command.env("FRONTDESK_LISTENN", "x");
    let server = machine.launch(command).await;
    server.logged_part("FRONTDESK_LISTENN").await;
    let mut command = machine.command(&["user", "list"]);
    command.env("FRONTDESK_LISTENN", "x");
    server.ready().await;
    assert!(machine.finish(command).await.err.contains("FRONTDESK_LISTENN"));
    server.anonymous().get("/health").await.expect(200);
}
