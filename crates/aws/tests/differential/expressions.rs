//! Generated expressions with their names and values, most of them good.

use serde_json::{Map, Value, json};

use crate::dice::Dice;
use crate::values::{self, Kind};

/// An expression in the making: the placeholders that its parts ask for.
#[derive(Default)]
pub(crate) struct Placeholders {
    pub(crate) names: Map<String, Value>,
    pub(crate) values: Map<String, Value>,
}

const COMPARATORS: [&str; 7] = ["=", "<>", "<", "<=", ">", ">=", "="];
const TYPES: [&str; 11] = ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS", "X"];
const JUNK: [&str; 30] = [
    "(",
    ")",
    ",",
    ".",
    "[",
    "]",
    "[0]",
    "[-1]",
    "=",
    "<>",
    "AND",
    "OR",
    "NOT",
    "IN",
    "BETWEEN",
    "SET",
    "REMOVE",
    "ADD",
    "DELETE",
    ":undefined",
    "#undefined",
    "size",
    "attribute_exists",
    "list_append",
    "+",
    "-",
    "1",
    "abc",
    "!",
    "year",
];

impl Placeholders {
    /// A path, mostly to something of that kind.
    pub(crate) fn path(&mut self, dice: &mut Dice, kind: Kind) -> String {
        let nested = dice.below(100);
        let mut path = match nested {
            0..74 => return self.attribute(dice, kind),
            74..87 => self.attribute(dice, Kind::Map),
            _ => self.attribute(dice, Kind::List),
        };
        for step in 0..=dice.weighted(&[(80, 0), (15, 1), (3, 2), (1, 4), (1, 31)]) {
            if (nested >= 87) == (step == 0) {
                path.push_str(&format!("[{}]", dice.below(3)));
            } else {
                path.push('.');
                path.push_str(&self.attribute(dice, kind));
            }
        }
        path
    }

    /// The name of an attribute, as it is or behind a placeholder.
    fn attribute(&mut self, dice: &mut Dice, kind: Kind) -> String {
        let name = if dice.percent(90) { values::name_of(dice, kind) } else { values::name(dice).0 };
        let must = name == "Name" || !name.chars().all(|letter| letter.is_ascii_lowercase());
        if dice.percent(if must { 95 } else { 30 }) {
            let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
            let placeholder = format!("#{}", name.chars().map(plain).collect::<String>());
            self.names.insert(placeholder.clone(), json!(name));
            return placeholder;
        }
        name.to_owned()
    }

    /// A value of that kind, mostly, behind a placeholder.
    pub(crate) fn value(&mut self, dice: &mut Dice, kind: Kind) -> String {
        let value = values::value(dice, kind, 1);
        self.given(value)
    }

    fn given(&mut self, value: Value) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    fn operand(&mut self, dice: &mut Dice, kind: Kind) -> String {
        match dice.below(100) {
            0..45 => self.path(dice, kind),
            45..95 => self.value(dice, kind),
            _ => format!("size({})", self.path(dice, Kind::Text)),
        }
    }

    /// A condition or a filter.
    pub(crate) fn condition(&mut self, dice: &mut Dice, depth: usize) -> String {
        if depth > 0 && dice.percent(45) {
            return match dice.below(7) {
                0..=2 => format!("{} AND {}", self.condition(dice, depth - 1), self.condition(dice, depth - 1)),
                3 | 4 => format!("{} or {}", self.condition(dice, depth - 1), self.condition(dice, depth - 1)),
                5 => format!("NOT {}", self.condition(dice, depth - 1)),
                _ => format!("({})", self.condition(dice, depth - 1)),
            };
        }
        let kind = values::kind(dice);
        match dice.below(100) {
            0..32 => {
                let (left, right) = (self.operand(dice, kind), self.operand(dice, kind));
                format!("{left} {} {right}", dice.pick(&COMPARATORS))
            }
            32..42 => {
                let (low, high) = (self.operand(dice, kind), self.operand(dice, kind));
                format!("{} BETWEEN {low} AND {high}", self.operand(dice, kind))
            }
            42..50 => {
                let some: Vec<_> = (0..=dice.below(3)).map(|_| self.operand(dice, kind)).collect();
                format!("{} IN ({})", self.operand(dice, kind), some.join(", "))
            }
            50..60 => format!("attribute_exists({})", self.path(dice, kind)),
            60..70 => format!("attribute_not_exists({})", self.path(dice, kind)),
            70..78 => {
                let name = self.given(json!({ "S": dice.pick(&TYPES) }));
                format!("attribute_type({}, {name})", self.path(dice, kind))
            }
            78..85 => {
                let kind = if dice.percent(80) { Kind::Text } else { Kind::Bytes };
                format!("begins_with({}, {})", self.path(dice, kind), self.operand(dice, kind))
            }
            85..93 => {
                let (within, element) = *dice.pick(&[
                    (Kind::Text, Kind::Text),
                    (Kind::Texts, Kind::Text),
                    (Kind::Numbers, Kind::Number),
                    (Kind::List, Kind::Number),
                    (Kind::Bytes, Kind::Bytes),
                    (Kind::Number, Kind::Number),
                ]);
                format!("contains({}, {})", self.path(dice, within), self.operand(dice, element))
            }
            _ => {
                let right = self.operand(dice, Kind::Number);
                format!("size({}) {} {right}", self.path(dice, kind), dice.pick(&COMPARATORS))
            }
        }
    }

