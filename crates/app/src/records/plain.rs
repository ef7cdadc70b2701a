//! Plain JSON values to DynamoDB's JSON (`{"S":"x"}`) and back, without losing anything either way.
//!
//! What JSON lacks has a form of its own: a map with one member, named [`BINARY`] or after one of the sets. A map of the client's that
//! looks like one of these has one `$` more in front of its member's name.

mod shown;

use serde_json::{Map, Value};

pub(super) use self::shown::{Part, Unreadable, write};
use super::place::{Place, Wrong};

/// Bytes, in base64 (RFC 4648, section 4).
const BINARY: &str = "$binary";
/// The forms, and what they are called in DynamoDB's JSON.
const FORMS: [(&str, &str); 4] = [(BINARY, "B"), ("$stringSet", "SS"), ("$numberSet", "NS"), ("$binarySet", "BS")];

/// A plain value as DynamoDB's; `levels` more may lie within. What cannot be one is reported.
pub(super) fn to_wire(value: Value, place: &Place<'_>, levels: usize, wrong: &mut Wrong) -> Value {
    match value {
        Value::Null => one("NULL", Value::Bool(true)),
        Value::Bool(truth) => one("BOOL", Value::Bool(truth)),
        Value::Number(number) => one("N", Value::String(number.to_string())),
        Value::String(text) => one("S", Value::String(text)),
        Value::Array(_) | Value::Object(_) if levels == 0 => {
            wrong.report(place, |_| "The payload is nested too deep".to_owned());
            Value::Null
        }
        Value::Array(items) => {
            let within = levels.saturating_sub(1);
            let items = items.into_iter().enumerate();
            one("L", items.map(|(index, item)| to_wire(item, &place.index(index), within, wrong)).collect())
        }
        Value::Object(map) => map_to_wire(map, place, levels.saturating_sub(1), wrong),
    }
}

/// Names and plain values as names and values of DynamoDB's: an item, a key. It is never taken for one of the forms.
pub(super) fn attributes_to_wire(
    map: Map<String, Value>,
    place: &Place<'_>,
    levels: usize,
    wrong: &mut Wrong,
) -> Map<String, Value> {
    let mut attributes = Map::with_capacity(map.len());
    for (name, value) in map {
        let value = to_wire(value, &place.name(&name), levels, wrong);
        attributes.insert(name, value);
    }
    attributes
}

fn map_to_wire(mut map: Map<String, Value>, place: &Place<'_>, levels: usize, wrong: &mut Wrong) -> Value {
    let Some(name) = sole_form(&map) else {
        return one("M", Value::Object(attributes_to_wire(map, place, levels, wrong)));
    };
    let value = map.remove(&name).unwrap_or_default();
    let place = place.name(&name);
    match FORMS.into_iter().find(|(form, _)| *form == name) {
        Some((_, kind)) => one(kind, form_to_wire(kind, value, &place, wrong)),
        None => {
            let value = to_wire(value, &place, levels, wrong);
            one("M", one(name.get(1..).unwrap_or_default(), value))
        }
    }
}

/// What stands behind one of the forms, which is a text, texts or numbers.
fn form_to_wire(kind: &str, value: Value, place: &Place<'_>, wrong: &mut Wrong) -> Value {
    let (value, items) = match (kind, value) {
        ("B", Value::String(text)) => return Value::String(text),
        ("B", value) => (value, None),
        (_, Value::Array(items)) => (Value::Null, Some(items)),
        (_, value) => (value, None),
    };
    let Some(items) = items else {
        wrong.report_type(place, &value, if kind == "B" { "<class 'str'>" } else { "<class 'list'>" });
        return Value::Null;
    };
    let element = |(index, item)| match (kind, item) {
        ("NS", Value::Number(number)) => Value::String(number.to_string()),
        ("SS" | "BS", Value::String(text)) => Value::String(text),
        (_, item) => {
            let wanted = if kind == "NS" { "<class 'int'>, <class 'float'>" } else { "<class 'str'>" };
            wrong.report_type(&place.index(index), &item, wanted);
            Value::Null
        }
    };
    items.into_iter().enumerate().map(element).collect()
}

/// The name of the only member of a map, when it is that of a form, with further `$` in front or not.
fn sole_form(map: &Map<String, Value>) -> Option<String> {
    let (name, _) = map.iter().next().filter(|_| map.len() == 1)?;
    is_form(name).then(|| name.clone())
}

/// Whether a name is that of a form, with further `$` in front or not.
fn is_form(name: &str) -> bool {
    let bare = name.trim_start_matches('$');
    bare.len() < name.len() && FORMS.iter().any(|(form, _)| form.get(1..) == Some(bare))
}

fn one(name: &str, value: Value) -> Value {
    let mut map = Map::with_capacity(1);
    map.insert(name.to_owned(), value);
    Value::Object(map)
}

#[cfg(test)]
mod tests;
