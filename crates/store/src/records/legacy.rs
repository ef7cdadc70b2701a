//! The parameters that expressions replaced, as the same conditions, updates and projections. (Amazon DynamoDB Developer Guide,
//! "Legacy conditional parameters".)

use std::collections::BTreeMap;

use super::expression::{Condition, Projection, Update};
use super::{Attribute, Fault};

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

/// Expected and ConditionalOperator; none where Expected is empty.
pub(crate) fn expected(
    conditions: &BTreeMap<String, LegacyCondition>,
    operator: Option<&str>,
) -> Result<Option<Condition>, Fault> {
    let _ = (conditions, operator);
    Err(Fault::validation("not there yet"))
}

/// ScanFilter and ConditionalOperator; none where ScanFilter is empty.
pub(crate) fn scan_filter(
    conditions: &BTreeMap<String, LegacyCondition>,
    operator: Option<&str>,
) -> Result<Option<Condition>, Fault> {
    let _ = (conditions, operator);
    Err(Fault::validation("not there yet"))
}

/// AttributeUpdates.
pub(crate) fn attribute_updates(updates: &BTreeMap<String, LegacyUpdate>) -> Result<Update, Fault> {
    let _ = updates;
    Err(Fault::validation("not there yet"))
}

/// AttributesToGet.
pub(crate) fn attributes_to_get(names: &[String]) -> Result<Projection, Fault> {
    let _ = names;
    Err(Fault::validation("not there yet"))
}
