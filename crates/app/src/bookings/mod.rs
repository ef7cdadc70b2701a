//! Bookings: make, move, read, cancel.

mod calendar;
mod cancel;
mod put;
mod quotas;

use domain::Refusal;
use domain::booking::{Booking, Granted};
use serde::Deserialize;
use store::{Key, Loaded, StoreError, Table};

use crate::{App, Failure, Reply};

pub(crate) fn key(booking_id: &str) -> Key {
    Key::new(Table::Bookings, booking_id)
}

/// The members of a booking that say whose it is.
#[derive(Deserialize)]
struct Owner<'a> {
    #[serde(rename = "userID", borrow)]
    user_id: std::borrow::Cow<'a, str>,
}

impl App {
    /// A user's booking.
    pub async fn get_booking(&self, user: &str, booking_id: &str) -> Result<Reply, Failure> {
        let absent = || Refusal::not_found("booking");
        let item = self.store.get(&key(booking_id)).await?.ok_or_else(absent)?;
        let owner: Owner<'_> =
            serde_json::from_str(&item.body).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        if owner.user_id == user { Ok(item.into()) } else { Err(absent().into()) }
    }
}

/// The booking under a key, if it is this user's; another's is not to be seen here.
fn earlier(loaded: &Loaded, key: &Key, user: &str) -> Result<Result<Option<Granted>, Refusal>, StoreError> {
    let Some(item) = loaded.item(key)? else { return Ok(Ok(None)) };
    let booking: Booking = item.body()?;
    if booking.user_id != user {
        return Ok(Err(Refusal::not_found("booking")));
    }
    Ok(Ok(Some(Granted { booking, state: item.private()? })))
}
