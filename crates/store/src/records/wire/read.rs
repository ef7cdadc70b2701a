//! Reading values, in the order in which DynamoDB finds mistakes.

use std::collections::BTreeSet;
use std::fmt::Display;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::{Flaws, SECOND_LEVELS, SetFlaw, TOO_DEEP};
use crate::records::refusal::{Reader, Refusal, TYPES};
use crate::records::{Attribute, Attributes, Fault, Number};

/// Nothing is read beyond this many lists and maps around it.
const BOUND: usize = 100;

const NO_TYPE: &str = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
const TWO_TYPES: &str =
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";
const NULL_IS_TRUE: &str =
    "One or more parameter values were invalid: Null attribute value types must have the value of true";
const INVALID: &str = "One or more parameter values were invalid: ";

/// Why a value cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::records) enum Flaw {
    /// It has no type.
    NoType,
    /// It has more than one type.
    TwoTypes,
    /// It has more than one type, one of them an empty set.
    EmptySet(&'static str),
    /// It is no number that can be kept.
    Number(String),
    /// It is null, and false, and its reader is the older one.
    OddNull,
    /// It is null, and false.
    FalseNull,
    /// It is nested beyond the bound.
    TooDeep,
    /// It is not the JSON of a value.
    Malformed(String),
}

impl Flaw {
    /// The refusal of a request that has this value.
    pub(in crate::records) fn refuse(self, reader: Reader) -> Refusal {
        match self {
            Self::Malformed(message) => Refusal::Plain(Fault::serialization(message)),
            Self::FalseNull => Refusal::counted(NULL_IS_TRUE),
            Self::Number(message) if reader == Reader::Current => Refusal::counted(message),
            other => Refusal::plain(other.message()),
        }
    }

    /// What is wrong.
    pub(in crate::records) fn message(self) -> String {
        match self {
            Self::NoType => NO_TYPE.to_owned(),
            Self::TwoTypes => TWO_TYPES.to_owned(),
            Self::EmptySet(message) => message.to_owned(),
            Self::OddNull | Self::FalseNull => NULL_IS_TRUE.to_owned(),
            Self::TooDeep => TOO_DEEP.to_owned(),
            Self::Number(message) | Self::Malformed(message) => message,
        }
    }
}

/// Reads a value, with what is wrong with it nevertheless.
pub(in crate::records) fn read(json: &Value, reader: Reader) -> Result<(Attribute, Flaws), Flaw> {
    read_at(json, reader, 0)
}

fn read_at(json: &Value, reader: Reader, depth: usize) -> Result<(Attribute, Flaws), Flaw> {
    if depth > BOUND.max(SECOND_LEVELS) {
        return Err(Flaw::TooDeep);
    }
    let Value::Object(object) = json else { return Err(Flaw::NoType) };
    let present: Vec<(&str, &Value)> = object
        .iter()
        .filter(|(name, value)| TYPES.contains(&name.as_str()) && !value.is_null())
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    let Some((kind, value)) = present.first().copied() else { return Err(Flaw::NoType) };
    let truth = truths(object)?;
    let single = present.len() == 1;
    let number_reader = if single { reader } else { Reader::Older };
    if !single && let Some(message) = present.iter().find_map(|(kind, value)| empty_set(kind, value)) {
        return Err(Flaw::EmptySet(message));
    }
    // A number alone is checked when it is read.
    let is_checked = !single || reader == Reader::Older || kind != "N";
    for (kind, value) in present.iter().filter(|_| is_checked) {
        check_numbers(kind, value, number_reader)?;
    }
    if let Some((false, written)) = truth.null {
        let odd = written || !single || reader == Reader::Older;
        return Err(if odd { Flaw::OddNull } else { Flaw::FalseNull });
    }
    if !single {
        return Err(Flaw::TwoTypes);
    }
    match kind {
        "BOOL" => Ok((Attribute::Bool(truth.bool.is_some_and(|(truth, _)| truth)), Flaws::default())),
        "NULL" => Ok((Attribute::Null, Flaws::default())),
        "L" => list(value, reader, depth),
        "M" => map(value, reader, depth),
        "SS" | "NS" | "BS" => set(kind, value, reader),
        _ => Ok((scalar(kind, value)?, Flaws::default())),
    }
}

/// The truth values of a value's members, and whether they were written as strings.
struct Truths {
    bool: Option<(bool, bool)>,
    null: Option<(bool, bool)>,
}

