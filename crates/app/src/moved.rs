//! Bookings to come whose instants another version of the tz database moves.

use domain::booking::Status;
use domain::limits::PAGE_ITEMS;
use domain::meant::{self, Instants, Meant};
use domain::time::{Interval, MINUTE_SECONDS, Minute};
use serde::{Deserialize, Serialize};
use store::{Cursor, Item, StoreError, Table};

use crate::{App, Failure, bookings};

/// A booking whose local time is at another instant by the tz database of this program than by that under which it was booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The booking.
    #[serde(rename = "bookingID")]
    pub booking_id: String,
    /// Whose it is.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// What is booked.
    #[serde(rename = "resourceID")]
    pub resource_id: String,
    /// The IANA name of the time zone.
    #[serde(rename = "timeZone")]
    pub time_zone: String,
    /// The version of the tz database under which it was booked.
    pub tzdb: String,
    /// The version in this program.
    #[serde(rename = "presentTzdb")]
    pub present_tzdb: String,
    /// What the wall clock was to show at its start.
    #[serde(rename = "localStart")]
    pub local_start: String,
    /// What the wall clock was to show at its end.
    #[serde(rename = "localEnd")]
    pub local_end: String,
    /// When it is stored to be (RFC 3339).
    pub stored: Stretch,
    /// When the wall clock shows that by the present version; none when that does not know the zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<Stretch>,
}

/// From when until when, in RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// The start.
    pub start: String,
    /// The end.
    pub end: String,
}

/// What one step of a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedPage {
    /// The bookings that move.
    pub moved: Vec<Moved>,
    /// How many bookings to come were looked at.
    pub checked: usize,
    /// Where the next step begins; absent when nothing follows.
    pub next: Option<String>,
}

/// The members of a booking that the check looks at.
#[derive(Deserialize)]
struct Outline {
    #[serde(rename = "bookingID")]
    booking_id: String,
    #[serde(rename = "userID", default)]
    user_id: Option<String>,
    #[serde(rename = "resourceID")]
    resource_id: String,
    #[serde(rename = "starttimeepochtime")]
    start: i64,
    #[serde(rename = "endtimeepochtime", default)]
    end: Option<i64>,
    #[serde(default)]
    status: Option<Status>,
}

/// The part of a booking's state that the check looks at.
#[derive(Default, Deserialize)]
struct Kept {
    #[serde(default)]
    meant: Option<Meant>,
}

impl From<Instants> for Stretch {
    fn from(instants: Instants) -> Self {
        Self { start: instants.start.to_string(), end: instants.end.to_string() }
    }
}

impl App {
    /// One step of a check of all bookings: at most [`PAGE_ITEMS`] of them, behind the booking at which the step before ended. Only
    /// those that stand and have not ended count. A report, not the ground of a decision: it scans.
    pub async fn moved_bookings(&self, after: Option<&str>) -> Result<MovedPage, Failure> {
        let now = self.clock.now().as_second();
        let after = after.map(|booking_id| Cursor::after(bookings::key(booking_id)));
        let page = self.store.scan(Table::Bookings, PAGE_ITEMS, after).await?;
        let mut found = MovedPage { next: page.next.map(|next| next.key.partition), ..MovedPage::default() };
        for item in &page.items {
            let Some((booking, meant)) = to_come(item, now)? else { continue };
            found.checked = found.checked.saturating_add(1);
            found.moved.extend(moved(booking, &meant));
        }
        Ok(found)
    }
}

/// The booking of an item and the local time that it meant, if it stands, has not ended and says what it meant.
fn to_come(item: &Item, now: i64) -> Result<Option<(Outline, Meant)>, StoreError> {
    let Some(meant) = item.private::<Kept>()?.meant else { return Ok(None) };
    let booking: Outline = item.body()?;
    let stands = booking.status.is_none_or(Status::stands);
    Ok((stands && booking.end.is_none_or(|end| now < end)).then_some((booking, meant)))
}

fn moved(booking: Outline, meant: &Meant) -> Option<Moved> {
    let minute = |seconds: i64| Minute(seconds.div_euclid(MINUTE_SECONDS));
    let stored = Interval::new(minute(booking.start), minute(booking.end.unwrap_or(booking.start)));
    let present = meant.instants().ok();
    if present == Some(stored.into()) {
        return None;
    }
    Some(Moved {
        booking_id: booking.booking_id,
        user_id: booking.user_id.unwrap_or_default(),
        resource_id: booking.resource_id,
        time_zone: meant.zone.clone(),
        tzdb: meant.tzdb.clone(),
        present_tzdb: meant::version().to_owned(),
        local_start: meant.start.time.to_string(),
        local_end: meant.end.time.to_string(),
        stored: Instants::from(stored).into(),
        present: present.map(Stretch::from),
    })
}
