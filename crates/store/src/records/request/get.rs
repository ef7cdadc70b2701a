//! GetItem.

use serde_json::{Map, Value};

use super::expressions::{self, EMPTY_NAME, check_all_used, check_empty_names, check_not_empty};
use crate::records::expression::{Placeholders, Projection};
use crate::records::key::{RecordKey, check_key, check_values};
use crate::records::legacy::attributes_to_get;
use crate::records::members::{CAPACITY, Members, TableName, missing};
use crate::records::refusal::{Refusal, all_detected, detected};
use crate::records::size::{Capacity, item_bytes};
use crate::records::wire::{Read, TOO_DEEP, item_to_json};
use crate::records::{Attributes, Fault};

/// A read of one item.
#[derive(Debug)]
pub(crate) struct Get {
    /// Where the item is.
    pub(crate) key: RecordKey,
    table: String,
    projection: Option<Projection>,
    capacity: Capacity,
    consistent: bool,
}

impl Get {
    pub(super) fn read(members: &Members<'_>) -> Result<Self, Refusal> {
        let key = members.object("Key").map(|key| Read::map(key, members.reader)).transpose()?;
        check_members(members)?;
        let key = key.unwrap_or_default();
        let names = members.texts("AttributesToGet");
        if key.has_empty_name() || names.iter().flatten().any(String::is_empty) {
            return Err(Refusal::counted(EMPTY_NAME));
        }
        check_empty_names(members, &None)?;
        let mut placeholders = expressions::check(members, &["AttributesToGet"], &["ProjectionExpression"], None)?;
        if key.is_too_deep() {
            return Err(Refusal::counted(TOO_DEEP));
        }
        check_values(&key)?;
        let legacy = names.map(|names| attributes_to_get(&names)).transpose()?;
        check_not_empty(members, "ProjectionExpression")?;
        members.find_table()?;
        check_key(members.table, &key.values)?;
        let projection = projection(members, &mut placeholders)?;
        check_all_used(&placeholders)?;
        Ok(Self {
            key: RecordKey::of(members.table, &key.values)?,
            table: members.table.name.clone(),
            projection: projection.or(legacy),
            capacity: Capacity::of(members.text("ReturnConsumedCapacity")),
            consistent: members.is("ConsistentRead"),
        })
    }

    /// Whether the answer is the item as it is stored, and nothing besides.
    pub(crate) fn is_plain(&self) -> bool {
        self.projection.is_none() && self.capacity == Capacity::None
    }

    /// Answers with the item that is there.
    pub(crate) fn answer(&self, there: Option<&Attributes>) -> Map<String, Value> {
        let mut response = Map::new();
        if let Some(item) = there {
            let part = self.projection.as_ref().map(|projection| projection.of(item));
            let item = item_to_json(part.as_ref().unwrap_or(item));
            response.insert("Item".to_owned(), Value::Object(item));
        }
        if self.capacity != Capacity::None {
            let bytes = there.map_or(0, item_bytes);
            self.capacity.tell_read(&mut response, &self.table, bytes, self.consistent);
        }
        response
    }
}

/// Parses ProjectionExpression.
pub(super) fn projection(
    members: &Members<'_>,
    placeholders: &mut Placeholders,
) -> Result<Option<Projection>, Refusal> {
    let Some(text) = members.text("ProjectionExpression") else { return Ok(None) };
    let projection = Projection::parse(text, placeholders)?;
    projection.check_keys(members.table)?;
    Ok(Some(projection))
}

fn check_members(members: &Members<'_>) -> Result<(), Fault> {
    let name = members.text("TableName");
    if name == Some("") {
        return Err(Fault::validation(detected(TableName::EMPTY)));
    }
    let mut mistakes = Vec::from_iter((!members.has("Key")).then(|| missing("key")));
    mistakes.extend(TableName(name).first());
    mistakes.extend(CAPACITY.mistake(members.text("ReturnConsumedCapacity")));
    mistakes.extend(no_attributes(members));
    all_detected(&mistakes)
}

/// The mistake of an AttributesToGet that names none.
pub(super) fn no_attributes(members: &Members<'_>) -> Option<String> {
    members.texts("AttributesToGet").is_some_and(|names| names.is_empty()).then(|| {
        "Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length greater than or equal to 1".to_owned()
    })
}
