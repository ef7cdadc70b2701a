//! Bookings: make, move, read, cancel, confirm, approve, check in; and what happens to them by itself.

mod alternatives;
mod calendar;
mod cancel;
mod decide;
pub(crate) mod line;
mod put;
mod quotas;
mod reading;
mod shown;
pub(crate) mod timers;

use domain::Refusal;
use domain::booking::{Booking, Granted};
use store::{Item, Key, Loaded, StoreError, Table};

use crate::{App, Failure, Reply, resources};
pub(crate) use shown::{Shown, readable};

pub(crate) fn key(booking_id: &str) -> Key {
    Key::new(Table::Bookings, booking_id)
}

impl App {
    /// A user's booking.
    pub async fn get_booking(&self, user: &str, booking_id: &str) -> Result<Reply, Failure> {
        let absent = || Refusal::not_found("booking");
        let item = self.store.get(&key(booking_id)).await?.ok_or_else(absent)?;
        let shown = Shown::read(&item)?;
        if shown.user_id.as_deref() != Some(user) {
            return Err(absent().into());
        }
        Ok(match shown.other_body(self.clock.now())? {
            Some(body) => Item { body, ..item }.into(),
            None => item.into(),
        })
    }
}

/// Whether a booking was refused because another program stored it with members that cannot be read.
pub(crate) fn is_unreadable(refusal: &Refusal) -> bool {
    refusal.rule == "booking-unreadable"
}

/// The booking under a key, if it is this user's; another's is not to be seen here.
fn earlier(loaded: &Loaded, key: &Key, user: &str) -> Result<Result<Option<Granted>, Refusal>, StoreError> {
    let Some(item) = loaded.item(key)? else { return Ok(Ok(None)) };
    let booking: Booking = match serde_json::from_str(&item.body) {
        Ok(booking) => booking,
        Err(error) if Shown::read(item)?.user_id.as_deref() == Some(user) => {
            return Ok(Err(resources::unreadable("booking", &error)));
        }
        Err(_) => return Ok(Err(Refusal::not_found("booking"))),
    };
    if booking.user_id != user {
        return Ok(Err(Refusal::not_found("booking")));
    }
    Ok(Ok(Some(Granted { booking, state: item.private()? })))
}
