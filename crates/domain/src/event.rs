//! Events: what happened, in the CloudEvents 1.0 envelope (JSON format). An event is stored in the commit of the change that it
//! tells of, under its aggregate and the version that the change gave it.

use jiff::Timestamp;
use serde::Serialize;

use crate::time;

/// An event of an aggregate. Its `id` stays the same however often it is delivered.
#[derive(Debug, Serialize)]
pub struct Event<'a, T: Serialize> {
    specversion: &'static str,
    id: String,
    source: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    subject: &'a str,
    time: String,
    datacontenttype: &'static str,
    /// The aggregate: the kind of item and its key.
    pub aggregate: &'a str,
    /// The aggregate's version after the change; grows, with gaps.
    pub sequence: i64,
    data: &'a T,
}

impl<'a, T: Serialize> Event<'a, T> {
    /// The event of kind `frontdesk.…` by which the aggregate (`booking/…`) reached the version `sequence`.
    pub fn new(kind: &'a str, aggregate: &'a str, sequence: i64, now: Timestamp, data: &'a T) -> Self {
        let subject = aggregate.split_once('/').map_or(aggregate, |(_, key)| key);
        Self {
            specversion: "1.0",
            id: format!("{aggregate}/{sequence}"),
            source: "/frontdesk",
            kind,
            subject,
            time: time::timestamp(now),
            datacontenttype: "application/json",
            aggregate,
            sequence,
            data,
        }
    }
}
