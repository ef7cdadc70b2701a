//! Locations and their resources, as far as bookings lead there.

use app::Reply;
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{BookingPage, Shown, readable};
use crate::graphql::cost;
use crate::graphql::field::{Field, field};
use crate::graphql::scalars::{DateTime, Json, Long};
use crate::graphql::session::{Listed, session};
use crate::problem::Problem;

/// A location.
#[derive(Clone, Default, Deserialize, SimpleObject)]
#[serde(default, rename_all = "camelCase")]
#[graphql(complex)]
pub(in crate::graphql) struct Location {
    /// Its identifier.
    #[serde(rename = "locationID", deserialize_with = "readable")]
    #[graphql(name = "locationID")]
    location_id: Option<ID>,
    /// Its name.
    #[serde(deserialize_with = "readable")]
    name: Option<String>,
    /// What it is like.
    #[serde(deserialize_with = "readable")]
    description: Option<String>,
    /// A picture of it.
    #[serde(deserialize_with = "readable")]
    image_url: Option<String>,
    /// Its time zone; UTC when absent.
    #[serde(deserialize_with = "readable")]
    time_zone: Option<String>,
    /// When it was last changed.
    #[serde(deserialize_with = "readable")]
    timestamp: Option<DateTime>,
    #[serde(skip)]
    #[graphql(skip)]
    text: String,
}

impl Shown for Location {
    fn keep(&mut self, text: String, _: Option<Long>) {
        self.text = text;
    }
}

#[ComplexObject]
impl Location {
    /// All of it, the client's further members too, as the REST interface has it.
    #[graphql(complexity = "cost::DOCUMENT")]
    async fn body(&self) -> Result<Json, Box<Problem>> {
        super::read(&self.text).map(Json)
    }

    /// What can be booked there.
    #[graphql(complexity = "cost::page(limit, child_complexity)")]
    async fn resources(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 100)] limit: i32,
        cursor: Option<String>,
    ) -> Field<Option<ResourcePage>> {
        field(async {
            let Some(location) = &self.location_id else { return Ok(None) };
            session(ctx)?.resources(location, limit, cursor).await.map(Some)
        })
        .await
    }
}

/// A page of locations.
#[derive(SimpleObject)]
pub(in crate::graphql) struct LocationPage {
    pub(in crate::graphql) items: Vec<Location>,
    /// The `lastLocationID` of the next page; null when nothing follows.
    #[graphql(name = "lastLocationID")]
    pub(in crate::graphql) last_location_id: Option<ID>,
}

impl LocationPage {
    /// What the use case answered.
    pub(in crate::graphql) fn of(reply: &Reply) -> Result<Self, Box<Problem>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Page {
            items: Vec<Box<RawValue>>,
            #[serde(rename = "lastLocationID")]
            last: Option<ID>,
        }
        let page: Page = super::read(reply.body.as_deref().unwrap_or_default())?;
        let items = page.items.into_iter().map(|item| Location::read(item.get().to_owned(), None));
        Ok(Self { items: items.collect::<Result<_, _>>()?, last_location_id: page.last })
    }
}

/// Something that can be booked. Its rules are in `body`.
#[derive(Clone, Default, Deserialize, SimpleObject)]
#[serde(default, rename_all = "camelCase")]
#[graphql(complex)]
pub(in crate::graphql) struct Resource {
    /// Its identifier.
    #[serde(rename = "resourceID", deserialize_with = "readable")]
    #[graphql(name = "resourceID")]
    resource_id: Option<ID>,
    /// Where it is.
    #[serde(rename = "locationID", deserialize_with = "readable")]
    #[graphql(name = "locationID")]
    location_id: Option<ID>,
    /// Its name.
    #[serde(deserialize_with = "readable")]
    name: Option<String>,
    /// What it is like.
    #[serde(deserialize_with = "readable")]
    description: Option<String>,
    /// room, demo, arena, hall, or a kind that the operator added.
    #[serde(rename = "type", deserialize_with = "readable")]
    #[graphql(name = "type")]
    kind: Option<String>,
    /// What it has.
    #[serde(deserialize_with = "readable")]
    features: Option<Vec<String>>,
    /// Units that may be booked for the same time; 1 when absent.
    #[serde(deserialize_with = "readable")]
    capacity: Option<i32>,
    /// Minutes of a booking that names neither end nor length; 60 when absent.
    #[serde(deserialize_with = "readable")]
    slot_minutes: Option<i32>,
    /// When it was last changed.
    #[serde(deserialize_with = "readable")]
    timestamp: Option<DateTime>,
    #[serde(skip)]
    #[graphql(skip)]
    text: String,
}

impl Shown for Resource {
    fn keep(&mut self, text: String, _: Option<Long>) {
        self.text = text;
    }
}

#[ComplexObject]
impl Resource {
    /// All of it, its rules and the client's further members too, as the REST interface has it.
    #[graphql(complexity = "cost::DOCUMENT")]
    async fn body(&self) -> Result<Json, Box<Problem>> {
        super::read(&self.text).map(Json)
    }

    /// Where it is.
    #[graphql(complexity = "cost::READ + child_complexity")]
    async fn location(&self, ctx: &Context<'_>) -> Field<Option<Location>> {
        field(async {
            match &self.location_id {
                Some(location) => session(ctx)?.find_location(location).await,
                None => Ok(None),
            }
        })
        .await
    }

    /// Its bookings by start, ascending.
    #[graphql(complexity = "cost::page(limit, child_complexity)")]
    async fn bookings(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] all: bool,
        #[graphql(default = 100)] limit: i32,
        cursor: Option<String>,
    ) -> Field<Option<BookingPage>> {
        field(async {
            let (Some(location), Some(resource)) = (&self.location_id, &self.resource_id) else { return Ok(None) };
            session(ctx)?.bookings_of_resource(location, resource, Listed { all, limit, cursor }).await.map(Some)
        })
        .await
    }
}

/// A page of resources.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ResourcePage {
    pub(in crate::graphql) items: Vec<Resource>,
    /// The `cursor` of the next page; null when nothing follows.
    pub(in crate::graphql) next_cursor: Option<String>,
}
