//! `frontdesk user` and `frontdesk token`, by the running server and without one.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;

use crate::server::{EMAIL, PASSWORD, Server, data, errors, place, printed, program, refused};

const USER: &str = "guest@example.com";
const FIRST: &str = "First-Password-1";
const SECOND: &str = "Second-Password-2";

fn user(place: &Path, command: &[&str], more: &[&str]) -> String {
    printed(place, &[&["user"], command, &["--email", USER], more].concat())
}

fn line_of_user(place: &Path) -> String {
    let list = printed(place, &["user", "list"]);
    assert_eq!(list.lines().count(), 2, "{list}");
    list.lines().find(|line| line.starts_with(USER)).unwrap().to_owned()
}

fn live_through_everything(place: &Path) {
    user(place, &["add"], &["--password", FIRST, "--group", "staff", "--group", "night"]);
    assert!(line_of_user(place).starts_with("guest@example.com\tConfirmed\tnight,staff\t"));
    let again = refused(place, &["user", "add", "--email", USER, "--password", FIRST], 1);
    assert!(again.contains("already exists"), "{again}");

    user(place, &["group", "remove"], &["--group", "night"]);
    user(place, &["group", "add"], &["--group", "apiAdmins"]);
    assert!(line_of_user(place).contains("\tapiAdmins,staff\t"));

    user(place, &["passwd"], &["--password", SECOND]);
    refused(place, &["token", "--email", USER, "--password", FIRST], 1);
    let id = printed(place, &["token", "--email", USER, "--password", SECOND]);
    let access = printed(place, &["token", "--email", USER, "--password", SECOND, "--access"]);
    assert_ne!(id, access);

    user(place, &["disable"], &[]);
    assert!(line_of_user(place).contains("\tDisabled\t"));
    refused(place, &["token", "--email", USER, "--password", SECOND], 1);
    user(place, &["enable"], &[]);
    printed(place, &["token", "--email", USER, "--password", SECOND]);

    let nobody = refused(place, &["user", "disable", "--email", "nobody@example.com"], 1);
    assert!(nobody.contains("User does not exist"), "{nobody}");
    let weak = refused(place, &["user", "passwd", "--email", USER, "--password", "weak"], 1);
    assert!(weak.contains("policy") && !weak.contains("weak"), "{weak}");
}

#[test]
fn the_running_server_does_it() {
    let place = place();
    let server = Server::start(place.path());
    live_through_everything(place.path());
    server.stop();
}

#[test]
fn without_a_server_the_command_does_it() {
    let place = place();
    Server::start(place.path()).stop();
    live_through_everything(place.path());
}

#[test]
fn without_data_there_is_nothing_to_do() {
    let place = place();
    let text = refused(place.path(), &["user", "list"], 2);
    assert!(text.contains("--data"), "{text}");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn a_password_can_be_piped_in() {
    let place = place();
    Server::start(place.path()).stop();
    let mut command = program(place.path(), &["token", "--email", EMAIL, "--password", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", errors(&output));
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("ey"));
}

#[test]
fn a_generated_password_is_not_printed_into_a_file() {
    let place = place();
    Server::start(place.path()).stop();
    let text = refused(place.path(), &["user", "add", "--email", USER], 2);
    assert!(text.contains("on a terminal only"), "{text}");
}

#[test]
fn the_control_socket_answers_nonsense_with_a_failure_and_lives_on() {
    let place = place();
    let server = Server::start(place.path());
    let socket = data(place.path()).join("control.sock");
    for request in ["nonsense\n".to_owned(), "{\"drop-everything\":{}}\n".to_owned(), "x".repeat(65 * 1024)] {
        let mut stream = UnixStream::connect(&socket).unwrap();
        // The server need not read all of a request that is too long.
        let _ = stream.write_all(request.as_bytes());
        let mut reply = String::new();
        let _ = stream.read_to_string(&mut reply);
        assert!(reply.starts_with("{\"Err\":") || request.len() > 64 * 1024, "{reply}");
    }
    drop(UnixStream::connect(&socket).unwrap());
    printed(place.path(), &["user", "list"]);
    server.stop();
    assert!(!socket.exists());
}
