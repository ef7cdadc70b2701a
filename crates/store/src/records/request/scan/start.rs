//! ExclusiveStartKey: where a page begins. It need not be the key of an item that is there.

use serde_json::{Map, Value};

use crate::records::key::{RecordKey, attributes, fits};
use crate::records::members::Members;
use crate::records::refusal::{Reader, Refusal};
use crate::records::wire::{Flaw, LEVELS, Read, SetFlaw, TOO_DEEP};
use crate::records::{Fault, KeyAttribute, RecordsTable};

const INVALID: &str = "The provided starting key is invalid";

/// The starting key as far as it has been read.
pub(super) struct Start<'m> {
    json: Option<&'m Map<String, Value>>,
    read: Result<Read, Fault>,
}

/// A starting key that has values.
pub(super) struct StartValues(Option<Read>);

impl<'m> Start<'m> {
    /// Reads it; an error is one that makes the whole request unreadable.
    pub(super) fn read(members: &Members<'m>) -> Result<Self, Refusal> {
        let json = members.object("ExclusiveStartKey");
        let refuse = |_: &str, flaw: Flaw| match flaw {
            Flaw::Malformed(message) => Refusal::Plain(Fault::serialization(message)),
            Flaw::Number(message) => Refusal::plain(message),
            flaw => Refusal::plain(format!("{INVALID}: {}", flaw.message())),
        };
        let read = json.map(|json| Read::map_with(json, Reader::Current, refuse)).transpose();
        let read = read.map(Option::unwrap_or_default).map_err(|refusal| refusal.settle(false));
        match read {
            Err(fault) if fault.kind == "SerializationException" => Err(fault.into()),
            read => Ok(Self { json, read }),
        }
    }

    /// Whether an attribute or a member of a map has no name.
    pub(super) fn has_empty_name(&self) -> bool {
        self.json.is_some_and(|json| json.contains_key("")) || self.read.as_ref().is_ok_and(Read::has_empty_name)
    }

    /// Refuses values that are none.
    pub(super) fn check(self) -> Result<StartValues, Fault> {
        let read = self.read?;
        for flaws in read.flaws.values() {
            match flaws.set.as_ref().filter(|_| flaws.containers == 0) {
                _ if flaws.containers >= LEVELS => return Err(Fault::validation(format!("{INVALID}: {TOO_DEEP}"))),
                None => {}
                // Captured from AWS by dynoxide: an empty set of numbers alone lacks the introduction.
                Some(SetFlaw::Empty(message)) if !message.contains("number") => {
                    return Err(Fault::validation(format!("{INVALID}: {message}")));
                }
                Some(flaw) => return Err(Fault::validation(flaw.message())),
            }
        }
        Ok(StartValues(self.json.map(|_| read)))
    }
}

impl StartValues {
    /// The key, if it is one of the table's.
    pub(super) fn key(self, table: &RecordsTable) -> Result<Option<RecordKey>, Fault> {
        let Some(Read { values, .. }) = self.0 else { return Ok(None) };
        let fits = |key: &KeyAttribute| values.get(&key.name).is_some_and(|value| fits(value, key));
        if values.len() != attributes(table).count() || !attributes(table).all(fits) {
            return Err(Fault::validation(INVALID));
        }
        RecordKey::of(table, &values).map(Some)
    }
}
