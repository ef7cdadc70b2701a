//! What an update counts for against the limit of an item's size, by its request alone.
//!
//! DynamoDB charges every action for its path and for the operands that it is written with, never for what the item holds. The figures
//! are those that dynoxide measured on Amazon DynamoDB (its `UpdateExpr::request_charge`); no document of Amazon's names them.

use super::{Arithmetic, Change, Operand};
use crate::records::expression::path::{Path, Step};
use crate::records::expression::value::size;

const UPDATE: usize = 3;
const WRITE: usize = 19;
const CLEAR: usize = 1;
const TARGET_STEP: usize = 4;
const READ: usize = 1;
const READ_STEP: usize = 14;
const PLUS: usize = 34;
const MINUS: usize = 37;
const IF_NOT_EXISTS: usize = 39;
const LIST_APPEND: usize = 37;

/// The charge of an update, in bytes.
pub(super) fn of(actions: &[(Path, Change)]) -> usize {
    let of = |(path, change): &(Path, Change)| {
        let change = match change {
            Change::Set(value) => WRITE.saturating_add(operand(value)),
            Change::Add(value) => WRITE.saturating_add(size(value)),
            Change::Remove | Change::Delete(_) => CLEAR,
        };
        let between = TARGET_STEP.saturating_mul(path.0.len().saturating_sub(1));
        steps(path).saturating_add(between).saturating_add(change)
    };
    actions.iter().map(of).sum::<usize>().saturating_add(UPDATE)
}

fn operand(operand: &Operand) -> usize {
    let all = |own: usize, parts: [usize; 2]| parts.into_iter().fold(own, usize::saturating_add);
    match operand {
        Operand::Path(path) => read(path),
        Operand::Value(value) => size(value),
        Operand::Sum(left, Arithmetic::Plus, right) => all(PLUS, [self::operand(left), self::operand(right)]),
        Operand::Sum(left, Arithmetic::Minus, right) => all(MINUS, [self::operand(left), self::operand(right)]),
        Operand::IfNotExists(path, other) => all(IF_NOT_EXISTS, [read(path), self::operand(other)]),
        Operand::ListAppend(first, second) => all(LIST_APPEND, [self::operand(first), self::operand(second)]),
    }
}

fn read(path: &Path) -> usize {
    steps(path).saturating_add(READ_STEP.saturating_mul(path.0.len())).saturating_add(READ)
}

fn steps(path: &Path) -> usize {
    let step = |step: &Step| match step {
        Step::Name(name) => name.len(),
        Step::Index(index) => index.to_string().len(),
    };
    path.0.iter().map(step).sum()
}
