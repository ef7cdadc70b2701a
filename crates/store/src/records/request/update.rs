//! UpdateItem.

use super::expressions::{self, EMPTY_NAME, check_all_used, check_empty_names, check_not_empty};
use super::legacy::{Conditions, Updates};
use super::write::{Action, Answers, Write};
use crate::records::Fault;
use crate::records::expression::{Clause, Placeholders, Update};
use crate::records::key::{RecordKey, check_key, check_values};
use crate::records::members::{
    CAPACITY, METRICS, Members, NO_RETURN_VALUES, ON_FAILURE, RETURN_VALUES, TableName, missing,
};
use crate::records::refusal::{Refusal, all_detected, count, detected};
use crate::records::size::{ITEM_BYTES, TOO_LARGE};
use crate::records::wire::{Read, TOO_DEEP};

const LEGACY: [&str; 3] = ["AttributeUpdates", "Expected", "ConditionalOperator"];

/// Reads an UpdateItem.
pub(super) fn read(members: &Members<'_>) -> Result<Write, Refusal> {
    let key = members.object("Key").map(|key| Read::map(key, members.reader)).transpose()?;
    let values = expressions::values(members)?;
    let updates = Updates::read(members)?;
    let expected = Conditions::read(members, "Expected")?;
    check_members(members)?;
    let key = key.unwrap_or_default();
    if key.has_empty_name() || updates.has_empty_name() || expected.has_empty_name(true) {
        return Err(Refusal::counted(EMPTY_NAME));
    }
    check_empty_names(members, &values)?;
    let expressions = ["UpdateExpression", "ConditionExpression"];
    let mut placeholders = expressions::check(members, &LEGACY, &expressions, values)?;
    Conditions::check_operator(members)?;
    if key.is_too_deep() {
        return Err(Refusal::counted(TOO_DEEP));
    }
    updates.check_depth()?;
    expected.check_depth(0)?;
    check_values(&key)?;
    updates.check_repeated()?;
    let legacy_update = updates.update()?;
    let expected = expected.expected(members)?;
    check_not_empty(members, "ConditionExpression")?;
    let update = update(members, &mut placeholders)?;
    let condition = expressions::condition(members, Clause::ConditionExpression, &mut placeholders)?;
    check_all_used(&placeholders)?;
    members.find_table()?;
    check_key(members.table, &key.values)?;
    update.iter().try_for_each(|update| update.check_keys(members.table))?;
    condition.iter().try_for_each(|condition| condition.check_keys(members.table))?;
    if update.as_ref().and_then(Update::charge).is_some_and(|bytes| bytes > ITEM_BYTES) {
        return Err(Refusal::plain(TOO_LARGE));
    }
    Ok(Write {
        key: RecordKey::of(members.table, &key.values)?,
        table: members.table.clone(),
        condition: condition.or(expected),
        action: Action::Update { key: key.values, update: update.or(legacy_update) },
        answer: Answers::of(members),
    })
}

fn update(members: &Members<'_>, placeholders: &mut Placeholders) -> Result<Option<Update>, Refusal> {
    let Some(text) = members.text("UpdateExpression") else { return Ok(None) };
    Update::parse(text, placeholders).map(Some).map_err(count)
}

/// UpdateItem reports the mistakes of its members one by one, unless the key or the table's name is not there.
fn check_members(members: &Members<'_>) -> Result<(), Fault> {
    let name = members.text("TableName");
    if name == Some("") {
        return Err(Fault::validation(detected(TableName::EMPTY)));
    }
    let returns = members.text("ReturnValues");
    let capacity = CAPACITY.mistake(members.text("ReturnConsumedCapacity"));
    let metrics = METRICS.mistake(members.text("ReturnItemCollectionMetrics"));
    let on_failure = ON_FAILURE.mistake(members.text("ReturnValuesOnConditionCheckFailure"));
    let no_name = name.is_none().then(|| missing("tableName"));
    if !members.has("Key") {
        let returns = RETURN_VALUES.mistake(returns);
        let all = [capacity, no_name, returns, on_failure, metrics, Some(missing("key"))];
        return all_detected(&all.into_iter().flatten().collect::<Vec<_>>());
    }
    if name.is_none() {
        let all = [no_name, RETURN_VALUES.mistake(returns)];
        return all_detected(&all.into_iter().flatten().collect::<Vec<_>>());
    }
    all_detected(&TableName(name).all())?;
    if RETURN_VALUES.excludes(returns) {
        return Err(Fault::validation(detected(NO_RETURN_VALUES)));
    }
    if let Some(mistake) = on_failure {
        return Err(Fault::validation(mistake));
    }
    if let Some(mistake) = metrics {
        return Err(Fault::validation(detected(&mistake)));
    }
    capacity.map_or(Ok(()), |mistake| Err(Fault::validation(mistake)))
}
