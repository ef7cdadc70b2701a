//! Bookings.

use async_graphql::{ComplexObject, Context, ID, InputObject, InputType, SimpleObject};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Resource, Shown, readable};
use crate::graphql::cost;
use crate::graphql::field::{Field, field};
use crate::graphql::scalars::{DateTime, Json, Long, to_json};
use crate::graphql::session::session;
use crate::problem::Problem;

/// A booking. Of others' bookings, those who may not see them whole see resource, location, times, units and status.
#[derive(Default, Deserialize, SimpleObject)]
#[serde(default, rename_all = "camelCase")]
#[graphql(complex)]
pub(in crate::graphql) struct Booking {
    /// Its identifier.
    #[serde(rename = "bookingID", deserialize_with = "readable")]
    #[graphql(name = "bookingID")]
    booking_id: Option<ID>,
    /// Whose it is.
    #[serde(rename = "userID", deserialize_with = "readable")]
    #[graphql(name = "userID")]
    user_id: Option<ID>,
    /// What is booked.
    #[serde(rename = "resourceID", deserialize_with = "readable")]
    #[graphql(name = "resourceID")]
    resource_id: Option<ID>,
    /// Where that is.
    #[serde(rename = "locationID", deserialize_with = "readable")]
    #[graphql(name = "locationID")]
    location_id: Option<ID>,
    /// Its start, in epoch seconds.
    #[serde(deserialize_with = "readable")]
    starttimeepochtime: Option<Long>,
    /// Its end, in epoch seconds.
    #[serde(deserialize_with = "readable")]
    endtimeepochtime: Option<Long>,
    /// The time zone of its location when it was booked.
    #[serde(deserialize_with = "readable")]
    time_zone: Option<String>,
    /// How many units it takes.
    #[serde(deserialize_with = "readable")]
    units: Option<i32>,
    /// CONFIRMED, PENDING, HELD, WAITING, CANCELED, DECLINED, EXPIRED or NO_SHOW; more may follow.
    #[serde(deserialize_with = "readable")]
    status: Option<String>,
    /// When it was last changed.
    #[serde(deserialize_with = "readable")]
    timestamp: Option<DateTime>,
    /// When it expires unless somebody approves or confirms it before.
    #[serde(deserialize_with = "readable")]
    expires_at: Option<DateTime>,
    /// When somebody checked in.
    #[serde(deserialize_with = "readable")]
    checked_in_at: Option<DateTime>,
    /// Why it was declined.
    #[serde(deserialize_with = "readable")]
    decline_reason: Option<String>,
    /// The client's title.
    #[serde(deserialize_with = "readable")]
    title: Option<String>,
    /// The client's notes.
    #[serde(deserialize_with = "readable")]
    notes: Option<String>,
    /// Its version, for `ifVersion`; lists do not have it.
    #[serde(skip)]
    version: Option<Long>,
    #[serde(skip)]
    #[graphql(skip)]
    text: String,
}

impl Shown for Booking {
    fn keep(&mut self, text: String, version: Option<Long>) {
        (self.text, self.version) = (text, version);
    }
}

#[ComplexObject]
impl Booking {
    /// All of it that may be seen, the client's further members too, as the REST interface has it.
    #[graphql(complexity = "cost::DOCUMENT")]
    async fn body(&self) -> Result<Json, Box<Problem>> {
        super::read(&self.text).map(Json)
    }

    /// What is booked, if it is still there.
    #[graphql(complexity = "cost::READ + child_complexity")]
    async fn resource(&self, ctx: &Context<'_>) -> Field<Option<Resource>> {
        field(async {
            match (&self.location_id, &self.resource_id) {
                (Some(location), Some(resource)) => session(ctx)?.find_resource(location, resource).await,
                _ => Ok(None),
            }
        })
        .await
    }
}

/// A page of bookings.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BookingPage {
    pub(in crate::graphql) items: Vec<Booking>,
    /// The `cursor` of the next page; null when nothing follows.
    pub(in crate::graphql) next_cursor: Option<String>,
}

/// What is to be booked. Of `endtimeepochtime` and `durationMinutes` at most one is needed.
#[derive(InputObject)]
pub(in crate::graphql) struct BookingInput {
    /// What.
    #[graphql(name = "resourceID")]
    resource_id: ID,
    /// From when, in epoch seconds, a whole minute.
    starttimeepochtime: Long,
    /// Until when, in epoch seconds.
    endtimeepochtime: Option<Long>,
    /// For how long.
    duration_minutes: Option<Long>,
    /// How many units; 1 when absent.
    units: Option<Long>,
    /// Other resources of the same location for the same time.
    additional_resources: Option<Vec<AdditionalResourceInput>>,
    /// For how many minutes it is only held, until it is confirmed.
    hold: Option<Long>,
    /// Whether to wait in line where too little is free.
    waitlist: Option<bool>,
    /// A title.
    title: Option<String>,
    /// Notes.
    notes: Option<String>,
    /// Who is to come.
    attendees: Option<Vec<AttendeeInput>>,
    /// Any other members that the REST interface takes; those that it does not know are kept as they are.
    more: Option<Json>,
}

/// A resource that is booked beside the main one.
#[derive(InputObject)]
struct AdditionalResourceInput {
    /// What.
    #[graphql(name = "resourceID")]
    resource_id: ID,
    /// How many units; 1 when absent.
    units: Option<Long>,
}

/// One who is to come.
#[derive(InputObject)]
struct AttendeeInput {
    /// A name.
    name: Option<String>,
    /// An e-mail address.
    email: Option<String>,
}

impl BookingInput {
    /// The body of the REST request for the same.
    pub(in crate::graphql) fn body(self) -> Result<Map<String, Value>, Box<Problem>> {
        super::super::session::body(to_json(self.to_value()))
    }
}
