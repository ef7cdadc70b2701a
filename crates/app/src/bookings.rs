//! Bookings: make, move, read, cancel.

use domain::alternatives::Sought;
use domain::booking::{self, Booking, Claim, Granted, Place, Request};
use domain::limits::COMMIT_ITEMS;
use domain::location::Closing;
use domain::occupancy::{Day, Ledger};
use domain::resource::{DEFAULT_MINUTES, Rules, State as ResourceState};
use domain::rules::{Binding, Cancellation};
use domain::{Problem, Refusal, id};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Key, Loaded, Sort, StoreError, Table, Verdict, Write};

use crate::commit::{Decided, Draft, refuse};
use crate::{App, Command, Failure, Reply, Success, locations, resources};

pub(crate) fn key(booking_id: &str) -> Key {
    Key::new(Table::Bookings, booking_id)
}

/// The members of a booking that say whose it is.
#[derive(Deserialize)]
struct Owner<'a> {
    #[serde(rename = "userID", borrow)]
    user_id: std::borrow::Cow<'a, str>,
}

impl App {
    /// A user's booking.
    pub async fn get_booking(&self, user: &str, booking_id: &str) -> Result<Reply, Failure> {
        let absent = || Refusal::not_found("booking");
        let item = self.store.get(&key(booking_id)).await?.ok_or_else(absent)?;
        let owner: Owner<'_> =
            serde_json::from_str(&item.body).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        if owner.user_id == user { Ok(item.into()) } else { Err(absent().into()) }
    }

    /// Makes a booking, or moves the one of that id to other times, units or another resource, all at once or not at all.
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
        if command.soft_rules {
            keys.extend(self.likely_location(&put.request.resource_id).await?);
        }
        self.commit(&command, keys, move |loaded| put.decide(loaded)).await
    }

    /// Cancels a booking and frees its units. A canceled booking stays as it is.
    pub async fn cancel_booking(&self, command: Command, user: &str, booking_id: &str) -> Result<Reply, Failure> {
        self.cancel(command, user, booking_id, None).await
    }

    /// Cancels a booking of a resource that is being deleted. One that was moved to another resource meanwhile stays as it is.
    pub(crate) async fn cancel_booking_of(
        &self,
        resource_id: &str,
        user: &str,
        booking_id: &str,
    ) -> Result<Reply, Failure> {
        self.cancel(Command::default(), user, booking_id, Some(resource_id)).await
    }

    async fn cancel(
        &self,
        command: Command,
        user: &str,
        booking_id: &str,
        only_of: Option<&str>,
    ) -> Result<Reply, Failure> {
        let (item, user, context) = (key(booking_id), user.to_owned(), command.clone());
        let only_of = only_of.map(str::to_owned);
        self.commit(&command, vec![item.clone()], move |loaded| {
            let earlier = match earlier(loaded, &item, &user)? {
                Ok(Some(earlier)) => earlier,
                Ok(None) => return refuse(Refusal::not_found("booking")),
                Err(refusal) => return refuse(refusal),
            };
            if let Err(refusal) = context.check(loaded.item(&item)?) {
                return refuse(refusal);
            }
            let mut draft = Draft::new(loaded);
            if only_of.as_ref().is_some_and(|resource_id| *resource_id != earlier.booking.resource_id) {
                return draft.reply(Reply::empty());
            }
            let mut missing = missing(loaded, earlier.state.claim.iter());
            missing.extend(context.soft_rules.then(|| resource_key(&earlier)).filter(|key| !loaded.contains(key)));
            if !missing.is_empty() {
                return Ok(Verdict::Read(missing));
            }
            if context.soft_rules
                && earlier.booking.status.stands()
                && let Err(refusal) = may_give_up(loaded, &earlier)?
            {
                return refuse(refusal);
            }
            let mut ledger = ledger(loaded)?;
            if let Some(canceled) = booking::cancel(earlier, &mut ledger, loaded.now()) {
                store_granted(&mut draft, loaded, &item, "frontdesk.booking.canceled", &canceled, &ledger)?;
            }
            draft.reply(Reply::empty())
        })
        .await
    }
}

/// A booking that is to be made or moved.
struct Put {
    command: Command,
    user: String,
    request: Request,
    booking: Key,
}

