//! The line of a resource: units that come free go to the first in it, in the commit that frees them. What a commit cannot grant (more
//! than a few, or while the resource is being deleted) it leaves to a look at the line, a timer that is due at once.

use std::ops::Bound;

use domain::booking::{self, Booking, Claim, Granted};
use domain::limits::{GRANTS, WAITERS};
use domain::location::Closing;
use domain::occupancy::{Day, Ledger, Waiter};
use domain::resource::{Rules, State as ResourceState};
use domain::spread::hash;
use domain::time::{Interval, Minute};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Key, Loaded, Query, Sort, StoreError, Table, Verdict, Write};

use super::reading::Reading;
use super::{calendar, key, timers};
use crate::commit::{Draft, Written};
use crate::{App, Failure, resources};

/// Items of a commit that are left to the change itself, and to what is recorded with it.
const MARGIN: usize = 10;
/// Those of them that the widest change needs: its event, its timer, and what keeps the answer.
const RECORDED: usize = 3;
/// Items that a grant writes beside those that were loaded: its event, and a new timer.
const OF_GRANT: usize = 2;
/// Days that one look reads at a time.
const PAGE: usize = 50;

/// A look at the line of a resource that is to be taken, as it is stored among the timers.
#[derive(Serialize, Deserialize)]
pub(crate) struct Look {
    shard: String,
    due: String,
    kind: Kind,
    #[serde(rename = "resourceID")]
    pub(super) resource_id: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Line,
}

impl Look {
    /// A look that is due at once.
    pub(crate) fn new(resource_id: &str, now: Timestamp) -> Self {
        let due = format!("{}#line#{resource_id}", timers::minute(Minute::containing(now)));
        let shard = (hash(resource_id) % timers::SHARDS).to_string();
        Self { shard, due, kind: Kind::Line, resource_id: resource_id.to_owned() }
    }

    pub(crate) fn key(&self) -> Key {
        Key::text(Table::Timers, &self.shard, &self.due)
    }

    /// Notes it, also when it is noted already: its version moves, so that who takes it at the moment does not remove it. Its key is
    /// loaded, or nothing is there.
    pub(crate) fn note(&self, draft: &mut Draft<'_>) -> Result<(), StoreError> {
        draft.push(Write::Put { key: self.key(), body: calendar::text(self)?, private: None });
        Ok(())
    }
}

/// What becomes of those in line.
#[derive(Default)]
struct Settled {
    /// Who is granted: as it was, and as it is.
    granted: Vec<(Granted, Granted)>,
    /// How many left the line without being granted, because they are not what it says.
    left: usize,
    /// The resources at whose lines somebody has to look again.
    looks: Vec<String>,
    /// Whether that is because one is being deleted, or cannot be read.
    later: bool,
}

/// The days of those in line before a booking with these claims, as many as there is room for beside what has to be read for the lines
/// of what an earlier one leaves. Those for whom there is no room are taken to have what they wait for.
pub(super) fn days_ahead(loaded: &Loaded, ledger: &Ledger, claims: &[Claim], earlier: Option<&Granted>) -> Vec<Key> {
    let left = earlier.filter(|earlier| earlier.booking.status.stands());
    let left: Vec<Claim> = left.iter().flat_map(|earlier| &earlier.state.claims).map(Claim::whole_days).collect();
    let left: Vec<&Claim> = left.iter().filter(|claim| waits(ledger, claim)).collect();
    let mut reading = looks(loaded, &left);
    for claim in claims.iter().chain(left) {
        for waiter in ledger.waiters(&claim.resource_id, claim.interval()) {
            reading.fits(days(&claim.resource_id, waiter));
        }
    }
    reading.keys
}

/// Whether anybody is in line for some of a claim.
fn waits(ledger: &Ledger, claim: &Claim) -> bool {
    !ledger.waiters(&claim.resource_id, claim.interval()).is_empty()
}

/// Reads the looks at the lines of these claims, for which there is room beside the widest move, and the resources where there is.
fn looks<'a>(loaded: &'a Loaded, claims: &[&Claim]) -> Reading<'a> {
    let mut reading = Reading::new(loaded, RECORDED);
    for claim in claims {
        reading.fits([Look::new(&claim.resource_id, loaded.now()).key()]);
    }
    for claim in claims {
        reading.fits([resources::key(&claim.resource_id)]);
    }
    reading.keep_free(MARGIN.saturating_sub(RECORDED));
    reading
}

fn days(resource_id: &str, waiter: &Waiter) -> Vec<Key> {
    calendar::days(&waiter.claim(resource_id)).collect()
}

