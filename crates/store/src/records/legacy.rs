//! The parameters that expressions replaced, as the same conditions, updates and projections. (Amazon DynamoDB Developer Guide,
//! "Legacy conditional parameters".)

use std::collections::{BTreeMap, BTreeSet};

use super::expression::{Change, Condition, Operand, Projection, Update, kind};
use super::{Attribute, Fault};

mod comparison;

use comparison::Comparison;

/// An entry of Expected or ScanFilter.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LegacyCondition {
    /// `ComparisonOperator`.
    pub(crate) operator: Option<String>,
    /// `AttributeValueList`.
    pub(crate) list: Option<Vec<Attribute>>,
    /// `Value`, of Expected alone.
    pub(crate) value: Option<Attribute>,
    /// `Exists`, of Expected alone.
    pub(crate) exists: Option<bool>,
}

/// An entry of AttributeUpdates.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LegacyUpdate {
    /// `Action`.
    pub(crate) action: Option<String>,
    /// `Value`.
    pub(crate) value: Option<Attribute>,
}

impl LegacyUpdate {
    fn action(&self) -> &str {
        self.action.as_deref().unwrap_or("PUT")
    }
}

/// Refuses a ConditionalOperator that is none, or that has nothing to join: `conditions` is how many Expected or ScanFilter has.
pub(crate) fn conditional_operator(operator: Option<&str>, conditions: usize) -> Result<(), Fault> {
    Err(Fault::validation(match (operator, conditions) {
        (None, _) => return Ok(()),
        (Some(_), 0) => "ConditionalOperator cannot be used without Filter or Expected",
        (Some(_), 1) => "ConditionalOperator can only be used when Filter or Expected has two or more elements",
        (Some("AND" | "OR"), _) => return Ok(()),
        (Some(_), _) => "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]",
    }))
}

/// Expected; none where it is empty.
pub(crate) fn expected(
    conditions: &BTreeMap<String, LegacyCondition>,
    operator: Option<&str>,
) -> Result<Option<Condition>, Fault> {
    let parts = conditions.iter().map(|(name, condition)| expected_one(name, condition));
    parts.collect::<Result<_, _>>().map(|parts| join(parts, operator))
}

/// ScanFilter; none where it is empty.
pub(crate) fn scan_filter(
    conditions: &BTreeMap<String, LegacyCondition>,
    operator: Option<&str>,
) -> Result<Option<Condition>, Fault> {
    let parts = conditions.iter().map(|(name, condition)| {
        let comparison = Comparison::named(condition.operator.as_deref().unwrap_or_default())?;
        let list = condition.list.as_deref().unwrap_or_default();
        comparison.check(list)?;
        comparison.condition(name, list)
    });
    parts.collect::<Result<_, _>>().map(|parts| join(parts, operator))
}

fn join(mut parts: Vec<Condition>, operator: Option<&str>) -> Option<Condition> {
    match (parts.len(), operator) {
        (0 | 1, _) => parts.pop(),
        (_, Some("OR")) => Some(Condition::Any(parts)),
        _ => Some(Condition::All(parts)),
    }
}

fn expected_one(name: &str, condition: &LegacyCondition) -> Result<Condition, Fault> {
    let LegacyCondition { operator, list, value, exists } = condition;
    let wrong = |what: &str| {
        Err(Fault::validation(format!("One or more parameter values were invalid: {what} for Attribute: {name}")))
    };
    if operator.is_some() && exists.is_some() {
        return wrong("Exists and ComparisonOperator cannot be used together");
    }
    if value.is_some() && list.is_some() {
        return wrong("Value and AttributeValueList cannot be used together");
    }
    match (operator, list, exists, value) {
        (Some(operator), ..) => compared(name, operator, list.as_deref(), value.as_ref()),
        (_, Some(_), ..) => wrong("AttributeValueList can only be used with a ComparisonOperator"),
        (.., Some(true), None) => wrong("Value must be provided when Exists is true"),
        (.., Some(false), Some(_)) => wrong("Value cannot be used when Exists is false"),
        (.., None, None) => wrong("Value must be provided when Exists is null"),
        (.., Some(false), None) => Comparison::Null.condition(name, &[]),
        (.., Some(value)) => Comparison::Equal.condition(name, std::slice::from_ref(value)),
    }
}

/// An entry of Expected with a ComparisonOperator.
fn compared(
    name: &str,
    operator: &str,
    list: Option<&[Attribute]>,
    value: Option<&Attribute>,
) -> Result<Condition, Fault> {
    let comparison = Comparison::named(operator)?;
    let operands = list.unwrap_or_else(|| value.map(std::slice::from_ref).unwrap_or_default());
    let missing = operands.is_empty()
        && match comparison {
            Comparison::Null | Comparison::NotNull => false,
            Comparison::Between | Comparison::In => true,
            _ => list.is_none(),
        };
    if missing {
        return Err(Fault::validation(format!(
            "One or more parameter values were invalid: Value or AttributeValueList must be used with ComparisonOperator: \
             {operator} for Attribute: {name}"
        )));
    }
    comparison.check(operands)?;
    comparison.condition(name, operands)
}

/// Refuses an action of AttributeUpdates that there is none of; DynamoDB does so before it looks at any value.
pub(crate) fn update_actions(updates: &BTreeMap<String, LegacyUpdate>) -> Result<(), Fault> {
    if updates.values().all(|update| matches!(update.action(), "ADD" | "DELETE" | "PUT")) {
        return Ok(());
    }
    Err(Fault::validation("Member must satisfy enum value set: [ADD, DELETE, PUT]' for Action"))
}

/// AttributeUpdates, of which the actions are right.
pub(crate) fn attribute_updates(updates: &BTreeMap<String, LegacyUpdate>) -> Result<Update, Fault> {
    let changes = updates.iter().map(|(name, update)| Ok((name.as_str(), change(update)?)));
    changes.collect::<Result<_, Fault>>().map(Update::of_attributes)
}

fn change(update: &LegacyUpdate) -> Result<Change, Fault> {
    use Attribute::{Bs, L, N, Ns, Ss};
    let wrong = |what: String| Err(Fault::validation(format!("One or more parameter values were invalid: {what}")));
    match (update.action(), &update.value) {
        ("DELETE", None) => Ok(Change::Remove),
        (_, None) => wrong("Only DELETE action is allowed when no attribute value is specified".to_owned()),
        ("DELETE", Some(value @ (Ss(_) | Ns(_) | Bs(_)))) => Ok(Change::Delete(value.clone().into())),
        ("DELETE", Some(value)) => {
            wrong(format!("DELETE action with value is not supported for the type {}", kind(value)))
        }
        ("ADD", Some(value @ (N(_) | Ss(_) | Ns(_) | Bs(_) | L(_)))) => Ok(Change::Add(value.clone().into())),
        ("ADD", Some(value)) => wrong(format!("ADD action is not supported for the type {}", kind(value))),
        (_, Some(value)) => Ok(Change::Set(Operand::Value(value.clone().into()))),
    }
}

/// AttributesToGet.
pub(crate) fn attributes_to_get(names: &[String]) -> Result<Projection, Fault> {
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(name.as_str())) {
        None => Ok(Projection::of_attributes(names)),
        Some(twice) => Err(Fault::validation(format!(
            "One or more parameter values were invalid: Duplicate value in attribute name: {twice}"
        ))),
    }
}

#[cfg(test)]
mod tests;
