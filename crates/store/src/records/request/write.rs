//! Writes: what one does to the item under its key, and what it answers.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::records::expression::{Condition, Update, Work};
use crate::records::key::RecordKey;
use crate::records::members::Members;
use crate::records::size::{Capacity, ITEM_BYTES, TOO_LARGE, item_bytes};
use crate::records::wire::{Item, LEVELS, item_to_json};
use crate::records::{Attribute, Attributes, Fault, RecordsTable};

/// A write of one item.
#[derive(Debug)]
pub(crate) struct Write {
    /// Where the item is.
    pub(crate) key: RecordKey,
    pub(super) table: RecordsTable,
    pub(super) condition: Option<Condition>,
    pub(super) action: Action,
    pub(super) answer: Answers,
}

/// What is done when the condition is met.
#[derive(Debug)]
pub(super) enum Action {
    /// The item takes the place of what is there; with its JSON.
    Put { item: Attributes, body: String },
    /// What is there, or else an item of the key alone, is changed.
    Update { key: Attributes, update: Option<Update> },
    /// Nothing is there any more.
    Delete,
}

/// What is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answers {
    returns: Returns,
    capacity: Capacity,
    /// Whether a condition that is not met is answered with the item.
    item_on_failure: bool,
}

/// ReturnValues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Returns {
    None,
    AllOld,
    AllNew,
    UpdatedOld,
    UpdatedNew,
}

impl Answers {
    /// Reads what is to be answered; the values have been checked.
    pub(super) fn of(members: &Members<'_>) -> Self {
        let returns = match members.text("ReturnValues") {
            Some("ALL_OLD") => Returns::AllOld,
            Some("ALL_NEW") => Returns::AllNew,
            Some("UPDATED_OLD") => Returns::UpdatedOld,
            Some("UPDATED_NEW") => Returns::UpdatedNew,
            _ => Returns::None,
        };
        Self {
            returns,
            capacity: Capacity::of(members.text("ReturnConsumedCapacity")),
            item_on_failure: members.text("ReturnValuesOnConditionCheckFailure") == Some("ALL_OLD"),
        }
    }
}

/// What becomes of the item under the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change<'w> {
    /// This is there, in DynamoDB's JSON.
    Put(Cow<'w, str>),
    /// Nothing is there.
    Delete,
}

impl Write {
    /// Whether the item that is there matters to what is done or answered.
    pub(crate) fn needs_item(&self) -> bool {
        let updates = matches!(self.action, Action::Update { .. });
        updates
            || self.condition.is_some()
            || self.answer.returns != Returns::None
            || self.answer.capacity != Capacity::None
    }

    /// Decides on the item that is there.
    pub(crate) fn decide(&self, there: Option<&Attributes>) -> Result<(Change<'_>, Map<String, Value>), Fault> {
        self.check_condition(there)?;
        let (change, after) = match &self.action {
            Action::Put { item, body } => (Change::Put(body.into()), Some(Cow::Borrowed(item))),
            Action::Delete => (Change::Delete, None),
            Action::Update { key, update } => {
                let after = self.updated(there.unwrap_or(key), update.as_ref())?;
                (Change::Put(body(&after)?.into()), Some(Cow::Owned(after)))
            }
        };
        Ok((change, self.response(there, after.as_deref())))
    }

    fn check_condition(&self, there: Option<&Attributes>) -> Result<(), Fault> {
        let none = Attributes::new();
        let (Some(condition), work) = (&self.condition, Work::whole()) else { return Ok(()) };
        let holds = condition.holds_within(there.unwrap_or(&none), &work);
        work.check()?;
        if holds {
            return Ok(());
        }
        let fault = Fault::new("ConditionalCheckFailedException", "The conditional request failed");
        let item = there.filter(|_| self.answer.item_on_failure).map(item_to_json);
        Err(Fault { item, ..fault })
    }

    fn updated(&self, before: &Attributes, update: Option<&Update>) -> Result<Attributes, Fault> {
        let Some(update) = update else { return Ok(before.clone()) };
        let after = update.apply(&self.table, before)?;
        if after.values().any(|value| depth(value) >= LEVELS) {
            return Err(Fault::validation("Nesting Levels have exceeded supported limits"));
        }
        if item_bytes(&after) > ITEM_BYTES {
            return Err(Fault::validation(TOO_LARGE));
        }
        Ok(after)
    }

    fn response(&self, before: Option<&Attributes>, after: Option<&Attributes>) -> Map<String, Value> {
        let touched = |item: Option<&Attributes>| match &self.action {
            Action::Update { update: Some(update), .. } => item.map(|item| update.touched(item)),
            _ => None,
        };
        // Of an update of an item that is not there, "ALL_OLD has no effect". (Amazon DynamoDB Developer Guide, "Working with items",
        // "Return values"; dynoxide answers the key.)
        let attributes = match self.answer.returns {
            Returns::None => None,
            Returns::AllOld => before.map(Cow::Borrowed),
            Returns::AllNew => after.map(Cow::Borrowed),
            Returns::UpdatedOld => touched(before).filter(|some| !some.is_empty()).map(Cow::Owned),
            Returns::UpdatedNew => touched(after).filter(|some| !some.is_empty()).map(Cow::Owned),
        };
        let mut response = Map::new();
        if let Some(attributes) = &attributes {
            response.insert("Attributes".to_owned(), Value::Object(item_to_json(attributes)));
        }
        if self.answer.capacity != Capacity::None {
            let bytes = [before, after].into_iter().flatten().map(item_bytes).max().unwrap_or(0);
            self.answer.capacity.tell_write(&mut response, &self.table.name, bytes);
        }
        response
    }
}

/// An item's JSON, as it is stored.
pub(super) fn body(item: &Attributes) -> Result<String, Fault> {
    // Strings and truth values always have a JSON form.
    serde_json::to_string(&Item(item)).map_err(|error| Fault::serialization(error.to_string()))
}

/// How many lists and maps are around the deepest value in this one.
fn depth(value: &Attribute) -> usize {
    let deepest = |inner: Option<usize>| inner.map_or(0, |inner| inner.saturating_add(1));
    match value {
        Attribute::L(values) => deepest(values.iter().map(depth).max()),
        Attribute::M(members) => deepest(members.values().map(depth).max()),
        _ => 0,
    }
}
