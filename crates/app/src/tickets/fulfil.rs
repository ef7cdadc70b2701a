//! Fulfilling what waits, lane by lane.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::ticket::{Status, Wish};
use domain::{Kind, Refusal};
use store::{Changes, Item, Key, Loaded, Query, StoreError, Table, Verdict};
use tokio::sync::{Mutex as AsyncMutex, mpsc};

use super::ending::Ending;
use super::lane::{self, Entry, Lane};
use super::{Kept, key, read};
use crate::commit::{refuse, undecided};
use crate::{App, Command, Failure, Reply, bookings};

/// Lanes that may wait for a worker. What does not fit in is found among the stored lanes.
const NUDGES: usize = 4_096;
/// Attempts at one request before others than it come in between, with pauses that double.
const ATTEMPTS: u32 = 6;
/// The first pause.
const PAUSE: Duration = Duration::from_millis(20);
/// Lanes of one shard that one look finds.
const FOUND: usize = 1_000;

/// Which lanes have work for the workers of this process, and in which they are.
pub(crate) struct Lanes {
    nudges: mpsc::Sender<Lane>,
    wanted: AsyncMutex<mpsc::Receiver<Lane>>,
    /// The lanes in which a worker is, and whether something came in meanwhile.
    busy: Mutex<HashMap<String, bool>>,
}

impl Default for Lanes {
    fn default() -> Self {
        let (nudges, wanted) = mpsc::channel(NUDGES);
        Self { nudges, wanted: AsyncMutex::new(wanted), busy: Mutex::default() }
    }
}

impl Lanes {
    /// Says that there is work in a lane.
    pub(super) fn nudge(&self, name: &str) {
        // Nobody listens, or too much waits: the lane is stored, and will be found.
        let _ = self.nudges.try_send(Lane { name: name.to_owned() });
    }

    /// Whether a worker may go into a lane; one that is there looks again otherwise.
    fn enter(&self, lane: &Lane) -> bool {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        match busy.get_mut(&lane.name) {
            Some(again) => {
                *again = true;
                false
            }
            None => busy.insert(lane.name.clone(), false).is_none(),
        }
    }

    /// Whether the worker that leaves a lane has to look again.
    fn leave(&self, lane: &Lane) -> bool {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        match busy.get_mut(&lane.name) {
            Some(again) if *again => {
                *again = false;
                true
            }
            _ => {
                busy.remove(&lane.name);
                false
            }
        }
    }
}

/// A worker in a lane.
struct Inside<'a> {
    lanes: &'a Lanes,
    lane: &'a Lane,
    has_left: bool,
}

impl Inside<'_> {
    /// Leaves, unless the worker has to look again.
    fn leave(&mut self) -> bool {
        let again = self.lanes.leave(self.lane);
        self.has_left = !again;
        again
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        if !self.has_left {
            while self.lanes.leave(self.lane) {}
        }
    }
}

impl App {
    /// Fulfils requests as they come in. Never returns; several may do this side by side.
    pub async fn fulfil(&self) {
        loop {
            let next = self.lanes.wanted.lock().await.recv().await;
            // The sender lives as long as the use cases do.
            let Some(lane) = next else { return std::future::pending().await };
            self.work(&lane).await;
        }
    }

    /// Fulfils everything that waits, also what other processes accepted, and says how many requests ended.
    pub async fn fulfil_waiting(&self) -> Result<usize, Failure> {
        let mut ended: usize = 0;
        for number in 0..lane::SHARDS {
            let mut query = Query { limit: FOUND, ..Query::table(Table::Timers, lane::shard(number)) };
            loop {
                let page = self.store.query(query.clone()).await?;
                for item in &page.items {
                    ended = ended.saturating_add(self.work(&Lane::read(item)?).await);
                }
                query.cursor = page.next;
                if query.cursor.is_none() {
                    break;
                }
            }
        }
        Ok(ended)
    }

