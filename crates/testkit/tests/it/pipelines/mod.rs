//! The event log's pipelines, by the program itself: the archive, and what an operator sees of them.

pub(crate) mod archive;
mod bucket;
mod commands;
mod replay;
mod stages;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::Value;
use testkit::{Machine, Server, User};

use archive::stored;

/// What a command prints; it must not fail.
pub(crate) async fn ok(machine: &Machine, arguments: &[&str]) -> String {
    let ran = machine.run(arguments).await;
    assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
    ran.out
}

/// What a command prints, a JSON object a line.
pub(crate) async fn lines(machine: &Machine, arguments: &[&str]) -> Vec<Value> {
    parsed(&ok(machine, arguments).await)
}

pub(crate) fn parsed(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The lines of an archive, by the names of its files.
pub(crate) fn archived(directory: &Path) -> Vec<String> {
    let (mut files, mut folders): (Vec<PathBuf>, _) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "gz") {
                files.push(entry);
            }
        }
    }
    files.sort();
    files.into_iter().flat_map(|file| unpacked(&fs::read(file).unwrap())).collect()
}

/// The lines of one file of an archive.
fn unpacked(file: &[u8]) -> Vec<String> {
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The events of the store.
async fn listed(machine: &Machine) -> Vec<String> {
    stored(&ok(machine, &["events", "list"]).await)
}

/// Places orders, one after the other, at a server that may be another one than the user came from.
async fn orders(server: &Server, user: &User, part: &str, count: u32) {
    let user = User { http: server.http.clone(), ..user.clone() };
    for number in 0..count {
        user.order(&format!("{part}-{number}")).await.expect(200);
    }
}
