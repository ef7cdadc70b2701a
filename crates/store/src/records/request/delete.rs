//! DeleteItem.

use super::expressions::{self, EMPTY_NAME, check_all_used, check_empty_names};
use super::legacy::Conditions;
use super::write::{Action, Answers, Write};
use crate::records::Fault;
use crate::records::expression::Clause;
use crate::records::key::{RecordKey, check_key, check_values};
use crate::records::members::{
    CAPACITY, METRICS, Members, NO_RETURN_VALUES, ON_FAILURE, RETURN_VALUES, TableName, missing,
};
use crate::records::refusal::{Refusal, all_detected, detected};
use crate::records::wire::{Read, TOO_DEEP};

/// Reads a DeleteItem.
pub(super) fn read(members: &Members<'_>) -> Result<Write, Refusal> {
    let key = members.object("Key").map(|key| Read::map(key, members.reader)).transpose()?;
    let values = expressions::values(members)?;
    let expected = Conditions::read(members, "Expected")?;
    check_members(members)?;
    let key = key.unwrap_or_default();
    if key.has_empty_name() || expected.has_empty_name(true) {
        return Err(Refusal::counted(EMPTY_NAME));
    }
    check_empty_names(members, &values)?;
    let legacy = ["Expected", "ConditionalOperator"];
    let mut placeholders = expressions::check(members, &legacy, &["ConditionExpression"], values)?;
    Conditions::check_operator(members)?;
    if key.is_too_deep() {
        return Err(Refusal::counted(TOO_DEEP));
    }
    expected.check_depth(0)?;
    check_values(&key)?;
    let condition = expressions::condition(members, Clause::ConditionExpression, &mut placeholders)?;
    check_all_used(&placeholders)?;
    let expected = expected.expected(members)?;
    members.find_table()?;
    check_key(members.table, &key.values)?;
    condition.iter().try_for_each(|condition| condition.check_keys(members.table))?;
    Ok(Write {
        key: RecordKey::of(members.table, &key.values)?,
        table: members.table.clone(),
        condition: condition.or(expected),
        action: Action::Delete,
        answer: Answers::of(members),
    })
}

fn check_members(members: &Members<'_>) -> Result<(), Fault> {
    let name = members.text("TableName");
    if name == Some("") {
        return Err(Fault::validation(detected(TableName::EMPTY)));
    }
    let returns = members.text("ReturnValues");
    let mut mistakes = Vec::from_iter(TableName(name).first());
    mistakes.extend((!members.has("Key")).then(|| missing("key")));
    mistakes.extend(CAPACITY.mistake(members.text("ReturnConsumedCapacity")));
    mistakes.extend(RETURN_VALUES.excludes(returns).then(|| NO_RETURN_VALUES.to_owned()));
    mistakes.extend(METRICS.mistake(members.text("ReturnItemCollectionMetrics")));
    mistakes.extend(ON_FAILURE.mistake(members.text("ReturnValuesOnConditionCheckFailure")));
    if members.has("Key") && matches!(returns, Some("ALL_NEW" | "UPDATED_OLD" | "UPDATED_NEW")) {
        mistakes.push("ReturnValues can only be ALL_OLD or NONE".to_owned());
    }
    all_detected(&mistakes)
}
