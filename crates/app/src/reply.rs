//! What a use case answers.

use domain::Refusal;
use serde::{Deserialize, Serialize};
use store::{Cursor, Item, Query, StoreError, Table};

/// Whether something was made or only changed or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Success {
    /// Read, changed or removed.
    Ok,
    /// Made.
    Created,
}

/// A definite "yes".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Whether something was made.
    pub success: Success,
    /// The JSON text to show; nothing where the contract has an empty body.
    pub body: Option<String>,
    /// The item's version, which is its ETag.
    pub version: Option<i64>,
    /// Whether this repeats the recorded answer to an earlier request.
    pub replayed: bool,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The items as JSON texts.
    pub items: Vec<String>,
    /// The opaque cursor of the page behind; absent when nothing follows.
    pub next: Option<String>,
}

/// Why there is no "yes".
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A rule refused.
    #[error("refused by the rule `{}`: {}", .0.rule, .0.detail)]
    Refused(Box<Refusal>),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl Reply {
    pub(crate) const fn new(success: Success, body: String, version: i64) -> Self {
        Self { success, body: Some(body), version: Some(version), replayed: false }
    }

    pub(crate) const fn text(body: String) -> Self {
        Self { success: Success::Ok, body: Some(body), version: None, replayed: false }
    }

    pub(crate) const fn empty() -> Self {
        Self { success: Success::Ok, body: None, version: None, replayed: false }
    }
}

impl From<Item> for Reply {
    fn from(item: Item) -> Self {
        Self::new(Success::Ok, item.body, item.version)
    }
}

/// The place in a list of a whole table that a client's cursor names.
pub(crate) fn cursor(text: Option<&str>, table: Table) -> Result<Option<Cursor>, Refusal> {
    text.map(|text| Cursor::decode(text, table, None).ok_or_else(no_cursor)).transpose()
}

/// The query from the place on that a client's cursor names.
pub(crate) fn resume(query: Query, text: Option<&str>) -> Result<Query, Refusal> {
    let Some(text) = text else { return Ok(query) };
    query.resume(text).ok_or_else(no_cursor)
}

fn no_cursor() -> Refusal {
    Refusal::invalid("?cursor", "is not a cursor of this list; take it from the page before")
}
