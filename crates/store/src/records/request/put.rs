//! PutItem.

use super::expressions::{self, EMPTY_NAME, check_all_used, check_empty_names};
use super::legacy::Conditions;
use super::write::{Action, Answers, Write, body};
use crate::records::Fault;
use crate::records::expression::Clause;
use crate::records::key::{RecordKey, check_item};
use crate::records::members::{
    CAPACITY, METRICS, Members, NO_RETURN_VALUES, ON_FAILURE, RETURN_VALUES, TableName, missing,
};
use crate::records::refusal::{Refusal, all_detected, detected};
use crate::records::size::{ITEM_BYTES, item_bytes};
use crate::records::wire::{LEVELS, Read, SECOND_LEVELS, TOO_DEEP};

/// Reads a PutItem.
pub(super) fn read(members: &Members<'_>) -> Result<Write, Refusal> {
    let item = members.object("Item").map(|item| Read::map(item, members.reader)).transpose()?;
    let values = expressions::values(members)?;
    let expected = Conditions::read(members, "Expected")?;
    check_members(members)?;
    let item = item.unwrap_or_default();
    if item.has_empty_name() || expected.has_empty_name(true) {
        return Err(Refusal::counted(EMPTY_NAME));
    }
    check_empty_names(members, &values)?;
    check_values(&item)?;
    let legacy = ["Expected", "ConditionalOperator"];
    let mut placeholders = expressions::check(members, &legacy, &["ConditionExpression"], values)?;
    Conditions::check_operator(members)?;
    expected.check_depth(0)?;
    let condition = expressions::condition(members, Clause::ConditionExpression, &mut placeholders)?;
    if !matches!(members.text("ReturnValues"), None | Some("NONE" | "ALL_OLD")) {
        return Err(Refusal::counted("ReturnValues can only be ALL_OLD or NONE"));
    }
    let expected = expected.expected(members)?;
    if item_bytes(&item.values) > ITEM_BYTES {
        return Err(Refusal::plain("Item size has exceeded the maximum allowed size"));
    }
    check_all_used(&placeholders)?;
    members.find_table()?;
    check_item(members.table, &item.values)?;
    condition.iter().try_for_each(|condition| condition.check_keys(members.table))?;
    Ok(Write {
        key: RecordKey::of(members.table, &item.values)?,
        table: members.table.clone(),
        condition: condition.or(expected),
        action: Action::Put { body: body(&item.values)?, item: item.values },
        answer: Answers::of(members),
    })
}

fn check_members(members: &Members<'_>) -> Result<(), Fault> {
    let name = members.text("TableName");
    if name == Some("") {
        return Err(Fault::validation(detected(TableName::EMPTY)));
    }
    let mut mistakes = Vec::from_iter(TableName(name).first());
    mistakes.extend((!members.has("Item")).then(|| missing("item")));
    mistakes.extend(CAPACITY.mistake(members.text("ReturnConsumedCapacity")));
    mistakes.extend(RETURN_VALUES.excludes(members.text("ReturnValues")).then(|| NO_RETURN_VALUES.to_owned()));
    mistakes.extend(METRICS.mistake(members.text("ReturnItemCollectionMetrics")));
    mistakes.extend(ON_FAILURE.mistake(members.text("ReturnValuesOnConditionCheckFailure")));
    all_detected(&mistakes)
}

fn check_values(item: &Read) -> Result<(), Refusal> {
    for flaws in item.flaws.values() {
        if flaws.depth >= LEVELS {
            let second = flaws.containers >= SECOND_LEVELS;
            return Err(if second { Refusal::plain(TOO_DEEP) } else { Refusal::counted(TOO_DEEP) });
        }
        if let Some(flaw) = &flaws.set {
            return Err(Refusal::counted(flaw.message()));
        }
    }
    Ok(())
}
