//! Tests of expressions.

mod arbitrary;
mod conditions;
mod limits;
mod projections;
mod refusals;
mod updates;

use std::collections::BTreeMap;

use super::{Clause, Condition, Placeholders, Projection, Update};
use crate::records::{Attribute, Attributes, Fault, Number, RecordsTable};

fn s(text: &str) -> Attribute {
    Attribute::S(text.to_owned())
}

fn n(text: &str) -> Attribute {
    Attribute::N(Number::parse(text).unwrap())
}

fn list<const N: usize>(elements: [Attribute; N]) -> Attribute {
    Attribute::L(elements.into())
}

fn map<const N: usize>(members: [(&str, Attribute); N]) -> Attribute {
    Attribute::M(attributes(members))
}

fn strings<const N: usize>(members: [&str; N]) -> Attribute {
    Attribute::Ss(members.map(str::to_owned).into())
}

fn numbers<const N: usize>(members: [&str; N]) -> Attribute {
    Attribute::Ns(members.map(|text| Number::parse(text).unwrap()).into())
}

fn attributes<const N: usize>(members: [(&str, Attribute); N]) -> Attributes {
    members.map(|(name, value)| (name.to_owned(), value)).into()
}

fn table() -> RecordsTable {
    "table:id:atx=N".parse().unwrap()
}

/// An item with a value of every kind.
fn item() -> Attributes {
    attributes([
        ("id", s("a")),
        ("txt", s("Grüße 🦀")),
        ("five", n("5")),
        ("octets", Attribute::B(vec![1, 2, 255])),
        ("yes", Attribute::Bool(true)),
        ("nothing", Attribute::Null),
        ("l", list([n("1"), n("2"), n("3")])),
        ("m", map([("a", n("1")), ("deep", map([("b", n("2"))])), ("l", list([s("x"), s("y")]))])),
        ("lm", list([map([("x", n("1"))]), n("7")])),
        ("ss", strings(["a", "b"])),
        ("ns", numbers(["1", "2.50"])),
        ("bs", Attribute::Bs([vec![1]].into())),
        ("ls", list([strings(["a"]), s("x"), s("y")])),
    ])
}

/// Placeholders of these values; `#name` stands for the names in `NAMES`.
fn placeholders(values: &[(&str, Attribute)]) -> Placeholders {
    const NAMES: [(&str, &str); 3] = [("#l", "l"), ("#data", "data"), ("#m", "m")];
    let names = NAMES.map(|(placeholder, name)| (placeholder.to_owned(), name.to_owned()));
    let values = values.iter().map(|(placeholder, value)| ((*placeholder).to_owned(), value.clone()));
    Placeholders::new(BTreeMap::from(names), values.collect())
}

fn condition(text: &str, values: &[(&str, Attribute)]) -> Result<Condition, Fault> {
    Condition::parse(Clause::ConditionExpression, text, &mut placeholders(values))
}

fn update(text: &str, values: &[(&str, Attribute)]) -> Result<Update, Fault> {
    Update::parse(text, &mut placeholders(values))
}

fn projection(text: &str) -> Result<Projection, Fault> {
    Projection::parse(text, &mut placeholders(&[]))
}

/// What is wrong, without the parameter's name.
fn reason<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> String {
    let message = outcome.unwrap_err().message;
    let (parameter, reason) = message.split_once(": ").unwrap();
    assert!(parameter.starts_with("Invalid ") && parameter.ends_with("Expression"), "{message}");
    reason.to_owned()
}
