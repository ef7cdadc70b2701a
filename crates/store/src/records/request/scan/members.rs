//! The constraints on the members of a Scan. DynamoDB looks at them in stages.

use serde_json::Value;

use crate::records::Fault;
use crate::records::members::{CAPACITY, CONDITIONAL_OPERATOR, Integer, Members, SELECT, TableName, missing};
use crate::records::refusal::all_detected;
use crate::records::request::get::no_attributes;

/// The numbers' names with their bounds.
const BOUNDS: [(&str, &str, i64, i64); 3] = [
    ("Limit", "limit", 1, i64::MAX),
    ("Segment", "segment", 0, 999_999),
    ("TotalSegments", "totalSegments", 1, 1_000_000),
];

/// Refuses members that no Scan has.
pub(super) fn check_members(members: &Members<'_>) -> Result<(), Fault> {
    let coerced = BOUNDS.iter().filter_map(|(name, ..)| members.integer(name)).any(|number| number.coerced);
    let no_operators = missing_operators(members);
    if !members.has("TableName") || !no_operators.is_empty() || coerced {
        return all_detected(&of_the_older_reader(members, no_operators));
    }
    let name = members.text("TableName");
    let of_number = |(name, _, least, greatest): &(&str, &str, i64, i64)| {
        bound(members.integer(name), *least, *greatest)
            .map(|bound| format!("Value at '{name}' failed to satisfy constraint: Member must have value {bound}"))
    };
    let mut mistakes: Vec<String> = BOUNDS.iter().filter_map(of_number).collect();
    mistakes.extend((name == Some("")).then(|| TableName::EMPTY.to_owned()));
    all_detected(&mistakes)?;
    let mut mistakes = Vec::from_iter(TableName(name).first());
    mistakes.extend(CAPACITY.mistake(members.text("ReturnConsumedCapacity")));
    // So AWS answers, as the authors of dynalite recorded.
    mistakes.extend(no_attributes(members));
    all_detected(&mistakes)
}

/// Every mistake at once, as the reader words them that requests with such mistakes are handed to.
fn of_the_older_reader(members: &Members<'_>, no_operators: Vec<String>) -> Vec<String> {
    let number = |wanted: &str| {
        let (name, called, least, greatest) = BOUNDS.iter().find(|(name, ..)| *name == wanted)?;
        let number = members.integer(name)?;
        let bound = bound(Some(number), *least, *greatest)?;
        Some(format!(
            "Value '{}' at '{called}' failed to satisfy constraint: Member must have value {bound}",
            number.value
        ))
    };
    let name = match members.text("TableName") {
        None => Some(missing("tableName")),
        Some("") => Some(
            "Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1"
                .to_owned(),
        ),
        Some(_) => None,
    };
    let before = [
        SELECT.mistake(members.text("Select")),
        number("TotalSegments"),
        CAPACITY.mistake(members.text("ReturnConsumedCapacity")),
        name,
        CONDITIONAL_OPERATOR.mistake(members.text("ConditionalOperator")),
    ];
    let behind = [number("Segment"), number("Limit"), no_attributes(members)];
    before.into_iter().flatten().chain(no_operators).chain(behind.into_iter().flatten()).collect()
}

fn bound(number: Option<Integer>, least: i64, greatest: i64) -> Option<String> {
    match number?.value {
        value if value < least => Some(format!("greater than or equal to {least}")),
        value if value > greatest => Some(format!("less than or equal to {greatest}")),
        _ => None,
    }
}

fn missing_operators(members: &Members<'_>) -> Vec<String> {
    let none = |entry: &Value| {
        entry.as_object().is_some_and(|entry| entry.get("ComparisonOperator").is_none_or(Value::is_null))
    };
    let filter = members.object("ScanFilter").into_iter().flatten();
    filter
        .filter(|(_, entry)| none(entry))
        .map(|(name, _)| missing(&format!("scanFilter.{name}.member.comparisonOperator")))
        .collect()
}
