//! Lists of bookings: a user's, and a resource's.

use domain::booking::{Part, Status};
use serde::{Deserialize, Serialize};
use store::{Cursor, Index, Item, Query, StoreError};

use crate::bookings::{Shown, readable};
use crate::reply::resume;
use crate::{App, Failure, Listing};

/// Pages of the index that one request may go through to fill its own page.
const PAGES: usize = 16;

/// Which bookings of a list are wanted.
#[derive(Clone, Copy, Debug)]
pub struct BookingList<'a> {
    /// Whether canceled ones too.
    pub all: bool,
    /// How many at the most.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<&'a str>,
}

/// Who looks at a resource's bookings.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'a> {
    /// The caller's `sub`.
    pub user_id: &'a str,
    /// Whether the caller sees every booking whole.
    pub sees_all: bool,
}

/// What everybody may see of a booking, without what cannot be read of one that another program stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct Outline {
    #[serde(rename = "resourceID")]
    resource_id: String,
    #[serde(rename = "locationID", default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    location_id: Option<String>,
    #[serde(rename = "starttimeepochtime")]
    start: i64,
    #[serde(
        rename = "endtimeepochtime",
        default,
        deserialize_with = "readable",
        skip_serializing_if = "Option::is_none"
    )]
    end: Option<i64>,
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    units: Option<i64>,
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(rename = "userID", default, skip_serializing)]
    pub(crate) user_id: Option<String>,
    #[serde(rename = "additionalResources", default, deserialize_with = "readable", skip_serializing)]
    additional: Option<Vec<Part>>,
    /// Of the item of an additional resource: its booking, and whose that is.
    #[serde(rename = "partOf", default, skip_serializing)]
    part_of: Option<String>,
    #[serde(rename = "ownerID", default, skip_serializing)]
    owner_id: Option<String>,
}

impl Outline {
    /// The same as the calendar of one of its resources has it.
    pub(crate) fn in_calendar_of(self, resource_id: &str) -> Self {
        let part = self.additional.iter().flatten().find(|part| part.resource_id == resource_id).cloned();
        match part {
            Some(Part { resource_id, units }) => Self { resource_id, units: Some(units), ..self },
            None => self,
        }
    }
}

/// The item of an additional resource, as who may see all of its booking sees it.
#[derive(Serialize)]
struct ShownPart<'a> {
    #[serde(rename = "bookingID")]
    booking_id: &'a str,
    #[serde(rename = "userID")]
    user_id: Option<&'a str>,
    #[serde(flatten)]
    outline: &'a Outline,
}

impl App {
    /// A user's bookings by start, ascending.
    pub async fn list_user_bookings(&self, user: &str, list: BookingList<'_>) -> Result<Listing, Failure> {
        let whole = |item: Item, _: Status| Ok(Some(item.body));
        self.list_bookings(Query::index(Index::BookingsByUserByTime, user), list, whole).await
    }

    /// A resource's bookings by start, ascending; those of others in outline only.
    pub async fn list_resource_bookings(
        &self,
        location_id: &str,
        resource_id: &str,
        viewer: Viewer<'_>,
        list: BookingList<'_>,
    ) -> Result<Listing, Failure> {
        self.resource_item(location_id, resource_id).await?;
        let show = |item: Item, status: Status| {
            let outline: Outline = item.body()?;
            let owner = outline.user_id.as_deref().or(outline.owner_id.as_deref());
            // Who waits uses nothing, and is nobody else's business.
            let foreign = !viewer.sees_all && owner != Some(viewer.user_id);
            if foreign && status == Status::Waiting {
                return Ok(None);
            }
            let shown = match &outline.part_of {
                _ if foreign => serde_json::to_string(&outline),
                Some(booking_id) => serde_json::to_string(&ShownPart { booking_id, user_id: owner, outline: &outline }),
                None => Ok(item.body),
            };
            shown.map(Some).map_err(|error| StoreError::Misuse(error.to_string()))
        };
        self.list_bookings(Query::index(Index::BookingsByResourceByTime, resource_id), list, show).await
    }

    async fn list_bookings<S>(&self, mut query: Query, list: BookingList<'_>, show: S) -> Result<Listing, Failure>
    where
        S: Fn(Item, Status) -> Result<Option<String>, StoreError>,
    {
        query = resume(query, list.cursor)?;
        let mut items = Vec::new();
        for _ in 0..PAGES {
            query.limit = list.limit.saturating_sub(items.len());
            let page = self.store.query(query.clone()).await?;
            for item in page.items {
                let shown = Shown::read(&item)?;
                let status = shown.status(self.clock.now());
                if list.all || status.is_open() {
                    let item = match shown.other_body(self.clock.now())? {
                        Some(body) => Item { body, ..item },
                        None => item,
                    };
                    items.extend(show(item, status)?);
                }
            }
            query.cursor = page.next;
            if query.cursor.is_none() || items.len() >= list.limit {
                break;
            }
        }
        Ok(Listing { items, next: query.cursor.as_ref().map(Cursor::encode) })
    }
}
