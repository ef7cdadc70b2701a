//! Why a booking request was rejected.

use async_graphql::{ID, SimpleObject};
use serde::Deserialize;

use super::read;
use crate::graphql::scalars::{DateTime, Long};
use crate::problem::Problem;

/// Why something was refused: a problem document (RFC 9457).
#[derive(Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Problem")]
pub(in crate::graphql) struct Refused {
    /// A URN that stays the same for the same rule.
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    kind: String,
    /// The rule that refused.
    code: String,
    /// The HTTP status that fits.
    status: i32,
    /// What was refused, why, and what to do.
    detail: String,
    /// What is wrong with the request, each at its place.
    #[serde(default)]
    errors: Vec<Place>,
    /// The times in conflict.
    #[serde(default)]
    conflicts: Vec<Conflict>,
    /// The nearest times that would have been accepted.
    #[serde(default)]
    alternatives: Vec<Times>,
    /// Resources that would have been accepted at that very time.
    #[serde(default)]
    alternative_resources: Vec<AlternativeResource>,
}

/// What is wrong at a place.
#[derive(Deserialize, SimpleObject)]
#[graphql(name = "WrongMember")]
struct Place {
    /// The place, a JSON pointer (RFC 6901).
    pointer: String,
    /// What is wrong there.
    detail: String,
}

/// A stretch of time.
#[derive(Deserialize, SimpleObject)]
#[graphql(name = "Interval")]
struct Times {
    /// From when.
    start: DateTime,
    /// Until when.
    end: DateTime,
    /// From when, in epoch seconds.
    starttimeepochtime: Long,
    /// Until when, in epoch seconds.
    endtimeepochtime: Long,
}

/// A stretch of time in which too few units are free.
#[derive(Deserialize, SimpleObject)]
struct Conflict {
    /// From when.
    start: DateTime,
    /// Until when.
    end: DateTime,
    /// Units that are in use.
    used: i32,
    /// Units that the resource has.
    capacity: i32,
}

/// Another resource that would have been accepted.
#[derive(Deserialize, SimpleObject)]
struct AlternativeResource {
    /// The resource.
    #[serde(rename = "resourceID")]
    #[graphql(name = "resourceID")]
    resource_id: ID,
    /// From when.
    start: DateTime,
    /// Until when.
    end: DateTime,
}

impl Refused {
    /// A problem as it is shown.
    pub(in crate::graphql) fn of(problem: &Problem, request_id: &str) -> Result<Self, Box<Problem>> {
        read(&String::from_utf8_lossy(&problem.render(request_id)))
    }
}
