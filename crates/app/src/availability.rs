//! When a resource is free.

use domain::Refusal;
use domain::alternatives::bookable;
use domain::limits::{AVAILABILITY_DAYS, CAPACITY};
use domain::occupancy::{Day, Ledger};
use domain::resource::Rules;
use domain::time::{DAY_MINUTES, END_OF_TIME, Interval, Minute};
use serde::{Deserialize, Serialize};
use std::ops::Bound;
use store::{Query, Sort, StoreError, Table};

use crate::{App, Failure, Reply, locations, resources};

/// Days shown when the request names no end.
const DEFAULT_DAYS: i64 = 7;

/// What is asked of a resource's calendar.
#[derive(Clone, Copy, Debug)]
pub struct AvailabilityQuery {
    /// From when; now when absent.
    pub from: Option<Minute>,
    /// Until when; a week later when absent.
    pub to: Option<Minute>,
    /// Only stretches of at least so many minutes.
    pub minutes: Option<i64>,
    /// Units that must be free.
    pub units: i64,
    /// Whether the soft rules bind who asks.
    pub soft_rules: bool,
}

/// The free stretches of a resource.
#[derive(Serialize)]
struct Availability<'a> {
    #[serde(rename = "resourceID")]
    resource_id: &'a str,
    from: String,
    to: String,
    units: i64,
    capacity: i64,
    free: Vec<Free>,
}

/// A stretch in which units are free all the time.
#[derive(Serialize)]
struct Free {
    #[serde(flatten)]
    interval: Interval,
    minutes: i64,
    units: i64,
}

/// A day as it is stored.
#[derive(Deserialize)]
struct StoredDay {
    day: i64,
}

impl App {
    /// The stretches in which a resource has units free and, where the soft rules bind, in which they accept a booking.
    pub async fn availability(
        &self,
        location_id: &str,
        resource_id: &str,
        asked: AvailabilityQuery,
    ) -> Result<Reply, Failure> {
        let window = window(asked, Minute::containing(self.clock.now()))?;
        let resource = self.resource_item(location_id, resource_id).await?;
        let rules: Rules = resources::rules_of(&resource)?;
        let ledger = self.ledger(resource_id, rules.claimed(window)).await?;
        let mut free = bookable(&ledger, resource_id, window, asked.units, &rules);
        if asked.soft_rules {
            let location = self.store.get(&locations::key(location_id)).await?;
            if let Some(binding) = resources::binding(Some(&resource), location.as_ref())? {
                free = binding.openings(&free, window, asked.minutes.unwrap_or(1), self.clock.now());
            }
        }
        let free = free
            .into_iter()
            .filter(|(interval, _)| interval.minutes() >= asked.minutes.unwrap_or(1))
            .map(|(interval, units)| Free { interval, minutes: interval.minutes(), units })
            .collect();
        let (from, to) = (window.start.rfc3339(), window.end.rfc3339());
        let shown = Availability { resource_id, from, to, units: asked.units, capacity: rules.capacity, free };
        let body = serde_json::to_string(&shown).map_err(|error| StoreError::Misuse(error.to_string()))?;
        Ok(Reply::text(body))
    }

    /// The use of a resource on the days of a window.
    pub(crate) async fn ledger(&self, resource_id: &str, window: Interval) -> Result<Ledger, StoreError> {
        let (first, last) = window.days().into_inner();
        let range = (Bound::Included(Sort::Number(first)), Bound::Included(Sort::Number(last)));
        let page = self.store.query(Query { range, ..Query::table(Table::Occupancy, resource_id) }).await?;
        let mut ledger = Ledger::new(self.clock.now());
        for item in &page.items {
            ledger.insert(resource_id, item.body::<StoredDay>()?.day, item.body::<Day>()?);
        }
        Ok(ledger)
    }
}

fn window(asked: AvailabilityQuery, now: Minute) -> Result<Interval, Refusal> {
    let from = asked.from.unwrap_or(now);
    let week = DEFAULT_DAYS.saturating_mul(DAY_MINUTES);
    let to = asked.to.unwrap_or_else(|| from.plus(week).min(END_OF_TIME));
    if !(1..=CAPACITY).contains(&asked.units) {
        return Err(Refusal::invalid("?units", format!("must be a whole number from 1 to {CAPACITY}")));
    }
    let most = AVAILABILITY_DAYS.saturating_mul(DAY_MINUTES);
    if to <= from || to.plus(from.0.saturating_neg()).0 > most {
        return Err(Refusal::invalid("?to", format!("must be after `from`, by at most {AVAILABILITY_DAYS} days")));
    }
    Ok(Interval::new(from, to))
}
