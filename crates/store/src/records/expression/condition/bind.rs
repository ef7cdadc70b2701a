//! From a written condition to one on items: placeholders, and what DynamoDB refuses by the condition alone.

use super::{Condition, Operand};
use crate::records::Attribute;
use crate::records::expression::path::{self, Path};
use crate::records::expression::syntax::{self, Comparator, Function, Place};
use crate::records::expression::value::{KINDS, in_braces, is_ordered, kind, order};
use crate::records::expression::{Placeholders, operand_type};

/// The most operands of IN. (Amazon DynamoDB Developer Guide, "Quotas in DynamoDB", "Expression parameters".)
const MOST_ALTERNATIVES: usize = 100;

/// Binds a condition.
pub(super) fn condition(written: &syntax::Condition, placeholders: &mut Placeholders) -> Result<Condition, String> {
    match written {
        syntax::Condition::All(parts) => conditions(parts, placeholders).map(Condition::All),
        syntax::Condition::Any(parts) => conditions(parts, placeholders).map(Condition::Any),
        syntax::Condition::Not(inner) => condition(inner, placeholders).map(Box::new).map(Condition::Not),
        syntax::Condition::Compare(left, comparator, right) => compare(left, *comparator, right, placeholders),
        syntax::Condition::Between(operands) => between(operands, placeholders),
        syntax::Condition::In(one, others) => within(one, others, placeholders),
        syntax::Condition::Call(function, operands) => call(*function, operands, placeholders),
    }
}

fn conditions(parts: &[syntax::Condition], placeholders: &mut Placeholders) -> Result<Vec<Condition>, String> {
    parts.iter().map(|part| condition(part, placeholders)).collect()
}

fn operand(written: &syntax::Operand, placeholders: &mut Placeholders) -> Result<Operand, String> {
    match written {
        syntax::Operand::Path(path) => path.bind(placeholders).map(Operand::Path),
        syntax::Operand::Value(placeholder) => placeholders.value(placeholder).map(Operand::Value),
        syntax::Operand::Call(function, operands) => {
            function.check(Place::Operand, operands.len())?;
            let [measured] = operands.as_slice() else { return Err(function.wrong_operands(operands.len())) };
            let measured = operand(measured, placeholders)?;
            match measured.kind() {
                Some(kind @ ("N" | "BOOL" | "NULL")) => Err(operand_type("size", kind)),
                _ => Ok(Operand::Size(Box::new(measured))),
            }
        }
        syntax::Operand::Sum(_, sign, _) => Err(operand_type(sign.sign(), "N")),
    }
}

fn operands(written: &[syntax::Operand], placeholders: &mut Placeholders) -> Result<Vec<Operand>, String> {
    written.iter().map(|one| operand(one, placeholders)).collect()
}

fn compare(
    left: &syntax::Operand,
    comparator: Comparator,
    right: &syntax::Operand,
    placeholders: &mut Placeholders,
) -> Result<Condition, String> {
    let (left, right) = (operand(left, placeholders)?, operand(right, placeholders)?);
    distinct(comparator.sign(), &left, &right)?;
    if !matches!(comparator, Comparator::Equal | Comparator::NotEqual) {
        ordered(comparator.sign(), [&left, &right])?;
    }
    Ok(Condition::Compare(left, comparator, right))
}

fn within(
    one: &syntax::Operand,
    others: &[syntax::Operand],
    placeholders: &mut Placeholders,
) -> Result<Condition, String> {
    let (one, others) = (operand(one, placeholders)?, operands(others, placeholders)?);
    if others.len() > MOST_ALTERNATIVES {
        return Err(format!(
            "The IN operator is provided with too many operands; number of operands: {}",
            others.len()
        ));
    }
    others.iter().try_for_each(|other| distinct("IN", &one, other))?;
    Ok(Condition::In(one, others))
}

