//! Bookings that wait in line for units: granted when these come free, or expired at their start.

use jiff::Timestamp;

use super::{Booking, Granted, Place, Refused, Request, State, Status};
use crate::limits::WAITERS;
use crate::occupancy::{Holder, Ledger, Waiter};
use crate::refusal::Refusal;
use crate::rules::waits_until;
use crate::time::{Interval, MINUTE_SECONDS, Minute, timestamp};

impl Place<'_> {
    /// Lets a booking for which too few units are free wait in line, if that was asked for and is possible: one that is new or waits
    /// already, and has not begun. One that waits already keeps its place as long as it only becomes less.
    pub(super) fn wait_in_line(
        self,
        (request, wanted): (&Request, Interval),
        state: State,
        earlier: Option<&Granted>,
        ledger: &mut Ledger,
        refused: Box<Refused>,
    ) -> Result<Granted, Box<Refused>> {
        let stands = earlier.is_some_and(|earlier| earlier.booking.status != Status::Waiting);
        let short = refused.refusal.rule == "capacity" && refused.sought.is_some();
        let ([claim], true) = (state.claims.as_slice(), request.waitlist && !stands && short) else {
            return Err(refused);
        };
        if wanted.start.has_begun(self.now) {
            return Err(refused);
        }
        let kept = earlier.filter(|earlier| earlier.has_all_of(claim));
        let old_place = kept.and_then(|earlier| earlier.state.place);
        let waiter = Waiter {
            booking_id: self.booking_id.to_owned(),
            place: 0,
            start: claim.start,
            end: claim.end,
            units: claim.units,
            until: wanted.start,
            holds: state.approval.is_some(),
        };
        let Some(place) = ledger.join(&claim.resource_id, waiter, old_place) else {
            return Err(Box::new(Refused { refusal: full(&refused.refusal), ..*refused }));
        };
        let since = kept.and_then(|earlier| earlier.booking.waiting_since.clone());
        let state = State { until: Some(wanted.start), place: Some(place), ..state };
        let Granted { booking, state } = self.granted(request, wanted, (Status::Waiting, state), None);
        let waiting_since = Some(since.unwrap_or_else(|| timestamp(self.now)));
        Ok(Granted { booking: Booking { waiting_since, ..booking }, state })
    }
}

fn full(refusal: &Refusal) -> Refusal {
    let detail = format!("Too few units are free, and {WAITERS} bookings wait for that day already.");
    Refusal { conflicts: refusal.conflicts.clone(), ..Refusal::conflict("waitlist-full", detail) }
}

/// Grants a booking that waits the units that are free: it is CONFIRMED, or PENDING where it needs approval. `None` when it waits no
/// more, or too few are free.
pub fn grant(earlier: Granted, capacity: i64, ledger: &mut Ledger, now: Timestamp) -> Option<Granted> {
    if earlier.status(now) != Status::Waiting || !earlier.is_intact(ledger) {
        return None;
    }
    let Granted { booking, state } = earlier;
    let start = Minute(booking.start.div_euclid(MINUTE_SECONDS));
    let until = state.approval.map(|minutes| waits_until(minutes, start, now));
    let booking_id = &booking.booking_id;
    for claim in &state.claims {
        match until {
            Some(_) if !ledger.has_room_for_hold(&claim.resource_id, claim.interval()) => return None,
            // A booking that waits is of one resource, so that nothing is half done.
            Some(until) => ledger.hold(Holder { booking_id, until }, claim, capacity).ok()?,
            None => ledger.claim(claim, capacity).ok()?,
        }
        ledger.leave(booking_id, claim);
    }
    let booking = Booking {
        status: if until.is_some() { Status::Pending } else { Status::Confirmed },
        timestamp: timestamp(now),
        expires_at: until.map(Minute::rfc3339),
        waiting_since: None,
        ..booking
    };
    let check_in = state.check_in.map(|check_in| check_in.at(now));
    Some(Granted { booking, state: State { until, approval: None, place: None, check_in, ..state } })
}
