//! Granting a booking, all of it or nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::part::{self, Part};
use super::state::give_back;
use super::{Booking, Claim, Granted, Request, State, Status, ended};
use crate::alternatives::Sought;
use crate::limits::HOLDS;
use crate::meant::Meant;
use crate::occupancy::{Asking, Holder, Ledger};
use crate::refusal::{Kind, Problem, Refusal, Shortage};
use crate::resource::Rules;
use crate::rules::{Binding, CheckIn, Counted, Local, Procedure, Usage, waits_until};
use crate::time::{Interval, Minute, timestamp};

/// A resource that is to be booked, and what binds there.
#[derive(Clone, Debug)]
pub struct Site {
    /// The resource, and how many of its units.
    pub part: Part,
    /// The rules that bind everybody.
    pub rules: Rules,
    /// The rules that bind this caller.
    pub binding: Option<Binding>,
    /// What the user has booked of it, this booking left out; none when it has no quota.
    pub usage: Option<Usage>,
    /// What becomes of a booking that this caller makes.
    pub procedure: Procedure,
}

/// Where a booking goes.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The booking's identifier.
    pub booking_id: &'a str,
    /// Whose it is.
    pub user_id: &'a str,
    /// The resources, the main one first, as the request has them.
    pub sites: &'a [Site],
    /// The wall clock of their location.
    pub local: &'a Local,
    /// The time of the decision.
    pub now: Timestamp,
}

/// A booking that was not granted.
#[derive(Debug)]
pub struct Refused {
    /// The refusal, still without alternatives.
    pub refusal: Refusal,
    /// What alternatives may be looked for.
    pub sought: Option<Sought>,
}

/// Grants a booking, new or in place of an earlier one of the same identifier, or says which rule of which resource refuses it; then
/// the ledger is as if the earlier one were not there. A booking that stays when it is keeps its time, also where the rules have
/// changed since.
pub fn place(
    place: Place<'_>,
    request: &Request,
    earlier: Option<&Granted>,
    ledger: &mut Ledger,
) -> Result<Granted, Box<Refused>> {
    let invalid = |refusal| Box::new(Refused { refusal, sought: None });
    let rules = || place.sites.iter().map(|site| &site.rules);
    let wanted = request.interval(rules().next()).map_err(invalid)?;
    let mut claims = request.claims(rules()).map_err(invalid)?;
    request.check_waitlist(&claims).map_err(invalid)?;
    let ahead = place.ahead(&claims, earlier, ledger);
    if let Some(earlier) = earlier {
        let booked = matches!(earlier.booking.status, Status::Confirmed | Status::Pending);
        if request.hold.is_some() && booked {
            return Err(invalid(not_held()));
        }
        if !earlier.is_intact(ledger) {
            return Err(invalid(ended(Status::Expired)));
        }
        if earlier.is_no_show(place.now) {
            return Err(invalid(ended(Status::NoShow)));
        }
        earlier.give_up(ledger);
    }
    let mut counted = BTreeMap::new();
    for (index, (site, claim)) in place.sites.iter().zip(&mut claims).enumerate() {
        let counts = if let Some((kept, counts)) = kept(claim, wanted, earlier) {
            *claim = kept;
            counts
        } else {
            let check = |binding: &Binding| binding.check(wanted, place.now);
            site.binding
                .as_ref()
                .map_or(Ok(()), check)
                .map_err(|refusal| place.refused(index, (request, wanted), refusal))?;
            place.counts(site, wanted).map_err(invalid)?
        };
        counted.extend(counts.map(|counts| (site.part.resource_id.clone(), counts)));
    }
    let approval = place.approval(&claims, earlier);
    let (status, until) = place.status(request, wanted, &claims, approval, earlier);
    let meant = Some(place.meant(wanted, earlier));
    let check_in = Some(CheckIn::of(place.sites.iter().map(|site| site.procedure), wanted, place.now));
    let state = State { claims, until, approval, place: None, counted, meant, check_in };
    match place.take((request, wanted), &state.claims, (until, &ahead), earlier, ledger) {
        Ok(()) => {
            let approval = approval.filter(|_| status == Status::Held);
            Ok(place.granted(request, wanted, (status, State { approval, ..state }), earlier))
        }
        Err(refused) => place.wait_in_line((request, wanted), state, earlier, ledger, refused),
    }
}

