//! When resources are free.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use serde::Deserialize;

use super::Resource;
use crate::graphql::cost;
use crate::graphql::field::{Field, field};
use crate::graphql::scalars::{DateTime, Long};
use crate::graphql::session::session;

/// When a resource is free.
#[derive(Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(complex)]
pub(in crate::graphql) struct Availability {
    /// The resource.
    #[serde(rename = "resourceID")]
    #[graphql(name = "resourceID")]
    resource_id: ID,
    /// The time zone of its location.
    time_zone: String,
    /// The beginning of what was looked at.
    from: DateTime,
    /// Its end.
    to: DateTime,
    /// Units that were asked for.
    units: i32,
    /// Units that the resource has.
    capacity: i32,
    #[graphql(skip)]
    free: Vec<FreeInterval>,
}

#[ComplexObject]
impl Availability {
    /// The stretches of time in which so many units are free and the resource's rules accept a booking.
    #[graphql(complexity = "cost::list(child_complexity)")]
    async fn free(&self) -> &[FreeInterval] {
        &self.free
    }
}

/// A stretch of time in which units are free all the time.
#[derive(Deserialize, SimpleObject)]
pub(in crate::graphql) struct FreeInterval {
    /// From when.
    start: DateTime,
    /// Until when.
    end: DateTime,
    /// From when, in epoch seconds.
    starttimeepochtime: Long,
    /// Until when, in epoch seconds.
    endtimeepochtime: Long,
    /// Its length.
    minutes: i32,
    /// Units that are free.
    units: i32,
}

/// A resource that is free.
#[derive(Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
#[graphql(complex)]
pub(in crate::graphql) struct FreeResource {
    /// The resource.
    #[serde(rename = "resourceID")]
    #[graphql(name = "resourceID")]
    resource_id: ID,
    /// Where it is.
    #[serde(rename = "locationID")]
    #[graphql(name = "locationID")]
    location_id: ID,
    /// Its name.
    name: Option<String>,
    /// Its kind.
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    kind: Option<String>,
    /// The time zone of its location.
    time_zone: String,
    /// The beginning of what was looked at.
    from: DateTime,
    /// Its end.
    to: DateTime,
    /// Units that were asked for.
    units: i32,
    /// Units that the resource has.
    capacity: i32,
    #[graphql(skip)]
    free: Vec<FreeInterval>,
}

#[ComplexObject]
impl FreeResource {
    /// The stretches of time in which so many units are free and the resource's rules accept a booking.
    #[graphql(complexity = "cost::list(child_complexity)")]
    async fn free(&self) -> &[FreeInterval] {
        &self.free
    }

    /// All of the resource.
    #[graphql(complexity = "cost::READ + child_complexity")]
    async fn resource(&self, ctx: &Context<'_>) -> Field<Option<Resource>> {
        field(async { session(ctx)?.find_resource(&self.location_id, &self.resource_id).await }).await
    }
}

/// A page of resources that are free. It may be empty and have another behind it.
#[derive(Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub(in crate::graphql) struct FreeResourcePage {
    #[serde(rename = "resources")]
    items: Vec<FreeResource>,
    /// The `cursor` of the next page; null when nothing follows.
    next_cursor: Option<String>,
}
