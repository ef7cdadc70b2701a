//! The members of a request: reading them, and DynamoDB's constraints on each, which it lists all at once.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::refusal::Reader;
use super::wire::flag;
use super::{Fault, Operation, RecordsTable};

/// A request's members.
#[derive(Clone, Copy, Debug)]
pub(super) struct Members<'c> {
    pub(super) operation: Operation,
    pub(super) table: &'c RecordsTable,
    pub(super) reader: Reader,
    all: &'c Map<String, Value>,
}

/// A member that is there and not null. A request has few members, at most one for each parameter of its operation: to look through them
/// takes less than to hash the name.
pub(super) fn present<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
    members.iter().find(|(member, _)| *member == name).map(|(_, value)| value).filter(|value| !value.is_null())
}

/// A whole number as DynamoDB reads it: of 32 bits, the nearest one that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Integer {
    pub(super) value: i64,
    /// Whether it is not what was written.
    pub(super) coerced: bool,
}

impl<'c> Members<'c> {
    pub(super) fn new(operation: Operation, table: &'c RecordsTable, all: &'c Map<String, Value>) -> Self {
        Self { operation, table, reader: Reader::of(all), all }
    }

    fn get(&self, name: &str) -> Option<&'c Value> {
        present(self.all, name)
    }

    /// A string.
    pub(super) fn text(&self, name: &str) -> Option<&'c str> {
        self.get(name).and_then(Value::as_str)
    }

    /// An object.
    pub(super) fn object(&self, name: &str) -> Option<&'c Map<String, Value>> {
        self.get(name).and_then(Value::as_object)
    }

    /// Whether it is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Those of the names that are there.
    pub(super) fn those<'n>(&self, names: &[&'n str]) -> Vec<&'n str> {
        names.iter().copied().filter(|name| self.has(name)).collect()
    }

    /// A truth value; false when it is not there.
    pub(super) fn is(&self, name: &str) -> bool {
        self.get(name).and_then(|value| flag(value).ok()).is_some_and(|(truth, _)| truth)
    }

    /// Strings.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        let texts = |values: &Vec<Value>| values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        self.get(name).and_then(Value::as_array).map(texts)
    }

    /// A whole number.
    pub(super) fn integer(&self, name: &str) -> Option<Integer> {
        let Some(Value::Number(number)) = self.get(name) else { return None };
        Some(integer(&number.to_string()))
    }

    /// ExpressionAttributeNames.
    pub(super) fn names(&self) -> Option<BTreeMap<String, String>> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let names = self.object("ExpressionAttributeNames")?;
        Some(names.iter().map(|(name, value)| (name.clone(), text(value))).collect())
    }

    /// That the table is the one that the operator allows.
    pub(super) fn find_table(&self) -> Result<(), Fault> {
        if self.text("TableName") == Some(self.table.name.as_str()) {
            return Ok(());
        }
        Err(Fault::new("ResourceNotFoundException", "Requested resource not found"))
    }
}

fn integer(text: &str) -> Integer {
    const LEAST: i64 = i32::MIN as i64;
    const GREATEST: i64 = i32::MAX as i64;
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let plain = match exponent {
        "0" => digits.to_owned(),
        _ => domain::number::canonical(text).unwrap_or_else(|| beyond(text)),
    };
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let fraction = fraction.bytes().any(|digit| digit != b'0');
    let far = if whole.starts_with('-') { i64::MIN } else { i64::MAX };
    let wide = if whole == "-0" { 0 } else { whole.parse().unwrap_or(far) };
    let value = wide.clamp(LEAST, GREATEST);
    Integer { value, coerced: fraction || value != wide }
}

/// What stands for a number that is farther from or nearer to zero than any that DynamoDB keeps.
fn beyond(text: &str) -> String {
    let sign = if text.starts_with('-') { "-" } else { "" };
    let small = text.contains("e-") || text.contains("E-");
    if small { format!("{sign}0.1") } else { format!("{sign}{}", i64::MAX) }
}

