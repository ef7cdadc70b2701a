//! Conditions on items.

mod bind;

use std::borrow::Cow;

use super::path::{self, Path};
use super::syntax::Comparator;
use super::{Placeholders, check_size, invalid, parser, value};
use crate::records::{Attribute, Attributes, Fault, Number, RecordsTable};

/// The parameter that a condition is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    /// What an item must meet to be written.
    ConditionExpression,
    /// What an item must meet to be answered.
    FilterExpression,
}

/// A condition on items.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    Compare(Operand, Comparator, Operand),
    Between(Box<[Operand; 3]>),
    In(Operand, Vec<Operand>),
    Exists(Path),
    /// The value there is of the kind with these letters.
    Kind(Path, String),
    BeginsWith(Operand, Operand),
    Contains(Operand, Operand),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

/// What is compared.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Path(Path),
    Value(Attribute),
    /// The length of another.
    Size(Box<Self>),
}

impl Condition {
    /// Reads a condition: its syntax, that its placeholders are defined, and the kinds and bounds of the values in it.
    pub(crate) fn parse(clause: Clause, text: &str, placeholders: &mut Placeholders) -> Result<Self, Fault> {
        let (name, with_figure) = match clause {
            Clause::ConditionExpression => ("ConditionExpression", false),
            Clause::FilterExpression => ("FilterExpression", true),
        };
        let read = check_size(text, with_figure).and_then(|()| parser::condition(text));
        read.and_then(|written| bind::condition(&written, placeholders)).map_err(|reason| invalid(name, &reason))
    }

    /// Refuses a path into a key's attribute, for keys are no documents.
    pub(crate) fn check_keys(&self, table: &RecordsTable) -> Result<(), Fault> {
        path::check_keys(self.paths(), table)
    }

    /// Every path in it.
    fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Compare(left, _, right) | Self::BeginsWith(left, right) | Self::Contains(left, right) => {
                [left, right].into_iter().filter_map(Operand::path).collect()
            }
            Self::Between(operands) => operands.iter().filter_map(Operand::path).collect(),
            Self::In(operand, operands) => std::iter::once(operand).chain(operands).filter_map(Operand::path).collect(),
            Self::Exists(path) | Self::Kind(path, _) => vec![path],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::paths).collect(),
            Self::Not(inner) => inner.paths(),
        }
    }

    /// Whether an item meets it; an item that is not there is one without attributes.
    pub(crate) fn holds(&self, item: &Attributes) -> bool {
        match self {
            Self::Compare(left, comparator, right) => match (left.of(item), right.of(item)) {
                (Some(left), Some(right)) => value::compares(&left, *comparator, &right),
                // What is not there is not equal to anything.
                _ => *comparator == Comparator::NotEqual,
            },
            Self::Between(operands) => {
                let [operand, low, high] = &**operands;
                let bounded = |bound: &Operand, comparator| {
                    both(operand, bound, item, |value, bound| value::compares(value, comparator, bound))
                };
                bounded(low, Comparator::GreaterOrEqual) && bounded(high, Comparator::LessOrEqual)
            }
            Self::In(operand, operands) => {
                operands.iter().any(|other| both(operand, other, item, |value, other| value == other))
            }
            Self::Exists(path) => path.find(item).is_some(),
            Self::Kind(path, kind) => path.find(item).is_some_and(|value| value::kind(value) == kind),
            Self::BeginsWith(operand, prefix) => both(operand, prefix, item, begins_with),
            Self::Contains(operand, part) => both(operand, part, item, value::contains),
            Self::All(parts) => parts.iter().all(|part| part.holds(item)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(item)),
            Self::Not(inner) => !inner.holds(item),
        }
    }
}

/// Whether both are there and a test of them holds.
fn both(left: &Operand, right: &Operand, item: &Attributes, test: impl Fn(&Attribute, &Attribute) -> bool) -> bool {
    match (left.of(item), right.of(item)) {
        (Some(left), Some(right)) => test(&left, &right),
        _ => false,
    }
}

fn begins_with(value: &Attribute, prefix: &Attribute) -> bool {
    match (value, prefix) {
        (Attribute::S(text), Attribute::S(prefix)) => text.starts_with(prefix.as_str()),
        (Attribute::B(bytes), Attribute::B(prefix)) => bytes.starts_with(prefix),
        _ => false,
    }
}

impl Operand {
    /// Its value with an item, if there is one.
    fn of<'a>(&'a self, item: &'a Attributes) -> Option<Cow<'a, Attribute>> {
        match self {
            Self::Path(path) => path.find(item).map(Cow::Borrowed),
            Self::Value(value) => Some(Cow::Borrowed(value)),
            Self::Size(operand) => {
                let length = value::length(&*operand.of(item)?)?;
                Some(Cow::Owned(Attribute::N(Number::from(length))))
            }
        }
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Value(_) => None,
            Self::Size(operand) => operand.path(),
        }
    }
}
