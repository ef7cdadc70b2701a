//! Single attributes of a stored body, without parsing the rest of it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::StoreError;

/// The values of the named attributes of a JSON object, as its text has them; `null` counts as absent.
pub(crate) fn pick<'a, const N: usize>(
    body: &'a str,
    names: [&str; N],
) -> Result<[Option<&'a RawValue>; N], StoreError> {
    Pick { names }
        .deserialize(&mut serde_json::Deserializer::from_str(body))
        .map_err(|error| StoreError::Misuse(format!("a body is not a JSON object: {error}")))
}

/// The value as a string.
pub(crate) fn text(name: &str, value: &RawValue) -> Result<String, StoreError> {
    serde_json::from_str(value.get()).map_err(|_| StoreError::Misuse(format!("attribute {name} must be a string")))
}

/// The value as a whole number.
pub(crate) fn number(name: &str, value: &RawValue) -> Result<i64, StoreError> {
    value.get().parse().map_err(|_| StoreError::Misuse(format!("attribute {name} must be a whole number")))
}

struct Pick<'n, const N: usize> {
    names: [&'n str; N],
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de, const N: usize> DeserializeSeed<'de> for Pick<'_, N> {
    type Value = [Option<&'de RawValue>; N];

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, const N: usize> Visitor<'de> for Pick<'_, N> {
    type Value = [Option<&'de RawValue>; N];

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut picked = [None; N];
        while let Some(Name(name)) = map.next_key()? {
            let value: &RawValue = map.next_value()?;
            for (wanted, slot) in self.names.iter().zip(&mut picked) {
                if *wanted == name && value.get() != "null" {
                    *slot = Some(value);
                }
            }
        }
        Ok(picked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_found_wherever_they_stand() {
        let body = r#"{"a":{"n":[1,{"n":2}]},"n":7,"\u0061b":"\u00e4","none":null}"#;
        let [number_value, text_value, none, absent] = pick(body, ["n", "ab", "none", "absent"]).unwrap();
        assert_eq!(number("n", number_value.unwrap()).unwrap(), 7);
        assert_eq!(text("ab", text_value.unwrap()).unwrap(), "ä");
        assert!(none.is_none() && absent.is_none());
    }

    #[test]
    fn other_types_and_other_texts_are_misuse() {
        let [value] = pick(r#"{"n":7.5}"#, ["n"]).unwrap();
        assert!(number("n", value.unwrap()).is_err());
        assert!(text("n", value.unwrap()).is_err());
        for body in ["", "[]", "7", "{"] {
            assert!(pick(body, ["n"]).is_err(), "{body}");
        }
    }
}
