//! Checking in to a booking, and releasing it when nobody has.

use jiff::Timestamp;

use super::{Booking, Granted, Status, ended};
use crate::limits::CHECK_IN_MINUTES;
use crate::occupancy::Ledger;
use crate::refusal::Refusal;
use crate::time::{MINUTE_SECONDS, Minute, timestamp};

/// Notes that somebody has checked in. Who has before stays so: `None`.
pub fn check_in(earlier: Granted, now: Timestamp) -> Result<Option<Granted>, Refusal> {
    match earlier.status(now) {
        Status::Confirmed if earlier.booking.checked_in_at.is_some() => return Ok(None),
        Status::Confirmed => {}
        status if status.is_open() => {
            let detail = "The booking is not confirmed yet; check in once it is.";
            return Err(Refusal::conflict("not-confirmed", detail));
        }
        status => return Err(ended(status)),
    }
    let (booking, state) = (&earlier.booking, &earlier.state);
    let minute = |seconds: i64| Minute(seconds.div_euclid(MINUTE_SECONDS));
    let opens = state.check_in.map_or(minute(booking.start).plus(-CHECK_IN_MINUTES), |one| one.opens);
    if !opens.has_begun(now) {
        return Err(Refusal::conflict("check-in-early", format!("One may check in from {} on.", opens.rfc3339())));
    }
    if let Some(end) = booking.end.map(minute).filter(|end| end.has_begun(now)) {
        return Err(Refusal::conflict("check-in-late", format!("The booking ended at {}.", end.rfc3339())));
    }
    if let Some(closed) = state.check_in.and_then(|one| one.closes).filter(|closes| closes.has_begun(now)) {
        let detail = format!("One had to check in before {}; the booking is released.", closed.rfc3339());
        return Err(Refusal::conflict("no-show", detail));
    }
    let booking = Booking { checked_in_at: Some(timestamp(now)), timestamp: timestamp(now), ..earlier.booking };
    Ok(Some(Granted { booking, ..earlier }))
}

/// Releases a booking to which nobody has checked in: its units are free from then on. One that has time, or is no longer to be
/// checked in to, stays as it is: `None`.
pub fn release_no_show(earlier: Granted, ledger: &mut Ledger, now: Timestamp) -> Option<Granted> {
    earlier.is_no_show(now).then(|| earlier.end(Status::NoShow, ledger, now))
}