    /// Fulfils what waits in the lane of that name for as long as `may_go_on` says so, and says whether nothing is left there. This does
    /// not mind what else in this process works in the lane: for those who do one thing at a time.
    pub async fn fulfil_lane(&self, name: &str, may_go_on: impl Fn() -> bool) -> Result<bool, Failure> {
        let lane = Lane { name: name.to_owned() };
        while may_go_on() {
            if !self.fulfil_first(&lane).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Fulfils what waits in a lane, unless somebody is at it here. Stops at what cannot be done for the moment.
    async fn work(&self, lane: &Lane) -> usize {
        let mut ended: usize = 0;
        if !self.lanes.enter(lane) {
            return ended;
        }
        // Who drops this in the middle leaves the lane to others.
        let mut inside = Inside { lanes: &self.lanes, lane, has_left: false };
        loop {
            match self.fulfil_first(lane).await {
                Ok(true) => ended = ended.saturating_add(1),
                Ok(false) if inside.leave() => {}
                Ok(false) => return ended,
                Err(error) => {
                    let error = &error as &(dyn std::error::Error + 'static);
                    tracing::warn!(error, lane = lane.name, "requests cannot be fulfilled for the moment");
                    return ended;
                }
            }
        }
    }

    /// Fulfils what is first in a lane; whether there was something. Tries again for a while when the store fails.
    async fn fulfil_first(&self, lane: &Lane) -> Result<bool, Failure> {
        let Some(entry) = self.store.query(lane.first()).await?.items.into_iter().next() else { return Ok(false) };
        let Ok(place) = entry.body::<Entry>() else { return Err(entry.corrupt("is no entry of a lane").into()) };
        let Some(item) = self.store.get(&key(&place.message_id)).await? else {
            // Somebody removed the request: its place goes, too.
            return self.finish(lane, &place, None).await.map(|_| true);
        };
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            match self.end(lane, &place, &item).await {
                Err(Failure::Store(
                    error @ (StoreError::Unavailable(_) | StoreError::Unknown(_) | StoreError::Full(_)),
                )) => {
                    tracing::debug!(%error, message_id = place.message_id, "trying again");
                    tokio::time::sleep(pause).await;
                    pause = pause.saturating_mul(2);
                }
                Err(Failure::Store(error)) => return self.give_up(lane, &place, &error).await,
                Err(Failure::Refused(_)) | Ok(_) => return Ok(true),
            }
        }
        self.end(lane, &place, &item).await.map(|_| true)
    }

    /// Ends a request: what it asks for is done or refused, and recorded, in one commit.
    async fn end(&self, lane: &Lane, place: &Entry, item: &Item) -> Result<Reply, Failure> {
        let (ticket, kept) = (read(item)?, item.private::<Kept>()?);
        if ticket.status != Status::New || ticket.wish() == Wish::Admission {
            return self.finish(lane, place, None).await;
        }
        match ticket.request() {
            Ok(request) => {
                let booking = bookings::key(&ticket.message_id);
                let ending = self.ending(lane, place, Some(ticket.message_id.clone()));
                let request_id = ticket.request_id.clone().unwrap_or_default();
                let command = Command { soft_rules: kept.soft_rules, request_id, ..command() };
                self.place_booking(&command, || Some(ending.clone()), &ticket.user_id, booking, request).await
            }
            Err(refusal) => self.finish(lane, place, Some(refusal)).await,
        }
    }

    /// Rejects a request at which the store fails for good, so that it blocks no other.
    async fn give_up(&self, lane: &Lane, place: &Entry, error: &StoreError) -> Result<bool, Failure> {
        tracing::error!(%error, message_id = place.message_id, "a request cannot be processed; it is rejected");
        let detail = "The request cannot be processed; whoever runs this service finds out why in the log.";
        self.reject(lane, place, Refusal::new(Kind::Conflict, "not-processable", detail)).await?;
        Ok(true)
    }

    /// Takes a request out of its lane, if it waits there: it is rejected.
    pub(crate) async fn withdraw_request(&self, item: &Item) -> Result<(), Failure> {
        let (key, kept) = (Key::of(Table::Requests, item)?, item.private::<Kept>().unwrap_or_default());
        // One that cannot be read may wait as well.
        if kept.lane.is_empty() || read(item).is_ok_and(|ticket| ticket.status != Status::New) {
            return Ok(());
        }
        let lane = Lane { name: kept.lane };
        let place = Entry::new(&lane, kept.sequence, &key.partition);
        let refusal = Refusal::new(Kind::Forbidden, "forbidden", "The account and its data have been erased.");
        self.reject(&lane, &place, refusal).await
    }

    async fn reject(&self, lane: &Lane, place: &Entry, refusal: Refusal) -> Result<(), Failure> {
        match self.finish(lane, place, Some(refusal)).await {
            Ok(_) | Err(Failure::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Ends a request of which nothing is to be booked: let in, or refused.
    async fn finish(&self, lane: &Lane, place: &Entry, refusal: Option<Refusal>) -> Result<Reply, Failure> {
        let ending = self.ending(lane, place, None);
        let decide = move |_: &Loaded| match &refusal {
            None => Ok(Verdict::Commit(Changes::none(), Reply::empty())),
            Some(refusal) => refuse(refusal.clone()),
        };
        let ended = self.try_commit(&command(), Some(ending), vec![key(&place.message_id)], decide).await?;
        ended.ok_or_else(undecided)
    }

    fn ending(&self, lane: &Lane, place: &Entry, booking_id: Option<String>) -> Ending {
        Ending {
            lane: lane.clone(),
            sequence: place.sequence(),
            message_id: place.message_id.clone(),
            confirm_code: self.ids.random().to_string(),
            booking_id,
        }
    }
}

/// Nobody's request: what was accepted is done, whoever has left meanwhile.
fn command() -> Command {
    Command { operation: "FulfilRequest", ..Command::default() }
}
