//! When two answers are the same, and what is told when they are not.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use store::records::Operation;

use crate::engines::{Answer, local};
use crate::known;

/// Differences that are told in one run.
const TOLD: usize = 60;

/// What was different, by what the two sides said; of each kind the first case.
#[derive(Default)]
pub(crate) struct Differences {
    found: BTreeMap<String, (usize, String)>,
    pub(crate) cases: usize,
    pub(crate) refused: usize,
    known: usize,
}

impl Differences {
    /// Compares two answers to one request, which the text describes.
    pub(crate) fn compare(
        &mut self,
        operation: Operation,
        request: &Map<String, Value>,
        ours: &Answer,
        theirs: &Answer,
        describe: impl FnOnce() -> String,
    ) -> bool {
        self.cases += 1;
        self.refused += usize::from(theirs.is_err());
        let (mine, other) = (canonical(ours), canonical(theirs));
        if mine == other || known::is_same_fault(request, &mine, &other) {
            return true;
        }
        if known::is_theirs(operation, request, ours, theirs) {
            self.known += 1;
            return false;
        }
        let class = match (ours, theirs) {
            (Ok(_), Ok(_)) => "both answer, but differently".to_owned(),
            _ => format!("ours:   {}\n    theirs: {}", said(ours), said(theirs)),
        };
        let seen = self.found.entry(class).or_insert_with(|| {
            (0, format!("{}\n    ours:   {}\n    theirs: {}", describe(), shown(&mine), shown(&other)))
        });
        seen.0 += 1;
        false
    }

    /// Fails with what was found.
    #[expect(clippy::print_stderr, reason = "how much was compared is told to whoever looks")]
    pub(crate) fn check(&self, seed: u64) {
        let Self { cases, refused, known, .. } = self;
        eprintln!("{cases} cases, {refused} of them refused, {known} known to be different, seed {seed}");
        let told: Vec<_> = self
            .found
            .iter()
            .take(TOLD)
            .map(|(class, (times, first))| format!("* {times} times: {class}\n  first: {first}"))
            .collect();
        assert!(told.is_empty(), "seed {seed}: {} differences\n{}", self.found.len(), told.join("\n"));
    }
}

fn said(answer: &Answer) -> String {
    match answer {
        Ok(_) => "an answer".to_owned(),
        Err((kind, message, _)) => format!("{kind}: {message}"),
    }
}

fn shown(answer: &Result<Value, (String, String, Value)>) -> String {
    match answer {
        Ok(value) => value.to_string(),
        Err((kind, message, item)) => format!("{kind}: {message} {item}"),
    }
}

/// The answer with all in one order that has none, and amounts in one notation.
pub(crate) fn canonical(answer: &Answer) -> Answer {
    match answer {
        Ok(value) => Ok(value_of(None, value)),
        Err((kind, message, item)) => Err((kind.clone(), in_order(message), value_of(None, item))),
    }
}

fn value_of(name: Option<&str>, value: &Value) -> Value {
    match value {
        Value::Array(values) => {
            let each = if name == Some("NS") { Some("N") } else { None };
            let mut values: Vec<Value> = values.iter().map(|value| value_of(each, value)).collect();
            if matches!(name, Some("SS" | "NS" | "BS" | "Items")) {
                values.sort_by_key(Value::to_string);
            }
            Value::Array(values)
        }
        Value::Object(members) => {
            // DynamoDB Local tells it unasked, too.
            let told = |name: &&String| local().is_none() || *name != "ConsumedCapacity";
            let members: BTreeMap<&String, Value> = members
                .iter()
                .filter(|(name, _)| told(name))
                .map(|(name, value)| (name, value_of(Some(name), value)))
                .collect();
            Value::Object(members.into_iter().map(|(name, value)| (name.clone(), value)).collect::<Map<_, _>>())
        }
        Value::Number(number) => {
            Value::from(domain::number::canonical(&number.to_string()).unwrap_or_else(|| number.to_string()))
        }
        // DynamoDB Local keeps the notation of a number.
        Value::String(text) if name == Some("N") => {
            Value::String(domain::number::canonical(text).unwrap_or_else(|| text.clone()))
        }
        other => other.clone(),
    }
}

/// The names in a message's braces, in one order.
fn in_order(message: &str) -> String {
    let Some((before, rest)) = message.split_once('{') else { return message.to_owned() };
    let Some((names, after)) = rest.split_once('}') else { return message.to_owned() };
    let mut names: Vec<_> = names.split(", ").collect();
    names.sort_unstable();
    format!("{before}{{{}}}{after}", names.join(", "))
}