fn truths(object: &Map<String, Value>) -> Result<Truths, Flaw> {
    let read = |name| object.get(name).filter(|value| !value.is_null()).map(truth).transpose();
    Ok(Truths { bool: read("BOOL")?, null: read("NULL")? })
}

/// A member of type BOOL or NULL: a truth value, or a string that stands for one.
fn truth(value: &Value) -> Result<(bool, bool), Flaw> {
    // Captured from AWS by dynoxide: a list here is refused without a message.
    if value.is_array() {
        return Err(Flaw::Malformed(String::new()));
    }
    flag(value).map_err(Flaw::Malformed)
}

/// A truth value as DynamoDB reads it, and whether it was written as a string; otherwise what is wrong with it.
pub(in crate::records) fn flag(value: &Value) -> Result<(bool, bool), String> {
    match value {
        Value::Bool(truth) => Ok((*truth, false)),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" => Ok((true, true)),
            "false" | "f" | "no" | "n" | "0" => Ok((false, true)),
            _ => Err("Unexpected token received from parser".to_owned()),
        },
        Value::Null => Err("Unexpected token received from parser".to_owned()),
        other => Err(not_a(other, "Boolean")),
    }
}

/// That a member is of another JSON type than `wanted`, a simple one.
pub(in crate::records) fn not_a(value: &Value, wanted: &str) -> String {
    let found = match value {
        Value::Array(_) => return format!("Unrecognized collection type class java.lang.{wanted}"),
        Value::Object(_) => return "Start of structure or map found where not expected".to_owned(),
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(number) if number.as_str().contains(['.', 'e', 'E']) => "DECIMAL_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Null => return "Unexpected field type".to_owned(),
    };
    format!("{found} cannot be converted to {wanted}")
}

/// That a member is of another JSON type than a list.
pub(in crate::records) fn not_a_list(value: &Value) -> String {
    let message =
        if value.is_object() { "Start of structure or map found where not expected" } else { "Unexpected field type" };
    message.to_owned()
}

fn string(value: &Value) -> Result<&str, Flaw> {
    value.as_str().ok_or_else(|| Flaw::Malformed(not_a(value, "String")))
}

fn strings(value: &Value) -> Result<Vec<&str>, Flaw> {
    elements(value)?.iter().map(string).collect()
}

fn elements(value: &Value) -> Result<&Vec<Value>, Flaw> {
    value.as_array().ok_or_else(|| Flaw::Malformed(not_a_list(value)))
}

fn check_numbers(kind: &str, value: &Value, reader: Reader) -> Result<(), Flaw> {
    let check = |text: &str| match number(text) {
        Err(_) if text.is_empty() && reader == Reader::Older => {
            Err(Flaw::Number("The parameter cannot be converted to a numeric value".to_owned()))
        }
        read => read.map(|_| ()),
    };
    match (kind, value) {
        ("N", Value::String(text)) => check(text),
        ("NS", Value::Array(set)) => set.iter().filter_map(Value::as_str).try_for_each(check),
        _ => Ok(()),
    }
}

fn number(text: &str) -> Result<Number, Flaw> {
    Number::parse(text).map_err(|fault| Flaw::Number(fault.message))
}

fn scalar(kind: &str, value: &Value) -> Result<Attribute, Flaw> {
    let text = string(value)?;
    Ok(match kind {
        "N" => Attribute::N(number(text)?),
        "B" => Attribute::B(bytes(text)?),
        _ => Attribute::S(text.to_owned()),
    })
}

/// Base64, and what is wrong with it in the words that the authors of dynalite captured from AWS.
fn bytes(text: &str) -> Result<Vec<u8>, Flaw> {
    STANDARD.decode(text).map_err(|_| {
        let odd = |c: &char| !(c.is_ascii_alphanumeric() || "+/=".contains(*c));
        let why = if !text.len().is_multiple_of(4) {
            format!("Base64 encoded length is expected a multiple of 4 bytes but found: {}", text.len())
        } else if let Some(odd) = text.chars().find(odd) {
            format!("Invalid Base64 character: '{odd}'")
        } else if text.trim_end_matches('=').contains('=') {
            "Invalid Base64 character: '='".to_owned()
        } else {
            "Invalid last non-pad Base64 character dectected".to_owned()
        };
        Flaw::Malformed(format!("'{text}' can not be converted to a Blob: {why}"))
    })
}