impl Put {
    /// The booking, the resource, and the days that the request most likely touches.
    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![self.booking.clone(), resources::key(&self.request.resource_id)];
        let guess = Rules {
            location_id: String::new(),
            capacity: 1,
            slot_minutes: DEFAULT_MINUTES,
            buffer_before: 0,
            buffer_after: 0,
        };
        keys.extend(self.request.claim(&guess).iter().flat_map(days));
        keys
    }

    fn decide(&self, loaded: &Loaded) -> Decided {
        let earlier = match earlier(loaded, &self.booking, &self.user)? {
            Ok(earlier) => earlier,
            Err(refusal) => return refuse(refusal),
        };
        let rules = match self.check(loaded, earlier.as_ref())? {
            Ok(rules) => rules,
            Err(refusal) => return refuse(refusal),
        };
        let claim = match self.request.claim(&rules) {
            Ok(claim) => claim,
            Err(refusal) => return refuse(refusal),
        };
        let old = earlier.as_ref().and_then(|earlier| earlier.state.claim.as_ref());
        let mut missing = missing(loaded, old.into_iter().chain([&claim]));
        missing.extend(self.rule_keys(&rules, earlier.as_ref()).filter(|key| !loaded.contains(key)));
        if !missing.is_empty() {
            return Ok(Verdict::Read(missing));
        }
        if let Some(earlier) = earlier.as_ref().filter(|earlier| self.gives_up(earlier, &rules))
            && let Err(refusal) = may_give_up(loaded, earlier)?
        {
            return refuse(refusal);
        }
        self.place(loaded, &rules, earlier.as_ref())
    }

    /// What holds the rules that bind the caller, besides the resource: its location, and the resource that a booking leaves.
    fn rule_keys(&self, rules: &Rules, earlier: Option<&Granted>) -> impl Iterator<Item = Key> + use<> {
        let location = self.command.soft_rules.then(|| locations::key(&rules.location_id));
        let left = earlier.filter(|earlier| self.gives_up(earlier, rules)).map(resource_key);
        location.into_iter().chain(left)
    }

    /// Whether the caller is bound by rules and gives up a part of a booking.
    fn gives_up(&self, earlier: &Granted, rules: &Rules) -> bool {
        self.command.soft_rules && earlier.booking.is_given_up_by(&self.request, rules)
    }

    /// What can be said without looking at the calendar.
    fn check(&self, loaded: &Loaded, earlier: Option<&Granted>) -> Result<Result<Rules, Refusal>, StoreError> {
        if let Err(refusal) = self.command.check(loaded.item(&self.booking)?) {
            return Ok(Err(refusal));
        }
        if earlier.is_some_and(|earlier| !earlier.booking.status.stands()) {
            return Ok(Err(booking::canceled()));
        }
        let Some(resource) = loaded.item(&resources::key(&self.request.resource_id))? else {
            let pointer = "/resourceID".to_owned();
            let errors = vec![Problem { pointer, detail: "There is no such resource.".to_owned() }];
            return Ok(Err(Refusal { errors, ..Refusal::not_found("resource") }));
        };
        if Closing::stands(resource.private::<ResourceState>()?.closing.as_ref(), loaded.now()) {
            return Ok(Err(Closing::refusal("resource")));
        }
        resource.body().map(Ok)
    }

    /// The rules that bind the caller, if any do.
    fn binding(&self, loaded: &Loaded, rules: &Rules) -> Result<Option<Binding>, StoreError> {
        if !self.command.soft_rules {
            return Ok(None);
        }
        let resource = loaded.item(&resources::key(&self.request.resource_id))?;
        resources::binding(resource, loaded.item(&locations::key(&rules.location_id))?)
    }

    fn place(&self, loaded: &Loaded, rules: &Rules, earlier: Option<&Granted>) -> Decided {
        let mut ledger = ledger(loaded)?;
        let binding = self.binding(loaded, rules)?;
        let (booking_id, user_id) = (&self.booking.partition, &self.user);
        let place = Place { booking_id, user_id, rules, binding: binding.as_ref(), now: loaded.now() };
        match booking::place(place, &self.request, earlier, &mut ledger) {
            Ok(granted) => {
                let (event, success) = match earlier {
                    Some(_) => ("frontdesk.booking.rescheduled", Success::Ok),
                    None => ("frontdesk.booking.created", Success::Created),
                };
                let mut draft = Draft::new(loaded);
                let written = store_granted(&mut draft, loaded, &self.booking, event, &granted, &ledger)?;
                draft.reply(Reply::new(success, written.body, written.version))
            }
            Err(refused) => match refused.sought {
                Some(sought) => with_alternatives(loaded, &ledger, &sought, place, refused.refusal),
                None => refuse(refused.refusal),
            },
        }
    }
}

