//! DynamoDB's JSON as plain JSON, text to text: what is read is written at once, and nothing is built in between. Nesting is bounded by
//! what serde_json reads, 128 levels.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_json::value::RawValue;

use super::{FORMS, is_form};

/// A text that is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) struct Unreadable;

/// What a text is, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::records) enum Part {
    /// A response, or its metrics: members, of which some have values.
    Response,
    /// Items.
    Items,
    /// Values by name: an item, or a key.
    Attributes,
    /// A value, which names its type.
    Value,
    /// Values by name, in a value: what looks like one of the forms has one `$` more.
    Map,
    /// Values.
    List,
    /// Numbers, as strings.
    Numbers,
    /// A number, as a string.
    Number,
}

/// Appends a part in plain JSON.
pub(in crate::records) fn write(part: Part, text: &str, plain: &mut String) -> Result<(), Unreadable> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let written = Writer { part, plain }.deserialize(&mut reader);
    written.and_then(|()| reader.end()).map_err(|_| Unreadable)
}

/// Reads a part and writes it.
struct Writer<'p> {
    part: Part,
    plain: &'p mut String,
}

impl<'de> DeserializeSeed<'de> for Writer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        match self.part {
            Part::Items | Part::List | Part::Numbers => reader.deserialize_seq(self),
            Part::Number => reader.deserialize_str(self),
            Part::Response | Part::Attributes | Part::Map | Part::Value => reader.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for Writer<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} in DynamoDB's JSON", self.part)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, map: A) -> Result<(), A::Error> {
        match self.part {
            Part::Response => self.response(map),
            Part::Attributes => self.attributes(map).map(|_| ()),
            Part::Map => {
                let start = self.plain.len();
                let sole = self.attributes(map)?;
                if sole
                    .and_then(|name| serde_json::from_str(name.get()).ok())
                    .is_some_and(|name: String| is_form(&name))
                {
                    self.plain.insert(start.saturating_add("{\"".len()), '$');
                }
                Ok(())
            }
            _ => self.value(map),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        let part = match self.part {
            Part::Items => Part::Attributes,
            Part::Numbers => Part::Number,
            _ => Part::Value,
        };
        self.plain.push('[');
        while elements.next_element_seed(self.inner(part))?.is_some() {
            self.plain.push(',');
        }
        self.close(']');
        Ok(())
    }

    /// A number, with every digit that the text has.
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let number: Number = text.parse().map_err(E::custom)?;
        self.plain.push_str(number.as_str());
        Ok(())
    }
}

impl Writer<'_> {
    const fn inner(&mut self, part: Part) -> Writer<'_> {
        Writer { part, plain: self.plain }
    }

    /// Ends an object or array, with nothing behind its last element.
    fn close(&mut self, bracket: char) {
        if self.plain.ends_with(',') {
            self.plain.pop();
        }
        self.plain.push(bracket);
    }

    fn response<'de, A: MapAccess<'de>>(&mut self, mut members: A) -> Result<(), A::Error> {
        self.plain.push('{');
        while let Some(name) = members.next_key::<&str>()? {
            self.plain.extend(["\"", name, "\":"]);
            let part = match name {
                "Item" | "Attributes" | "LastEvaluatedKey" | "ItemCollectionKey" => Some(Part::Attributes),
                "Items" => Some(Part::Items),
                "ItemCollectionMetrics" => Some(Part::Response),
                _ => None,
            };
            match part {
                Some(part) => members.next_value_seed(self.inner(part))?,
                None => self.plain.push_str(members.next_value::<&RawValue>()?.get()),
            }
            self.plain.push(',');
        }
        self.close('}');
        Ok(())
    }

    /// Writes values by name. The name, when there is only one.
    fn attributes<'de, A: MapAccess<'de>>(&mut self, mut members: A) -> Result<Option<&'de RawValue>, A::Error> {
        let (mut first, mut count) = (None, 0_usize);
        self.plain.push('{');
        while let Some(name) = members.next_key::<&'de RawValue>()? {
            self.plain.extend([name.get(), ":"]);
            members.next_value_seed(self.inner(Part::Value))?;
            self.plain.push(',');
            first.get_or_insert(name);
            count = count.saturating_add(1);
        }
        self.close('}');
        Ok(first.filter(|_| count == 1))
    }

    fn value<'de, A: MapAccess<'de>>(&mut self, mut member: A) -> Result<(), A::Error> {
        let unreadable = || A::Error::custom("no value of DynamoDB's");
        match member.next_key()?.ok_or_else(unreadable)? {
            "NULL" => {
                member.next_value::<IgnoredAny>()?;
                self.plain.push_str("null");
            }
            "BOOL" => self.plain.push_str(if member.next_value()? { "true" } else { "false" }),
            "S" => {
                let text = member.next_value::<&RawValue>()?.get();
                self.plain.push_str(Some(text).filter(|text| text.starts_with('"')).ok_or_else(unreadable)?);
            }
            "N" => member.next_value_seed(self.inner(Part::Number))?,
            "L" => member.next_value_seed(self.inner(Part::List))?,
            "M" => member.next_value_seed(self.inner(Part::Map))?,
            kind => {
                let (form, _) = FORMS.into_iter().find(|(_, name)| *name == kind).ok_or_else(unreadable)?;
                self.plain.extend(["{\"", form, "\":"]);
                match kind {
                    "NS" => member.next_value_seed(self.inner(Part::Numbers))?,
                    _ => self.plain.push_str(member.next_value::<&RawValue>()?.get()),
                }
                self.plain.push('}');
            }
        }
        if member.next_key::<IgnoredAny>()?.is_some() { Err(unreadable()) } else { Ok(()) }
    }
}
