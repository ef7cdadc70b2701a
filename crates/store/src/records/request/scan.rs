//! Scan.

mod members;
mod page;
mod start;

use std::ops::RangeInclusive;

use self::members::check_members;
pub(crate) use self::page::Page;
use self::start::Start;
use super::expressions::{self, EMPTY_NAME, Values, check_all_used, check_empty_names, check_not_empty};
use super::get::projection;
use super::legacy::Conditions;
use crate::records::expression::{Clause, Condition, Projection};
use crate::records::key::RecordKey;
use crate::records::legacy::attributes_to_get;
use crate::records::members::{Members, SELECT};
use crate::records::refusal::{Refusal, detected};
use crate::records::size::Capacity;
use crate::records::{Fault, RecordsTable};

const LEGACY: [&str; 3] = ["AttributesToGet", "ScanFilter", "ConditionalOperator"];
const EXPRESSIONS: [&str; 2] = ["ProjectionExpression", "FilterExpression"];

/// A read of a page of a table.
#[derive(Debug)]
pub(crate) struct Scan {
    /// The partitions of its segment, by the digests of their keys.
    pub(crate) hashes: RangeInclusive<u32>,
    /// It begins behind this key.
    pub(crate) after: Option<RecordKey>,
    table: RecordsTable,
    limit: usize,
    filter: Option<Condition>,
    projection: Option<Projection>,
    /// Whether only the number of items is asked for.
    counts_only: bool,
    capacity: Capacity,
    consistent: bool,
}

impl Scan {
    pub(super) fn read(members: &Members<'_>) -> Result<Self, Refusal> {
        let values = expressions::values(members)?;
        let filter = Conditions::read(members, "ScanFilter")?;
        check_members(members)?;
        let names = members.texts("AttributesToGet");
        let start = Start::read(members)?;
        if names.iter().flatten().any(String::is_empty) || filter.has_empty_name(false) || start.has_empty_name() {
            return Err(Refusal::counted(EMPTY_NAME));
        }
        let (filter, mut placeholders) = read_filter(members, values, filter)?;
        let legacy = names.map(|names| attributes_to_get(&names)).transpose()?;
        let start = start.check()?;
        let clause = Clause::FilterExpression;
        let filter = expressions::condition(members, clause, &mut placeholders)?.or(filter);
        check_not_empty(members, "ProjectionExpression")?;
        check_select(members)?;
        let hashes = segment(members)?;
        members.find_table()?;
        check_index(members)?;
        let after = start.key(members.table)?;
        check_segment(members, &hashes, after.as_ref())?;
        filter.iter().try_for_each(|filter| filter.check_keys(members.table))?;
        let projection = projection(members, &mut placeholders)?;
        check_all_used(&placeholders)?;
        Ok(Self {
            hashes,
            after,
            table: members.table.clone(),
            limit: members.integer("Limit").and_then(|limit| usize::try_from(limit.value).ok()).unwrap_or(usize::MAX),
            filter,
            projection: projection.or(legacy),
            counts_only: members.text("Select") == Some("COUNT"),
            capacity: Capacity::of(members.text("ReturnConsumedCapacity")),
            consistent: members.is("ConsistentRead"),
        })
    }
}

fn read_filter(
    members: &Members<'_>,
    values: Values,
    filter: Conditions,
) -> Result<(Option<Condition>, crate::records::expression::Placeholders), Refusal> {
    check_empty_names(members, &None)?;
    if let Some(Ok(read)) = &values
        && read.has_empty_name()
    {
        return Err(Refusal::counted(EMPTY_NAME));
    }
    let placeholders = expressions::check(members, &LEGACY, &EXPRESSIONS, values)?;
    Conditions::check_operator(members)?;
    filter.check_depth(1)?;
    Ok((filter.scan_filter(members)?, placeholders))
}

/// What Select asks for has to go with the projection. These mistakes are counted though Scan counts no others.
fn check_select(members: &Members<'_>) -> Result<(), Fault> {
    let Some(select) = members.text("Select") else { return Ok(()) };
    if let Some(mistake) = SELECT.mistake(Some(select)) {
        return Err(Fault::validation(detected(&mistake)));
    }
    let projected = members.those(&["AttributesToGet", "ProjectionExpression"]);
    let message = match (select, projected.first()) {
        ("SPECIFIC_ATTRIBUTES", Some(_)) => return Ok(()),
        ("SPECIFIC_ATTRIBUTES", None) => {
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"
                .to_owned()
        }
        ("COUNT", Some(member)) => format!("Cannot specify the {member} when choosing to get only the Count"),
        (select, Some(member)) => format!("Cannot specify the {member} when choosing to get {select}"),
        ("ALL_PROJECTED_ATTRIBUTES", None) if !members.has("IndexName") => {
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName".to_owned()
        }
        _ => return Ok(()),
    };
    Err(Fault::validation(detected(&message)))
}

/// The digests of a segment's partitions: an equal share of all.
fn segment(members: &Members<'_>) -> Result<RangeInclusive<u32>, Fault> {
    let number = |name| members.integer(name).and_then(|number| u64::try_from(number.value).ok());
    let message = match (number("Segment"), number("TotalSegments")) {
        (None, None) => return Ok(0..=u32::MAX),
        (Some(segment), Some(total)) if segment < total => return Ok(share(segment, total)),
        (Some(_), Some(_)) => "The Segment parameter is zero-based and must be less than parameter TotalSegments",
        (Some(_), None) => {
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is present"
        }
        (None, Some(_)) => {
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is present"
        }
    };
    Err(Fault::validation(message))
}

fn share(segment: u64, total: u64) -> RangeInclusive<u32> {
    let all = u64::from(u32::MAX).saturating_add(1);
    let bound = |segment: u64| all.saturating_mul(segment).div_ceil(total);
    let last = bound(segment.saturating_add(1)).saturating_sub(1);
    u32::try_from(bound(segment)).unwrap_or(u32::MAX)..=u32::try_from(last).unwrap_or(u32::MAX)
}

/// No table here has an index.
fn check_index(members: &Members<'_>) -> Result<(), Fault> {
    let Some(index) = members.text("IndexName") else { return Ok(()) };
    if members.is("ConsistentRead") {
        return Err(Fault::validation("Consistent reads are not supported on global secondary indexes"));
    }
    Err(Fault::validation(format!("The table does not have the specified index: {index}")))
}

/// A key of another segment is refused, in the words that the authors of dynalite captured from AWS.
fn check_segment(members: &Members<'_>, hashes: &RangeInclusive<u32>, after: Option<&RecordKey>) -> Result<(), Fault> {
    if after.is_none_or(|key| hashes.contains(&key.hash)) {
        return Ok(());
    }
    let number = |name| members.integer(name).map_or(0, |number| number.value);
    Err(Fault::validation(format!(
        "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. \
         TotalSegments: {} Segment: {}",
        number("TotalSegments"),
        number("Segment")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_share_everything() {
        for total in [1, 2, 3, 7, 4096, 999_999, 1_000_000] {
            let mut next = 0_u64;
            for segment in 0..total.min(5_000) {
                let share = share(segment, total);
                assert_eq!(u64::from(*share.start()), next, "{segment} of {total}");
                next = u64::from(*share.end()) + 1;
            }
            assert_eq!(*share(total - 1, total).end(), u32::MAX);
        }
    }
}
