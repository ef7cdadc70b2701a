//! Starting and ending.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::process::Signal;

use crate::server::{EMAIL, PASSWORD, Server, data, errors, place, printed, program, refused};

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_first_start_makes_an_administrator_and_keys_for_the_owner_only() {
    let place = place();
    let server = Server::spawn(place.path(), &[]);
    let created = server.wait_for("created the administrator");
    assert_eq!(created["email"], EMAIL);
    server.wait_for("ready");

    let data = data(place.path());
    assert_eq!(mode(&data), 0o700);
    for file in ["initial-admin-password", "aws-credentials", "control.sock", "frontdesk.db"] {
        assert_eq!(mode(&data.join(file)), 0o600, "{file}");
    }
    let password = fs::read_to_string(data.join("initial-admin-password")).unwrap();
    let token = printed(place.path(), &["token", "--email", EMAIL, "--password", password.trim()]);
    assert_eq!(token.trim().split('.').count(), 3, "{token}");

    let keys = fs::read_to_string(data.join("aws-credentials")).unwrap();
    let lines: Vec<_> = keys.lines().map(|line| line.split('=').next().unwrap()).collect();
    assert_eq!(lines, ["[default]", "aws_access_key_id", "aws_secret_access_key"]);

    server.signal(Signal::TERM);
    let log: Vec<_> = server.rest_of_log();
    assert!(!format!("{log:?}").contains(password.trim()));
}

#[test]
fn a_given_password_is_taken_and_written_nowhere() {
    let place = place();
    let server = Server::start(place.path());
    assert!(!data(place.path()).join("initial-admin-password").exists());
    printed(place.path(), &["token", "--email", EMAIL, "--password", PASSWORD]);
    server.stop();
}

#[test]
fn later_starts_keep_the_administrator_and_say_so() {
    let place = place();
    Server::start(place.path()).stop();
    let keys = fs::read(data(place.path()).join("aws-credentials")).unwrap();
    let other = ["--admin-email", "other@example.com", "--admin-password", "Another-One-2026"];
    let server = Server::spawn(place.path(), &other);
    server.wait_for("the administrator was created before; the e-mail address and password given now change nothing");
    server.wait_for("ready");
    refused(place.path(), &["token", "--email", "other@example.com", "--password", "Another-One-2026"], 1);
    printed(place.path(), &["token", "--email", EMAIL, "--password", PASSWORD]);
    assert_eq!(fs::read(data(place.path()).join("aws-credentials")).unwrap(), keys);
    server.stop();
}

#[test]
fn a_password_against_the_rules_ends_the_start() {
    let place = place();
    let mut server = Server::spawn(place.path(), &["--admin-password", "short"]);
    assert_eq!(server.ended().code(), Some(1));
    // Nothing stands in the way of a better one.
    Server::start(place.path()).stop();
}

#[test]
fn one_directory_serves_one_server() {
    let place = place();
    let server = Server::start(place.path());
    let text = refused(place.path(), &["serve", "--listen", "127.0.0.1:0"], 1);
    assert!(text.contains("in use by another frontdesk process"), "{text}");
    assert!(server.get("/health").starts_with("HTTP/1.1 200"));
    server.stop();
}

#[test]
fn a_port_in_use_is_said_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = place();
    let text = refused(place.path(), &["--listen", &address], 1);
    assert!(text.contains(&format!("cannot listen on {address}")) && text.contains("--listen"), "{text}");
    assert!(!data(place.path()).exists());
}

#[test]
fn wrong_options_and_unknown_variables_are_told_apart() {
    let place = place();
    assert!(refused(place.path(), &["--lisen", "127.0.0.1:0"], 2).contains("--listen"));
    assert!(refused(place.path(), &["--policies", "nowhere", "config", "check"], 2).contains("cannot be used with"));
    let mut command = program(place.path(), &["config", "check"]);
    let output = command.env("FRONTDESK_LISTN", "x").env("FRONTDESK_ADMIN_PASSWORD", "hunter2").output().unwrap();
    assert!(output.status.success());
    assert!(errors(&output).contains("FRONTDESK_LISTN"), "{}", errors(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("FRONTDESK_ADMIN_PASSWORD=(not shown)") && !text.contains("hunter2"), "{text}");
}

#[test]
fn policies_are_checked_before_anything_is_touched() {
    let place = place();
    fs::create_dir(place.path().join("policies")).unwrap();
    fs::write(place.path().join("policies/wrong.cedar"), "permit (everything);").unwrap();
    for arguments in [&["config", "check", "--policies", "policies"][..], &["config", "check", "--policies", "nowhere"]]
    {
        refused(place.path(), arguments, 2);
    }
    assert!(!data(place.path()).exists());
    refused(place.path(), &["serve", "--listen", "127.0.0.1:0", "--policies", "policies"], 2);
}

#[test]
fn a_damaged_database_is_left_alone() {
    let place = place();
    fs::create_dir(data(place.path())).unwrap();
    let file = data(place.path()).join("frontdesk.db");
    fs::write(&file, "this is no database, whatever its name says".repeat(100)).unwrap();
    let before = fs::read(&file).unwrap();
    let text = refused(place.path(), &["serve", "--listen", "127.0.0.1:0"], 1);
    assert!(text.contains("frontdesk.db"), "{text}");
    assert_eq!(fs::read(&file).unwrap(), before);
}