/// Writes a changed booking in place of an earlier one, as [`calendar::store`] does, and grants what it frees to those in line; the
/// keys that have to be read before that, if there are any.
pub(super) fn store(
    draft: &mut Draft<'_>,
    loaded: &Loaded,
    event: &str,
    granted: &Granted,
    earlier: Option<&Granted>,
    mut ledger: Ledger,
) -> Result<Result<Written, Vec<Key>>, StoreError> {
    let freed = earlier.map(|earlier| earlier.frees(granted)).unwrap_or_default();
    let settled = match settle(loaded, &freed, &mut ledger)? {
        Ok(settled) => settled,
        Err(missing) => return Ok(Err(missing)),
    };
    let written = calendar::store(draft, loaded, event, granted, earlier, &ledger)?;
    settled.store(draft, loaded)?;
    for resource_id in &settled.looks {
        Look::new(resource_id, loaded.now()).note(draft)?;
    }
    Ok(Ok(written))
}

impl Settled {
    /// Writes the bookings that are granted; not their days.
    fn store(&self, draft: &mut Draft<'_>, loaded: &Loaded) -> Result<(), StoreError> {
        for (earlier, granted) in &self.granted {
            let Granted { booking, state } = granted;
            draft.concern(calendar::concerned(granted, Some(earlier)));
            draft.store_with(&key(&booking.booking_id), "frontdesk.booking.granted", booking, state)?;
            timers::set(draft, loaded, granted, Some(earlier))?;
        }
        Ok(())
    }
}

/// Grants what is free within these claims to those in line, in order, a few at the most; or says what has to be read for that.
fn settle(loaded: &Loaded, freed: &[Claim], ledger: &mut Ledger) -> Result<Result<Settled, Vec<Key>>, StoreError> {
    let freed: Vec<&Claim> = freed.iter().filter(|claim| waits(ledger, claim)).collect();
    if freed.is_empty() {
        return Ok(Ok(Settled::default()));
    }
    let mut reading = looks(loaded, &freed);
    reading.keep_free(GRANTS.saturating_mul(OF_GRANT.saturating_add(2)));
    for claim in &freed {
        for waiter in ledger.waiters_around(&claim.resource_id, claim.interval()) {
            reading.fits(days(&claim.resource_id, waiter));
        }
    }
    if !reading.keys.is_empty() {
        return Ok(Err(reading.keys));
    }
    let mut settled = Settled::default();
    let chosen = choose(loaded, &freed, ledger, &mut settled)?;
    let mut reading = Reading::new(loaded, MARGIN.saturating_add(GRANTS.saturating_mul(OF_GRANT)));
    let of = |chosen: &Chosen| vec![key(&chosen.booking_id), timers::expiry(&chosen.booking_id, chosen.until)];
    let fitting = chosen.iter().take_while(|chosen| reading.fits(of(chosen))).count();
    if !reading.keys.is_empty() {
        return Ok(Err(reading.keys));
    }
    for (number, chosen) in chosen.into_iter().enumerate() {
        let granted = if number < fitting { chosen.grant(loaded, ledger)? } else { None };
        match granted {
            Some(granted) => settled.granted.push(granted),
            None => {
                settled.left = settled.left.saturating_add(usize::from(number < fitting));
                settled.look(&chosen.claim.resource_id);
            }
        }
    }
    Ok(Ok(settled))
}

/// Who is first in the lines, as many as one commit grants.
fn choose(
    loaded: &Loaded,
    freed: &[&Claim],
    ledger: &Ledger,
    settled: &mut Settled,
) -> Result<Vec<Chosen>, StoreError> {
    let mut all: Vec<Chosen> = Vec::new();
    for Claim { resource_id, start, end, .. } in freed.iter().copied() {
        let key = resources::key(resource_id);
        if !loaded.contains(&key) {
            settled.look(resource_id);
            continue;
        }
        let Some(resource) = loaded.item(&key)? else { continue };
        if Closing::stands(resource.private::<ResourceState>()?.closing.as_ref(), loaded.now()) {
            settled.later = true;
            settled.look(resource_id);
            continue;
        }
        let Ok(Rules { capacity, .. }) = resources::rules_of::<Rules>(resource) else {
            settled.later = true;
            settled.look(resource_id);
            continue;
        };
        let interval = Interval::new(*start, *end);
        let line = ledger.line(resource_id, interval, capacity, None);
        let room = GRANTS.saturating_sub(all.len());
        if line.first.len() > room || !line.unsure.is_empty() {
            settled.look(resource_id);
        }
        all.extend(line.first.into_iter().take(room).map(|waiter| Chosen {
            claim: waiter.claim(resource_id),
            booking_id: waiter.booking_id,
            until: waiter.until,
            capacity,
        }));
    }
    Ok(all)
}

