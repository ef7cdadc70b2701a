//! Bookings that wait for approval: approved, declined or expired, once.

use jiff::Timestamp;

use super::{Booking, Granted, State, Status, ended};
use crate::occupancy::Ledger;
use crate::refusal::Refusal;
use crate::rules::CheckIn;
use crate::time::timestamp;

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
    let Granted { booking, state } = earlier;
    for claim in &state.claims {
        ledger.release_hold(&booking.booking_id, claim);
        // The units were its own: the capacity may have been lowered since.
        let _nothing_is_short = ledger.claim(claim, i64::MAX);
    }
    let booking = Booking { status: Status::Confirmed, timestamp: timestamp(now), expires_at: None, ..booking };
    let check_in = state.check_in.map(|check_in: CheckIn| check_in.at(now));
    Ok(Some(Granted { booking, state: State { until: None, check_in, ..state } }))
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

/// Ends a booking that nobody approved in time. One that waits no more, or still has time, stays as it is: `None`.
pub fn expire(earlier: Granted, ledger: &mut Ledger, now: Timestamp) -> Option<Granted> {
    let expires = earlier.booking.status == Status::Pending && earlier.status(now) == Status::Expired;
    expires.then(|| earlier.end(Status::Expired, ledger, now))
}

fn not_pending(status: Status) -> Refusal {
    if status.stands() {
        return Refusal::conflict("not-pending", "The booking does not wait for approval; cancel it instead.");
    }
    ended(status)
}
