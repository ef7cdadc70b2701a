//! Where resources are, remembered, so that a booking loads its location in the first round of the decision.
//!
//! Only a guess: the decision looks at the resource that it loaded, and asks for another location should it be there.

use quick_cache::sync::Cache;
use store::{Key, StoreError};

use crate::{App, locations, resources};

/// Resources that are remembered.
const RESOURCES: usize = 8_192;

/// The location of each resource that was asked for lately.
pub(crate) struct Homes(Cache<String, String>);

impl Default for Homes {
    fn default() -> Self {
        Self(Cache::new(RESOURCES))
    }
}

impl Homes {
    /// Remembers where a resource is.
    pub(crate) fn remember(&self, resource_id: &str, location_id: &str) {
        self.0.insert(resource_id.to_owned(), location_id.to_owned());
    }
}

impl App {
    /// The location in which a resource most likely is; none when there is no such resource.
    pub(crate) async fn likely_location(&self, resource_id: &str) -> Result<Option<Key>, StoreError> {
        if let Some(location_id) = self.homes.0.get(resource_id) {
            return Ok(Some(locations::key(&location_id)));
        }
        let Some(item) = self.store.get(&resources::key(resource_id)).await? else { return Ok(None) };
        let Some(location_id) = resources::home(&item) else { return Ok(None) };
        self.homes.remember(resource_id, &location_id);
        Ok(Some(locations::key(&location_id)))
    }
}
