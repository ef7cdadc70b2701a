//! Making and moving a booking.

use domain::booking::part::{self, pointer};
use domain::booking::{self, Booking, Claim, Granted, Part, Place, Request, Site};
use domain::location::Closing;
use domain::occupancy::Ledger;
use domain::resource::{Rules, State as ResourceState};
use domain::rules::{Binding, Procedure};
use domain::time::Interval;
use domain::{Problem, Refusal, id};
use serde_json::{Map, Value};
use store::{Key, Loaded, StoreError, Verdict, Write};

use super::{calendar, earlier, key, line, quotas};
use crate::commit::{Decided, Draft, Recorder, Recording, again, refuse, undecided};
use crate::{App, Command, Failure, Reply, Success, locations, resources};

impl App {
    /// Makes a booking, or moves the one of that id to other times, units or resources, all at once or not at all.
    pub async fn put_booking(
        &self,
        command: Command,
        user: &str,
        booking_id: Option<&str>,
        body: Map<String, Value>,
    ) -> Result<Reply, Failure> {
        let request = Request::parse(body)?;
        let booking_id = self.new_id(booking_id);
        id::check("bookingID", &booking_id)?;
        id::check("userID", user)?;
        let recording = || Recording::of_key(&command);
        self.place_booking(&command, recording, user, key(&booking_id), request).await
    }

    /// The same with a request that has been read, and with whatever keeps the answer.
    pub(crate) async fn place_booking<R: Recorder>(
        &self,
        command: &Command,
        recorder: impl Fn() -> Option<R>,
        user: &str,
        booking: Key,
        request: Request,
    ) -> Result<Reply, Failure> {
        let put = Put { command: command.clone(), user: user.to_owned(), request, booking, siblings: None };
        let mut keys = put.keys();
        keys.extend(self.likely_location(put.request.resource_id()).await?);
        let first = put.clone();
        if let Some(reply) =
            self.try_commit(command, recorder(), keys.clone(), move |loaded| first.decide(loaded)).await?
        {
            return Ok(reply);
        }
        // Once more, with other resources at hand: what then refuses can say which of them would be accepted.
        let put = Put { siblings: Some(self.siblings(&put.request).await?), ..put };
        let last = self.try_commit(command, recorder(), keys, move |loaded| put.decide(loaded)).await?;
        last.ok_or_else(undecided)
    }
}

/// A booking that is to be made or moved.
#[derive(Clone)]
pub(super) struct Put {
    pub(super) command: Command,
    user: String,
    pub(super) request: Request,
    booking: Key,
    /// Other resources that may be named when a time is refused; none yet when they were not looked up.
    pub(super) siblings: Option<Vec<String>>,
}

/// What a decision has found out about the resources.
struct Found {
    rules: Vec<Rules>,
    wanted: Interval,
    claims: Vec<Claim>,
}

