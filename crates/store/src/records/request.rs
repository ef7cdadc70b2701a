//! Requests, read and checked in DynamoDB's order as far as that can be done without items; and, given the items, decided. Pure.

mod delete;
mod expressions;
mod get;
mod legacy;
mod put;
mod scan;
#[cfg(test)]
mod tests;
mod update;
mod write;

use super::members::Members;
use super::{Call, Fault, Operation};
use super::{refusal, shape};

pub(crate) use self::get::Get;
pub(crate) use self::scan::{Page, Scan};
pub(crate) use self::write::{Change, Write};

/// A request without a mistake of its own.
#[derive(Debug)]
pub(crate) enum Request {
    /// GetItem.
    Get(Get),
    /// Scan.
    Scan(Box<Scan>),
    /// PutItem, UpdateItem or DeleteItem.
    Write(Box<Write>),
}

impl Request {
    /// Reads a request.
    pub(crate) fn read(call: &Call) -> Result<Self, Fault> {
        shape::check(call.operation, &call.parameters)?;
        let members = Members::new(call.operation, &call.table, &call.parameters);
        let read = match call.operation {
            Operation::GetItem => Get::read(&members).map(Self::Get),
            Operation::Scan => Scan::read(&members).map(|scan| Self::Scan(Box::new(scan))),
            Operation::PutItem => put::read(&members).map(|write| Self::Write(Box::new(write))),
            Operation::UpdateItem => update::read(&members).map(|write| Self::Write(Box::new(write))),
            Operation::DeleteItem => delete::read(&members).map(|write| Self::Write(Box::new(write))),
        };
        let counts = call.operation.writes() && members.reader == refusal::Reader::Current;
        read.map_err(|refusal| refusal.settle(counts))
    }
}
