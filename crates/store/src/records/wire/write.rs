//! Writing values.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::records::{Attribute, Attributes};

/// An item, a key or a map, to be written.
pub(in crate::records) struct Item<'a>(pub(in crate::records) &'a Attributes);

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, Written(value))))
    }
}

/// A value, to be written. Sets come in order; numbers have one form.
struct Written<'a>(&'a Attribute);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut value = serializer.serialize_map(Some(1))?;
        match self.0 {
            Attribute::S(text) => value.serialize_entry("S", text),
            Attribute::N(number) => value.serialize_entry("N", &number.to_string()),
            Attribute::B(bytes) => value.serialize_entry("B", &STANDARD.encode(bytes)),
            Attribute::Bool(truth) => value.serialize_entry("BOOL", truth),
            Attribute::Null => value.serialize_entry("NULL", &true),
            Attribute::L(values) => value.serialize_entry("L", &values.iter().map(Written).collect::<Vec<_>>()),
            Attribute::M(members) => value.serialize_entry("M", &Item(members)),
            Attribute::Ss(set) => value.serialize_entry("SS", set),
            Attribute::Ns(set) => value.serialize_entry("NS", &texts(set, ToString::to_string)),
            Attribute::Bs(set) => value.serialize_entry("BS", &texts(set, |bytes| STANDARD.encode(bytes))),
        }?;
        value.end()
    }
}

fn texts<'a, T: 'a>(set: impl IntoIterator<Item = &'a T>, text: impl Fn(&T) -> String) -> Vec<String> {
    set.into_iter().map(text).collect()
}

/// An item, a key or a map.
pub(in crate::records) fn item_to_json(attributes: &Attributes) -> Map<String, Value> {
    match serde_json::to_value(Item(attributes)) {
        Ok(Value::Object(members)) => members,
        // Strings and truth values by name always have a JSON form, which is an object.
        _ => Map::new(),
    }
}
