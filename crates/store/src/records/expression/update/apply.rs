//! Changing an item.
//!
//! Every path and every operand means what it means in the item as it was: values are worked out first, then written in the order of
//! their paths, so that what goes behind the end of a list is appended in the order of the indexes, and what goes is taken out last,
//! from the highest index down.
//!
//! What is assigned is borrowed until it is known to fit into an item, for an update may name a large value hundreds of times.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{Arithmetic, Change, Operand};
use crate::records::expression::path::{Path, Step, child_mut};
use crate::records::expression::value::size;
use crate::records::size::{ITEM_BYTES, TOO_LARGE};
use crate::records::{Attribute, Attributes, Fault, Number};

/// Why an item cannot be updated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// An operand is not there.
    Missing,
    /// An operand is of a wrong kind.
    Mismatch,
    /// A path leads nowhere.
    NoSuchPath,
    /// A number is out of range.
    Number(Fault),
    /// What is assigned has more bytes than an item.
    TooLarge,
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::validation(match failure {
            Failure::Missing => "The provided expression refers to an attribute that does not exist in the item",
            Failure::Mismatch => "An operand in the update expression has an incorrect data type",
            Failure::NoSuchPath => "The document path provided in the update expression is invalid for update",
            Failure::TooLarge => TOO_LARGE,
            Failure::Number(fault) => return fault,
        })
    }
}

/// What becomes of a path: a value, or none where what is there is to be taken out.
type Outcome<'a> = Option<Cow<'a, Attribute>>;

/// The item after an update.
pub(super) fn to(item: &Attributes, actions: &[(Path, Change)]) -> Result<Attributes, Failure> {
    for (path, change) in actions {
        fits(path.find(item), change)?;
    }
    let mut outcomes: Vec<(&Path, Outcome<'_>)> = Vec::new();
    let mut room = Room(ITEM_BYTES);
    for (path, change) in actions {
        if let Some(outcome) = outcome(path.find(item), change, item)? {
            // No path leads through another: all that is assigned is in the item afterwards.
            outcome.as_deref().map_or(Ok(()), |value| room.take(value))?;
            outcomes.push((path, outcome));
        }
    }
    outcomes.sort_by_key(|(path, _)| *path);
    let mut after = item.clone();
    let mut gone = Vec::new();
    for (path, outcome) in outcomes {
        match outcome {
            Some(value) => put(&mut after, path, value.into_owned())?,
            None => gone.push(path),
        }
    }
    for (path, _) in actions {
        reachable(item, path)?;
    }
    take(&mut after, gone);
    Ok(after)
}

/// The bytes that an item still has room for.
struct Room(usize);

impl Room {
    fn take(&mut self, value: &Attribute) -> Result<(), Failure> {
        self.0 = self.0.checked_sub(size(value)).ok_or(Failure::TooLarge)?;
        Ok(())
    }
}

/// Refuses to add or delete what does not fit the value there.
fn fits(value: Option<&Attribute>, change: &Change) -> Result<(), Failure> {
    use Attribute::{Bs, L, N, Ns, Ss};
    let fits = match (value, change) {
        (Some(value), Change::Add(other)) => {
            matches!((value, &**other), (N(_), N(_)) | (L(_), L(_))) || same_sets(value, other)
        }
        (None, Change::Add(other)) => matches!(**other, N(_) | L(_) | Ss(_) | Ns(_) | Bs(_)),
        (Some(value), Change::Delete(other)) => same_sets(value, other),
        _ => true,
    };
    if fits { Ok(()) } else { Err(Failure::Mismatch) }
}

const fn same_sets(one: &Attribute, other: &Attribute) -> bool {
    use Attribute::{Bs, Ns, Ss};
    matches!((one, other), (Ss(_), Ss(_)) | (Ns(_), Ns(_)) | (Bs(_), Bs(_)))
}

/// What a change makes of a value; none where it changes nothing.
fn outcome<'a>(
    value: Option<&'a Attribute>,
    change: &'a Change,
    item: &'a Attributes,
) -> Result<Option<Outcome<'a>>, Failure> {
    Ok(match (change, value) {
        (Change::Set(operand), _) => Some(Some(self::operand(operand, item)?)),
        (Change::Add(other), None) => Some(Some(Cow::Borrowed(other))),
        (Change::Add(other), Some(value)) => Some(Some(Cow::Owned(sum(value, other)?))),
        (Change::Remove, Some(_)) => Some(None),
        (Change::Delete(other), Some(value)) => Some(difference(value, other).map(Cow::Owned)),
        (Change::Remove | Change::Delete(_), None) => None,
    })
}

fn sum(value: &Attribute, other: &Attribute) -> Result<Attribute, Failure> {
    Ok(match (value, other) {
        (Attribute::N(value), Attribute::N(other)) => Attribute::N(value.plus(other).map_err(Failure::Number)?),
        (Attribute::Ss(value), Attribute::Ss(other)) => Attribute::Ss(value | other),
        (Attribute::Ns(value), Attribute::Ns(other)) => Attribute::Ns(value | other),
        (Attribute::Bs(value), Attribute::Bs(other)) => Attribute::Bs(value | other),
        (Attribute::L(value), Attribute::L(other)) => Attribute::L(value.iter().chain(other).cloned().collect()),
        _ => return Err(Failure::Mismatch),
    })
}

