//! Reading the members of a request body one by one and naming everything that is wrong with them at once.

use std::ops::RangeInclusive;

use serde_json::{Map, Number, Value};

use crate::json::{escape, kind};
use crate::limits::PROBLEMS;
use crate::refusal::{Problem, Refusal};

/// Members of a JSON object that are still to be read, and what was found wrong with those that were.
#[derive(Debug)]
pub struct Fields {
    members: Map<String, Value>,
    base: String,
    errors: Vec<Problem>,
}

impl Fields {
    /// The members of a request body.
    pub const fn new(members: Map<String, Value>) -> Self {
        Self::at(String::new(), members)
    }

    /// The members of an object inside of the body, at a JSON pointer.
    pub const fn at(base: String, members: Map<String, Value>) -> Self {
        Self { members, base, errors: Vec::new() }
    }

    /// Drops members that the server decides.
    pub fn ignore(&mut self, names: &[&str]) {
        for name in names {
            self.members.shift_remove(*name);
        }
    }

    /// Takes a member as it is; `null` counts as absent.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.members.shift_remove(name).filter(|value| !value.is_null())
    }

    /// Notes a problem with a member.
    pub fn wrong(&mut self, name: &str, detail: impl Into<String>) {
        let pointer = format!("{}/{}", self.base, escape(name));
        self.errors.push(Problem { pointer, detail: detail.into() });
    }

    /// Notes problems found elsewhere.
    pub fn wrong_all(&mut self, errors: Vec<Problem>) {
        self.errors.extend(errors);
    }

    /// An optional string of at most so many bytes.
    pub fn text(&mut self, name: &str, bytes: usize) -> Option<String> {
        match self.take(name)? {
            Value::String(text) if text.len() > bytes => self.refuse(name, &format!("must have at most {bytes} bytes")),
            Value::String(text) => Some(text),
            other => self.refuse(name, &format!("must be a string, not {}", kind(&other))),
        }
    }

    /// An optional string of at most so many bytes that says something.
    pub fn filled_text(&mut self, name: &str, bytes: usize) -> Option<String> {
        match self.text(name, bytes)? {
            text if text.trim().is_empty() => self.refuse(name, "must not be an empty string"),
            text => Some(text),
        }
    }

    /// A string that must be there and say something.
    pub fn required_text(&mut self, name: &str, bytes: usize) -> String {
        self.require(name);
        self.filled_text(name, bytes).unwrap_or_default()
    }

    /// An optional whole number in a range.
    pub fn integer(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.take(name)?;
        let number = match &value {
            Value::Number(number) => number.as_str().parse().ok(),
            other => return self.refuse(name, &format!("must be a whole number, not {}", kind(other))),
        };
        match number {
            Some(number) if range.contains(&number) => Some(number),
            _ => {
                let (least, most) = range.into_inner();
                self.refuse(name, &format!("must be a whole number from {least} to {most}"))
            }
        }
    }

    /// An optional boolean.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        match self.take(name)? {
            Value::Bool(value) => Some(value),
            other => self.refuse(name, &format!("must be a boolean, not {}", kind(&other))),
        }
    }

    /// A whole number that must be there; the least of the range when it is not.
    pub fn required_integer(&mut self, name: &str, range: RangeInclusive<i64>) -> i64 {
        self.require(name);
        let least = *range.start();
        self.integer(name, range).unwrap_or(least)
    }

    /// An amount of money that must be there: a decimal number of zero or more.
    pub fn required_amount(&mut self, name: &str) -> Number {
        self.require(name);
        let amount = match self.take(name) {
            Some(Value::Number(number)) if !number.as_str().starts_with('-') => Some(number),
            Some(Value::Number(_)) => self.refuse(name, "must not be negative"),
            Some(other) => self.refuse(name, &format!("must be a number, not {}", kind(&other))),
            None => None,
        };
        amount.unwrap_or_else(|| Number::from(0))
    }

    /// How many problems were noted so far.
    pub const fn problems(&self) -> usize {
        self.errors.len()
    }

    /// What was not read: the client's further members. Or everything that was found wrong.
    pub fn finish(self) -> Result<Map<String, Value>, Refusal> {
        if self.errors.is_empty() { Ok(self.members) } else { Err(Refusal::invalid_all(self.errors)) }
    }

    /// The problems so far, and what was not read.
    pub fn into_parts(self) -> (Map<String, Value>, Vec<Problem>) {
        (self.members, self.errors)
    }

    fn require(&mut self, name: &str) {
        if self.members.get(name).is_none_or(Value::is_null) {
            self.wrong(name, "is required");
        }
    }

    fn refuse<T>(&mut self, name: &str, detail: &str) -> Option<T> {
        self.wrong(name, detail);
        None
    }
}

/// The objects of an array of 1 to `most`, each with its place.
pub(crate) fn objects(value: Value, base: &str, most: usize, errors: &mut Vec<Problem>) -> Vec<(String, Fields)> {
    let items = match value {
        Value::Array(items) if (1..=most).contains(&items.len()) => items,
        _ => {
            note(errors, base.to_owned(), &format!("must be an array of 1 to {most} objects"));
            return Vec::new();
        }
    };
    let mut found = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let place = format!("{base}/{index}");
        match item {
            Value::Object(members) => found.push((place.clone(), Fields::at(place, members))),
            other => note(errors, place, &format!("must be an object, not {}", kind(&other))),
        }
    }
    found
}

/// Notes what was wrong with the members of an object, and those that it should not have.
pub(crate) fn finish_object(base: &str, members: Fields, errors: &mut Vec<Problem>) {
    let (unknown, wrong) = members.into_parts();
    for problem in wrong {
        note(errors, problem.pointer, &problem.detail);
    }
    for name in unknown.keys() {
        note(errors, format!("{base}/{}", escape(name)), "is not known here");
    }
}

/// Notes a problem, of which a refusal names so many.
pub(crate) fn note(errors: &mut Vec<Problem>, pointer: String, detail: &str) {
    if errors.len() < PROBLEMS {
        errors.push(Problem { pointer, detail: detail.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::new(crate::json::object(text.as_bytes()).unwrap())
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        let mut fields = fields(r#"{"a":1,"b":"x","c":-1,"e":"","f":0,"g":1.5}"#);
        fields.required_text("a", 10);
        fields.required_integer("b", 0..=9);
        fields.required_amount("c");
        fields.required_text("d", 10);
        fields.filled_text("e", 10);
        fields.integer("f", 1..=9);
        fields.integer("g", 1..=9);
        let pointers: Vec<_> = fields.finish().unwrap_err().errors.into_iter().map(|e| e.pointer).collect();
        assert_eq!(pointers, ["/a", "/b", "/c", "/d", "/e", "/f", "/g"]);
    }

    #[test]
    fn further_members_are_kept() {
        let mut fields = fields(r#"{"a":"x","b":null,"more":[1]}"#);
        assert_eq!(fields.text("a", 1).as_deref(), Some("x"));
        assert_eq!(fields.text("b", 1), None);
        assert_eq!(fields.finish().unwrap().keys().collect::<Vec<_>>(), ["more"]);
    }
}
