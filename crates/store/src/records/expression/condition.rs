//! Conditions on items.

mod bind;

use std::borrow::Cow;
use std::sync::Arc;

use super::path::{self, Path};
use super::syntax::Comparator;
use super::work::{OPERATOR, Work, comparing, measuring, searching};
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
    Value(Arc<Attribute>),
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
        self.holds_within(item, &Work::whole())
    }

    /// The same, as far as the work reaches.
    pub(crate) fn holds_within(&self, item: &Attributes, work: &Work) -> bool {
        let both = |left: &Operand, right: &Operand, test: fn(&Attribute, &Attribute, &Work) -> bool| match (
            left.of(item, work),
            right.of(item, work),
        ) {
            (Some(left), Some(right)) => test(&left, &right, work),
            _ => false,
        };
        match self {
            Self::Compare(left, comparator, right) => match (left.of(item, work), right.of(item, work)) {
                (Some(left), Some(right)) => {
                    work.take(comparing(&left, &right)) && value::compares(&left, *comparator, &right)
                }
                // What is not there is not equal to anything.
                _ => *comparator == Comparator::NotEqual,
            },
            Self::Between(operands) => {
                let [operand, low, high] = &**operands;
                both(operand, low, at_least) && both(high, operand, at_least)
            }
            Self::In(operand, operands) => operands.iter().any(|other| both(operand, other, equals)),
            Self::Exists(path) => work.take(OPERATOR) && path.find(item).is_some(),
            Self::Kind(path, kind) => {
                work.take(OPERATOR) && path.find(item).is_some_and(|value| value::kind(value) == kind)
            }
            Self::BeginsWith(operand, prefix) => both(operand, prefix, begins_with),
            Self::Contains(operand, part) => both(operand, part, contains),
            Self::All(parts) => parts.iter().all(|part| part.holds_within(item, work)),
            Self::Any(parts) => parts.iter().any(|part| part.holds_within(item, work)),
            Self::Not(inner) => !inner.holds_within(item, work),
        }
    }
}

fn at_least(one: &Attribute, other: &Attribute, work: &Work) -> bool {
    work.take(comparing(one, other)) && value::compares(one, Comparator::GreaterOrEqual, other)
}

fn equals(one: &Attribute, other: &Attribute, work: &Work) -> bool {
    work.take(comparing(one, other)) && one == other
}

fn contains(value: &Attribute, part: &Attribute, work: &Work) -> bool {
    work.take(searching(value, part)) && value::contains(value, part)
}

fn begins_with(value: &Attribute, prefix: &Attribute, work: &Work) -> bool {
    work.take(comparing(value, prefix))
        && match (value, prefix) {
            (Attribute::S(text), Attribute::S(prefix)) => text.starts_with(prefix.as_str()),
            (Attribute::B(bytes), Attribute::B(prefix)) => bytes.starts_with(prefix),
            _ => false,
        }
}

impl Operand {
    /// Its value with an item, if there is one.
    fn of<'a>(&'a self, item: &'a Attributes, work: &Work) -> Option<Cow<'a, Attribute>> {
        if !work.take(OPERATOR) {
            return None;
        }
        match self {
            Self::Path(path) => path.find(item).map(Cow::Borrowed),
            Self::Value(value) => Some(Cow::Borrowed(value)),
            Self::Size(operand) => {
                let value = operand.of(item, work)?;
                let length = work.take(measuring(&value)).then(|| value::length(&value))??;
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