/// A set without the members of another; none if that leaves none, for there are no empty sets.
fn difference(value: &Attribute, other: &Attribute) -> Option<Attribute> {
    match (value, other) {
        (Attribute::Ss(value), Attribute::Ss(other)) => {
            Some(value - other).filter(|set| !set.is_empty()).map(Attribute::Ss)
        }
        (Attribute::Ns(value), Attribute::Ns(other)) => {
            Some(value - other).filter(|set| !set.is_empty()).map(Attribute::Ns)
        }
        (Attribute::Bs(value), Attribute::Bs(other)) => {
            Some(value - other).filter(|set| !set.is_empty()).map(Attribute::Bs)
        }
        (value, _) => Some(value.clone()),
    }
}

/// The value of an operand with the item as it was.
fn operand<'a>(operand: &'a Operand, item: &'a Attributes) -> Result<Cow<'a, Attribute>, Failure> {
    match operand {
        Operand::Path(path) => path.find(item).map(Cow::Borrowed).ok_or(Failure::Missing),
        Operand::Value(value) => Ok(Cow::Borrowed(value)),
        // The other counts only where it is needed. ("If the item does not contain an attribute at the specified path, then if_not_exists
        // evaluates to value; otherwise, it evaluates to path": Amazon DynamoDB Developer Guide, "Update expressions". DynamoDB Local
        // wants the other to be there always.)
        Operand::IfNotExists(path, other) => match path.find(item) {
            Some(value) => Ok(Cow::Borrowed(value)),
            None => self::operand(other, item),
        },
        Operand::ListAppend(first, second) => {
            joined(self::operand(first, item)?, &*self::operand(second, item)?).map(Cow::Owned)
        }
        Operand::Sum(left, sign, right) => match (&*self::operand(left, item)?, &*self::operand(right, item)?) {
            (Attribute::N(left), Attribute::N(right)) => {
                let calculate = match sign {
                    Arithmetic::Plus => Number::plus,
                    Arithmetic::Minus => Number::minus,
                };
                calculate(left, right).map(|number| Cow::Owned(Attribute::N(number))).map_err(Failure::Number)
            }
            _ => Err(Failure::Mismatch),
        },
    }
}

/// A list and the elements of another behind its own.
fn joined(first: Cow<'_, Attribute>, second: &Attribute) -> Result<Attribute, Failure> {
    let mut room = Room(ITEM_BYTES);
    let (Attribute::L(_), Attribute::L(more)) = (&*first, second) else { return Err(Failure::Mismatch) };
    room.take(&first)?;
    room.take(second)?;
    let mut list = first.into_owned();
    if let Attribute::L(elements) = &mut list {
        elements.extend_from_slice(more);
    }
    Ok(list)
}

/// The value that a path leads into with its last step; none for a whole attribute.
fn parent<'a>(item: &'a mut Attributes, path: &'a Path) -> Result<Option<(&'a mut Attribute, &'a Step)>, Failure> {
    let Some((Step::Name(root), inner)) = path.0.split_first() else { return Err(Failure::NoSuchPath) };
    let Some((last, between)) = inner.split_last() else { return Ok(None) };
    let root = item.get_mut(root).ok_or(Failure::NoSuchPath)?;
    let parent = between.iter().try_fold(root, child_mut).ok_or(Failure::NoSuchPath)?;
    Ok(Some((parent, last)))
}

/// Refuses a path whose last step cannot be taken.
fn reachable(item: &Attributes, path: &Path) -> Result<(), Failure> {
    let Some((last, before)) = path.0.split_last() else { return Err(Failure::NoSuchPath) };
    if before.is_empty() {
        return Ok(());
    }
    match (Path(before.to_vec()).find(item), last) {
        (Some(Attribute::M(_)), Step::Name(_)) | (Some(Attribute::L(_)), Step::Index(_)) => Ok(()),
        _ => Err(Failure::NoSuchPath),
    }
}

/// Puts a value at a path, behind the end of a list that has no such element.
fn put(item: &mut Attributes, path: &Path, value: Attribute) -> Result<(), Failure> {
    match parent(item, path)? {
        None => {
            item.extend(path.root().map(|root| (root.to_owned(), value)));
        }
        Some((Attribute::M(members), Step::Name(name))) => {
            members.insert(name.clone(), value);
        }
        Some((Attribute::L(elements), Step::Index(index))) => {
            let there = usize::try_from(*index).ok().and_then(|index| elements.get_mut(index));
            match there {
                Some(element) => *element = value,
                None => elements.push(value),
            }
        }
        Some(_) => return Err(Failure::NoSuchPath),
    }
    Ok(())
}

/// Takes out what is at some paths: what is further inside first, and out of a list everything at once.
fn take(item: &mut Attributes, mut paths: Vec<&Path>) {
    paths.sort_by_key(|path| (Reverse(path.0.len()), *path));
    for paths in paths.chunk_by(|one, other| one.around() == other.around()) {
        let Some(first) = paths.first() else { continue };
        let last = paths.iter().filter_map(|path| path.0.last());
        match parent(item, first) {
            Ok(None) => paths.iter().filter_map(|path| path.root()).for_each(|root| drop(item.remove(root))),
            Ok(Some((Attribute::M(members), _))) => last.for_each(|step| {
                if let Step::Name(name) = step {
                    members.remove(name);
                }
            }),
            Ok(Some((Attribute::L(elements), _))) => {
                let gone: BTreeSet<&Step> = last.collect();
                let mut indexes = 0..;
                elements.retain(|_| indexes.next().is_none_or(|index| !gone.contains(&Step::Index(index))));
            }
            _ => {}
        }
    }
}