fn list(value: &Value, reader: Reader, depth: usize) -> Result<(Attribute, Flaws), Flaw> {
    let mut flaws = Flaws { containers: 1, ..Flaws::default() };
    let mut values = Vec::new();
    for element in elements(value)? {
        let (value, inner) = read_at(element, reader, depth.saturating_add(1))?;
        values.push(value);
        flaws.within(inner);
    }
    Ok((Attribute::L(values), flaws))
}

fn map(value: &Value, reader: Reader, depth: usize) -> Result<(Attribute, Flaws), Flaw> {
    let Value::Object(object) = value else {
        let class = "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>";
        return Err(Flaw::Malformed(match value {
            Value::Array(_) => format!("Unrecognized collection type {class}"),
            _ => "Unexpected field type".to_owned(),
        }));
    };
    let mut flaws = Flaws { containers: 1, empty_name: object.contains_key(""), ..Flaws::default() };
    let mut members = Attributes::new();
    for (name, member) in object {
        let (value, inner) = read_at(member, reader, depth.saturating_add(1))?;
        members.insert(name.clone(), value);
        flaws.within(inner);
    }
    Ok((Attribute::M(members), flaws))
}

fn empty_set(kind: &str, value: &Value) -> Option<&'static str> {
    let empty = value.as_array().is_some_and(Vec::is_empty);
    match kind {
        "SS" if empty => Some("One or more parameter values were invalid: An string set  may not be empty"),
        "NS" if empty => Some("One or more parameter values were invalid: An number set  may not be empty"),
        "BS" if empty => Some("One or more parameter values were invalid: Binary sets should not be empty"),
        _ => None,
    }
}

fn set(kind: &str, value: &Value, reader: Reader) -> Result<(Attribute, Flaws), Flaw> {
    let texts = strings(value)?;
    let (set, repeated) = match kind {
        "SS" => {
            let all: Vec<String> = texts.into_iter().map(str::to_owned).collect();
            let repeated = order_of_repetition(&all).map(|order| repeated_strings(&all, order));
            (Attribute::Ss(all.into_iter().collect()), repeated)
        }
        "BS" => {
            let all = texts.into_iter().map(bytes).collect::<Result<Vec<_>, _>>()?;
            let repeated = order_of_repetition(&all).map(|order| repeated_bytes(&all, &order));
            (Attribute::Bs(all.into_iter().collect()), repeated)
        }
        _ => {
            let all = texts.into_iter().map(number).collect::<Result<Vec<_>, _>>()?;
            let repeated = order_of_repetition(&all).map(|_| repeated_numbers());
            (Attribute::Ns(all.into_iter().collect()), repeated)
        }
    };
    let repeated = repeated.map(|[current, older]| {
        let message = if reader == Reader::Current { current } else { older.clone() };
        SetFlaw::Repeated { message, of_update: older }
    });
    let set_flaw = empty_set(kind, value).map(SetFlaw::Empty).or(repeated);
    Ok((set, Flaws { set: set_flaw, ..Flaws::default() }))
}

/// What the current reader says and what the older one does.
fn repeated_strings(all: &[String], order: Vec<String>) -> [String; 2] {
    let quoted = joined(order.into_iter().map(Value::String), ", ");
    [quoted, all.join(", ")].map(|shown| format!("{INVALID}Input collection [{shown}] contains duplicates."))
}

fn repeated_bytes(all: &[Vec<u8>], order: &[Vec<u8>]) -> [String; 2] {
    let quoted = joined(order.iter().map(|bytes| format!("\"{}\"", STANDARD.encode(bytes))), ",");
    let plain = joined(all.iter().map(|bytes| STANDARD.encode(bytes)), ", ");
    [quoted, plain].map(|shown| format!("{INVALID}Input collection [{shown}]of type BS contains duplicates."))
}

fn repeated_numbers() -> [String; 2] {
    let text = "Input collection contains duplicates";
    [format!("{INVALID}{text}."), text.to_owned()]
}

/// The elements as DynamoDB lists them: in order up to the first that comes again, that one, and the rest as they stand.
fn order_of_repetition<T: Ord + Clone>(all: &[T]) -> Option<Vec<T>> {
    let mut seen = BTreeSet::new();
    let again = all.iter().position(|element| !seen.insert(element))?;
    Some(seen.into_iter().cloned().chain(all.iter().skip(again).cloned()).collect())
}

fn joined<T: Display>(elements: impl Iterator<Item = T>, between: &str) -> String {
    elements.map(|element| element.to_string()).collect::<Vec<_>>().join(between)
}