fn between(operands: &[syntax::Operand; 3], placeholders: &mut Placeholders) -> Result<Condition, String> {
    let [one, low, high] = operands;
    let one = operand(one, placeholders)?;
    let (low, high) = (operand(low, placeholders)?, operand(high, placeholders)?);
    distinct("BETWEEN", &one, &low)?;
    distinct("BETWEEN", &one, &high)?;
    ordered("BETWEEN", [&one, &low, &high])?;
    if let (Operand::Value(low), Operand::Value(high)) = (&low, &high) {
        let wrong = if kind(low) != kind(high) {
            Some("same data type for lower and upper bounds")
        } else if order(low, high).is_some_and(std::cmp::Ordering::is_gt) {
            Some("upper bound to be greater than or equal to lower bound")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            return Err(format!(
                "The BETWEEN operator requires {wrong}; lower bound operand: {}, upper bound operand: {}",
                in_braces(low),
                in_braces(high)
            ));
        }
    }
    Ok(Condition::Between(Box::new([one, low, high])))
}

fn call(
    function: Function,
    operands: &[syntax::Operand],
    placeholders: &mut Placeholders,
) -> Result<Condition, String> {
    function.check(Place::Condition, operands.len())?;
    let name = function.name();
    let mut bound = self::operands(operands, placeholders)?.into_iter();
    let (first, second) = (bound.next(), bound.next());
    if let (Some(first), Some(second)) = (&first, &second) {
        distinct(name, first, second)?;
    }
    Ok(match (function, first, second) {
        (Function::AttributeExists, Some(Operand::Path(path)), _) => Condition::Exists(path),
        (Function::AttributeNotExists, Some(Operand::Path(path)), _) => {
            Condition::Not(Box::new(Condition::Exists(path)))
        }
        (Function::AttributeType, Some(Operand::Path(path)), Some(second)) => of_kind(path, &second)?,
        (Function::BeginsWith, Some(first), Some(second)) => {
            let wrong = |operand: &Operand| operand.kind().filter(|kind| !matches!(*kind, "S" | "B"));
            if let Some(kind) = wrong(&first).or_else(|| wrong(&second)) {
                return Err(operand_type(name, kind));
            }
            Condition::BeginsWith(first, second)
        }
        (Function::Contains, Some(first), Some(second)) => Condition::Contains(first, second),
        _ => return Err(format!("Operator or function requires a document path; operator or function: {name}")),
    })
}

fn of_kind(path: Path, operand: &Operand) -> Result<Condition, String> {
    let value = if let Operand::Value(value) = operand { Some(&**value) } else { None };
    match value {
        Some(Attribute::S(kind)) if KINDS.contains(&kind.as_str()) => Ok(Condition::Kind(path, kind.clone())),
        Some(Attribute::S(kind)) => {
            Err(format!("Invalid attribute type name found; type: {kind}, valid types: {{{}}}", KINDS.join(",")))
        }
        _ => {
            let kinds = format!("{{{}}}", KINDS.join(","));
            Err(operand_type("attribute_type", operand.kind().unwrap_or(&kinds)))
        }
    }
}

/// Refuses a path that is compared with itself. (A value may be: dynalite, whose authors recorded AWS, and DynamoDB Local compare paths
/// alone.)
fn distinct(operator: &str, one: &Operand, other: &Operand) -> Result<(), String> {
    match (one, other) {
        (Operand::Path(one), Operand::Path(other)) => path::distinct(operator, one, other),
        _ => Ok(()),
    }
}

/// Refuses values that have no order.
fn ordered<const N: usize>(operator: &str, operands: [&Operand; N]) -> Result<(), String> {
    let kinds = operands.into_iter().filter_map(Operand::kind);
    match kinds.into_iter().find(|kind| !is_ordered(kind)) {
        Some(kind) => Err(operand_type(operator, kind)),
        None => Ok(()),
    }
}

impl Operand {
    /// The kind that it has by the condition alone.
    fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Path(_) => None,
            Self::Value(value) => Some(kind(value)),
            Self::Size(_) => Some("N"),
        }
    }
}
