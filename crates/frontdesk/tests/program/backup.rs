//! `frontdesk backup` and `frontdesk restore`.

use std::fs;
use std::path::Path;

use crate::server::{Server, data, place, printed, refused};

fn add(place: &Path, email: &str) {
    printed(place, &["user", "add", "--email", email, "--password", "Some-Password-1"]);
}

fn users(place: &Path) -> usize {
    printed(place, &["user", "list"]).lines().count()
}

fn names(place: &Path) -> Vec<String> {
    let entries = fs::read_dir(data(place)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_of_the_running_server_is_restored_and_nothing_is_lost() {
    let place = place();
    let server = Server::start(place.path());
    add(place.path(), "a@example.com");
    printed(place.path(), &["backup", "copy.db"]);
    add(place.path(), "b@example.com");

    let text = refused(place.path(), &["restore", "copy.db"], 1);
    assert!(text.contains("in use by another frontdesk process"), "{text}");
    assert_eq!(users(place.path()), 3);
    server.stop();

    let text = printed(place.path(), &["restore", "copy.db"]);
    let aside = names(place.path()).into_iter().find(|name| name.starts_with("frontdesk.db.2")).unwrap();
    assert!(text.contains(&aside), "{text}");
    assert_eq!(users(place.path()), 2);

    // What was there before is a whole database too.
    fs::rename(data(place.path()).join(&aside), place.path().join("before.db")).unwrap();
    let wal = data(place.path()).join(format!("{aside}-wal"));
    if wal.exists() {
        fs::rename(wal, place.path().join("before.db-wal")).unwrap();
    }
    printed(place.path(), &["restore", "before.db", "--data", "elsewhere"]);
    assert_eq!(printed(place.path(), &["user", "list", "--data", "elsewhere"]).lines().count(), 3);
}

#[test]
fn what_is_no_backup_is_refused_before_anything_changes() {
    let place = place();
    Server::start(place.path()).stop();
    let before = names(place.path());
    fs::write(place.path().join("notes.txt"), "not a database").unwrap();
    for file in ["notes.txt", "missing.db"] {
        let text = refused(place.path(), &["restore", file], 1);
        assert!(text.contains(file), "{text}");
    }
    assert_eq!(names(place.path()), before);
    assert_eq!(users(place.path()), 1);
}

#[test]
fn a_backup_overwrites_nothing() {
    let place = place();
    Server::start(place.path()).stop();
    fs::write(place.path().join("copy.db"), "precious").unwrap();
    let text = refused(place.path(), &["backup", "copy.db"], 1);
    assert!(text.contains("exists already"), "{text}");
    assert_eq!(fs::read(place.path().join("copy.db")).unwrap(), b"precious");
}
