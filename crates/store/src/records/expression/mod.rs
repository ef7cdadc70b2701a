//! DynamoDB's expressions: conditions, updates and projections. (Amazon DynamoDB Developer Guide, "Using expressions".)
//!
//! An expression is parsed before the table is looked at, with everything DynamoDB refuses by the request alone; then it is applied to
//! items. The faults of parsing are plain: on PutItem, UpdateItem and DeleteItem the caller puts `1 validation error detected: ` before.

mod condition;
mod exercise;
mod parser;
mod path;
mod placeholders;
mod projection;
mod reserved;
mod syntax;
mod token;
mod update;
mod value;
mod work;

#[cfg(test)]
mod tests;

pub use exercise::exercise;

pub(crate) use condition::{Clause, Condition};
pub(crate) use placeholders::Placeholders;
pub(crate) use projection::Projection;
pub(crate) use update::Update;
pub(crate) use work::Work;

pub(super) use condition::Operand as ConditionOperand;
pub(super) use path::Path;
pub(super) use syntax::Comparator;
pub(super) use update::{Change, Operand};
pub(super) use value::{kind, order, size};

use super::Fault;

/// The longest expression, in bytes as it is sent. (Amazon DynamoDB Developer Guide, "Quotas in DynamoDB", "Expression parameters".)
const LONGEST: usize = 4096;

/// Refuses an expression that is empty or too long. `with_figure` is for FilterExpression of a Scan, where DynamoDB says how long it is.
fn check_size(text: &str, with_figure: bool) -> Result<(), String> {
    match text.len() {
        0 => Err("The expression can not be empty;".to_owned()),
        1..=LONGEST => Ok(()),
        size => {
            let figure = if with_figure { format!(" expression size: {size}") } else { String::new() };
            Err(format!("Expression size has exceeded the maximum allowed size;{figure}"))
        }
    }
}

/// The fault of an expression that is wrong.
fn invalid(parameter: &str, reason: &str) -> Fault {
    Fault::validation(format!("Invalid {parameter}: {reason}"))
}

/// Why an operand of a wrong kind is refused.
fn operand_type(operator: &str, kind: &str) -> String {
    format!("Incorrect operand type for operator or function; operator or function: {operator}, operand type: {kind}")
}