/// Names the nearest alternatives: the days around are loaded first, so that what is named would have been accepted. None where
/// that were more than one decision may load (the longest bookings, on their way from one resource to another).
fn with_alternatives(loaded: &Loaded, ledger: &Ledger, sought: &Sought, place: Place<'_>, refusal: Refusal) -> Decided {
    let around = sought.days(place.rules).map(|day| day_key(&sought.resource_id, day));
    let missing: Vec<Key> = around.filter(|key| !loaded.contains(key)).collect();
    if loaded.entries().count().saturating_add(missing.len()) >= COMMIT_ITEMS {
        return refuse(refusal);
    }
    if !missing.is_empty() {
        return Ok(Verdict::Read(missing));
    }
    let alternatives = sought.find(ledger, place.rules, place.binding, place.now);
    refuse(Refusal { alternatives, ..refusal })
}

/// Whether the cancellation window of its resource lets a booking be given up. One whose resource is gone may always be.
fn may_give_up(loaded: &Loaded, earlier: &Granted) -> Result<Result<(), Refusal>, StoreError> {
    let Some(resource) = loaded.item(&resource_key(earlier))? else { return Ok(Ok(())) };
    Ok(resource.body::<Cancellation>()?.check(earlier.booking.start, loaded.now()))
}

fn resource_key(earlier: &Granted) -> Key {
    resources::key(&earlier.booking.resource_id)
}

/// The booking under a key, if it is this user's; another's is not to be seen here.
fn earlier(loaded: &Loaded, key: &Key, user: &str) -> Result<Result<Option<Granted>, Refusal>, StoreError> {
    let Some(item) = loaded.item(key)? else { return Ok(Ok(None)) };
    let booking: Booking = item.body()?;
    if booking.user_id != user {
        return Ok(Err(Refusal::not_found("booking")));
    }
    Ok(Ok(Some(Granted { booking, state: item.private()? })))
}

fn day_key(resource_id: &str, day: i64) -> Key {
    Key::number(Table::Occupancy, resource_id, day)
}

/// The days that a claim touches.
fn days(claim: &Claim) -> Vec<Key> {
    claim.days().map(|(day, _, _)| day_key(&claim.resource_id, day)).collect()
}

/// Those days of the claims that are not loaded yet.
fn missing<'a>(loaded: &Loaded, claims: impl Iterator<Item = &'a Claim>) -> Vec<Key> {
    let mut missing: Vec<Key> = claims.flat_map(days).filter(|key| !loaded.contains(key)).collect();
    missing.sort();
    missing.dedup();
    missing
}

/// The days that are loaded.
fn ledger(loaded: &Loaded) -> Result<Ledger, StoreError> {
    let mut ledger = Ledger::default();
    for (key, item, _) in loaded.entries() {
        let (Table::Occupancy, Some(Sort::Number(day)), Some(item)) = (key.table, &key.sort, item) else { continue };
        ledger.insert(&key.partition, *day, item.body::<Day>()?);
    }
    Ok(ledger)
}

/// A day as it is stored.
#[derive(Serialize)]
struct StoredDay<'a> {
    #[serde(rename = "resourceID")]
    resource_id: &'a str,
    day: i64,
    #[serde(flatten)]
    use_of_day: &'a Day,
}

/// Writes the booking with its claim and event, and the days that it changed.
fn store_granted(
    draft: &mut Draft<'_>,
    loaded: &Loaded,
    key: &Key,
    event: &str,
    granted: &Granted,
    ledger: &Ledger,
) -> Result<crate::commit::Written, StoreError> {
    let written = draft.store_with(key, event, &granted.booking, &granted.state)?;
    for (resource_id, day, use_of_day) in ledger.changed() {
        let key = day_key(resource_id, day);
        if !use_of_day.is_free() {
            let body = serde_json::to_string(&StoredDay { resource_id, day, use_of_day });
            let body = body.map_err(|error| StoreError::Misuse(error.to_string()))?;
            draft.push(Write::Put { key, body, private: None });
        } else if loaded.item(&key)?.is_some() {
            draft.push(Write::Delete { key });
        }
    }
    Ok(written)
}
