//! The expressions of a request and what stands for names and values in them, checked before any of them is parsed.

use serde_json::Map;
use serde_json::Value;

use crate::records::Operation;
use crate::records::expression::{Clause, Condition, Placeholders};
use crate::records::members::Members;
use crate::records::refusal::{Reader, Refusal, count};
use crate::records::wire::{Flaw, Flaws, LEVELS, Read, SECOND_LEVELS, SetFlaw, TOO_DEEP};

/// The message about an attribute without a name.
pub(super) const EMPTY_NAME: &str = "Empty attribute name";

/// ExpressionAttributeValues; an error is one that DeleteItem finds later than the others do.
pub(super) type Values = Option<Result<Read, Refusal>>;

/// Reads ExpressionAttributeValues.
pub(super) fn values(members: &Members<'_>) -> Result<Values, Refusal> {
    let Some(json) = members.object("ExpressionAttributeValues") else { return Ok(None) };
    let (operation, reader) = (members.operation, members.reader);
    let read = Read::map_with(json, reader, |name, flaw| refuse(operation, reader, name, flaw));
    if operation == Operation::DeleteItem {
        return match read {
            Err(Refusal::Plain(fault)) if fault.kind == "SerializationException" => Err(fault.into()),
            read => Ok(Some(read)),
        };
    }
    read.map(|read| Some(Ok(read)))
}

/// UpdateItem and DeleteItem name the value; the latter also one that is empty.
fn refuse(operation: Operation, reader: Reader, name: &str, flaw: Flaw) -> Refusal {
    let names = match (operation, &flaw) {
        (_, Flaw::TooDeep) => true,
        (Operation::UpdateItem | Operation::DeleteItem, Flaw::OddNull | Flaw::TwoTypes | Flaw::EmptySet(_)) => true,
        (Operation::UpdateItem | Operation::DeleteItem, Flaw::Number(_)) => reader == Reader::Older,
        (Operation::DeleteItem, Flaw::NoType) => true,
        _ => false,
    };
    if names { Refusal::plain(named(&flaw.message(), name)) } else { flaw.refuse(reader) }
}

fn named(message: &str, name: &str) -> String {
    format!("ExpressionAttributeValues contains invalid value: {message} for key {name}")
}

/// Refuses a placeholder whose attribute has no name, and a value in which an attribute has none.
pub(super) fn check_empty_names(members: &Members<'_>, values: &Values) -> Result<(), Refusal> {
    let names = members.names().unwrap_or_default();
    if let Some(placeholder) = names.iter().find(|(_, name)| name.is_empty()).map(|(placeholder, _)| placeholder) {
        return Err(Refusal::counted(format!(
            "ExpressionAttributeNames contains invalid value: {EMPTY_NAME} for key {placeholder}"
        )));
    }
    match values {
        Some(Ok(read)) if read.has_empty_name() => Err(Refusal::counted(EMPTY_NAME)),
        _ => Ok(()),
    }
}

/// Refuses expressions together with what they replaced, and placeholders that are none or that no expression is there to use. Then
/// returns the placeholders.
pub(super) fn check(
    members: &Members<'_>,
    legacy: &[&str],
    expressions: &[&str],
    values: Values,
) -> Result<Placeholders, Refusal> {
    let (old, new) = (members.those(legacy), members.those(expressions));
    if !old.is_empty() && !new.is_empty() {
        return Err(Refusal::counted(format!(
            "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {{{}}} \
             Expression parameters: {{{}}}",
            old.join(", "),
            new.join(", ")
        )));
    }
    let unused = |parameter: &str| {
        let ending = match (parameter, members.operation) {
            ("ExpressionAttributeValues", Operation::Scan) => ": FilterExpression is null",
            _ => "",
        };
        let text = format!("{parameter} can only be specified when using expressions{ending}");
        if new.is_empty() && members.has(parameter) { Err(Refusal::counted(text)) } else { Ok(()) }
    };
    // Of values GetItem knows nothing.
    let with_values = members.operation != Operation::GetItem;
    unused("ExpressionAttributeNames")?;
    if with_values {
        unused("ExpressionAttributeValues")?;
    }
    check_placeholders("ExpressionAttributeNames", '#', members.object("ExpressionAttributeNames"))?;
    if with_values {
        check_placeholders("ExpressionAttributeValues", ':', members.object("ExpressionAttributeValues"))?;
    }
    let read = values.transpose()?.unwrap_or_default();
    for (name, flaws) in &read.flaws {
        check_value(name, flaws, members)?;
    }
    Ok(Placeholders::new(members.names().unwrap_or_default(), read.values))
}

fn check_placeholders(parameter: &str, sign: char, all: Option<&Map<String, Value>>) -> Result<(), Refusal> {
    let Some(all) = all else { return Ok(()) };
    if all.is_empty() {
        return Err(Refusal::counted(format!("{parameter} must not be empty")));
    }
    for key in all.keys() {
        let text = || format!("{parameter} contains invalid key: Syntax error; key: \"{key}\"");
        if !key.starts_with(sign) {
            return Err(Refusal::plain(text()));
        }
        if !key.is_ascii() {
            return Err(Refusal::counted(text()));
        }
    }
    Ok(())
}

fn check_value(name: &str, flaws: &Flaws, members: &Members<'_>) -> Result<(), Refusal> {
    if flaws.depth >= LEVELS {
        let second = flaws.containers >= SECOND_LEVELS;
        return Err(if second { Refusal::plain(named(TOO_DEEP, name)) } else { Refusal::counted(TOO_DEEP) });
    }
    match &flaws.set {
        None => Ok(()),
        // A set inside of another value matters only where it could get into an item.
        Some(flaw) if flaws.containers > 0 => match members.operation {
            Operation::UpdateItem => Err(Refusal::plain(flaw.of_update())),
            _ => Ok(()),
        },
        Some(SetFlaw::Repeated { message, .. }) if members.reader == Reader::Current => Err(Refusal::counted(message)),
        Some(flaw) => Err(Refusal::counted(named(flaw.message(), name))),
    }
}

/// Parses a condition.
pub(super) fn condition(
    members: &Members<'_>,
    clause: Clause,
    placeholders: &mut Placeholders,
) -> Result<Option<Condition>, Refusal> {
    let parameter = match clause {
        Clause::ConditionExpression => "ConditionExpression",
        Clause::FilterExpression => "FilterExpression",
    };
    let Some(text) = members.text(parameter) else { return Ok(None) };
    Condition::parse(clause, text, placeholders).map(Some).map_err(count)
}

/// Refuses an expression without a text.
pub(super) fn check_not_empty(members: &Members<'_>, parameter: &str) -> Result<(), Refusal> {
    if members.text(parameter) == Some("") {
        return Err(Refusal::counted(format!("Invalid {parameter}: The expression can not be empty;")));
    }
    Ok(())
}

/// Refuses placeholders that nothing uses.
pub(super) fn check_all_used(placeholders: &Placeholders) -> Result<(), Refusal> {
    placeholders.all_used().map_err(count)
}
