//! Table operations: one request of the original's function, from its event to its result.
//!
//! `event` reads what is asked for, `parameters` checks the payload as the AWS SDK for Python does, `plain` turns values into
//! DynamoDB's and texts of DynamoDB's back, `raised` words the errors, and `keyed` does an operation at most once under an `Idempotency-Key`.

mod event;
mod keyed;
mod parameters;
mod place;
mod plain;
mod python;
mod raised;
mod response;

use std::sync::Arc;

use serde_json::{Map, Value};
use store::records::{Call, Fault, Operation, Outcome, Records};

use crate::commit::Recording;
use crate::{App, Command, Failure, Reply};
use event::{Asked, Event};
use keyed::Keyed;
use place::{Place, Wrong};

impl App {
    /// Does the operation that an event `{"operation", "tableName", "payload"}` asks for. Without table, `echo` answers the payload as
    /// it was sent, and `ping` "pong". Under an `Idempotency-Key` a write is done at most once; what only reads is done each time.
    pub async fn operate_table(&self, command: Command, body: &[u8]) -> Result<Reply, Failure> {
        let asked = match Event::read(body)? {
            Event::Echo(payload) => return Ok(Reply::text(payload)),
            Event::Ping => return Ok(Reply::text("\"pong\"".to_owned())),
            Event::Operate(asked) => asked,
        };
        let (call, records) = self.records_call(asked)?;
        let (operation, table) = (call.operation, call.table.name.clone());
        let recording = Recording::of_key(&command).filter(|_| operation.writes());
        let outcome = match recording {
            None => answered(operation, records.call(call).await?, &command.request_id),
            Some(recording) => {
                let (store, departures) = (Arc::clone(&self.store), self.departures.clone());
                Keyed { store, records, departures, recording, command: command.clone() }.run(call).await
            }
        };
        log(&command, operation, &table, outcome.as_ref());
        outcome
    }

    /// Checks what is asked for, and finds who does it.
    fn records_call(&self, asked: Asked) -> Result<(Call, Arc<dyn Records>), Failure> {
        let Asked { operation, table, payload } = asked;
        let parameters = parameters::to_request(operation, named(table, payload)?).map_err(raised::parameters)?;
        let name = parameters.get("TableName").and_then(Value::as_str).unwrap_or_default();
        if let Some(fault) = misnamed(name) {
            return Err(raised::fault(operation, fault, None));
        }
        let table = self.settings.records_tables.iter().find(|table| table.name == name);
        match (table, &self.records) {
            (Some(table), Some(records)) => {
                let call = Call { operation, table: table.clone(), parameters };
                Ok((call, Arc::clone(records)))
            }
            _ => Err(raised::no_table(operation, name)),
        }
    }
}

/// The payload with the table's name, which it may have itself already.
fn named(table: Value, mut payload: Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    if payload.get("TableName").is_some_and(|own| *own != table) {
        let mut wrong = Wrong::default();
        let detail = "TableName is another table than tableName; leave it out";
        wrong.report(&Place::payload().name("TableName"), |_| detail.to_owned());
        return Err(raised::parameters(wrong).into());
    }
    payload.shift_insert(0, "TableName".to_owned(), table);
    Ok(payload)
}

/// What DynamoDB says to a name that no table can have. (Only its first error, the length before the pattern; ARNs are names of
/// tables that there are not.)
fn misnamed(name: &str) -> Option<Fault> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let constraint = match name.len() {
        _ if name.starts_with("arn:") => return None,
        0..3 => "Member must have length greater than or equal to 3",
        256.. => "Member must have length less than or equal to 255",
        _ if name.bytes().all(fits) => return None,
        _ => "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    };
    let name = python::cut(name.to_owned(), 300);
    Some(Fault::validation(format!(
        "1 validation error detected: Value '{name}' at 'tableName' failed to satisfy constraint: {constraint}"
    )))
}

/// What the store answered, as clients see it.
fn answered(operation: Operation, outcome: Outcome, request_id: &str) -> Result<Reply, Failure> {
    match outcome {
        Ok(response) => Ok(Reply::text(response::plain(&response, request_id)?)),
        Err(mut fault) => {
            let item = fault.item.take().map(response::attributes).transpose()?;
            Err(raised::fault(operation, fault, item))
        }
    }
}

/// Tells the log what became of an operation.
fn log(command: &Command, operation: Operation, table: &str, outcome: Result<&Reply, &Failure>) {
    let (route, operation, request_id) = (command.operation, operation.name(), command.request_id.as_str());
    match outcome {
        Ok(reply) => {
            let replayed = reply.replayed;
            tracing::info!(
                operation = route,
                tableOperation = operation,
                table,
                requestId = request_id,
                replayed,
                "done"
            );
        }
        Err(Failure::Refused(refusal)) => {
            let rule = refusal.rule.as_str();
            tracing::info!(
                operation = route,
                tableOperation = operation,
                table,
                requestId = request_id,
                rule,
                "refused"
            );
        }
        // The boundary reports failures of the store, with their causes.
        Err(Failure::Store(_)) => {}
    }
}
