//! Table operations: one request of the original's function, from its event to its result.
//!
//! `event` reads what is asked for, `parameters` checks the payload as the AWS SDK for Python does, `plain` turns values into
//! DynamoDB's and texts of DynamoDB's back, `raised` words the errors, `advice` says what to do about them, and `keyed` does an operation
//! at most once under an `Idempotency-Key`.

mod about;
mod advice;
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
use store::records::{Call, Fault, Operation, Outcome, Records, RecordsTable};

use crate::commit::Recording;
use crate::{App, Command, Failure, Reply};
use about::About;
use event::{Asked, Event};
use keyed::Keyed;
use place::{Place, Wrong};

impl App {
    /// Does the operation that an event `{"operation", "tableName", "payload"}` asks for. Without table, `echo` answers the payload as
    /// it was sent, and `ping` "pong". Under an `Idempotency-Key` a write is done at most once; what only reads is done each time.
    pub async fn operate_table(&self, command: Command, body: &[u8]) -> Result<Reply, Failure> {
        let mut about = About::default();
        let mut outcome = self.operate(&command, body, &mut about).await;
        if let (Err(Failure::Refused(refusal)), Some(table)) = (&mut outcome, about.table) {
            advice::advise(refusal, table);
        }
        about.log(&command, outcome.as_ref());
        outcome
    }

    async fn operate<'a>(&'a self, command: &Command, body: &[u8], about: &mut About<'a>) -> Result<Reply, Failure> {
        let asked = match Event::read(body)? {
            Event::Echo(payload) => return Ok(Reply::text(payload)),
            Event::Ping => return Ok(Reply::text("\"pong\"".to_owned())),
            Event::Operate(asked) => asked,
        };
        let operation = asked.operation;
        about.operation = Some(operation);
        let (call, table, records) = self.records_call(asked)?;
        about.table = Some(table);
        let recording = Recording::of_key(command).filter(|_| operation.writes());
        match recording {
            None => answered(operation, records.call(call).await?, &command.request_id),
            Some(recording) => {
                let (store, departures) = (Arc::clone(&self.store), self.departures.clone());
                Keyed { store, records, departures, recording, command: command.clone() }.run(call).await
            }
        }
    }

    /// Checks what is asked for, and finds who does it.
    fn records_call(&self, asked: Asked) -> Result<(Call, &RecordsTable, Arc<dyn Records>), Failure> {
        let Asked { operation, table, payload } = asked;
        let served = &self.settings.records_tables;
        let (Some(first), Some(records)) = (served.first(), &self.records) else {
            return Err(raised::turned_off(operation).into());
        };
        let is_events = table.is_some();
        let parameters = parameters::to_request(operation, named(table, payload, first)?);
        let at_table = |wrong: Wrong| if is_events { wrong.at_table_name() } else { wrong };
        let parameters = parameters.map_err(|wrong| raised::parameters(at_table(wrong)))?;
        let name = parameters.get("TableName").and_then(Value::as_str).unwrap_or_default();
        if let Some(fault) = misnamed(name) {
            return Err(match raised::fault(operation, fault, None) {
                Failure::Refused(refusal) if is_events => raised::at_table_name(*refusal).into(),
                failure => failure,
            });
        }
        let table = served.iter().find(|table| table.name == name);
        let table = table.ok_or_else(|| raised::no_table(operation, name, served))?;
        Ok((Call { operation, table: table.clone(), parameters }, table, Arc::clone(records)))
    }
}

/// The payload with the table's name: the event's, the payload's own, or else that of the first table. (AWS's tutorial names the
/// table in the function's code.)
fn named(
    table: Option<Value>,
    mut payload: Map<String, Value>,
    first: &RecordsTable,
) -> Result<Map<String, Value>, Failure> {
    let own = payload.get("TableName");
    let table = table.or_else(|| own.cloned()).unwrap_or_else(|| first.name.as_str().into());
    if own.is_some_and(|own| *own != table) {
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