/// How a member is called by its first letter in lower case.
pub(super) fn missing(name: &str) -> String {
    format!("Value null at '{name}' failed to satisfy constraint: Member must not be null")
}

/// What is wrong with a name of a table.
pub(super) struct TableName<'n>(pub(super) Option<&'n str>);

impl TableName<'_> {
    /// An empty name is refused before everything else.
    pub(super) const EMPTY: &'static str =
        "Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1";

    fn length(&self) -> Option<String> {
        let name = self.0?;
        let limit = match name.len() {
            0..3 => "greater than or equal to 3",
            3..=255 => return None,
            _ => "less than or equal to 255",
        };
        Some(format!("Value '{name}' at 'tableName' failed to satisfy constraint: Member must have length {limit}"))
    }

    fn pattern(&self) -> Option<String> {
        let name = self.0?;
        let named = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        (!name.chars().all(named)).then(|| {
            format!(
                "Value '{name}' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: \
                 [a-zA-Z0-9_.-]+"
            )
        })
    }

    /// The first mistake, its length before its letters.
    pub(super) fn first(&self) -> Option<String> {
        if self.0.is_none() {
            return Some(missing("tableName"));
        }
        self.length().or_else(|| self.pattern())
    }

    /// Every mistake, as UpdateItem lists them.
    pub(super) fn all(&self) -> Vec<String> {
        if self.0.is_none() {
            return vec![missing("tableName")];
        }
        self.pattern().into_iter().chain(self.length()).collect()
    }
}

/// A member that has one of a few values.
pub(super) struct Choice {
    /// Its name.
    pub(super) name: &'static str,
    values: &'static [&'static str],
}

/// ReturnConsumedCapacity.
pub(super) const CAPACITY: Choice = Choice { name: "returnConsumedCapacity", values: &["INDEXES", "TOTAL", "NONE"] };
/// ReturnItemCollectionMetrics.
pub(super) const METRICS: Choice = Choice { name: "returnItemCollectionMetrics", values: &["SIZE", "NONE"] };
/// ReturnValuesOnConditionCheckFailure.
pub(super) const ON_FAILURE: Choice =
    Choice { name: "returnValuesOnConditionCheckFailure", values: &["ALL_OLD", "NONE"] };
/// ReturnValues.
pub(super) const RETURN_VALUES: Choice =
    Choice { name: "returnValues", values: &["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"] };
/// Select.
pub(super) const SELECT: Choice =
    Choice { name: "select", values: &["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"] };
/// ConditionalOperator.
pub(super) const CONDITIONAL_OPERATOR: Choice = Choice { name: "conditionalOperator", values: &["OR", "AND"] };

/// What DynamoDB says of a ReturnValues that is none, its spelling of UPDATED_NEW included.
pub(super) const NO_RETURN_VALUES: &str = "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]";

impl Choice {
    /// Whether a value is none of them.
    pub(super) fn excludes(&self, value: Option<&str>) -> bool {
        value.is_some_and(|value| !self.values.contains(&value))
    }

    /// What is wrong with a value.
    pub(super) fn mistake(&self, value: Option<&str>) -> Option<String> {
        let text = value.filter(|_| self.excludes(value))?;
        Some(format!(
            "Value '{text}' at '{}' failed to satisfy constraint: Member must satisfy enum value set: [{}]",
            self.name,
            self.values.join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_saturate_and_are_cut() {
        for (text, value, coerced) in [
            ("5", 5, false),
            ("-0", 0, false),
            ("5.0", 5, false),
            ("5.5", 5, true),
            ("1e3", 1000, false),
            ("-1.5", -1, true),
            ("3000000000", 2_147_483_647, true),
            ("1e300", 2_147_483_647, true),
            ("-1e300", -2_147_483_648, true),
            ("1e-300", 0, true),
        ] {
            assert_eq!(integer(text), Integer { value, coerced }, "{text}");
        }
    }
}
