//! Archives in directories: what is in them, and what happens when they cannot be written.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use app::Notice;
use app::events::{Delivered, Gather, Pipeline, Setback};
use flate2::read::GzDecoder;
use outbound::{Archive, Place};
use serde_json::value::RawValue;
use tempfile::TempDir;

fn event(position: i64) -> Notice {
    let event = format!(r#"{{"specversion":"1.0","id":"order/u/o/{position}","data":{{"n":"é {position}"}}}}"#);
    Notice {
        position,
        kind: "frontdesk.order.placed".to_owned(),
        aggregate: "order/u/o".to_owned(),
        subject: "u/o".to_owned(),
        sequence: position,
        time: "2030-01-01T12:00:00Z".to_owned(),
        data: RawValue::NULL.to_owned(),
        event,
        concerns: Vec::new(),
    }
}

fn events(positions: std::ops::RangeInclusive<i64>) -> Vec<Notice> {
    positions.map(event).collect()
}

fn open(directory: &Path) -> Archive {
    let place: Place = directory.join("archive").to_str().unwrap().parse().unwrap();
    Archive::open(&place, Gather::default()).unwrap()
}

/// The files of an archive, by name, and what is in them.
fn files(directory: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![directory.join("archive")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let mut text = String::new();
            GzDecoder::new(fs::File::open(&entry).unwrap()).read_to_string(&mut text).unwrap();
            found.push((entry.file_name().unwrap().to_str().unwrap().to_owned(), text));
        }
    }
    found.sort();
    found
}

fn text(events: &[Notice]) -> String {
    events.iter().map(|event| format!("{}\n", event.event)).collect()
}

#[tokio::test]
async fn a_delivery_is_one_file_with_the_events_as_they_are() {
    let directory = TempDir::new().unwrap();
    let archive = open(directory.path());
    for part in [events(1..=100), events(101..=103)] {
        assert_eq!(archive.deliver(&part).await, Delivered::all(&part));
    }
    let files = files(directory.path());
    assert_eq!(files.len(), 2);
    assert!(files[0].0.starts_with("events-0000000000000001-0000000000000100-"), "{}", files[0].0);
    assert_eq!(files[0].1, text(&events(1..=100)));
    assert_eq!(files[1].1, text(&events(101..=103)));
}

#[tokio::test]
async fn what_comes_again_after_a_crash_is_recognised_and_the_rest_goes_into_a_file_of_its_own() {
    let directory = TempDir::new().unwrap();
    open(directory.path()).deliver(&events(1..=10)).await;
    let before = files(directory.path());
    let archive = open(directory.path());
    assert_eq!(archive.deliver(&events(1..=10)).await.done, 10);
    assert_eq!(files(directory.path()), before);
    assert_eq!(archive.deliver(&events(1..=15)).await.done, 15);
    let after = files(directory.path());
    assert_eq!(after.len(), 2);
    assert_eq!(after[0], before[0]);
    assert_eq!(after[1].1, text(&events(11..=15)));
}

#[tokio::test]
async fn other_events_at_the_same_positions_are_not_taken_for_those_that_are_there() {
    let directory = TempDir::new().unwrap();
    let archive = open(directory.path());
    archive.deliver(&events(1..=10)).await;
    // A backup was restored, and other things happened since.
    let mut others = events(1..=10);
    others[9].event = r#"{"id":"other"}"#.to_owned();
    assert_eq!(archive.deliver(&others).await.done, 10);
    let files = files(directory.path());
    assert_eq!(files.len(), 2);
    assert!(files.iter().any(|(_, lines)| *lines == text(&others)));
}

#[tokio::test]
async fn an_archive_that_cannot_be_written_holds_the_pipeline_and_loses_nothing() {
    let directory = TempDir::new().unwrap();
    let archive = open(directory.path());
    // What is in the way of the folder stands for a disk that is full: the file cannot be made.
    let folder = directory.path().join("archive/000000000000");
    fs::write(&folder, "").unwrap();
    let delivered = archive.deliver(&events(1..=10)).await;
    assert!(matches!(&delivered.then, Some(Setback::Halt(reason)) if !reason.is_empty()), "{delivered:?}");
    assert_eq!(delivered.done, 0);
    fs::remove_file(&folder).unwrap();
    assert_eq!(archive.deliver(&events(1..=10)).await.done, 10);
    assert_eq!(files(directory.path())[0].1, text(&events(1..=10)));
}

#[tokio::test]
async fn a_file_that_was_cut_off_does_not_count() {
    let directory = TempDir::new().unwrap();
    let archive = open(directory.path());
    archive.deliver(&events(1..=10)).await;
    let folder = directory.path().join("archive/000000000000");
    let whole = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    // As a crash leaves it: what is written aside has a number behind its name.
    fs::write(whole.with_extension("gz#1"), &fs::read(&whole).unwrap()[..50]).unwrap();
    fs::remove_file(&whole).unwrap();
    assert_eq!(archive.deliver(&events(1..=10)).await.done, 10);
    assert!(whole.exists());
}

#[tokio::test]
async fn breaks_of_lines_inside_an_event_do_not_break_the_archives_lines() {
    let directory = TempDir::new().unwrap();
    let mut one = events(1..=1);
    one[0].event = "{\n\"id\":\r\n1}".to_owned();
    open(directory.path()).deliver(&one).await;
    assert_eq!(files(directory.path())[0].1, "{ \"id\":  1}\n");
}
