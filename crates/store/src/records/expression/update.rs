//! Updates of items.

mod apply;
mod bind;
mod charge;

use std::sync::Arc;

use super::path::{self, Path};
use super::syntax::{self, Arithmetic};
use super::{Placeholders, Projection, check_size, invalid, parser};
use crate::records::{Attribute, Attributes, Fault, RecordsTable};

/// What an update changes: paths that do not overlap, and what becomes of each.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Update {
    actions: Vec<(Path, Change)>,
    source: Source,
}

/// The parameter that an update is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    UpdateExpression,
    AttributeUpdates,
}

/// What becomes of the value at a path.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::records) enum Change {
    Set(Operand),
    Remove,
    /// A number is added, a set united, a list continued.
    Add(Arc<Attribute>),
    /// Members are taken out of a set.
    Delete(Arc<Attribute>),
}

/// A value that is assigned.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::records) enum Operand {
    Path(Path),
    Value(Arc<Attribute>),
    Sum(Box<Self>, Arithmetic, Box<Self>),
    /// What is there, or the other.
    IfNotExists(Path, Box<Self>),
    ListAppend(Box<Self>, Box<Self>),
}

impl Operand {
    /// Every path in it.
    fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Path(path) => vec![path],
            Self::Value(_) => Vec::new(),
            Self::Sum(one, _, other) | Self::ListAppend(one, other) => [one.paths(), other.paths()].concat(),
            Self::IfNotExists(path, other) => [vec![path], other.paths()].concat(),
        }
    }
}

impl Update {
    /// Reads an update: its syntax, that its placeholders are defined, the kinds of its operands, and that its paths do not overlap.
    pub(crate) fn parse(text: &str, placeholders: &mut Placeholders) -> Result<Self, Fault> {
        let read = check_size(text, false).and_then(|()| parser::update(text));
        let bound = read.and_then(|written: syntax::Update| bind::update(&written, placeholders));
        let actions = bound.map_err(|reason| invalid("UpdateExpression", &reason))?;
        Ok(Self { actions, source: Source::UpdateExpression })
    }

    /// The update of AttributeUpdates, whole attributes each.
    pub(in crate::records) fn of_attributes(changes: Vec<(&str, Change)>) -> Self {
        let actions = changes.into_iter().map(|(name, change)| (Path::attribute(name), change));
        Self { actions: actions.collect(), source: Source::AttributeUpdates }
    }

    /// What DynamoDB holds the request against the limit of an item's size with, in bytes; it does so before it reads the item.
    /// None for AttributeUpdates, which have no such charge.
    pub(crate) fn charge(&self) -> Option<usize> {
        (self.source == Source::UpdateExpression).then(|| charge::of(&self.actions))
    }

    /// Refuses an operand inside of a key's attribute, for keys are no documents.
    pub(crate) fn check_keys(&self, table: &RecordsTable) -> Result<(), Fault> {
        let operands = self.actions.iter().filter_map(|(_, change)| match change {
            Change::Set(operand) => Some(operand),
            _ => None,
        });
        path::check_keys(operands.flat_map(Operand::paths), table)
    }

    /// The item afterwards. `item` holds its key, also where there is none yet. A change of a key attribute is refused.
    pub(crate) fn apply(&self, table: &RecordsTable, item: &Attributes) -> Result<Attributes, Fault> {
        self.spare_keys(table)?;
        apply::to(item, &self.actions).map_err(|failure| match (failure, self.source) {
            (apply::Failure::Mismatch, Source::AttributeUpdates) => {
                Fault::validation("Type mismatch for attribute to update")
            }
            (failure, _) => failure.into(),
        })
    }

    /// Refuses a change of a key.
    fn spare_keys(&self, table: &RecordsTable) -> Result<(), Fault> {
        let mut roots = self.actions.iter().filter_map(|(path, _)| path.root());
        roots.find(|name| table.is_key(name)).map_or(Ok(()), |name| {
            Err(Fault::validation(format!(
                "One or more parameter values were invalid: Cannot update attribute {name}. This attribute is part of the key"
            )))
        })
    }

    /// What of an item, before or after it, the update changes: UPDATED_OLD and UPDATED_NEW. Empty means no `Attributes` at all.
    /// An attribute in which an element of a list changes is there as a whole.
    pub(crate) fn touched(&self, item: &Attributes) -> Attributes {
        let (indexed, named): (Vec<&Path>, Vec<&Path>) =
            self.actions.iter().map(|(path, _)| path).partition(|path| path.has_index());
        let mut touched = Projection::of_paths(&named).of(item);
        let whole: Vec<_> = indexed.into_iter().filter_map(Path::root).map(Path::attribute).collect();
        touched.append(&mut Projection::of_paths(&whole.iter().collect::<Vec<_>>()).of(item));
        touched
    }
}
