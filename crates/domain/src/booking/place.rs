//! Granting a booking, all of it or nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::part::{self, Part};
use super::{Booking, Claim, Granted, Request, State, Status};
use crate::alternatives::Sought;
use crate::meant::Meant;
use crate::occupancy::Ledger;
use crate::refusal::{Kind, Problem, Refusal, Shortage};
use crate::resource::Rules;
use crate::rules::{Binding, Counted, Local, Usage};
use crate::time::{Interval, timestamp};

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
    if let Some(earlier) = earlier {
        earlier.give_up(ledger);
    }
    let mut counted = BTreeMap::new();
    for (index, (site, claim)) in place.sites.iter().zip(&mut claims).enumerate() {
        let counts = if let Some((kept, counts)) = kept(claim, wanted, earlier) {
            *claim = kept;
            counts
        } else {
            let check = |binding: &Binding| binding.check(wanted, place.now);
            site.binding.as_ref().map_or(Ok(()), check).map_err(|refusal| place.refused(index, wanted, refusal))?;
            place.counts(site, wanted).map_err(invalid)?
        };
        counted.extend(counts.map(|counts| (site.part.resource_id.clone(), counts)));
    }
    let had = earlier.map_or(&[][..], |earlier| &earlier.state.claims);
    for (index, (site, claim)) in place.sites.iter().zip(&claims).enumerate() {
        // What it had it keeps, also where the capacity has been lowered since.
        let covered = had.iter().any(|old| old.covers(claim));
        let capacity = if covered { i64::MAX } else { site.rules.capacity };
        if let Err(shortages) = ledger.claim(claim, capacity) {
            claims.iter().take(index).for_each(|claim| ledger.release(claim));
            return Err(place.refused(index, wanted, over_capacity(index, claim, &site.rules, shortages)));
        }
    }
    let meant = place.meant(wanted, earlier);
    Ok(place.granted(request, wanted, State { claims, counted, meant: Some(meant) }))
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
    fn refused(self, index: usize, wanted: Interval, mut refusal: Refusal) -> Box<Refused> {
        if self.sites.len() > 1 {
            let detail = refusal.detail.clone();
            refusal.errors.insert(0, Problem { pointer: part::pointer(index, "resourceID"), detail });
        }
        let possible = self.sites.iter().all(|site| site.part.units <= site.rules.capacity);
        let sought = possible.then(|| Sought::new(self.sites, wanted, self.now));
        Box::new(Refused { refusal, sought })
    }

    /// What the booking counts in the quota of a resource, if that has one. Dates of a week and month that are over do not count.
    fn counts(self, site: &Site, wanted: Interval) -> Result<Option<Counted>, Refusal> {
        let Some(usage) = &site.usage else { return Ok(None) };
        let counted = Counted::new(wanted, self.local);
        if counted.date < Usage::first_date(self.now) {
            return Ok(None);
        }
        usage.check_room(counted)?;
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

    fn granted(self, request: &Request, wanted: Interval, state: State) -> Granted {
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
            status: Status::Confirmed,
            timestamp: timestamp(self.now),
            title: request.title.clone(),
            notes: request.notes.clone(),
            attendees: request.attendees.clone(),
            more: request.more.clone(),
        };
        Granted { booking, state }
    }
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
