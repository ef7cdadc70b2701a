//! What a refused booking is told: other times, and other resources at the same time. All of it is judged by the decision that
//! refuses; which resources it looks at comes from an index, and is only a hint.

use domain::Refusal;
use domain::alternatives::Sought;
use domain::booking::{self, Granted, Part, Place, Request, Site};
use domain::limits::{ALTERNATIVES, SIBLINGS};
use domain::occupancy::Ledger;
use domain::refusal::Elsewhere;
use domain::resource::Rules;
use domain::time::Interval;
use serde::Deserialize;
use store::{Cursor, Index, Item, Loaded, Query, StoreError, Verdict};

use super::put::{Put, resource};
use super::reading::Reading;
use super::{calendar, quotas};
use crate::commit::{Decided, refuse};
use crate::{App, resources};

/// Resources of a location that are looked through for those of one type, on each side of the wanted one.
const LOOKED_THROUGH: usize = 100;

#[derive(Deserialize, PartialEq, Eq)]
struct Kind {
    #[serde(rename = "locationID", default)]
    location_id: Option<String>,
    #[serde(rename = "type", default)]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Id {
    #[serde(rename = "resourceID")]
    resource_id: String,
}

/// Whether a stored resource could stand in for another one: same location, same type.
fn is_alike(main: &Item, other: &Item) -> bool {
    let kind = |item: &Item| item.body::<Kind>().ok();
    kind(main).is_some_and(|main| kind(other) == Some(main))
}

impl App {
    /// Resources of the main resource's location and type, those that follow it first.
    pub(super) async fn siblings(&self, request: &Request) -> Result<Vec<String>, StoreError> {
        let wanted = resources::key(request.resource_id());
        let main = self.store.get(&wanted).await?;
        let Some((main, home)) = main.and_then(|main| resources::home(&main).map(|home| (main, home))) else {
            return Ok(Vec::new());
        };
        let location = Query::index(Index::ResourcesByLocation, home);
        let behind = Query { cursor: Some(Cursor::after(wanted)), limit: LOOKED_THROUGH, ..location.clone() };
        let mut found: Vec<String> = Vec::new();
        for query in [behind, Query { limit: LOOKED_THROUGH, ..location }] {
            for item in self.store.query(query).await?.items.iter().filter(|item| is_alike(&main, item)) {
                let Id { resource_id } = item.body()?;
                if request.parts.iter().all(|part| part.resource_id != resource_id) && !found.contains(&resource_id) {
                    found.push(resource_id);
                }
            }
            if found.len() >= SIBLINGS {
                break;
            }
        }
        found.truncate(SIBLINGS);
        Ok(found)
    }
}

/// A booking with another main resource, and what it would claim.
struct Other {
    request: Request,
    rules: Vec<Rules>,
    wanted: Interval,
}

impl Put {
    /// Names the nearest times, and the resources at the same time, that would have been accepted. The days around, and the other
    /// resources with their days, are loaded first; no other times, or fewer resources, where that were more than one decision may
    /// load (the longest bookings, on their way from one resource to another). The ledger is without the earlier booking.
    pub(super) fn with_alternatives(
        &self,
        loaded: &Loaded,
        ledger: &Ledger,
        place: Place<'_>,
        refused: (Sought, Refusal),
        earlier: Option<&Granted>,
    ) -> Decided {
        let (sought, refusal) = refused;
        let mut reading = Reading::new(loaded, 1);
        let around = |site: &Site| {
            let id = site.part.resource_id.clone();
            sought.days(&site.rules).map(move |day| calendar::day_key(&id, day))
        };
        let times = reading.fits(place.sites.iter().flat_map(around));
        let siblings = self.siblings.iter().flatten();
        let siblings: Vec<&String> = siblings.filter(|id| reading.fits(std::iter::once(resources::key(id)))).collect();
        if !reading.keys.is_empty() {
            return Ok(Verdict::Read(reading.keys));
        }
        let mut others = Vec::new();
        for resource_id in siblings {
            let Some(other) = self.other(loaded, place, resource_id)? else { continue };
            let claims = other.request.claims(&other.rules).unwrap_or_default();
            let quota = quotas::key(place.user_id, resource_id);
            if reading.fits(claims.iter().flat_map(calendar::days).chain([quota])) {
                others.push(other);
            }
        }
        if !reading.keys.is_empty() {
            return Ok(Verdict::Read(reading.keys));
        }
        // As it was before the booking that is moved was given up.
        let whole = calendar::ledger(loaded)?;
        let mut elsewhere = Vec::new();
        for other in others {
            if elsewhere.len() < ALTERNATIVES && self.is_accepted(loaded, whole.clone(), place, &other, earlier)? {
                elsewhere
                    .push(Elsewhere { resource_id: other.request.resource_id().to_owned(), interval: other.wanted });
            }
        }
        let mut alternatives = Vec::new();
        let found = if times {
            let behind =
                sought.behind_the_line(ledger.clone(), &calendar::ledger(loaded)?, place.sites, place.booking_id);
            sought.find(&behind, place.sites, place.now)
        } else {
            Vec::new()
        };
        for time in found {
            if self.may_move(loaded, earlier, &self.request.parts, time)? {
                alternatives.push(time);
            }
        }
        refuse(Refusal { alternatives, elsewhere, ..refusal })
    }

    /// Whether the cancellation windows let the caller move an earlier booking to that time of these resources; not where they are
    /// not loaded.
    fn may_move(
        &self,
        loaded: &Loaded,
        earlier: Option<&Granted>,
        parts: &[Part],
        wanted: Interval,
    ) -> Result<bool, StoreError> {
        let Some(earlier) = earlier.filter(|_| self.command.soft_rules) else { return Ok(true) };
        let left: Vec<&str> = earlier.booking.given_up_by(parts, wanted).collect();
        let known = left.iter().all(|resource_id| loaded.contains(&resources::key(resource_id)));
        Ok(known && calendar::may_give_up(loaded, &earlier.booking, left.into_iter())?.is_ok())
    }

    /// The booking with that main resource instead, if it is still like the one that was asked for.
    fn other(&self, loaded: &Loaded, place: Place<'_>, resource_id: &str) -> Result<Option<Other>, StoreError> {
        let main = loaded.item(&resources::key(self.request.resource_id()))?;
        let item = loaded.item(&resources::key(resource_id))?;
        if !main.zip(item).is_some_and(|(main, item)| is_alike(main, item)) {
            return Ok(None);
        }
        let (Ok(of_main), Ok(wanted)) = (
            resource(loaded, 0, resource_id, None)?,
            self.request.interval(place.sites.first().map(|site| &site.rules)),
        ) else {
            return Ok(None);
        };
        let additional = place.sites.iter().skip(1).map(|site| site.rules.clone());
        let rules = std::iter::once(of_main).chain(additional).collect();
        Ok(Some(Other { request: self.request.elsewhere(resource_id, wanted), rules, wanted }))
    }

    /// Whether all rules would have accepted a booking with another main resource.
    fn is_accepted(
        &self,
        loaded: &Loaded,
        mut ledger: Ledger,
        place: Place<'_>,
        other: &Other,
        earlier: Option<&Granted>,
    ) -> Result<bool, StoreError> {
        let Other { request, rules, wanted } = other;
        let Ok(sites) = self.sites(loaded, request, rules.clone(), earlier)? else { return Ok(false) };
        if !self.may_move(loaded, earlier, &request.parts, *wanted)? {
            return Ok(false);
        }
        Ok(booking::place(Place { sites: &sites, ..place }, request, earlier, &mut ledger).is_ok())
    }
}
