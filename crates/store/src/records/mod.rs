//! Tables of the operator's own, with the semantics of Amazon DynamoDB on every store: put, get, update, delete and scan.
//!
//! Requests, responses and errors are those of DynamoDB's low-level API (Amazon DynamoDB API Reference, version 2012-08-10) in its JSON
//! form, where `{"S":"x"}` is a string. On DynamoDB they are passed on as they are; the embedded store answers them itself.

mod attribute;
mod expression;
mod fault;
mod key;
mod legacy;
mod members;
mod number;
mod refusal;
mod request;
mod response;
mod shape;
mod size;
mod table;
mod wire;

use serde_json::{Map, Value};

pub use attribute::{Attribute, Attributes};
pub use expression::exercise;
pub use fault::Fault;
pub(crate) use key::RecordKey;
pub use number::Number;
pub(crate) use request::{Change, Get, Page, Request, Scan, Write};
pub use response::Response;
pub use table::{InvalidTable, KeyAttribute, KeyKind, RecordsTable};
pub(crate) use wire::stored;

use crate::port::Answer;

/// An operation of DynamoDB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Creates an item, or replaces the one with its key.
    PutItem,
    /// Reads an item.
    GetItem,
    /// Changes an item, or creates it.
    UpdateItem,
    /// Deletes an item.
    DeleteItem,
    /// Reads a page of a table.
    Scan,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 5] = [Self::PutItem, Self::GetItem, Self::UpdateItem, Self::DeleteItem, Self::Scan];

    /// Its name in DynamoDB's API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PutItem => "PutItem",
            Self::GetItem => "GetItem",
            Self::UpdateItem => "UpdateItem",
            Self::DeleteItem => "DeleteItem",
            Self::Scan => "Scan",
        }
    }

    /// Whether it may change something.
    pub const fn writes(self) -> bool {
        !matches!(self, Self::GetItem | Self::Scan)
    }
}

/// A request, and to which table.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation.
    pub operation: Operation,
    /// The table, one that the operator allows.
    pub table: RecordsTable,
    /// The operation's parameters as DynamoDB's JSON has them, `TableName` included.
    pub parameters: Map<String, Value>,
}

/// What DynamoDB answers: a response with the same members and values (not necessarily spaces and escapes), or that the request is wrong or its condition not met. Then nothing has changed.
pub type Outcome = Result<Response, Fault>;

/// Tables of the operator's own.
pub trait Records: Send + Sync {
    /// Does what is asked. A [`crate::StoreError`] is a failure of the store's, after which a write may have been done or not.
    fn call(&self, call: Call) -> Answer<'_, Outcome>;
}
