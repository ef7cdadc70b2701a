//! Resources of locations.

use domain::location::{Closing, State as LocationState};
use domain::resource::{Request, State};
use domain::rules::{self, Binding, Premises};
use domain::{Refusal, id};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use store::{Cursor, Index, Item, Key, Loaded, Query, StoreError, Table, Verdict, Write};

use crate::bookings::line::Look;
use crate::commit::{Decided, Draft, refuse};
use crate::reply::resume;
use crate::{App, Command, Failure, Listing, Reply, Success, locations};

pub(crate) fn key(resource_id: &str) -> Key {
    Key::new(Table::Resources, resource_id)
}

impl App {
    /// A page of a location's resources.
    pub async fn list_resources(
        &self,
        location_id: &str,
        limit: usize,
        after: Option<&str>,
    ) -> Result<Listing, Failure> {
        let query = Query { limit, ..Query::index(Index::ResourcesByLocation, location_id) };
        let page = self.store.query(resume(query, after)?).await?;
        if page.items.is_empty() {
            self.get_location(location_id).await?;
        }
        Ok(Listing {
            items: page.items.into_iter().map(|item| item.body).collect(),
            next: page.next.as_ref().map(Cursor::encode),
        })
    }

    /// A resource of a location.
    pub async fn get_resource(&self, location_id: &str, resource_id: &str) -> Result<Reply, Failure> {
        Ok(self.resource_item(location_id, resource_id).await?.into())
    }

    /// Refuses when there is no such resource anywhere.
    pub async fn find_resource(&self, resource_id: &str) -> Result<(), Failure> {
        let found = self.store.get(&key(resource_id)).await?;
        found.map(|_| ()).ok_or_else(|| Refusal::not_found("resource").into())
    }

    pub(crate) async fn resource_item(&self, location_id: &str, resource_id: &str) -> Result<Item, Failure> {
        let item = self.store.get(&key(resource_id)).await?.ok_or_else(|| Refusal::not_found("resource"))?;
        if home(&item).as_deref() == Some(location_id) { Ok(item) } else { Err(Refusal::not_found("resource").into()) }
    }

    /// Makes or replaces a resource of a location, under the path's id or a new one.
    pub async fn put_resource(
        &self,
        command: Command,
        location_id: &str,
        resource_id: Option<&str>,
        body: Map<String, Value>,
    ) -> Result<Reply, Failure> {
        let request = Request::parse(body, &self.settings.resource_kinds)?;
        let resource_id = self.new_id(resource_id);
        id::check("resourceID", &resource_id)?;
        let (location, resource) = (locations::key(location_id), key(&resource_id));
        let context = command.clone();
        let keys = vec![resource.clone(), location.clone()];
        let decide = move |loaded: &Loaded| {
            let Some(place) = loaded.item(&location)? else { return refuse(Refusal::not_found("location")) };
            let stored = loaded.item(&resource)?;
            let look = stored
                .filter(|stored| is_raised(stored, &request))
                .map(|_| Look::new(&resource.partition, loaded.now()));
            if let Some(look) = look.as_ref().map(Look::key).filter(|look| !loaded.contains(look)) {
                return Ok(Verdict::Read(vec![look]));
            }
            match check(&context, loaded, place, stored)? {
                Ok(()) => put(loaded, &location, place, &resource, stored, &request, look.as_ref()),
                Err(refusal) => refuse(refusal),
            }
        };
        let outcome = self.commit(&command, keys, decide).await;
        if outcome.is_ok() {
            self.homes.remember(&resource_id, location_id);
        }
        outcome
    }
}

/// The rules of a resource and its location that bind everybody but administrators, if there are any.
pub(crate) fn binding(resource: Option<&Item>, location: Option<&Item>) -> Result<Option<Binding>, Refusal> {
    let rules = resource.map_or_else(|| Ok(rules::Rules::default()), rules_of)?;
    let premises = location.map_or_else(|| Ok(Premises::default()), |item| read(item, "location"))?;
    Binding::new(rules, premises).map_err(|error| unreadable("location", &error))
}

/// What rules a stored resource says. Refused when another program stored it with a member that is named like a rule but is none.
pub(crate) fn rules_of<T: DeserializeOwned>(resource: &Item) -> Result<T, Refusal> {
    read(resource, "resource")
}

/// A stored item as a typed value.
pub(crate) fn read<T: DeserializeOwned>(item: &Item, what: &str) -> Result<T, Refusal> {
    serde_json::from_str(&item.body).map_err(|error| unreadable(what, &error))
}

/// The refusal of what would need an item that another program stored with members of another kind.
pub(crate) fn unreadable(what: &str, error: &dyn std::fmt::Display) -> Refusal {
    let detail =
        format!("The {what} was stored by another program with members that cannot be read ({error}); replace it.");
    Refusal::conflict(&format!("{what}-unreadable"), detail)
}

/// The location of a stored resource; none when another program stored it without one.
pub(crate) fn home(resource: &Item) -> Option<String> {
    resource.body::<Home>().ok().map(|home| home.location_id)
}

fn check(
    command: &Command,
    loaded: &Loaded,
    location: &Item,
    stored: Option<&Item>,
) -> Result<Result<(), Refusal>, StoreError> {
    if let Err(refusal) = command.check(stored) {
        return Ok(Err(refusal));
    }
    if Closing::stands(location.private::<LocationState>()?.closing.as_ref(), loaded.now()) {
        return Ok(Err(Closing::refusal("location")));
    }
    let Some(item) = stored else { return Ok(Ok(())) };
    if home(item) != home(location) {
        let detail = "A resource with this resourceID lives in another location.";
        return Ok(Err(Refusal::conflict("resource-elsewhere", detail)));
    }
    let closing = Closing::stands(item.private::<State>()?.closing.as_ref(), loaded.now());
    Ok(if closing { Err(Closing::refusal("resource")) } else { Ok(()) })
}

#[derive(serde::Deserialize)]
struct Home {
    #[serde(rename = "locationID")]
    location_id: String,
}

/// Whether a resource gets more units, which those in line may have.
fn is_raised(stored: &Item, request: &Request) -> bool {
    rules_of::<domain::resource::Rules>(stored).is_ok_and(|rules| rules.capacity < request.capacity())
}

fn put(
    loaded: &Loaded,
    location: &Key,
    place: &Item,
    resource: &Key,
    stored: Option<&Item>,
    request: &Request,
    look: Option<&Look>,
) -> Decided {
    let mut draft = Draft::new(loaded);
    let event = if stored.is_some() { "frontdesk.resource.replaced" } else { "frontdesk.resource.created" };
    let body = request.stamp(&location.partition, &resource.partition, loaded.now());
    let written = draft.store(resource, event, &body)?;
    if let Some(look) = look {
        look.note(&mut draft)?;
    }
    if stored.is_none() {
        draft.push(count(location, place, 1)?);
    }
    draft.reply(Reply::new(Success::Created, written.body, written.version))
}

/// The location with its count of resources changed by so many.
pub(crate) fn count(location: &Key, place: &Item, change: i64) -> Result<Write, StoreError> {
    let mut state: LocationState = place.private()?;
    state.resources = state.resources.saturating_add(change).max(0);
    keep(location, place, &state)
}

/// The same item with other private attributes.
pub(crate) fn keep(key: &Key, item: &Item, state: &impl serde::Serialize) -> Result<Write, StoreError> {
    let private = serde_json::to_string(state).map_err(|error| StoreError::Misuse(error.to_string()))?;
    Ok(Write::Put { key: key.clone(), body: item.body.clone(), private: Some(private) })
}
