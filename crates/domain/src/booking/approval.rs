//! Bookings that wait for approval: approved or declined, once; and the end of those that nobody confirmed or approved in time.

use jiff::Timestamp;

use super::{Booking, Granted, Status, ended};
use crate::occupancy::Ledger;
use crate::refusal::Refusal;

/// Approves a booking: what it holds becomes a claim, if it still holds all of it. One that is confirmed stays as it is: `None`.
pub fn approve(earlier: Granted, ledger: &mut Ledger, now: Timestamp) -> Result<Option<Granted>, Refusal> {
    match earlier.status(now) {
        Status::Pending => {}
        Status::Confirmed => return Ok(None),
        status => return Err(not_pending(status)),
    }
    if !earlier.is_intact(ledger) {
        return Err(ended(Status::Expired));
    }
    Ok(Some(earlier.settled(ledger, now)))
}

/// Declines a booking and frees what it holds. One that was declined stays as it is: `None`.
pub fn decline(
    earlier: Granted,
    reason: Option<String>,
    ledger: &mut Ledger,
    now: Timestamp,
) -> Result<Option<Granted>, Refusal> {
    match earlier.status(now) {
        Status::Pending => {}
        Status::Declined => return Ok(None),
        status => return Err(not_pending(status)),
    }
    let Granted { booking, state } = earlier.end(Status::Declined, ledger, now);
    Ok(Some(Granted { booking: Booking { decline_reason: reason, ..booking }, state }))
}

/// Ends a booking that nobody confirmed or approved in time. One that waits no more, or still has time, stays as it is: `None`.
pub fn expire(earlier: Granted, ledger: &mut Ledger, now: Timestamp) -> Option<Granted> {
    let expires = earlier.booking.status.waits() && earlier.status(now) == Status::Expired;
    expires.then(|| earlier.end(Status::Expired, ledger, now))
}

fn not_pending(status: Status) -> Refusal {
    if status.is_open() {
        return Refusal::conflict("not-pending", "The booking does not wait for approval; cancel it instead.");
    }
    ended(status)
}
