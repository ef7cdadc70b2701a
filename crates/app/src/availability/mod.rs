//! When a resource is free: the calendar of one.

mod examine;
mod question;
mod search;
mod shown;
mod subject;

pub use self::question::{AvailabilityQuery, Search};

use self::examine::{first_slot, read};
use self::shown::{Head, Object, with_units};
use self::subject::Place;
use crate::{App, Failure, Reply, locations};

impl App {
    /// The stretches in which a resource has units free and, where the soft rules bind, in which they accept a booking; or the first
    /// slot of them.
    pub async fn availability(
        &self,
        location_id: &str,
        resource_id: &str,
        asked: AvailabilityQuery,
    ) -> Result<Reply, Failure> {
        let now = self.clock.now();
        asked.check(now)?;
        let item = self.resource_item(location_id, resource_id).await?;
        let location = self.store.get(&locations::key(location_id)).await?;
        let place = Place::new(location.as_ref(), asked, now)?;
        let subject = place.subject(&item)?;
        let schedule = subject.schedule(asked, now);
        let mut object = Object::new(&Head {
            resource_id,
            location_id: None,
            name: None,
            kind: None,
            time_zone: place.local.zone(),
            from: place.window.start.rfc3339(),
            to: place.window.end.rfc3339(),
            units: asked.wanted.units,
            capacity: subject.rules.capacity,
        })?;
        if asked.first {
            let (slot, _) = first_slot(self.store.as_ref(), schedule, place.window, asked.wanted).await?;
            object.stretches("free", &with_units(&slot));
            return Ok(Reply::text(object.text()));
        }
        let ledger = read(self.store.as_ref(), schedule, subject.rules.claimed(place.window)).await?;
        let free = schedule.free(&ledger, place.window, asked.wanted);
        object.stretches("free", &with_units(&free));
        if asked.busy {
            let rules = (subject.binding.as_ref(), &place.local);
            object.plan(schedule.plan(&ledger, place.window, &free, rules), &subject)?;
        }
        Ok(Reply::text(object.text()))
    }
}
