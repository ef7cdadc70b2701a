//! The resources of one booking: the main one, and those that it has beside it.

use serde::{Deserialize, Serialize};

use super::{Booking, Status};

/// What separates the booking's identifier from the resource's in the key of a part. Clients cannot choose it.
const SEPARATOR: char = '\u{1f}';

/// A resource of a booking, and how many of its units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The resource.
    #[serde(rename = "resourceID")]
    pub resource_id: String,
    /// Units of it.
    #[serde(default = "super::one")]
    pub units: i64,
}

/// The item by which a booking is found under a resource that it has beside its main one. It belongs to nobody, so that no user's
/// list has it, and follows its booking in each commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartItem<'a> {
    /// The item's key.
    #[serde(rename = "bookingID")]
    pub key: String,
    #[serde(rename = "partOf")]
    booking_id: &'a str,
    #[serde(rename = "ownerID")]
    user_id: &'a str,
    #[serde(rename = "resourceID")]
    resource_id: &'a str,
    #[serde(rename = "locationID")]
    location_id: &'a str,
    #[serde(rename = "starttimeepochtime")]
    start: i64,
    #[serde(rename = "endtimeepochtime", skip_serializing_if = "Option::is_none")]
    end: Option<i64>,
    units: i64,
    status: Status,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    expires_at: Option<&'a str>,
    timestamp: &'a str,
}

/// The place of a booking's resource in a request: the main one is at the top.
pub fn pointer(index: usize, member: &str) -> String {
    match index.checked_sub(1) {
        None => format!("/{member}"),
        Some(index) => format!("/additionalResources/{index}/{member}"),
    }
}

/// The key of the item of a booking's additional resource.
pub fn key(booking_id: &str, resource_id: &str) -> String {
    format!("{booking_id}{SEPARATOR}{resource_id}")
}

impl Booking {
    /// The resources with their units, the main one first.
    pub fn parts(&self) -> impl Iterator<Item = (&str, i64)> {
        let more = self.additional.iter().map(|part| (part.resource_id.as_str(), part.units));
        std::iter::once((self.resource_id.as_str(), self.units)).chain(more)
    }

    /// The items of its additional resources.
    pub fn part_items(&self) -> impl Iterator<Item = PartItem<'_>> {
        self.additional.iter().map(|part| PartItem {
            key: key(&self.booking_id, &part.resource_id),
            booking_id: &self.booking_id,
            user_id: &self.user_id,
            resource_id: &part.resource_id,
            location_id: &self.location_id,
            start: self.start,
            end: self.end,
            units: part.units,
            status: self.status,
            expires_at: self.expires_at.as_deref(),
            timestamp: &self.timestamp,
        })
    }
}
