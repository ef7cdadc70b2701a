//! Events as subscribers see them: CloudEvents 1.0, JSON format.

use app::{Notice, Shown, Topic, Viewer};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::progress;

/// An event. What names an item is missing where its viewer must not recognise it, and the event's id is then its position.
#[derive(Serialize)]
struct Envelope<'a> {
    specversion: &'static str,
    id: &'a str,
    source: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    time: &'a str,
    datacontenttype: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    aggregate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<i64>,
    data: &'a RawValue,
}

/// The event as that viewer sees it by those topics; none when it is not for this viewer.
pub(super) fn shown(notice: &Notice, viewer: Viewer<'_>, topics: &[Topic]) -> Option<Box<RawValue>> {
    match app::shown(notice, viewer, topics)? {
        Shown::Whole(data) => envelope(notice, data),
        Shown::Progress(progress) => {
            let id = format!("{}/{}", notice.aggregate, notice.sequence);
            let words = progress::words(progress, &notice.subject, &id).ok()?;
            envelope(notice, to_raw_value(&words).ok()?.as_ref())
        }
        Shown::Outline(data) => {
            let (id, bare) = (notice.position.to_string(), blank(notice, &data));
            to_raw_value(&Envelope { id: &id, subject: None, aggregate: None, sequence: None, ..bare }).ok()
        }
    }
}

fn envelope(notice: &Notice, data: &RawValue) -> Option<Box<RawValue>> {
    let id = format!("{}/{}", notice.aggregate, notice.sequence);
    to_raw_value(&Envelope { id: &id, ..blank(notice, data) }).ok()
}

fn blank<'a>(notice: &'a Notice, data: &'a RawValue) -> Envelope<'a> {
    Envelope {
        specversion: "1.0",
        id: "",
        source: "/frontdesk",
        kind: &notice.kind,
        subject: Some(&notice.subject),
        time: &notice.time,
        datacontenttype: "application/json",
        aggregate: Some(&notice.aggregate),
        sequence: Some(notice.sequence),
        data,
    }
}
