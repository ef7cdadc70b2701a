//! Writing values.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::records::{Attribute, Attributes};

/// An item, a key or a map.
pub(in crate::records) fn item_to_json(attributes: &Attributes) -> Map<String, Value> {
    attributes.iter().map(|(name, value)| (name.clone(), value_to_json(value))).collect()
}

/// A value. Sets come in order; numbers have one form.
fn value_to_json(value: &Attribute) -> Value {
    let (kind, json) = match value {
        Attribute::S(text) => ("S", Value::String(text.clone())),
        Attribute::N(number) => ("N", Value::String(number.to_string())),
        Attribute::B(bytes) => ("B", Value::String(STANDARD.encode(bytes))),
        Attribute::Bool(truth) => ("BOOL", Value::Bool(*truth)),
        Attribute::Null => ("NULL", Value::Bool(true)),
        Attribute::L(values) => ("L", values.iter().map(value_to_json).collect()),
        Attribute::M(members) => ("M", Value::Object(item_to_json(members))),
        Attribute::Ss(set) => ("SS", set.iter().cloned().collect()),
        Attribute::Ns(set) => ("NS", set.iter().map(ToString::to_string).collect()),
        Attribute::Bs(set) => ("BS", set.iter().map(|bytes| STANDARD.encode(bytes)).collect()),
    };
    Value::Object(Map::from_iter([(kind.to_owned(), json)]))
}
