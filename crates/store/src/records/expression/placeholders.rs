//! What `#name` and `:value` stand for in the expressions of a request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::records::{Attribute, Attributes, Fault};

/// The longest name, in bytes. (Amazon DynamoDB Developer Guide, "Quotas in DynamoDB", "Attribute names".)
const LONGEST_NAME: usize = 65_535;

/// ExpressionAttributeNames and ExpressionAttributeValues of a request, and which of them its expressions use.
#[derive(Debug, Default)]
pub(crate) struct Placeholders {
    names: BTreeMap<String, String>,
    /// Shared, for an expression may use a large one hundreds of times.
    values: BTreeMap<String, Arc<Attribute>>,
    used: BTreeSet<String>,
}

impl Placeholders {
    /// Placeholders with their `#` and `:`.
    pub(crate) fn new(names: BTreeMap<String, String>, values: Attributes) -> Self {
        let values = values.into_iter().map(|(placeholder, value)| (placeholder, Arc::new(value)));
        Self { names, values: values.collect(), used: BTreeSet::new() }
    }

    /// The attribute that `#name` stands for.
    pub(super) fn name(&mut self, placeholder: &str) -> Result<String, String> {
        self.used.insert(placeholder.to_owned());
        let name = self.names.get(placeholder).ok_or_else(|| {
            format!(
                "An expression attribute name used in the document path is not defined; attribute name: {placeholder}"
            )
        })?;
        if name.len() > LONGEST_NAME {
            return Err(format!("An attribute name has at most {LONGEST_NAME} bytes; attribute name: {placeholder}"));
        }
        Ok(name.clone())
    }

    /// What `:value` stands for.
    pub(super) fn value(&mut self, placeholder: &str) -> Result<Arc<Attribute>, String> {
        self.used.insert(placeholder.to_owned());
        self.values.get(placeholder).cloned().ok_or_else(|| {
            format!("An expression attribute value used in expression is not defined; attribute value: {placeholder}")
        })
    }

    /// Refuses those that no expression parsed with them has used.
    pub(crate) fn all_used(&self) -> Result<(), Fault> {
        let unused = |parameter: &str, keys: Vec<&str>| {
            Fault::validation(format!(
                "Value provided in {parameter} unused in expressions: keys: {{{}}}",
                keys.join(", ")
            ))
        };
        let names: Vec<_> = self.names.keys().map(String::as_str).filter(|key| !self.used.contains(*key)).collect();
        if !names.is_empty() {
            return Err(unused("ExpressionAttributeNames", names));
        }
        let values: Vec<_> = self.values.keys().map(String::as_str).filter(|key| !self.used.contains(*key)).collect();
        if values.is_empty() { Ok(()) } else { Err(unused("ExpressionAttributeValues", values)) }
    }
}
