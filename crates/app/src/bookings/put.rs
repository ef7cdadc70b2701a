//! Making and moving a booking.

use domain::alternatives::Sought;
use domain::booking::part::pointer;
use domain::booking::{self, Booking, Claim, Granted, Part, Place, Request, Site, part};
use domain::limits::COMMIT_ITEMS;
use domain::location::Closing;
use domain::occupancy::Ledger;
use domain::resource::{Rules, State as ResourceState};
use domain::time::Interval;
use domain::{Problem, Refusal, id};
use serde_json::{Map, Value};
use store::{Key, Loaded, StoreError, Verdict};

use super::{calendar, earlier, key, quotas};
use crate::commit::{Decided, Draft, refuse};
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
        let put = Put { command: command.clone(), user: user.to_owned(), request, booking: key(&booking_id) };
        let mut keys = put.keys();
        keys.extend(self.likely_location(put.request.resource_id()).await?);
        self.commit(&command, keys, move |loaded| put.decide(loaded)).await
    }
}

/// A booking that is to be made or moved.
struct Put {
    command: Command,
    user: String,
    request: Request,
    booking: Key,
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
        self.place(loaded, found.rules, earlier.as_ref())
    }

    /// What can be said without looking at the calendar.
    fn check(&self, loaded: &Loaded, earlier: Option<&Granted>) -> Result<Result<Found, Refusal>, StoreError> {
        if let Err(refusal) = self.command.check(loaded.item(&self.booking)?) {
            return Ok(Err(refusal));
        }
        if earlier.is_some_and(|earlier| !earlier.booking.status.stands()) {
            return Ok(Err(booking::canceled()));
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

    fn place(&self, loaded: &Loaded, rules: Vec<Rules>, earlier: Option<&Granted>) -> Decided {
        let mut ledger = calendar::ledger(loaded)?;
        let location = rules.first().map(|rules| loaded.item(&locations::key(&rules.location_id)));
        let local = locations::local(location.transpose()?.flatten())?;
        let sites = self.sites(loaded, rules, earlier)?;
        let (booking_id, user_id) = (&self.booking.partition, &self.user);
        let place = Place { booking_id, user_id, sites: &sites, local: &local, now: loaded.now() };
        match booking::place(place, &self.request, earlier, &mut ledger) {
            Ok(granted) => {
                let (event, success) = match earlier {
                    Some(_) => ("frontdesk.booking.rescheduled", Success::Ok),
                    None => ("frontdesk.booking.created", Success::Created),
                };
                let mut draft = Draft::new(loaded);
                let written = calendar::store(&mut draft, loaded, event, &granted, earlier, &ledger)?;
                draft.reply(Reply::new(success, written.body, written.version))
            }
            Err(refused) => match refused.sought {
                Some(sought) => with_alternatives(loaded, &ledger, &sought, place, refused.refusal),
                None => refuse(refused.refusal),
            },
        }
    }

    /// The resources, each with all that binds there.
    fn sites(&self, loaded: &Loaded, rules: Vec<Rules>, earlier: Option<&Granted>) -> Result<Vec<Site>, StoreError> {
        let parts = self.request.parts.iter().zip(rules);
        parts.map(|(part, rules)| self.site(loaded, part.clone(), rules, earlier)).collect()
    }

    fn site(&self, loaded: &Loaded, part: Part, rules: Rules, earlier: Option<&Granted>) -> Result<Site, StoreError> {
        let resource = loaded.item(&resources::key(&part.resource_id))?;
        let location = loaded.item(&locations::key(&rules.location_id))?;
        let mut binding = resources::binding(resource, location)?.filter(|_| self.command.soft_rules);
        let mut usage = None;
        if rules.quota.is_some() {
            let others = quotas::usage_of_others(loaded, &self.user, &part.resource_id, earlier)?;
            binding = binding.map(|binding| binding.with_usage(others.clone()));
            usage = Some(others);
        }
        Ok(Site { part, rules, binding, usage })
    }
}

/// The rules that bind everybody of the resource at an index of the request, if it can be booked. All are where the main one is.
fn resource(
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
    let rules: Rules = item.body()?;
    if main.is_some_and(|main| main.location_id != rules.location_id) {
        let detail = "The resources of one booking must all be in one location.";
        return at(Refusal::conflict("other-location", detail), "It is in another location than the main resource.");
    }
    Ok(Ok(rules))
}

/// Names the nearest alternatives: the days around are loaded first, so that what is named would have been accepted. None where
/// that were more than one decision may load (the longest bookings, on their way from one resource to another).
fn with_alternatives(loaded: &Loaded, ledger: &Ledger, sought: &Sought, place: Place<'_>, refusal: Refusal) -> Decided {
    let around = place
        .sites
        .iter()
        .flat_map(|Site { part, rules, .. }| sought.days(rules).map(|day| calendar::day_key(&part.resource_id, day)));
    let missing = calendar::missing(loaded, around);
    if loaded.entries().count().saturating_add(missing.len()) >= COMMIT_ITEMS {
        return refuse(refusal);
    }
    if !missing.is_empty() {
        return Ok(Verdict::Read(missing));
    }
    let alternatives = sought.find(ledger, place.sites, place.now);
    refuse(Refusal { alternatives, ..refusal })
}
