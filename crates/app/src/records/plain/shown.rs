//! DynamoDB's JSON as plain JSON, text to text: what is read is written at once, and nothing is built in between.

use memchr::memchr2;
use serde_json::value::RawValue;

use super::{FORMS, is_form};

/// How many objects and arrays may lie one in another.
const LEVELS: usize = 128;

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

/// Appends a part in plain JSON. What is copied as it is, such as what a string has between its quotes, is taken for JSON.
pub(in crate::records) fn write(part: Part, text: &str, plain: &mut String) -> Result<(), Unreadable> {
    let mut writer = Writer { rest: text, plain, levels: LEVELS };
    writer.part(part)?;
    if writer.peek().is_none() { Ok(()) } else { Err(Unreadable) }
}

/// Reads parts and writes them.
struct Writer<'t, 'p> {
    /// What has not been read yet.
    rest: &'t str,
    plain: &'p mut String,
    /// How many more objects and arrays may begin.
    levels: usize,
}

impl<'t> Writer<'t, '_> {
    fn part(&mut self, part: Part) -> Result<(), Unreadable> {
        match part {
            Part::Response => self.response(),
            Part::Items => self.elements(Part::Attributes),
            Part::Attributes => self.attributes().map(|_| ()),
            Part::Value => self.value(),
            Part::Map => self.map(),
            Part::List => self.elements(Part::Value),
            Part::Numbers => self.elements(Part::Number),
            Part::Number => self.number(),
        }
    }

    fn response(&mut self) -> Result<(), Unreadable> {
        self.members(|writer, name| match name {
            r#""Item""# | r#""Attributes""# | r#""LastEvaluatedKey""# | r#""ItemCollectionKey""# => {
                writer.part(Part::Attributes)
            }
            r#""Items""# => writer.part(Part::Items),
            r#""ItemCollectionMetrics""# => writer.part(Part::Response),
            _ => writer.copy(),
        })
    }

    /// Writes values by name. The name, when there is only one.
    fn attributes(&mut self) -> Result<Option<&'t str>, Unreadable> {
        let (mut first, mut count) = (None, 0_usize);
        self.members(|writer, name| {
            first.get_or_insert(name);
            count = count.saturating_add(1);
            writer.value()
        })?;
        Ok(first.filter(|_| count == 1))
    }

    fn map(&mut self) -> Result<(), Unreadable> {
        let start = self.plain.len();
        let sole = self.attributes()?.and_then(|name| serde_json::from_str(name).ok());
        if sole.is_some_and(|name: String| is_form(&name)) {
            self.plain.insert(start.saturating_add("{\"".len()), '$');
        }
        Ok(())
    }

    fn value(&mut self) -> Result<(), Unreadable> {
        self.open(b'{')?;
        match self.name()? {
            r#""NULL""# => {
                self.skip()?;
                self.plain.push_str("null");
            }
            r#""BOOL""# => {
                let truth = self.skip()?;
                self.plain.push_str(Some(truth).filter(|truth| ["true", "false"].contains(truth)).ok_or(Unreadable)?);
            }
            r#""S""# => {
                let text = self.string()?;
                self.plain.push_str(text);
            }
            r#""N""# => self.number()?,
            r#""L""# => self.part(Part::List)?,
            r#""M""# => self.part(Part::Map)?,
            kind => {
                let kind = kind.trim_matches('"');
                let (form, _) = FORMS.into_iter().find(|(_, name)| *name == kind).ok_or(Unreadable)?;
                self.plain.extend(["{\"", form, "\":"]);
                if kind == "NS" {
                    self.part(Part::Numbers)?
                } else {
                    self.copy()?
                }
                self.plain.push('}');
            }
        }
        // One type, not two.
        if self.goes_on(b'}')? { Err(Unreadable) } else { Ok(()) }
    }

    /// A number, with every digit that the text has.
    fn number(&mut self) -> Result<(), Unreadable> {
        let text = self.string()?.trim_matches('"');
        self.plain.push_str(Some(text).filter(|text| is_number(text)).ok_or(Unreadable)?);
        Ok(())
    }

    /// Writes an object whose members have these names; `member` reads and writes what stands behind one.
    fn members(
        &mut self,
        mut member: impl FnMut(&mut Self, &'t str) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        self.open(b'{')?;
        self.plain.push('{');
        let mut more = self.begins(b'}');
        while more {
            let name = self.name()?;
            self.plain.push_str(name);
            self.plain.push(':');
            member(self, name)?;
            more = self.goes_on(b'}')?;
            if more {
                self.plain.push(',');
            }
        }
        self.plain.push('}');
        Ok(())
    }

    /// Writes an array of such parts.
    fn elements(&mut self, part: Part) -> Result<(), Unreadable> {
        self.open(b'[')?;
        self.plain.push('[');
        let mut more = self.begins(b']');
        while more {
            self.part(part)?;
            more = self.goes_on(b']')?;
            if more {
                self.plain.push(',');
            }
        }
        self.plain.push(']');
        Ok(())
    }

    /// Writes a value of any kind as it is.
    fn copy(&mut self) -> Result<(), Unreadable> {
        let value = self.skip()?;
        self.plain.push_str(value);
        Ok(())
    }
}

/// Reading.
impl<'t> Writer<'t, '_> {
    /// What comes next, spaces left out.
    fn peek(&mut self) -> Option<u8> {
        if self.rest.as_bytes().first().is_some_and(|byte| *byte <= b' ') {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        }
        self.rest.as_bytes().first().copied()
    }

    fn take(&mut self, wanted: u8) -> Result<(), Unreadable> {
        let rest = if self.peek() == Some(wanted) { self.rest.get(1..) } else { None };
        self.rest = rest.ok_or(Unreadable)?;
        Ok(())
    }

    fn open(&mut self, bracket: u8) -> Result<(), Unreadable> {
        self.levels = self.levels.checked_sub(1).ok_or(Unreadable)?;
        self.take(bracket)
    }

    /// Whether there is a first member or element before this bracket.
    fn begins(&mut self, bracket: u8) -> bool {
        let closes = self.take(bracket).is_ok();
        self.levels = self.levels.saturating_add(usize::from(closes));
        !closes
    }

    /// Whether there is another member or element before this bracket.
    fn goes_on(&mut self, bracket: u8) -> Result<bool, Unreadable> {
        if self.take(b',').is_ok() {
            return Ok(true);
        }
        self.take(bracket)?;
        self.levels = self.levels.saturating_add(1);
        Ok(false)
    }

    /// The name of a member, in its quotes.
    fn name(&mut self) -> Result<&'t str, Unreadable> {
        let name = self.string()?;
        self.take(b':')?;
        Ok(name)
    }

    /// A string, in its quotes and with its escapes.
    fn string(&mut self) -> Result<&'t str, Unreadable> {
        if self.peek() != Some(b'"') {
            return Err(Unreadable);
        }
        let mut end = 1_usize;
        loop {
            let tail = self.rest.as_bytes().get(end..).ok_or(Unreadable)?;
            let at = memchr2(b'"', b'\\', tail).ok_or(Unreadable)?;
            let escapes = tail.get(at) == Some(&b'\\');
            end = end.saturating_add(at).saturating_add(if escapes { 2 } else { 1 });
            if !escapes {
                let (string, rest) = self.rest.split_at_checked(end).ok_or(Unreadable)?;
                self.rest = rest;
                return Ok(string);
            }
        }
    }

    /// A value of any kind.
    fn skip(&mut self) -> Result<&'t str, Unreadable> {
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<&'t RawValue>();
        let value = values.next().and_then(Result::ok).ok_or(Unreadable)?;
        self.rest = self.rest.get(values.byte_offset()..).ok_or(Unreadable)?;
        Ok(value.get())
    }
}

/// Whether a text is a number of JSON's (RFC 8259, section 6).
fn is_number(text: &str) -> bool {
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    [whole, fraction, exponent].into_iter().all(are_digits) && (whole == "0" || !whole.starts_with('0'))
}