    /// An update.
    pub(crate) fn update(&mut self, dice: &mut Dice) -> String {
        let mut clauses = Vec::new();
        if dice.percent(75) {
            let some: Vec<_> = (0..=dice.below(12) / 8).map(|_| self.assignment(dice)).collect();
            clauses.push(format!("SET {}", some.join(", ")));
        }
        if dice.percent(25) {
            let some: Vec<_> = (0..=dice.below(2))
                .map(|_| {
                    let kind = values::kind(dice);
                    self.path(dice, kind)
                })
                .collect();
            clauses.push(format!("REMOVE {}", some.join(",")));
        }
        if dice.percent(25) {
            let kind = *dice.pick(&[Kind::Number, Kind::Number, Kind::Texts, Kind::Numbers, Kind::Blobs]);
            clauses.push(format!("ADD {} {}", self.path(dice, kind), self.value(dice, kind)));
        }
        if dice.percent(15) {
            let kind = *dice.pick(&[Kind::Texts, Kind::Numbers, Kind::Blobs]);
            clauses.push(format!("delete {} {}", self.path(dice, kind), self.value(dice, kind)));
        }
        if clauses.is_empty() {
            clauses.push(format!("SET {}", self.assignment(dice)));
        }
        if clauses.len() > 1 && dice.percent(30) {
            clauses.reverse();
        }
        clauses.join(" ")
    }

    fn assignment(&mut self, dice: &mut Dice) -> String {
        let kind = values::kind(dice);
        let kind = if dice.percent(40) { Kind::Number } else { kind };
        let path = self.path(dice, kind);
        let right = match kind {
            Kind::Number if dice.percent(70) => {
                let sign = dice.pick(&["+", "-", " + ", " - "]).to_owned();
                format!("{}{sign}{}", self.term(dice, kind), self.term(dice, kind))
            }
            Kind::List if dice.percent(70) => {
                let (left, right) = (self.term(dice, kind), self.term(dice, kind));
                format!("list_append({left}, {right})")
            }
            _ => self.term(dice, kind),
        };
        format!("{path} = {right}")
    }

    fn term(&mut self, dice: &mut Dice, kind: Kind) -> String {
        match dice.below(100) {
            0..40 => self.path(dice, kind),
            40..75 => self.value(dice, kind),
            75..90 => {
                let (path, other) = (self.path(dice, kind), self.path(dice, kind));
                let value = if dice.percent(80) { self.value(dice, kind) } else { other };
                format!("if_not_exists({path}, {value})")
            }
            _ => {
                let path = self.path(dice, kind);
                format!("if_not_exists({path}, {})", self.value(dice, kind))
            }
        }
    }

    /// A projection.
    pub(crate) fn projection(&mut self, dice: &mut Dice) -> String {
        let some: Vec<_> = (0..=dice.below(3))
            .map(|_| {
                let kind = values::kind(dice);
                self.path(dice, kind)
            })
            .collect();
        some.join(", ")
    }

    /// A placeholder too many, one too few, or an odd one.
    pub(crate) fn spoil(&mut self, dice: &mut Dice) {
        match dice.below(8) {
            0 => drop(self.names.insert("#unused".to_owned(), json!("s"))),
            1 => drop(self.values.insert(":unused".to_owned(), json!({ "S": "a" }))),
            2 => drop(self.names.insert("noHash".to_owned(), json!("s"))),
            3 => drop(self.values.insert("noColon".to_owned(), json!({ "S": "a" }))),
            4 => drop(self.names.insert("#e".to_owned(), json!(""))),
            5 => drop(self.values.insert(":v0".to_owned(), values::odd(dice))),
            6 => self.names.clear(),
            _ => self.values.clear(),
        }
    }
}

/// The text with a token left out, put in, doubled or exchanged.
pub(crate) fn garble(dice: &mut Dice, text: &str) -> String {
    let mut tokens = tokens(text);
    if tokens.is_empty() {
        return (*dice.pick(&JUNK)).to_owned();
    }
    let (one, other) = (dice.below(tokens.len()), dice.below(tokens.len()));
    match dice.below(5) {
        0 => drop(tokens.remove(one)),
        1 => tokens.insert(one, format!(" {} ", dice.pick(&JUNK))),
        2 => tokens.insert(one, tokens[one].clone()),
        3 => tokens[one] = format!(" {} ", dice.pick(&JUNK)),
        _ => tokens.swap(one, other),
    }
    tokens.concat()
}

/// The text with its words in other cases and with other white space, which changes nothing.
pub(crate) fn restyle(dice: &mut Dice, text: &str) -> String {
    const SPACES: [&str; 5] = [" ", "  ", "\t", "\n", "\r\n "];
    const WORDS: [&str; 9] = ["AND", "OR", "NOT", "IN", "BETWEEN", "SET", "REMOVE", "ADD", "DELETE"];
    let mut restyled = String::new();
    for token in tokens(text) {
        match token.as_str() {
            " " => restyled += *dice.pick(&SPACES),
            "," | "=" | "(" | ")" | "[" | "]" | "." | "+" | "-" if dice.percent(20) => {
                restyled.push_str(&format!(" {token} "));
            }
            word if WORDS.contains(&word.to_uppercase().as_str()) && dice.percent(50) => {
                let upper = dice.percent(50);
                restyled.push_str(&if upper { word.to_uppercase() } else { word.to_lowercase() });
            }
            token => restyled.push_str(token),
        }
    }
    restyled.trim().to_owned()
}

/// The text in pieces: words and single signs.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for letter in text.chars() {
        let word = letter.is_alphanumeric() || "_#:".contains(letter);
        match tokens.last_mut() {
            Some(last) if word && last.ends_with(|end: char| end.is_alphanumeric() || "_#:".contains(end)) => {
                last.push(letter);
            }
            _ => tokens.push(letter.to_string()),
        }
    }
    tokens
}
