//! Generated values of attributes in DynamoDB's JSON, most of them good.

use serde_json::{Map, Value, json};

use crate::dice::Dice;

/// The kind that an attribute of a name mostly has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Bytes,
    Truth,
    Null,
    List,
    Map,
    Texts,
    Numbers,
    Blobs,
}

const KINDS: [(usize, Kind); 10] = [
    (20, Kind::Text),
    (24, Kind::Number),
    (6, Kind::Bytes),
    (4, Kind::Truth),
    (3, Kind::Null),
    (10, Kind::List),
    (10, Kind::Map),
    (6, Kind::Texts),
    (6, Kind::Numbers),
    (3, Kind::Blobs),
];

/// Names of attributes that mostly have that kind.
const NAMES: [(&str, Kind); 20] = [
    ("s", Kind::Text),
    ("t", Kind::Text),
    ("n", Kind::Number),
    ("m", Kind::Number),
    ("bin", Kind::Bytes),
    ("flag", Kind::Truth),
    ("nil", Kind::Null),
    ("l", Kind::List),
    ("k", Kind::List),
    ("d", Kind::Map),
    ("e", Kind::Map),
    ("ss", Kind::Texts),
    ("ns", Kind::Numbers),
    ("bs", Kind::Blobs),
    ("Name", Kind::Text),
    ("a.b", Kind::Number),
    ("d-e", Kind::Map),
    ("l[0]", Kind::List),
    ("ä 🦀", Kind::Text),
    ("1st", Kind::Texts),
];

const TEXTS: [&str; 12] = ["", "a", "ab", "abc", "b", "B", "ä", "zz", "1", "S", "a b", "𝄞"];
const NUMBERS: [&str; 26] = [
    "0",
    "-0",
    "1",
    "1.0",
    "-1",
    "2",
    "3",
    "5",
    "7.50",
    "10",
    "1e1",
    "0.1",
    "-0.25",
    "1e10",
    "1E-10",
    "12345678901234567890123456789012345678",
    "99999999999999999999999999999999999999",
    "0.00000000000000000000000000000000000001",
    "9.9999999999999999999999999999999999999e125",
    "-9.9999999999999999999999999999999999999E+125",
    "1e-130",
    "-1e-130",
    "1e125",
    "123.456",
    "000",
    "007",
];
const ODD_NUMBERS: [&str; 18] = [
    "",
    " ",
    "abc",
    "1e126",
    "-1e126",
    "1e-131",
    "1e",
    "e1",
    ".5",
    "5.",
    "+5",
    " 1",
    "1 ",
    "NaN",
    "Infinity",
    "0x1F",
    "123456789012345678901234567890123456789",
    "1.23456789012345678901234567890123456789",
];
const BYTES: [&str; 6] = ["", "YQ==", "YWI=", "AAEC", "/+8=", "YWJj"];
const ODD_BYTES: [&str; 6] = ["a", "YQ", "!!!!", "YR==", "YQ==\n", "Y Q="];

/// A name, and the kind that its values mostly have.
pub(crate) fn name(dice: &mut Dice) -> (&'static str, Kind) {
    *dice.pick(&NAMES)
}

/// A name whose values are mostly of that kind.
pub(crate) fn name_of(dice: &mut Dice, kind: Kind) -> &'static str {
    let names: Vec<_> = NAMES.iter().filter(|(_, other)| *other == kind).collect();
    dice.pick(&names).0
}

/// Any kind.
pub(crate) fn kind(dice: &mut Dice) -> Kind {
    dice.weighted(&KINDS)
}

/// A value of a kind, mostly.
pub(crate) fn near(dice: &mut Dice, wanted: Kind) -> Value {
    let kind = if dice.percent(88) { wanted } else { kind(dice) };
    of(dice, kind, 3)
}

/// A value, as long as it is good.
pub(crate) fn of(dice: &mut Dice, wanted: Kind, depth: usize) -> Value {
    match wanted {
        Kind::Text if dice.percent(3) => json!({ "S": "long ".repeat(dice.below(900)) }),
        Kind::Text => json!({ "S": dice.pick(&TEXTS) }),
        Kind::Number => json!({ "N": dice.pick(&NUMBERS) }),
        Kind::Bytes => json!({ "B": dice.pick(&BYTES) }),
        Kind::Truth => json!({ "BOOL": dice.percent(50) }),
        Kind::Null => json!({ "NULL": true }),
        Kind::List => {
            let values: Vec<Value> = (0..dice.below(4)).map(|_| inner(dice, depth)).collect();
            json!({ "L": values })
        }
        Kind::Map => {
            let members: Map<String, Value> = (0..dice.below(4))
                .map(|_| {
                    let (name, kind) = name(dice);
                    let kind = if depth == 0 { Kind::Number } else { kind };
                    (name.to_owned(), of(dice, kind, depth.saturating_sub(1)))
                })
                .collect();
            json!({ "M": members })
        }
        Kind::Texts => json!({ "SS": some(dice, &TEXTS[1..]) }),
        Kind::Numbers => json!({ "NS": some(dice, &["1", "2", "3", "5", "10", "0.1", "-1", "10000000000", "7"]) }),
        Kind::Blobs => json!({ "BS": some(dice, &BYTES[1..]) }),
    }
}

fn inner(dice: &mut Dice, depth: usize) -> Value {
    let kind = if depth == 0 { Kind::Number } else { kind(dice) };
    of(dice, kind, depth.saturating_sub(1))
}

/// One to three different ones.
fn some<'a>(dice: &mut Dice, from: &[&'a str]) -> Vec<&'a str> {
    let mut chosen = Vec::new();
    for _ in 0..=dice.below(3) {
        let one = *dice.pick(from);
        if !chosen.contains(&one) {
            chosen.push(one);
        }
    }
    chosen
}

/// A value that DynamoDB refuses, or takes although it looks odd.
pub(crate) fn odd(dice: &mut Dice) -> Value {
    match dice.below(22) {
        0 => json!({ "S": 1 }),
        1 => json!({ "N": 1 }),
        2 => json!({}),
        3 => json!({ "S": "a", "N": "1" }),
        4 => json!({ "X": "a" }),
        5 => json!({ "NULL": false }),
        6 => json!({ "BOOL": "true" }),
        7 => json!({ "L": {} }),
        8 => json!({ "M": [] }),
        9 => json!("text"),
        10 => json!({ "SS": [] }),
        11 => json!({ "SS": ["a", "b", "a"] }),
        12 => json!({ "NS": ["1", "1.0"] }),
        13 => json!({ "BS": ["YQ==", "YQ=="] }),
        14 => json!({ "NS": ["1", dice.pick(&ODD_NUMBERS)] }),
        15 => json!({ "SS": ["a", ""] }),
        16 => json!({ "L": [{ "N": dice.pick(&ODD_NUMBERS) }] }),
        17 => json!({ "M": { "": { "S": "a" } } }),
        18 => json!({ "B": dice.pick(&ODD_BYTES) }),
        19 => nested(dice),
        _ => json!({ "N": dice.pick(&ODD_NUMBERS) }),
    }
}

/// Around the greatest depth that DynamoDB takes.
fn nested(dice: &mut Dice) -> Value {
    let mut value = json!({ "N": "1" });
    for _ in 0..29 + dice.below(6) {
        value = if dice.percent(50) { json!({ "L": [value] }) } else { json!({ "M": { "d": value } }) };
    }
    value
}

/// A value that is good, but now and then.
pub(crate) fn value(dice: &mut Dice, wanted: Kind, odd_percent: usize) -> Value {
    if dice.percent(odd_percent) { odd(dice) } else { near(dice, wanted) }
}
