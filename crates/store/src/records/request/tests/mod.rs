//! Requests by named cases. The messages are those that dynoxide 3.2.0, which took them from AWS, answers to the same requests.

mod reads;
mod refusals;
mod scans;
mod writes;

use serde_json::{Map, Value, json};

use super::Request;
use crate::records::{Attributes, Call, Fault, Operation, stored};

/// Reads a request to a table; the name of the table is added unless it is there.
fn read(operation: Operation, table: &str, parameters: Value) -> Result<Request, Fault> {
    let Value::Object(mut parameters) = parameters else { panic!("{parameters} is not an object") };
    let table: crate::records::RecordsTable = table.parse().unwrap();
    parameters.entry("TableName").or_insert_with(|| json!(table.name));
    Request::read(&Call { operation, table, parameters })
}

/// Why a request is refused.
fn refused(operation: Operation, table: &str, parameters: &Value) -> Fault {
    match read(operation, table, parameters.clone()) {
        Ok(_) => panic!("{} {parameters} was accepted", operation.name()),
        Err(fault) => fault,
    }
}

fn item(json: Value) -> Attributes {
    let Value::Object(json) = json else { panic!("{json} is not an object") };
    stored(&json).unwrap()
}

fn response(map: Map<String, Value>) -> Value {
    Value::Object(map)
}
