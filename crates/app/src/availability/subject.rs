//! What must be known of a resource and its location to say when it is free.

use domain::availability::{Listed, Schedule};
use domain::resource::Rules;
use domain::rules::{self, Binding, Local, Premises};
use domain::time::Interval;
use jiff::Timestamp;
use store::Item;

use super::AvailabilityQuery;
use crate::{Failure, resources};

/// A location, and the window in which its resources are looked at.
#[derive(Debug)]
pub(super) struct Place {
    premises: Premises,
    pub(super) local: Local,
    pub(super) window: Interval,
}

/// A resource whose calendar is looked at.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) listed: Listed,
    pub(super) rules: Rules,
    pub(super) slot_grid_minutes: Option<i64>,
    pub(super) binding: Option<Binding>,
}

impl Place {
    /// The place that a stored location is; one in UTC where there is none.
    pub(super) fn new(location: Option<&Item>, asked: AvailabilityQuery, now: Timestamp) -> Result<Self, Failure> {
        let read = |location| resources::read(location, "location");
        let premises: Premises = location.map_or_else(|| Ok(Premises::default()), read)?;
        let local = Local::named(premises.time_zone.as_deref()).map_err(unknown_zone)?;
        let window = asked.when.window(&local, now, asked.first)?;
        let local = local.prepared(window);
        Ok(Self { premises, local, window })
    }

    /// A stored resource of this place.
    pub(super) fn subject(&self, item: &Item) -> Result<Subject, Failure> {
        let soft: rules::Rules = resources::rules_of(item)?;
        let slot_grid_minutes = soft.slot_grid_minutes;
        let binding = Binding::new(soft, self.premises.clone()).map_err(unknown_zone)?;
        let binding = binding.map(|binding| binding.on(&self.local));
        Ok(Subject {
            listed: resources::rules_of(item)?,
            rules: resources::rules_of(item)?,
            slot_grid_minutes,
            binding,
        })
    }
}

impl Subject {
    /// Its schedule for who asks.
    pub(super) fn schedule(&self, asked: AvailabilityQuery, now: Timestamp) -> Schedule<'_> {
        let binding = self.binding.as_ref().filter(|_| asked.soft_rules);
        Schedule { resource_id: &self.listed.resource_id, rules: &self.rules, binding, now }
    }
}

fn unknown_zone(error: jiff::Error) -> Failure {
    resources::unreadable("location", &error).into()
}
