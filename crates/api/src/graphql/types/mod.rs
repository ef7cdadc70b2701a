//! The types of the schema. What they show is read from the JSON text that the use cases answer with, which is what the REST routes
//! send.

mod availability;
mod booking;
mod order;
mod place;
mod problem;
mod request;

use app::{Listing, Reply};
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub(super) use availability::{Availability, FreeResourcePage};
pub(super) use booking::{Booking, BookingInput, BookingPage};
pub(super) use order::{Order, OrderInput, OrderPage};
pub(super) use place::{Location, LocationPage, Resource, ResourcePage};
pub(super) use problem::Refused;
pub(super) use request::BookingRequest;

use super::scalars::Long;
use crate::problem::Problem;

/// What is shown of a stored item, with the item's text and version.
pub(super) trait Shown: DeserializeOwned {
    /// Keeps what is not among the members.
    fn keep(&mut self, text: String, version: Option<Long>);

    /// What a use case answered.
    fn of(reply: Reply) -> Result<Self, Box<Problem>> {
        let version = reply.version.map(|version| Long(version.into()));
        Self::read(reply.body.unwrap_or_default(), version)
    }

    /// The item with this text.
    fn read(text: String, version: Option<Long>) -> Result<Self, Box<Problem>> {
        let mut shown: Self = read(&text)?;
        shown.keep(text, version);
        Ok(shown)
    }

    /// The items of a page.
    fn all(listing: &mut Listing) -> Result<Vec<Self>, Box<Problem>> {
        listing.items.drain(..).map(|text| Self::read(text, None)).collect()
    }
}

/// A use case's answer as a typed value.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Box<Problem>> {
    serde_json::from_str(text).map_err(|error| {
        let mut problem =
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unreadable", "What is stored here cannot be read.");
        problem.cause = Some(error.to_string());
        problem
    })
}

/// A member that another program may have stored as something else: then it is not there.
fn readable<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}
