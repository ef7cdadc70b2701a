//! What the product keeps beside a booking, and what follows from it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Booking, Claim, Status};
use crate::meant::Meant;
use crate::occupancy::Ledger;
use crate::refusal::Refusal;
use crate::rules::{CheckIn, Counted};
use crate::time::{Minute, timestamp};

/// What the product keeps beside a booking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What the booking claims now, or waits for, one claim a resource; nothing when it is for the record only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// What it counts in its user's quotas, by resource. Giving the booking up takes back exactly this, whatever the rules are then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counted: BTreeMap<String, Counted>,
    /// The local time that it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meant: Option<Meant>,
    /// Of a booking that is held or waits for approval: until when its claims are holds. Of one that waits in line: until when it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Minute>,
    /// Of a booking that is held or waits in line: how many minutes it waits for approval once it is confirmed, or granted; none when
    /// it needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<i64>,
    /// Of a booking that waits in line: its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<i64>,
    /// When one may check in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_in: Option<CheckIn>,
}

/// A booking that was granted, with its claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The booking.
    pub booking: Booking,
    /// What it claims.
    pub state: State,
}

/// What happens to a booking by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimerKind {
    /// It was not confirmed, approved or granted: it expires.
    Expire,
    /// Nobody has checked in: it is released.
    NoShow,
}

/// When something happens to a booking by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer {
    /// The minute from which on.
    pub due: Minute,
    /// What.
    pub kind: TimerKind,
}

impl Granted {
    /// Where the booking stands at a time: one that was not confirmed, approved or granted in time has expired, also before that
    /// is written down.
    pub fn status(&self, now: Timestamp) -> Status {
        match self.booking.status {
            waits if waits.waits() && self.state.until.is_some_and(|until| until.has_begun(now)) => Status::Expired,
            status => status,
        }
    }

    /// Whether the booking took place. What is held or waits for approval after its end did not.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.state.until.is_none() && self.booking.end.is_some_and(|end| end <= now.as_second())
    }

    /// What is kept beside a booking that is over when it claims nothing of a resource from now on: the buffer behind it is taken back.
    #[must_use]
    pub fn without_buffer(&self, resource_id: &str, ledger: &mut Ledger, now: Timestamp) -> State {
        let (mut state, present) = (self.state.clone(), Minute::containing(now));
        let lasts = |claim: &&mut Claim| claim.resource_id == resource_id && present < claim.end;
        for claim in state.claims.iter_mut().filter(lasts) {
            ledger.release(claim);
            claim.end = present;
            // It only becomes less.
            let _nothing_is_short = ledger.claim(claim, i64::MAX);
        }
        state
    }

    /// What happens to the booking by itself, if anything does. A booking has at most one timer.
    pub fn timer(&self) -> Option<Timer> {
        let no_show = self.state.check_in.filter(|_| self.booking.checked_in_at.is_none()).and_then(|one| one.closes);
        match self.booking.status {
            waits if waits.waits() => self.state.until.map(|due| Timer { due, kind: TimerKind::Expire }),
            Status::Confirmed => no_show.map(|due| Timer { due, kind: TimerKind::NoShow }),
            _ => None,
        }
    }

    /// Whether nobody has checked in until it was too late, so that it is to be released.
    pub(super) fn is_no_show(&self, now: Timestamp) -> bool {
        self.timer().is_some_and(|timer| timer.kind == TimerKind::NoShow && timer.due.has_begun(now))
    }

    /// Whether one of its claims leaves nothing to ask for of another.
    pub(super) fn covers(&self, claim: &Claim) -> bool {
        self.booking.status.stands() && self.has_all_of(claim)
    }

    /// Whether what it claims, or waits for, leaves nothing to ask for of another claim.
    pub(super) fn has_all_of(&self, claim: &Claim) -> bool {
        self.state.claims.iter().any(|own| own.covers(claim))
    }

    /// Whether the booking still has what it claims. Of one that is held or waits for approval another process, whose clock is ahead, may have
    /// granted a hold to others that is not void yet by the clock here.
    pub(super) fn is_intact(&self, ledger: &Ledger) -> bool {
        let booking_id = &self.booking.booking_id;
        let held = |claim: &Claim| match self.booking.status {
            Status::Waiting => ledger.is_in_line(booking_id, claim),
            _ => ledger.holds(booking_id, claim),
        };
        self.state.until.is_none() || self.state.claims.iter().all(held)
    }

    /// The booking confirmed: what it holds becomes a claim.
    pub(super) fn settled(self, ledger: &mut Ledger, now: Timestamp) -> Self {
        let Self { booking, state } = self;
        for claim in &state.claims {
            ledger.release_hold(&booking.booking_id, claim);
            // The units were its own: the capacity may have been lowered since.
            let _nothing_is_short = ledger.claim(claim, i64::MAX);
        }
        let booking = Booking { status: Status::Confirmed, timestamp: timestamp(now), expires_at: None, ..booking };
        let check_in = state.check_in.map(|check_in| check_in.at(now));
        Self { booking, state: State { until: None, approval: None, check_in, ..state } }
    }

    /// Where those in line may have what it leaves when it becomes this: what it claimed, or all days of which it held units, since these
    /// have room for one more hold.
    pub fn frees(&self, after: &Self) -> Vec<Claim> {
        let held = self.state.until.is_some();
        let freed = |claim: &&Claim| {
            self.booking.status.stands() && !(after.covers(claim) && held == after.state.until.is_some())
        };
        let within = |claim: &Claim| if held { claim.whole_days() } else { claim.clone() };
        self.state.claims.iter().filter(freed).map(within).collect()
    }

    /// Takes back what the booking claims or holds, or leaves the line.
    pub(super) fn give_up(&self, ledger: &mut Ledger) {
        match self.booking.status {
            Status::Waiting => self.state.claims.iter().for_each(|claim| ledger.leave(&self.booking.booking_id, claim)),
            _ => give_back(&self.booking.booking_id, self.state.claims.iter(), self.state.until, ledger),
        }
    }

    /// The booking as it is kept for the record, with all taken back. One that was not used still counts in quotas, and so does one
    /// that is canceled after it has begun: else cancelling what was used would make room for more.
    pub(super) fn end(self, status: Status, ledger: &mut Ledger, now: Timestamp) -> Self {
        self.give_up(ledger);
        let expires_at = self.booking.expires_at.filter(|_| status == Status::Expired);
        let booking = Booking { status, timestamp: timestamp(now), expires_at, ..self.booking };
        let begun = booking.start <= now.as_second();
        let counts = status == Status::NoShow || (status == Status::Canceled && begun);
        let counted = if counts { self.state.counted } else { BTreeMap::new() };
        Self { booking, state: State { counted, ..State::default() } }
    }
}

/// Takes back claims, which are holds when they are until some time.
pub(super) fn give_back<'a>(
    booking_id: &str,
    claims: impl Iterator<Item = &'a Claim>,
    until: Option<Minute>,
    ledger: &mut Ledger,
) {
    for claim in claims {
        match until {
            Some(_) => ledger.release_hold(booking_id, claim),
            None => ledger.release(claim),
        }
    }
}

/// The refusal of a change to a booking that does not stand any more.
pub fn ended(status: Status) -> Refusal {
    let (rule, what) = match status {
        Status::Declined => ("booking-declined", "was declined"),
        Status::Expired => ("expired", "was not confirmed, approved or granted in time"),
        Status::NoShow => ("no-show", "was released, because nobody had checked in"),
        _ => ("booking-canceled", "was canceled"),
    };
    Refusal::conflict(rule, format!("The booking {what}; make a new one."))
}
