//! Bookings that are held: confirmed in time, once.

use jiff::Timestamp;

use super::{Booking, Granted, State, Status, ended};
use crate::occupancy::{Holder, Ledger};
use crate::refusal::Refusal;
use crate::rules::waits_until;
use crate::time::{MINUTE_SECONDS, Minute, timestamp};

/// Confirms a booking that is held, if it still holds all that it claims. Where it needs approval it goes on holding its units, and waits for that, unless
/// who confirms it could approve it (`approved`). One that waits for approval or is confirmed stays as it is: `None`.
pub fn confirm(
    earlier: Granted,
    approved: bool,
    ledger: &mut Ledger,
    now: Timestamp,
) -> Result<Option<Granted>, Refusal> {
    match earlier.status(now) {
        Status::Held => {}
        Status::Confirmed | Status::Pending => return Ok(None),
        Status::Waiting => {
            let detail = "The booking waits for units; there is nothing to confirm.";
            return Err(Refusal::conflict("not-held", detail));
        }
        status => return Err(ended(status)),
    }
    if !earlier.is_intact(ledger) {
        return Err(ended(Status::Expired));
    }
    let Some(minutes) = earlier.state.approval.filter(|_| !approved) else {
        return Ok(Some(earlier.settled(ledger, now)));
    };
    let Granted { booking, state } = earlier;
    let until = waits_until(minutes, Minute(booking.start.div_euclid(MINUTE_SECONDS)), now);
    for claim in &state.claims {
        ledger.release_hold(&booking.booking_id, claim);
        // The units were its own: the capacity may have been lowered since.
        let _nothing_is_short = ledger.hold(Holder { booking_id: &booking.booking_id, until }, claim, i64::MAX);
    }
    let expires_at = Some(until.rfc3339());
    let booking = Booking { status: Status::Pending, timestamp: timestamp(now), expires_at, ..booking };
    Ok(Some(Granted { booking, state: State { until: Some(until), approval: None, ..state } }))
}
