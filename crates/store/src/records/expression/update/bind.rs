//! From a written update to one of items: placeholders, and what DynamoDB refuses by the update alone.

use super::{Change, Operand};
use crate::records::Attribute;
use crate::records::expression::path::{Path, apart, distinct};
use crate::records::expression::syntax::{self, Function, Place};
use crate::records::expression::value::kind;
use crate::records::expression::{Placeholders, operand_type};

/// Binds an update.
pub(super) fn update(written: &syntax::Update, placeholders: &mut Placeholders) -> Result<Vec<(Path, Change)>, String> {
    let mut actions = Vec::new();
    for (path, value) in &written.set {
        let path = path.bind(placeholders)?;
        actions.push((path, Change::Set(operand(value, placeholders)?)));
    }
    for path in &written.remove {
        actions.push((path.bind(placeholders)?, Change::Remove));
    }
    for (path, value) in &written.add {
        let (path, value) = (path.bind(placeholders)?, placeholders.value(value)?);
        if !matches!(*value, Attribute::N(_) | Attribute::Ss(_) | Attribute::Ns(_) | Attribute::Bs(_)) {
            return Err(refused_by("ADD", &value));
        }
        actions.push((path, Change::Add(value)));
    }
    for (path, value) in &written.delete {
        let (path, value) = (path.bind(placeholders)?, placeholders.value(value)?);
        if !matches!(*value, Attribute::Ss(_) | Attribute::Ns(_) | Attribute::Bs(_)) {
            return Err(refused_by("DELETE", &value));
        }
        actions.push((path, Change::Delete(value)));
    }
    for (_, change) in &actions {
        if let Change::Set(operand) = change {
            operand.check()?;
        }
    }
    apart(&actions.iter().map(|(path, _)| path).collect::<Vec<_>>())?;
    Ok(actions)
}

fn refused_by(section: &str, value: &Attribute) -> String {
    let kind = match value {
        Attribute::S(_) => "STRING",
        Attribute::N(_) => "NUMBER",
        Attribute::B(_) => "Binary",
        Attribute::L(_) => "LIST",
        Attribute::M(_) => "MAP",
        value => kind(value),
    };
    format!(
        "Incorrect operand type for operator or function; operator: {section}, operand type: {kind}, \
         typeSet: ALLOWED_FOR_ADD_OPERAND"
    )
}

fn operand(written: &syntax::Operand, placeholders: &mut Placeholders) -> Result<Operand, String> {
    Ok(match written {
        syntax::Operand::Path(path) => Operand::Path(path.bind(placeholders)?),
        syntax::Operand::Value(placeholder) => Operand::Value(placeholders.value(placeholder)?),
        syntax::Operand::Sum(left, sign, right) => {
            let left = inner(left, placeholders)?;
            Operand::Sum(Box::new(left), *sign, Box::new(inner(right, placeholders)?))
        }
        syntax::Operand::Call(function, operands) => call(*function, operands, placeholders)?,
    })
}

/// An operand inside of another, where list_append may not be. (So AWS answers, as the tests of ScyllaDB's Alternator say, which were run
/// against it, and DynamoDB Local.)
fn inner(written: &syntax::Operand, placeholders: &mut Placeholders) -> Result<Operand, String> {
    match written {
        syntax::Operand::Call(function @ Function::ListAppend, _) => Err(function.misplaced()),
        written => operand(written, placeholders),
    }
}

fn call(function: Function, operands: &[syntax::Operand], placeholders: &mut Placeholders) -> Result<Operand, String> {
    function.check(Place::Update, operands.len())?;
    match (function, operands) {
        (Function::ListAppend, [first, second]) => {
            let first = inner(first, placeholders)?;
            Ok(Operand::ListAppend(Box::new(first), Box::new(inner(second, placeholders)?)))
        }
        (_, [syntax::Operand::Path(path), other]) => {
            let (path, other) = (path.bind(placeholders)?, inner(other, placeholders)?);
            if let Operand::Path(other) = &other {
                distinct(function.name(), &path, other)?;
            }
            Ok(Operand::IfNotExists(path, Box::new(other)))
        }
        _ => Err(format!("Operator or function requires a document path; operator or function: {}", function.name())),
    }
}

impl Operand {
    /// Refuses values of kinds that sums and lists cannot have.
    fn check(&self) -> Result<(), String> {
        let expect = |operator: &str, operands: [&Self; 2], wanted: &str| {
            operands.into_iter().try_for_each(|operand| match operand {
                Self::Value(value) if kind(value) != wanted => Err(operand_type(operator, kind(value))),
                operand => operand.check(),
            })
        };
        match self {
            Self::Path(_) | Self::Value(_) => Ok(()),
            Self::Sum(left, sign, right) => expect(sign.sign(), [left, right], "N"),
            Self::ListAppend(first, second) => expect("list_append", [first, second], "L"),
            Self::IfNotExists(_, other) => other.check(),
        }
    }
}