/// What a booking that stays when it is claims and counts: the same as before, whatever buffers and quota are now.
fn kept(claim: &Claim, wanted: Interval, earlier: Option<&Granted>) -> Option<(Claim, Option<Counted>)> {
    let earlier = earlier.filter(|earlier| earlier.booking.is_at(wanted))?;
    let old = earlier.state.claims.iter().find(|old| old.resource_id == claim.resource_id)?;
    let counted = earlier.state.counted.get(&claim.resource_id).copied();
    Some((Claim { units: claim.units, ..old.clone() }, counted))
}

impl<'a> Place<'a> {
    /// What the resource at an index refuses, and where to look for alternatives.
    fn refused(self, index: usize, (request, wanted): (&Request, Interval), mut refusal: Refusal) -> Box<Refused> {
        if self.sites.len() > 1 {
            let detail = refusal.detail.clone();
            refusal.errors.insert(0, Problem { pointer: part::pointer(index, "resourceID"), detail });
        }
        let possible = self.sites.iter().all(|site| site.part.units <= site.rules.capacity);
        let sought = || Sought::new(self.sites, wanted, self.now).to_be_held(request.hold.is_some());
        let sought = possible.then(sought);
        Box::new(Refused { refusal, sought })
    }

    /// What the booking counts in the quota of a resource, if that has one. Dates of a week and month that are over do not count.
    fn counts(self, site: &Site, wanted: Interval) -> Result<Option<Counted>, Refusal> {
        let Some(usage) = &site.usage else { return Ok(None) };
        let counted = Counted::new(wanted, self.local);
        if counted.date < Usage::first_date(self.now) {
            return Ok(None);
        }
        usage.check_room(counted, self.now)?;
        Ok(Some(counted))
    }

    /// The local time that the booking means; one that stays when and where it is means what it meant.
    fn meant(self, wanted: Interval, earlier: Option<&Granted>) -> Meant {
        let stays =
            |earlier: &&Granted| earlier.booking.is_at(wanted) && earlier.booking.location_id == self.location_id();
        let meant = earlier.filter(stays).and_then(|earlier| earlier.state.meant.clone());
        meant.unwrap_or_else(|| Meant::new(wanted, self.local))
    }

