//! A bound on how long one request may compare and search. DynamoDB names none; here one thread writes for everyone.

use std::cell::Cell;
use std::mem::discriminant;

use domain::limits::RECORDS_WORK;

use crate::records::{Attribute, Fault};

/// Of an operator or function, or of a step of a path.
pub(super) const OPERATOR: usize = 64;
const ELEMENT: usize = 8;
const NUMBER: usize = 32;
/// So many bytes are compared as fast as one is searched.
const COMPARED: usize = 8;

/// What a request may still do, in steps of about a nanosecond: a byte searched, or eight compared.
#[derive(Debug)]
pub(crate) struct Work(Cell<Option<usize>>);

impl Work {
    /// Everything that a request may do.
    pub(crate) const fn whole() -> Self {
        Self(Cell::new(Some(RECORDS_WORK)))
    }

    /// Takes some steps. False when there are not as many; then there are no more at all, and what was found out does not count.
    pub(crate) fn take(&self, steps: usize) -> bool {
        let left = self.0.get().and_then(|left| left.checked_sub(steps));
        self.0.set(left);
        left.is_some()
    }

    /// Refuses what took too much.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        if self.0.get().is_some() {
            return Ok(());
        }
        Err(Fault::validation(
            "The condition takes too much work on an item of this size: use fewer operators and functions, or ask for smaller \
             attributes, one request each",
        ))
    }
}

/// The steps of comparing two values.
pub(super) fn comparing(one: &Attribute, other: &Attribute) -> usize {
    match (one, other) {
        (Attribute::S(one), Attribute::S(other)) => one.len().min(other.len()) / COMPARED,
        (Attribute::B(one), Attribute::B(other)) => one.len().min(other.len()) / COMPARED,
        _ if discriminant(one) == discriminant(other) => passing(one),
        _ => 0,
    }
}

/// The steps of looking for a part.
pub(super) fn searching(value: &Attribute, part: &Attribute) -> usize {
    match (value, part) {
        (Attribute::S(text), Attribute::S(_)) => text.len(),
        (Attribute::B(bytes), Attribute::B(_)) => bytes.len(),
        (Attribute::L(_), _) => passing(value),
        // Sets are ordered.
        (_, part) => passing(part),
    }
}

/// The steps of finding out a length: that of a string is counted in characters.
pub(super) const fn measuring(value: &Attribute) -> usize {
    match value {
        Attribute::S(text) => text.len(),
        _ => 0,
    }
}

/// The steps of going through a value.
fn passing(value: &Attribute) -> usize {
    let bytes = |bytes: usize| (bytes / COMPARED).saturating_add(ELEMENT);
    match value {
        Attribute::S(text) => bytes(text.len()),
        Attribute::B(octets) => bytes(octets.len()),
        Attribute::N(_) => NUMBER,
        Attribute::Bool(_) | Attribute::Null => ELEMENT,
        Attribute::L(elements) => elements.iter().map(passing).fold(ELEMENT, usize::saturating_add),
        Attribute::M(members) => {
            let member = |(name, value): (&String, &Attribute)| bytes(name.len()).saturating_add(passing(value));
            members.iter().map(member).fold(ELEMENT, usize::saturating_add)
        }
        Attribute::Ss(set) => set.iter().map(|member| bytes(member.len())).fold(ELEMENT, usize::saturating_add),
        Attribute::Ns(set) => set.len().saturating_mul(NUMBER),
        Attribute::Bs(set) => set.iter().map(|member| bytes(member.len())).fold(ELEMENT, usize::saturating_add),
    }
}
