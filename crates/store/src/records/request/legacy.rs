//! The parameters that expressions replaced: Expected, ScanFilter and AttributeUpdates.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::records::expression::{Condition, Update};
use crate::records::legacy::{self, LegacyCondition, LegacyUpdate};
use crate::records::members::Members;
use crate::records::refusal::{self, Refusal};
use crate::records::wire::{Flaw, Flaws, LEVELS, SetFlaw, TOO_DEEP, flag, read};
use crate::records::{Attribute, Fault, Operation};

type Entry = Map<String, Value>;

/// The entries of Expected or ScanFilter.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    entries: BTreeMap<String, LegacyCondition>,
    flaws: Flaws,
    /// Why a value could not be read; then the entries are not all there.
    unread: Option<Flaw>,
}

impl Conditions {
    /// Reads them; an error is one that makes the whole request unreadable.
    pub(super) fn read(members: &Members<'_>, parameter: &str) -> Result<Self, Refusal> {
        let mut all = Self::default();
        for (name, entry) in members.object(parameter).into_iter().flatten() {
            let empty = Entry::new();
            let entry = entry.as_object().unwrap_or(&empty);
            match condition(entry, members, &mut all.flaws) {
                Ok(condition) => {
                    all.entries.insert(name.clone(), condition);
                }
                Err(Flaw::Malformed(message)) => return Err(Fault::serialization(message).into()),
                Err(flaw) => all.unread = all.unread.or(Some(flaw)),
            }
        }
        Ok(all)
    }

    /// Whether a value has a map with a member without a name, or (of Expected) an attribute has none.
    pub(super) fn has_empty_name(&self, attributes_too: bool) -> bool {
        self.flaws.empty_name || attributes_too && self.entries.contains_key("")
    }

    /// Refuses an operator that has nothing to join.
    pub(super) fn check_operator(members: &Members<'_>) -> Result<(), Refusal> {
        let parameter = if members.operation == Operation::Scan { "ScanFilter" } else { "Expected" };
        let count = members.object(parameter).map_or(0, Map::len);
        legacy::conditional_operator(members.text("ConditionalOperator"), count).map_err(refusal::count)
    }

    /// Refuses values that are nested too deep; `more` levels are accepted.
    pub(super) fn check_depth(&self, more: usize) -> Result<(), Refusal> {
        if self.flaws.containers >= LEVELS.saturating_add(more) {
            return Err(Refusal::counted(TOO_DEEP));
        }
        Ok(())
    }

    /// The condition that Expected is.
    pub(super) fn expected(self, members: &Members<'_>) -> Result<Option<Condition>, Refusal> {
        match self.unread {
            None => {}
            Some(Flaw::NoType) => return Err(Refusal::plain(Flaw::NoType.message())),
            Some(flaw) => return Err(Refusal::counted(flaw.message())),
        }
        if let Some(flaw) = &self.flaws.set {
            return Err(Refusal::counted(flaw.message()));
        }
        legacy::expected(&self.entries, members.text("ConditionalOperator")).map_err(refusal::count)
    }

    /// The condition that ScanFilter is.
    pub(super) fn scan_filter(self, members: &Members<'_>) -> Result<Option<Condition>, Refusal> {
        if let Some(flaw) = self.unread {
            return Err(Refusal::plain(flaw.message()));
        }
        if let Some(flaw) = &self.flaws.set {
            return Err(Refusal::plain(flaw.message()));
        }
        legacy::scan_filter(&self.entries, members.text("ConditionalOperator")).map_err(Refusal::from)
    }
}

fn condition(entry: &Entry, members: &Members<'_>, flaws: &mut Flaws) -> Result<LegacyCondition, Flaw> {
    let deep = members.operation != Operation::Scan;
    let mut keep = |json: &Value| -> Result<Attribute, Flaw> {
        let (value, own) = read(json, members.reader)?;
        flaws.empty_name |= own.empty_name;
        flaws.containers = flaws.containers.max(own.containers);
        // A set inside of another value matters to Expected alone.
        let set = own.set.filter(|_| own.containers == 0 || deep);
        flaws.set = flaws.set.take().or(set);
        Ok(value)
    };
    let there = |name: &str| entry.get(name).filter(|value| !value.is_null());
    let exists = there("Exists").map(flag).transpose().map_err(Flaw::Malformed)?;
    let value = there("Value").map(&mut keep).transpose()?;
    let list = there("AttributeValueList").and_then(Value::as_array);
    let list = list.map(|values| values.iter().map(&mut keep).collect::<Result<Vec<_>, _>>()).transpose()?;
    Ok(LegacyCondition {
        operator: there("ComparisonOperator").and_then(Value::as_str).map(str::to_owned),
        list,
        value,
        exists: exists.map(|(exists, _)| exists),
    })
}

/// The entries of AttributeUpdates.
#[derive(Debug, Default)]
pub(super) struct Updates {
    entries: BTreeMap<String, LegacyUpdate>,
    flaws: Flaws,
    there: bool,
}

impl Updates {
    /// Reads them.
    pub(super) fn read(members: &Members<'_>) -> Result<Self, Refusal> {
        let Some(entries) = members.object("AttributeUpdates") else { return Ok(Self::default()) };
        let mut all = Self { there: true, ..Self::default() };
        for (name, entry) in entries {
            let value = entry.get("Value").filter(|value| !value.is_null());
            let value = value.map(|json| read(json, members.reader)).transpose();
            let value = value.map_err(|flaw| flaw.refuse(members.reader))?;
            let action = entry.get("Action").and_then(Value::as_str).map(str::to_owned);
            if let Some((_, own)) = &value {
                all.flaws.empty_name |= own.empty_name;
                all.flaws.containers = all.flaws.containers.max(own.containers);
                all.flaws.set = all.flaws.set.take().or_else(|| own.set.clone());
            }
            all.entries.insert(name.clone(), LegacyUpdate { action, value: value.map(|(value, _)| value) });
        }
        Ok(all)
    }

    /// Whether an attribute or a member of a map has no name.
    pub(super) fn has_empty_name(&self) -> bool {
        self.flaws.empty_name || self.entries.contains_key("")
    }

    /// Refuses values that are nested too deep.
    pub(super) fn check_depth(&self) -> Result<(), Refusal> {
        if self.flaws.containers >= LEVELS { Err(Refusal::counted(TOO_DEEP)) } else { Ok(()) }
    }

    /// Refuses sets that have an element twice.
    pub(super) fn check_repeated(&self) -> Result<(), Refusal> {
        match &self.flaws.set {
            Some(SetFlaw::Repeated { message, .. }) => Err(Refusal::counted(message)),
            _ => Ok(()),
        }
    }

    /// The update that they are, if they are there.
    pub(super) fn update(self) -> Result<Option<Update>, Refusal> {
        if !self.there {
            return Ok(None);
        }
        legacy::update_actions(&self.entries).map_err(refusal::count)?;
        let update = legacy::attribute_updates(&self.entries)?;
        if let Some(SetFlaw::Empty(message)) = &self.flaws.set {
            return Err(Refusal::plain(*message));
        }
        Ok(Some(update))
    }
}
