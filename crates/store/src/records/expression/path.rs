//! Paths into items: the name of an attribute, then members of maps and elements of lists.

use std::collections::BTreeMap;
use std::fmt;

use super::Placeholders;
use crate::records::{Attribute, Attributes, Fault, RecordsTable};

/// The most steps of a path. (Amazon DynamoDB Developer Guide, "Quotas in DynamoDB", nested attribute depth.)
const MOST_STEPS: usize = 32;

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// A member of a map; in an expression as it is written, also `#name`.
    Name(String),
    /// An element of a list, counted from zero.
    Index(u32),
}

/// A path; its first step is a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path(pub(super) Vec<Step>);

impl Path {
    /// The path to a whole attribute.
    pub(in crate::records) fn attribute(name: &str) -> Self {
        Self(vec![Step::Name(name.to_owned())])
    }

    /// The path with the names that its placeholders stand for.
    pub(super) fn bind(&self, placeholders: &mut Placeholders) -> Result<Self, String> {
        let steps = self.0.iter().map(|step| match step {
            Step::Name(name) if name.starts_with('#') => placeholders.name(name).map(Step::Name),
            step => Ok(step.clone()),
        });
        let steps: Vec<_> = steps.collect::<Result<_, _>>()?;
        if steps.len() > MOST_STEPS {
            let levels = steps.len();
            return Err(format!("The document path has too many nesting levels; nesting levels: {levels}"));
        }
        Ok(Self(steps))
    }

    /// The name of the attribute that it begins with.
    pub(super) fn root(&self) -> Option<&str> {
        match self.0.first()? {
            Step::Name(name) => Some(name),
            Step::Index(_) => None,
        }
    }

    /// The steps to what it leads into.
    pub(super) fn around(&self) -> Option<&[Step]> {
        self.0.split_last().map(|(_, around)| around)
    }

    /// Whether it leads through an element of a list.
    pub(super) fn has_index(&self) -> bool {
        self.0.iter().any(|step| matches!(step, Step::Index(_)))
    }

    /// What is there in an item.
    pub(super) fn find<'a>(&self, item: &'a Attributes) -> Option<&'a Attribute> {
        let (Step::Name(root), inner) = self.0.split_first()? else { return None };
        inner.iter().try_fold(item.get(root)?, |within, step| child(within, step))
    }

    /// How it is named in errors: `[a, b, [0]]`.
    pub(super) fn in_brackets(&self) -> String {
        let steps: Vec<_> = self.0.iter().map(|step| step.in_brackets()).collect();
        format!("[{}]", steps.join(", "))
    }
}

impl Step {
    fn in_brackets(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Index(index) => format!("[{index}]"),
        }
    }
}

/// What is one step into a value.
pub(super) fn child<'a>(value: &'a Attribute, step: &Step) -> Option<&'a Attribute> {
    match (value, step) {
        (Attribute::M(members), Step::Name(name)) => members.get(name),
        (Attribute::L(elements), Step::Index(index)) => elements.get(usize::try_from(*index).ok()?),
        _ => None,
    }
}

/// What is one step into a value, to be changed.
pub(super) fn child_mut<'a>(value: &'a mut Attribute, step: &Step) -> Option<&'a mut Attribute> {
    match (value, step) {
        (Attribute::M(members), Step::Name(name)) => members.get_mut(name),
        (Attribute::L(elements), Step::Index(index)) => elements.get_mut(usize::try_from(*index).ok()?),
        _ => None,
    }
}

/// Refuses paths of which one leads through another, and those that take one value for a map and for a list.
pub(super) fn apart(paths: &[&Path]) -> Result<(), String> {
    // Steps may be long, and there are many pairs of paths: so each step is compared once for its number.
    let mut numbers = BTreeMap::new();
    let mut number = |step| {
        let next = numbers.len();
        *numbers.entry(step).or_insert(next)
    };
    let numbered: Vec<(&Path, Vec<usize>)> =
        paths.iter().map(|path| (*path, path.0.iter().map(&mut number).collect())).collect();
    let pairs = numbered
        .iter()
        .enumerate()
        .flat_map(|(at, one)| numbered.iter().skip(at.saturating_add(1)).map(move |two| (one, two)));
    for ((one, one_numbers), (two, two_numbers)) in pairs {
        let at = one_numbers.iter().zip(two_numbers).position(|(one, two)| one != two);
        let differ = at.and_then(|at| one.0.get(at).zip(two.0.get(at)));
        let what = match differ {
            None => "overlap",
            Some((Step::Name(_), Step::Index(_)) | (Step::Index(_), Step::Name(_))) => "conflict",
            Some(_) => continue,
        };
        let (one, two) = (one.in_brackets(), two.in_brackets());
        return Err(format!(
            "Two document paths {what} with each other; must remove or rewrite one of these paths; \
             path one: {one}, path two: {two}"
        ));
    }
    Ok(())
}

/// Refuses paths into a key's attribute, for keys are no documents. (AWS answers so to conditions and projections, as the authors of
/// dynalite recorded; of the operands of updates DynamoDB Local says it.)
pub(super) fn check_keys<'a>(paths: impl IntoIterator<Item = &'a Path>, table: &RecordsTable) -> Result<(), Fault> {
    let mut nested = paths.into_iter().filter(|path| path.0.len() > 1).filter_map(Path::root);
    nested.find(|name| table.is_key(name)).map_or(Ok(()), |name| {
        Err(Fault::validation(format!(
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: {name}"
        )))
    })
}

/// Refuses a path that an operator or function is given twice.
pub(super) fn distinct(operator: &str, one: &Path, other: &Path) -> Result<(), String> {
    if one != other {
        return Ok(());
    }
    Err(format!(
        "The first operand must be distinct from the remaining operands for this operator or function; \
         operator: {operator}, first operand: {}",
        one.in_brackets()
    ))
}

/// The path as an expression has it.
impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(at, step)| match step {
            Step::Name(name) if at == 0 => formatter.write_str(name),
            Step::Name(name) => write!(formatter, ".{name}"),
            Step::Index(index) => write!(formatter, "[{index}]"),
        })
    }
}