    fn location_id(self) -> &'a str {
        self.sites.first().map_or("", |site| &site.rules.location_id)
    }

    /// How many minutes the booking waits for approval; none when it needs none. What was approved stays so as long as it only becomes
    /// less.
    fn approval(self, claims: &[Claim], earlier: Option<&Granted>) -> Option<i64> {
        let approved =
            |claim: &Claim| earlier.is_some_and(|earlier| earlier.state.until.is_none() && earlier.covers(claim));
        let sites = self.sites.iter().zip(claims).filter(|(_, claim)| !approved(claim));
        sites.filter_map(|(site, _)| site.procedure.approval_minutes()).min()
    }

    /// Where the booking is to stand, and until when it does if it waits. What waits for approval goes on waiting as long as it only
    /// becomes less. What was held is held anew, or waits no more.
    fn status(
        self,
        request: &Request,
        wanted: Interval,
        claims: &[Claim],
        approval: Option<i64>,
        earlier: Option<&Granted>,
    ) -> (Status, Option<Minute>) {
        let pending = earlier.filter(|earlier| earlier.booking.status == Status::Pending);
        if let Some(earlier) = pending.filter(|earlier| claims.iter().all(|claim| earlier.covers(claim))) {
            return (Status::Pending, earlier.state.until);
        }
        let until = |minutes| waits_until(minutes, wanted.start, self.now);
        match (request.hold, approval) {
            (Some(minutes), _) => (Status::Held, Some(until(minutes))),
            (None, Some(minutes)) => (Status::Pending, Some(until(minutes))),
            (None, None) => (Status::Confirmed, None),
        }
    }

    /// What those in line for these units could have, or might, as far as their days are not loaded: it is theirs. A booking that waits itself, and only becomes less, is
    /// before those behind it.
    fn ahead(self, claims: &[Claim], earlier: Option<&Granted>, ledger: &Ledger) -> Vec<Claim> {
        let keeps = |earlier: &&Granted| {
            earlier.status(self.now) == Status::Waiting && claims.iter().all(|claim| earlier.has_all_of(claim))
        };
        let place = earlier.filter(keeps).and_then(|earlier| earlier.state.place);
        let asking = Asking { booking_id: self.booking_id, place };
        let of = |(site, claim): (&Site, &Claim)| {
            let capacity = site.rules.capacity;
            let line = ledger.line(&claim.resource_id, claim.interval(), capacity, Some(asking));
            line.all().map(|waiter| waiter.claim(&claim.resource_id)).collect::<Vec<_>>()
        };
        self.sites.iter().zip(claims).flat_map(of).collect()
    }

    /// Takes the units of all claims, or of none.
    fn take(
        self,
        asked: (&Request, Interval),
        claims: &[Claim],
        (until, ahead): (Option<Minute>, &[Claim]),
        earlier: Option<&Granted>,
        ledger: &mut Ledger,
    ) -> Result<(), Box<Refused>> {
        for (index, (site, claim)) in self.sites.iter().zip(claims).enumerate() {
            // What it had it keeps, also where the capacity has been lowered since.
            let covered = earlier.is_some_and(|earlier| earlier.covers(claim));
            let capacity = if covered { i64::MAX } else { site.rules.capacity };
            let short = |shortages| over_capacity(index, claim, &site.rules, shortages);
            let ahead = if covered { &[] } else { ahead };
            let behind = ledger.check_behind(ahead, claim, capacity).map_err(short);
            let outcome = behind.and_then(|()| match until {
                Some(_) if !ledger.has_room_for_hold(&claim.resource_id, claim.interval()) => Err(too_many_holds()),
                Some(until) => {
                    let holder = Holder { booking_id: self.booking_id, until };
                    ledger.hold(holder, claim, capacity).map_err(short)
                }
                None => ledger.claim(claim, capacity).map_err(short),
            });
            if let Err(refusal) = outcome {
                give_back(self.booking_id, claims.iter().take(index), until, ledger);
                return Err(self.refused(index, asked, refusal));
            }
        }
        Ok(())
    }

    pub(super) fn granted(
        self,
        request: &Request,
        wanted: Interval,
        (status, state): (Status, State),
        earlier: Option<&Granted>,
    ) -> Granted {
        // Who is there already stays so when the end moves.
        let begun = earlier.filter(|earlier| earlier.booking.start == wanted.start.epoch_seconds());
        let booking = Booking {
            booking_id: self.booking_id.to_owned(),
            user_id: self.user_id.to_owned(),
            resource_id: request.resource_id().to_owned(),
            location_id: self.location_id().to_owned(),
            start: wanted.start.epoch_seconds(),
            end: Some(wanted.end.epoch_seconds()),
            time_zone: state.meant.as_ref().map(|meant| meant.zone.clone()),
            units: request.parts.first().map_or(1, |part| part.units),
            additional: request.parts.iter().skip(1).cloned().collect(),
            status,
            timestamp: timestamp(self.now),
            expires_at: state.until.map(Minute::rfc3339),
            waiting_since: None,
            checked_in_at: begun.and_then(|earlier| earlier.booking.checked_in_at.clone()),
            decline_reason: None,
            title: request.title.clone(),
            notes: request.notes.clone(),
            attendees: request.attendees.clone(),
            more: request.more.clone(),
        };
        Granted { booking, state }
    }
}

fn not_held() -> Refusal {
    let detail = "The booking is booked, not held, and stays so; move it without `hold`, or hold another one.";
    let place = Problem { pointer: "/hold".to_owned(), detail: "is for bookings that are new or held".to_owned() };
    Refusal { errors: vec![place], ..Refusal::conflict("not-held", detail) }
}

fn too_many_holds() -> Refusal {
    let detail = format!(
        "{HOLDS} bookings of that day are held or wait for approval already; try again when some were decided."
    );
    Refusal::conflict("too-many-holds", detail)
}

fn over_capacity(index: usize, claim: &Claim, rules: &Rules, conflicts: Vec<Shortage>) -> Refusal {
    let capacity = rules.capacity;
    if claim.units > capacity {
        let detail = format!("{} units were asked for, but the resource has {capacity}.", claim.units);
        let place = Problem { pointer: part::pointer(index, "units"), detail: format!("must be at most {capacity}") };
        return Refusal { errors: vec![place], conflicts, ..Refusal::new(Kind::Conflict, "capacity", detail) };
    }
    let first = conflicts.first().map_or_else(String::new, |shortage| {
        let Interval { start, end } = shortage.interval;
        format!(": from {} to {} {} of {capacity} are in use", start.rfc3339(), end.rfc3339(), shortage.used)
    });
    let detail = format!("Fewer than {} units are free{first}.", claim.units);
    Refusal { conflicts, ..Refusal::new(Kind::Conflict, "capacity", detail) }
}
