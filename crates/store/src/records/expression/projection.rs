//! Parts of items.

use std::collections::BTreeMap;

use super::path::{self, Path, Step, apart, child};
use super::work::OPERATOR;
use super::{Placeholders, check_size, invalid, parser};
use crate::records::{Attribute, Attributes, Fault, RecordsTable};

/// Which parts of an item are answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Projection(Parts);

/// Parts by the step that leads to them; without any, the whole.
#[derive(Clone, Debug, Default, PartialEq)]
struct Parts(BTreeMap<Step, Self>);

impl Projection {
    /// Reads a projection: its syntax, that its placeholders are defined and that its paths do not overlap.
    pub(crate) fn parse(text: &str, placeholders: &mut Placeholders) -> Result<Self, Fault> {
        let mut read = || {
            check_size(text, false)?;
            let written = parser::projection(text)?;
            let paths: Vec<_> = written.0.iter().map(|path| path.bind(placeholders)).collect::<Result<_, _>>()?;
            let paths: Vec<_> = paths.iter().collect();
            apart(&paths)?;
            Ok(Self::of_paths(&paths))
        };
        read().map_err(|reason: String| invalid("ProjectionExpression", &reason))
    }

    /// The parts at paths that do not overlap.
    pub(in crate::records) fn of_paths(paths: &[&Path]) -> Self {
        let mut root = Parts::default();
        for path in paths {
            path.0.iter().fold(&mut root, |parts, step| parts.0.entry(step.clone()).or_default());
        }
        Self(root)
    }

    /// The attributes of these names.
    pub(in crate::records) fn of_attributes(names: &[String]) -> Self {
        let paths: Vec<_> = names.iter().map(|name| Path::attribute(name)).collect();
        Self::of_paths(&paths.iter().collect::<Vec<_>>())
    }

    /// Refuses a part of a key's attribute, for keys are no documents.
    pub(crate) fn check_keys(&self, table: &RecordsTable) -> Result<(), Fault> {
        let nested =
            self.0.0.iter().flat_map(|(root, parts)| parts.0.keys().map(|step| Path(vec![root.clone(), step.clone()])));
        path::check_keys(&nested.collect::<Vec<_>>(), table)
    }

    /// The steps of [`super::Work`] that it takes with an item.
    pub(crate) fn work(&self) -> usize {
        self.0.steps().saturating_mul(OPERATOR)
    }

    /// Those parts of an item that there are. Elements of a list move together, in their order.
    pub(crate) fn of(&self, item: &Attributes) -> Attributes {
        let root = self.0.0.iter().filter_map(|(step, parts)| match step {
            Step::Name(name) => Some((name.clone(), parts.of(item.get(name)?)?)),
            Step::Index(_) => None,
        });
        root.collect()
    }
}

impl Parts {
    fn steps(&self) -> usize {
        self.0.values().map(|parts| parts.steps().saturating_add(1)).fold(0, usize::saturating_add)
    }

    fn of(&self, value: &Attribute) -> Option<Attribute> {
        if self.0.is_empty() {
            return Some(value.clone());
        }
        let parts = self.0.iter().filter_map(|(step, parts)| Some((step, parts.of(child(value, step)?)?)));
        let parts: Vec<_> = parts.collect();
        match value {
            _ if parts.is_empty() => None,
            Attribute::L(_) => Some(Attribute::L(parts.into_iter().map(|(_, part)| part).collect())),
            _ => {
                let members = parts.into_iter().filter_map(|(step, part)| match step {
                    Step::Name(name) => Some((name.clone(), part)),
                    Step::Index(_) => None,
                });
                Some(Attribute::M(members.collect()))
            }
        }
    }
}
