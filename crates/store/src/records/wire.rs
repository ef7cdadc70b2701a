//! Values in the JSON of DynamoDB's low-level API, where each names its type: `{"S":"x"}`.

mod read;
mod write;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(super) use self::read::{Flaw, flag, not_a, not_a_list, read};
pub(super) use self::write::{Item, item_to_json};
use super::Attributes;
use super::refusal::{Reader, Refusal};

/// The message about values that are nested too deep.
pub(super) const TOO_DEEP: &str =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";

/// How many lists and maps may be around a value: one less than this.
pub(super) const LEVELS: usize = 32;

/// How many lists and maps lie around a value when a second check of DynamoDB's answers before the first.
pub(super) const SECOND_LEVELS: usize = 63;

/// What is wrong with a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SetFlaw {
    /// It has no elements.
    Empty(&'static str),
    /// It has an element twice.
    Repeated {
        /// What is said of a request's value.
        message: String,
        /// What is said of an item that an update makes.
        of_update: String,
    },
}

impl SetFlaw {
    /// What is said of a request's value.
    pub(super) fn message(&self) -> &str {
        match self {
            Self::Empty(message) => message,
            Self::Repeated { message, .. } => message,
        }
    }

    /// What is said of an item that an update makes.
    pub(super) fn of_update(&self) -> &str {
        match self {
            Self::Empty(message) => message,
            Self::Repeated { of_update, .. } => of_update,
        }
    }
}

/// What is wrong with a value that could be read; whether that matters depends on where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flaws {
    /// A map has a member whose name is empty.
    pub(super) empty_name: bool,
    /// How many lists and maps are around the deepest value.
    pub(super) depth: usize,
    /// How many lists and maps lie one in another.
    pub(super) containers: usize,
    /// The first set that is none.
    pub(super) set: Option<SetFlaw>,
}

impl Flaws {
    /// Adds those of something inside of a list or map.
    pub(super) fn within(&mut self, inner: Self) {
        self.empty_name |= inner.empty_name;
        self.depth = self.depth.max(inner.depth.saturating_add(1));
        self.containers = self.containers.max(inner.containers.saturating_add(1));
        if self.set.is_none() {
            self.set = inner.set;
        }
    }
}

/// Values by name, with what is wrong with each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    /// The values.
    pub(super) values: Attributes,
    /// The flaws, by the same names.
    pub(super) flaws: BTreeMap<String, Flaws>,
}

impl Read {
    /// Reads a map of values; the first one that cannot be read is refused.
    pub(super) fn map(json: &Map<String, Value>, reader: Reader) -> Result<Self, Refusal> {
        Self::map_with(json, reader, |_, flaw| flaw.refuse(reader))
    }

    /// Reads a map of values, with a way to refuse one by its name.
    pub(super) fn map_with(
        json: &Map<String, Value>,
        reader: Reader,
        refuse: impl Fn(&str, Flaw) -> Refusal,
    ) -> Result<Self, Refusal> {
        let mut all = Self::default();
        for (name, json) in json {
            let (value, flaws) = read(json, reader).map_err(|flaw| refuse(name, flaw))?;
            all.values.insert(name.clone(), value);
            all.flaws.insert(name.clone(), flaws);
        }
        Ok(all)
    }

    /// Whether an attribute, or a member of a map in one, has an empty name.
    pub(super) fn has_empty_name(&self) -> bool {
        self.values.contains_key("") || self.flaws.values().any(|flaws| flaws.empty_name)
    }

    /// Whether a value is nested too deep.
    pub(super) fn is_too_deep(&self) -> bool {
        self.flaws.values().any(|flaws| flaws.containers >= LEVELS)
    }
}

/// An item that the store itself has written.
pub(crate) fn stored(json: &Map<String, Value>) -> Option<Attributes> {
    Read::map(json, Reader::Current).ok().map(|read| read.values)
}
