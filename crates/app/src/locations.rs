//! Locations.

use domain::limits::LOCATION_PAGE_ITEMS;
use domain::location::{Closing, Request, State};
use domain::rules::Local;
use domain::{Refusal, id};
use serde::Deserialize;
use serde_json::{Map, Value};
use store::{Cursor, Item, Key, Table};

use crate::commit::{Draft, refuse};
use crate::{App, Command, Failure, Reply, Success, resources};

pub(crate) fn key(location_id: &str) -> Key {
    Key::new(Table::Locations, location_id)
}

/// The wall clock of a location; UTC when there is none.
pub(crate) fn local(location: Option<&Item>) -> Result<Local, Refusal> {
    #[derive(Default, Deserialize)]
    struct Zone {
        #[serde(rename = "timeZone", default)]
        name: Option<String>,
    }
    let zone: Zone = location.map_or_else(|| Ok(Zone::default()), |item| resources::read(item, "location"))?;
    Local::named(zone.name.as_deref()).map_err(|error| resources::unreadable("location", &error))
}

impl App {
    /// A page of locations behind `lastLocationID`, as the body to show.
    pub async fn list_locations(&self, last_location_id: Option<&str>) -> Result<Reply, Failure> {
        let after = last_location_id.map(|last| Cursor::after(key(last)));
        let page = self.store.scan(Table::Locations, LOCATION_PAGE_ITEMS, after).await?;
        let items: Vec<&str> = page.items.iter().map(|item| item.body.as_str()).collect();
        let last = page.next.map(|next| format!(",\"lastLocationID\":{}", Value::String(next.key.partition)));
        Ok(Reply::text(format!("{{\"items\":[{}]{}}}", items.join(","), last.unwrap_or_default())))
    }

    /// A location.
    pub async fn get_location(&self, location_id: &str) -> Result<Reply, Failure> {
        let item = self.store.get(&key(location_id)).await?;
        Ok(item.ok_or_else(|| Refusal::not_found("location"))?.into())
    }

    /// Makes or replaces a location, under the path's id or a new one.
    pub async fn put_location(
        &self,
        command: Command,
        location_id: Option<&str>,
        body: Map<String, Value>,
    ) -> Result<Reply, Failure> {
        let request = Request::parse(body)?;
        let location_id = self.new_id(location_id);
        id::check("locationID", &location_id)?;
        let item = key(&location_id);
        let context = command.clone();
        self.commit(&command, vec![item.clone()], move |loaded| {
            let stored = loaded.item(&item)?;
            if let Err(refusal) = context.check(stored) {
                return refuse(refusal);
            }
            let state: State = stored.map_or_else(|| Ok(State::default()), store::Item::private)?;
            if Closing::stands(state.closing.as_ref(), loaded.now()) {
                return refuse(Closing::refusal("location"));
            }
            let event = match stored {
                Some(_) => "frontdesk.location.replaced",
                None => "frontdesk.location.created",
            };
            let mut draft = Draft::new(loaded);
            let location = request.stamp(&location_id, loaded.now());
            let written = draft.store_with(&item, event, &location, &state)?;
            draft.reply(Reply::new(Success::Created, written.body, written.version))
        })
        .await
    }
}
