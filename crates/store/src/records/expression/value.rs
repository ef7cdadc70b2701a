//! Values as expressions see them: their kinds, sizes and order.

use std::cmp::Ordering;

use super::syntax::Comparator;
use crate::records::{Attribute, Attributes};

/// The letters of a value's kind.
pub(in crate::records) const fn kind(value: &Attribute) -> &'static str {
    match value {
        Attribute::S(_) => "S",
        Attribute::N(_) => "N",
        Attribute::B(_) => "B",
        Attribute::Bool(_) => "BOOL",
        Attribute::Null => "NULL",
        Attribute::L(_) => "L",
        Attribute::M(_) => "M",
        Attribute::Ss(_) => "SS",
        Attribute::Ns(_) => "NS",
        Attribute::Bs(_) => "BS",
    }
}

/// Every kind, in the order in which DynamoDB Local lists them.
pub(super) const KINDS: [&str; 10] = ["BOOL", "SS", "BS", "M", "NS", "N", "L", "S", "B", "NULL"];

/// Whether values of a kind have an order.
pub(super) fn is_ordered(kind: &str) -> bool {
    matches!(kind, "S" | "N" | "B")
}

/// The order of two strings, numbers or byte strings; none of others.
pub(in crate::records) fn order(left: &Attribute, right: &Attribute) -> Option<Ordering> {
    match (left, right) {
        (Attribute::S(left), Attribute::S(right)) => Some(left.cmp(right)),
        (Attribute::N(left), Attribute::N(right)) => Some(left.cmp(right)),
        (Attribute::B(left), Attribute::B(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Whether a comparison holds.
pub(super) fn compares(left: &Attribute, comparator: Comparator, right: &Attribute) -> bool {
    let ordered = |holds: fn(Ordering) -> bool| order(left, right).is_some_and(holds);
    match comparator {
        Comparator::Equal => left == right,
        Comparator::NotEqual => left != right,
        Comparator::Less => ordered(Ordering::is_lt),
        Comparator::LessOrEqual => ordered(Ordering::is_le),
        Comparator::Greater => ordered(Ordering::is_gt),
        Comparator::GreaterOrEqual => ordered(Ordering::is_ge),
    }
}

/// How many characters, bytes, elements or members a value has. Characters outside the basic plane count twice, as in UTF-16.
pub(super) fn length(value: &Attribute) -> Option<usize> {
    Some(match value {
        Attribute::S(text) => text.encode_utf16().count(),
        Attribute::B(bytes) => bytes.len(),
        Attribute::L(elements) => elements.len(),
        Attribute::M(members) => members.len(),
        Attribute::Ss(set) => set.len(),
        Attribute::Ns(set) => set.len(),
        Attribute::Bs(set) => set.len(),
        Attribute::N(_) | Attribute::Bool(_) | Attribute::Null => return None,
    })
}

/// Whether a string or byte string has a part, a set a member, or a list an element.
pub(super) fn contains(value: &Attribute, part: &Attribute) -> bool {
    match (value, part) {
        (Attribute::S(text), Attribute::S(part)) => is_within(part.as_bytes(), text.as_bytes()),
        (Attribute::B(bytes), Attribute::B(part)) => is_within(part, bytes),
        (Attribute::Ss(set), Attribute::S(member)) => set.contains(member),
        (Attribute::Ns(set), Attribute::N(member)) => set.contains(member),
        (Attribute::Bs(set), Attribute::B(member)) => set.contains(member),
        (Attribute::L(elements), part) => elements.contains(part),
        _ => false,
    }
}

/// Whether there is a part, found in linear time.
fn is_within(part: &[u8], bytes: &[u8]) -> bool {
    part.len() <= bytes.len() && memchr::memmem::find(bytes, part).is_some()
}

/// What a value counts for in the size of an item, in bytes. (Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats".)
pub(in crate::records) fn size(value: &Attribute) -> usize {
    /// Of a list or a map itself.
    const DOCUMENT: usize = 3;
    let elements = |elements: &[Attribute]| elements.iter().map(|value| size(value).saturating_add(1)).sum::<usize>();
    let members = |members: &Attributes| {
        members.iter().map(|(name, value)| size(value).saturating_add(name.len()).saturating_add(1)).sum::<usize>()
    };
    match value {
        Attribute::S(text) => text.len(),
        Attribute::N(number) => number.size(),
        Attribute::B(bytes) => bytes.len(),
        Attribute::Bool(_) | Attribute::Null => 1,
        Attribute::L(list) => elements(list).saturating_add(DOCUMENT),
        Attribute::M(map) => members(map).saturating_add(DOCUMENT),
        Attribute::Ss(set) => set.iter().map(String::len).sum(),
        Attribute::Ns(set) => set.iter().map(crate::records::Number::size).sum(),
        Attribute::Bs(set) => set.iter().map(Vec::len).sum(),
    }
}

/// The text of a bound of BETWEEN in errors.
pub(super) fn in_braces(value: &Attribute) -> String {
    use base64::Engine as _;
    let text = match value {
        Attribute::S(text) => text.clone(),
        Attribute::N(number) => number.to_string(),
        Attribute::B(bytes) => base64::engine::general_purpose::STANDARD.encode(bytes),
        // BETWEEN takes no others.
        _ => "...".to_owned(),
    };
    format!("AttributeValue: {{{}:{text}}}", kind(value))
}