/// Somebody in line who can have the units.
struct Chosen {
    booking_id: String,
    claim: Claim,
    until: Minute,
    capacity: i64,
}

impl Chosen {
    /// The booking before and after it is granted. One that is gone, or another than the line says, leaves it.
    fn grant(&self, loaded: &Loaded, ledger: &mut Ledger) -> Result<Option<(Granted, Granted)>, StoreError> {
        let item = loaded.item(&key(&self.booking_id))?;
        let read =
            item.and_then(|item| Some(Granted { booking: item.body::<Booking>().ok()?, state: item.private().ok()? }));
        let Some(earlier) = read.filter(|earlier| earlier.state.claims == [self.claim.clone()]) else {
            ledger.leave(&self.booking_id, &self.claim);
            return Ok(None);
        };
        let granted = booking::grant(earlier.clone(), self.capacity, ledger, loaded.now());
        if granted.is_none() {
            ledger.leave(&self.booking_id, &self.claim);
        }
        Ok(granted.map(|granted| (earlier, granted)))
    }
}

impl Settled {
    fn look(&mut self, resource_id: &str) {
        if self.looks.iter().all(|known| known != resource_id) {
            self.looks.push(resource_id.to_owned());
        }
    }
}

/// What one commit of a look came to: how many left the line, granted or not, and whether the rest has to wait for the resource.
struct Called {
    left: usize,
    later: bool,
}

impl App {
    /// Looks at the line of a resource, day by day, and grants what is free; the look stays to be taken while the resource is being
    /// deleted, or cannot be read.
    pub(super) async fn look_at_line(&self, look: Look) -> Result<(), Failure> {
        let key = look.key();
        let Some(noted) = self.store.get(&key).await? else { return Ok(()) };
        let today = Minute::containing(self.clock.now()).day();
        let from = Bound::Included(Sort::Number(today));
        let calendar = Query::table(Table::Occupancy, &look.resource_id);
        let mut query = Query { range: (from, Bound::Unbounded), limit: PAGE, ..calendar };
        loop {
            let page = self.store.query(query.clone()).await?;
            for item in &page.items {
                let stored: StoredDay = item.body()?;
                if !stored.use_of_day.waiting().is_empty() && self.call(&look.resource_id, stored.day).await? {
                    return Ok(());
                }
            }
            query.cursor = page.next;
            if query.cursor.is_none() {
                break;
            }
        }
        // One that was noted anew meanwhile has another version, and stays.
        let done = move |loaded: &Loaded| {
            let mut draft = Draft::new(loaded);
            if loaded.item(&key)?.is_some_and(|item| item.version == noted.version) {
                draft.push(Write::Delete { key: key.clone() });
            }
            Ok(Verdict::<(), ()>::Commit(draft.into_changes(), ()))
        };
        let keys = vec![look.key()];
        store::transact(self.store.as_ref(), keys, done).await.map(drop).map_err(Failure::from)
    }

    /// Grants what is free on a day, commit by commit; whether that has to wait for the resource.
    async fn call(&self, resource_id: &str, day: i64) -> Result<bool, StoreError> {
        for _ in 0..WAITERS {
            let resource = resource_id.to_owned();
            let call = move |loaded: &Loaded| call_once(loaded, &resource, day);
            let keys = vec![calendar::day_key(resource_id, day)];
            let outcome = store::transact(self.store.as_ref(), keys, call).await?;
            self.feed.wake();
            match outcome {
                Ok(Called { later: true, .. }) => return Ok(true),
                Ok(Called { left: 0, .. }) | Err(()) => break,
                Ok(_) => {}
            }
        }
        Ok(false)
    }
}

fn call_once(loaded: &Loaded, resource_id: &str, day: i64) -> Result<Verdict<Called, ()>, StoreError> {
    let mut ledger = calendar::ledger(loaded)?;
    let (start, end) = (Minute::of_day(day), Minute::of_day(day.saturating_add(1)));
    let whole = Claim { resource_id: resource_id.to_owned(), start, end, units: 0 };
    let settled = match settle(loaded, &[whole], &mut ledger)? {
        Ok(settled) => settled,
        Err(missing) => return Ok(Verdict::Read(missing)),
    };
    let mut draft = Draft::new(loaded);
    calendar::store_days(&mut draft, loaded, &ledger)?;
    settled.store(&mut draft, loaded)?;
    let left = settled.granted.len().saturating_add(settled.left);
    Ok(Verdict::Commit(draft.into_changes(), Called { left, later: settled.later }))
}

/// A day as it is stored.
#[derive(Deserialize)]
struct StoredDay {
    day: i64,
    #[serde(flatten)]
    use_of_day: Day,
}
