//! What an operation is about, as far as its event could be read, for the log.

use store::records::{Operation, RecordsTable};

use crate::{Command, Failure, Reply};

/// An operation and its table.
#[derive(Default)]
pub(super) struct About<'a> {
    /// None until the event is read; `echo` and `ping` are about nothing.
    pub(super) operation: Option<Operation>,
    /// None until it is known to be one that is served.
    pub(super) table: Option<&'a RecordsTable>,
}

impl About<'_> {
    /// Tells the log what became of an operation: never what an item holds.
    pub(super) fn log(&self, command: &Command, outcome: Result<&Reply, &Failure>) {
        let (operation, caller, request_id) = (command.operation, command.caller.as_str(), command.request_id.as_str());
        let table = self.table.map(|table| table.name.as_str());
        let table_operation = self.operation.map(Operation::name);
        match outcome {
            Ok(_) if self.operation.is_none() => {}
            Ok(reply) => tracing::info!(
                operation,
                tableOperation = table_operation,
                table,
                caller,
                requestId = request_id,
                replayed = reply.replayed,
                "done"
            ),
            Err(Failure::Refused(refusal)) => tracing::info!(
                operation,
                tableOperation = table_operation,
                table,
                caller,
                requestId = request_id,
                replayed = refusal.replayed,
                rule = refusal.rule.as_str(),
                errorType = refusal.raised.as_ref().map(|raised| raised.error_type.as_str()),
                "refused"
            ),
            // The boundary reports failures of the store, with their causes.
            Err(Failure::Store(_)) => {}
        }
    }
}
