//! What a calendar draws beside the free time: when a resource is in use and closed, and its days.

use jiff::civil::Date;

use super::Schedule;
use crate::occupancy::Ledger;
use crate::rules::{Binding, Local, stretches};
use crate::time::Interval;

/// What a calendar draws of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// When units are in use, buffers included, with how many.
    pub busy: Vec<(Interval, i64)>,
    /// When it is not open.
    pub closed: Vec<Interval>,
    /// The local days.
    pub days: Vec<PlannedDay>,
}

/// A local day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedDay {
    /// Its date.
    pub date: Date,
    /// The part of it that lies in the window.
    pub interval: Interval,
    /// Minutes of that in which it is open.
    pub open_minutes: i64,
    /// Minutes of that which are free, for who asks.
    pub free_minutes: i64,
    /// Why its hours are not those of the week.
    pub reasons: Vec<String>,
}

impl Schedule<'_> {
    /// The plan of a window, whose free time is known. `binding` are the rules, whether or not they bind who asks.
    pub fn plan(
        self,
        ledger: &Ledger,
        window: Interval,
        free: &[(Interval, i64)],
        (binding, local): (Option<&Binding>, &Local),
    ) -> Plan {
        let open = binding.map_or_else(|| stretches::union(vec![window]), |binding| binding.open(window));
        let free: Vec<Interval> = free.iter().map(|&(stretch, _)| stretch).collect();
        let day = |(date, interval): (Date, Interval)| PlannedDay {
            date,
            interval,
            open_minutes: stretches::minutes(interval, &open),
            free_minutes: stretches::minutes(interval, &free),
            reasons: binding
                .map_or_else(Vec::new, |binding| binding.reasons(date).into_iter().map(str::to_owned).collect()),
        };
        Plan {
            busy: ledger.used(self.resource_id, window),
            closed: stretches::gaps(window, &open),
            days: local.days(window).map(day).collect(),
        }
    }
}
