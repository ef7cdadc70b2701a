//! The archive: every event, as it is, a line each (NDJSON), in compressed files that are whole or absent.
//!
//! A file is one delivery: its name says the first and the last position in it and a digest of its lines. So a delivery that comes
//! again after a crash is recognised, and one that goes on behind it begins where that ended.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use app::Notice;
use app::events::{Delivered, Gather, Pipeline, PipelineDelivery, Setback};
use flate2::{Compression, Crc, write::GzEncoder};
use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use crate::fault::{advice, reason};
use crate::{Place, PlaceError};

/// What the names of files start and end with.
const START: &str = "events-";
const END: &str = ".ndjson.gz";
/// Files that begin at one position and are looked at.
const LOOKED_AT: usize = 100;
/// How long the first look may take.
const FIRST_LOOK: Duration = Duration::from_secs(5);

/// An archive.
#[derive(Debug)]
pub struct Archive {
    store: Arc<dyn ObjectStore>,
    prefix: String,
    gather: Gather,
    place: String,
}

/// A file that is there.
struct Known {
    last: i64,
    digest: u32,
}

impl Archive {
    /// An archive there, with a new file after so many bytes (before compression), or so many seconds.
    pub fn open(place: &Place, gather: Gather) -> Result<Self, PlaceError> {
        let (store, prefix) = place.open()?;
        Ok(Self { store, prefix, gather, place: place.name() })
    }

    /// Looks whether it can be used: an error when it never can, as things are set up; the reason when it cannot for the moment.
    pub async fn look(&self) -> Result<Option<String>, PlaceError> {
        let folder = Path::from(self.prefix.as_str());
        let mut listed = self.store.list(Some(&folder));
        let Ok(first) = tokio::time::timeout(FIRST_LOOK, listed.try_next()).await else {
            return Ok(Some(format!("no answer within {} s", FIRST_LOOK.as_secs())));
        };
        let Some(reason) = first.err().map(|error| reason(&error)) else { return Ok(None) };
        match advice(&reason) {
            Some(advice) => {
                Err(PlaceError::Refused { place: self.place.clone(), reason: format!("{advice} ({reason})") })
            }
            None => Ok(Some(reason)),
        }
    }

    async fn write(&self, events: &[Notice]) -> Result<usize, object_store::Error> {
        let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(0) };
        let known = self.beginning_at(first.position).await?;
        if let Some(count) = known.iter().find_map(|known| known.covers(events)) {
            return Ok(count);
        }
        let lines = lines(events);
        let name = name(first.position, last.position, digest(&lines));
        let compressed = tokio::task::spawn_blocking(move || compress(&lines)).await;
        let compressed = compressed.map_err(|source| object_store::Error::JoinError { source })?;
        let compressed = compressed.map_err(|error| generic(error.into()))?;
        self.store.put(&self.path(&name), PutPayload::from(compressed)).await?;
        tracing::info!(file = name, events = events.len(), "archived");
        Ok(events.len())
    }

    /// The files that begin at a position.
    async fn beginning_at(&self, position: i64) -> Result<Vec<Known>, object_store::Error> {
        // Object stores list by whole segments of a path: a file's folder has those of ten thousand positions.
        let folder = self.path(&folder(position));
        let start = format!("{START}{position:016}-");
        let mut listed = self.store.list(Some(&folder));
        let mut known = Vec::new();
        while let Some(file) = listed.try_next().await? {
            let rest = file.location.filename().and_then(|name| name.strip_prefix(&start)).and_then(Known::read);
            known.extend(rest);
            if known.len() >= LOOKED_AT {
                break;
            }
        }
        Ok(known)
    }

    fn path(&self, name: &str) -> Path {
        if self.prefix.is_empty() { Path::from(name) } else { Path::from(format!("{}/{name}", self.prefix)) }
    }
}

impl Known {
    /// The rest of a name: last position and digest.
    fn read(rest: &str) -> Option<Self> {
        let (last, digest) = rest.strip_suffix(END)?.split_once('-')?;
        Some(Self { last: last.parse().ok()?, digest: u32::from_str_radix(digest, 16).ok()? })
    }

    /// How many of the events it has, if the first of them are what it has.
    fn covers(&self, events: &[Notice]) -> Option<usize> {
        let count = events.iter().position(|event| event.position == self.last)?.saturating_add(1);
        let there = events.get(..count)?;
        (digest(&lines(there)) == self.digest).then_some(count)
    }
}

impl Pipeline for Archive {
    fn name(&self) -> &str {
        "archive"
    }

    fn gather(&self) -> Gather {
        self.gather
    }

    /// One file; all of it is durable, or nothing is done.
    fn deliver<'a>(&'a self, events: &'a [Notice]) -> PipelineDelivery<'a> {
        Box::pin(async move {
            let mut done = 0;
            while let Some(rest) = events.get(done..).filter(|rest| !rest.is_empty()) {
                match self.write(rest).await {
                    Ok(count) => done = done.saturating_add(count.max(1)),
                    // A full disk, a service that is down, a right that is missing: nothing that is wrong with an event.
                    Err(error) => return Delivered::until(done, Setback::Halt(reason(&error))),
                }
            }
            Delivered::all(events)
        })
    }
}

fn folder(position: i64) -> String {
    format!("{:012}", position.div_euclid(10_000))
}

fn name(first: i64, last: i64, digest: u32) -> String {
    format!("{}/{START}{first:016}-{last:016}-{digest:08x}{END}", folder(first))
}

/// The events, one a line.
fn lines(events: &[Notice]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(events.iter().map(|event| event.event.len().saturating_add(1)).sum());
    for event in events {
        // Breaks of lines can only be between the members of a JSON object, never in one.
        let plain = |byte: u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte };
        lines.extend(event.event.bytes().map(plain));
        lines.push(b'\n');
    }
    lines
}

fn digest(lines: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(lines);
    crc.sum()
}

fn compress(lines: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(lines)?;
    encoder.finish()
}

fn generic(source: Box<dyn std::error::Error + Send + Sync>) -> object_store::Error {
    object_store::Error::Generic { store: "archive", source }
}