impl Put {
    /// The booking, the resources, and the days that the request most likely touches.
    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![self.booking.clone()];
        keys.extend(self.request.parts.iter().map(|part| resources::key(&part.resource_id)));
        keys.extend(self.parts());
        let guess = Rules::default();
        let claims = self.request.claims(vec![&guess; self.request.parts.len()]);
        keys.extend(claims.iter().flatten().flat_map(calendar::days));
        keys
    }

    fn parts(&self) -> impl Iterator<Item = Key> {
        let additional = self.request.parts.iter().skip(1);
        additional.map(|part| key(&part::key(&self.booking.partition, &part.resource_id)))
    }

    fn decide(&self, loaded: &Loaded) -> Decided {
        let earlier = match earlier(loaded, &self.booking, &self.user)? {
            Ok(earlier) => earlier,
            Err(refusal) => return refuse(refusal),
        };
        let found = match self.check(loaded, earlier.as_ref())? {
            Ok(found) => found,
            Err(refusal) => return refuse(refusal),
        };
        let left = earlier.as_ref().map(|earlier| self.given_up(&earlier.booking, &found)).unwrap_or_default();
        let missing = self.missing(loaded, &found, earlier.as_ref(), &left);
        if !missing.is_empty() {
            return Ok(Verdict::Read(missing));
        }
        if let Some(earlier) = &earlier
            && let Err(refusal) = calendar::may_give_up(loaded, &earlier.booking, left.into_iter())?
        {
            return refuse(refusal);
        }
        let ledger = calendar::ledger(loaded)?;
        let ahead = line::days_ahead(loaded, &ledger, &found.claims, earlier.as_ref());
        if !ahead.is_empty() {
            return Ok(Verdict::Read(ahead));
        }
        self.place(loaded, ledger, found.rules, earlier.as_ref())
    }

    /// What can be said without looking at the calendar.
    fn check(&self, loaded: &Loaded, earlier: Option<&Granted>) -> Result<Result<Found, Refusal>, StoreError> {
        if let Err(refusal) = self.command.check(loaded.item(&self.booking)?) {
            return Ok(Err(refusal));
        }
        let status = earlier.map(|earlier| earlier.status(loaded.now()));
        if let Some(status) = status.filter(|status| !status.is_open()) {
            return Ok(Err(booking::ended(status)));
        }
        let mut rules: Vec<Rules> = Vec::with_capacity(self.request.parts.len());
        for (index, part) in self.request.parts.iter().enumerate() {
            match resource(loaded, index, &part.resource_id, rules.first())? {
                Ok(of_part) => rules.push(of_part),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        let claims = self.request.claims(&rules);
        let wanted = self.request.interval(rules.first());
        Ok(claims.and_then(|claims| Ok(Found { claims, wanted: wanted?, rules })))
    }

    /// The resources of which the caller, who is bound by rules, gives up a part.
    fn given_up<'a>(&'a self, earlier: &'a Booking, found: &Found) -> Vec<&'a str> {
        let bound = earlier.given_up_by(&self.request.parts, found.wanted).filter(|_| self.command.soft_rules);
        bound.collect()
    }

    /// What has to be loaded before the rules can decide: the days of the new and of the old claims, the parts, the location, the
    /// user's quotas, and the resources that are left.
    fn missing(&self, loaded: &Loaded, found: &Found, earlier: Option<&Granted>, left: &[&str]) -> Vec<Key> {
        let days = found.claims.iter().flat_map(calendar::days);
        let location = found.rules.first().map(|rules| locations::key(&rules.location_id));
        let left = left.iter().map(|resource_id| resources::key(resource_id));
        let old = earlier.into_iter().flat_map(calendar::keys_of);
        let sites = self.request.parts.iter().zip(&found.rules).filter(|(_, rules)| rules.quota.is_some());
        let quotas = sites.map(|(part, _)| quotas::key(&self.user, &part.resource_id));
        calendar::missing(loaded, days.chain(old).chain(self.parts()).chain(location).chain(quotas).chain(left))
    }

    fn place(&self, loaded: &Loaded, mut ledger: Ledger, rules: Vec<Rules>, earlier: Option<&Granted>) -> Decided {
        let home = rules.first().map(|rules| locations::key(&rules.location_id));
        let location = home.as_ref().map(|home| loaded.item(home)).transpose()?.flatten();
        let (sites, local) = match (self.sites(loaded, &self.request, rules, earlier)?, locations::local(location)) {
            (Ok(sites), Ok(local)) => (sites, local),
            (Err(refusal), _) | (_, Err(refusal)) => return refuse(refusal),
        };
        let (booking_id, user_id) = (&self.booking.partition, &self.user);
        let place = Place { booking_id, user_id, sites: &sites, local: &local, now: loaded.now() };
        match booking::place(place, &self.request, earlier, &mut ledger) {
            Ok(granted) => {
                let (event, success) = match earlier {
                    Some(_) => ("frontdesk.booking.rescheduled", Success::Ok),
                    None => ("frontdesk.booking.created", Success::Created),
                };
                let mut draft = Draft::new(loaded);
                let written = match line::store(&mut draft, loaded, event, &granted, earlier, ledger)? {
                    Ok(written) => written,
                    Err(missing) => return Ok(Verdict::Read(missing)),
                };
                // All bookings at a location read it. One that is decided while it changes may stand, as if it came before: nobody
                // decides on what the booking writes when they change a location, and one with resources, which are guarded, is not
                // deleted.
                home.into_iter().for_each(|home| draft.unguard(home));
                self.lift_marks(&mut draft, loaded)?;
                draft.reply(Reply::new(success, written.body, written.version))
            }
            Err(refused) => match refused.sought {
                Some(_) if self.siblings.is_none() => again(),
                Some(sought) => self.with_alternatives(loaded, &ledger, place, (sought, refused.refusal), earlier),
                None => refuse(refused.refusal),
            },
        }
    }

    /// The mark of a deletion that is void by the clock here goes with the booking: where another clock is behind, the deletion finds
    /// that it lost its mark.
    fn lift_marks(&self, draft: &mut Draft<'_>, loaded: &Loaded) -> Result<(), StoreError> {
        for part in &self.request.parts {
            let key = resources::key(&part.resource_id);
            let Some(item) = loaded.item(&key)? else { continue };
            if item.private::<ResourceState>()?.closing.is_some() {
                draft.push(Write::Put { key, body: item.body.clone(), private: None });
            }
        }
        Ok(())
    }

    /// The resources of a request, each with all that binds there.
    pub(super) fn sites(
        &self,
        loaded: &Loaded,
        request: &Request,
        rules: Vec<Rules>,
        earlier: Option<&Granted>,
    ) -> Result<Result<Vec<Site>, Refusal>, StoreError> {
        let mut sites = Vec::with_capacity(rules.len());
        for (part, rules) in request.parts.iter().zip(rules) {
            match self.site(loaded, part.clone(), rules, earlier)? {
                Ok(site) => sites.push(site),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        Ok(Ok(sites))
    }

    fn site(
        &self,
        loaded: &Loaded,
        part: Part,
        rules: Rules,
        earlier: Option<&Granted>,
    ) -> Result<Result<Site, Refusal>, StoreError> {
        let resource = loaded.item(&resources::key(&part.resource_id))?;
        let location = loaded.item(&locations::key(&rules.location_id))?;
        let usage = match rules.quota {
            Some(_) => Some(quotas::usage_of_others(loaded, &self.user, &part.resource_id, earlier)?),
            None => None,
        };
        let procedure = || resource.map_or_else(|| Ok(Procedure::default()), resources::rules_of::<Procedure>);
        if !self.command.soft_rules {
            let procedure = procedure().map(Procedure::approved);
            return Ok(procedure.map(|procedure| Site { part, rules, binding: None, usage, procedure }));
        }
        let site = |binding: Option<Binding>, procedure| {
            let binding = binding.map(|binding| binding.with_usage(usage.clone().unwrap_or_default()));
            Site { part, rules, binding, usage, procedure }
        };
        Ok(resources::binding(resource, location).and_then(|binding| Ok(site(binding, procedure()?))))
    }
}

/// The rules that bind everybody of the resource at an index of the request, if it can be booked. All are where the main one is.
pub(super) fn resource(
    loaded: &Loaded,
    index: usize,
    resource_id: &str,
    main: Option<&Rules>,
) -> Result<Result<Rules, Refusal>, StoreError> {
    let at = |refusal: Refusal, detail: &str| {
        let errors = vec![Problem { pointer: pointer(index, "resourceID"), detail: detail.to_owned() }];
        Ok(Err(Refusal { errors, ..refusal }))
    };
    let Some(item) = loaded.item(&resources::key(resource_id))? else {
        return at(Refusal::not_found("resource"), "There is no such resource.");
    };
    if Closing::stands(item.private::<ResourceState>()?.closing.as_ref(), loaded.now()) {
        return at(Closing::refusal("resource"), "It is being deleted.");
    }
    let rules: Rules = match resources::rules_of(item) {
        Ok(rules) => rules,
        Err(refusal) => return at(refusal, "Its rules cannot be read."),
    };
    if main.is_some_and(|main| main.location_id != rules.location_id) {
        let detail = "The resources of one booking must all be in one location.";
        return at(Refusal::conflict("other-location", detail), "It is in another location than the main resource.");
    }
    Ok(Ok(rules))
}
