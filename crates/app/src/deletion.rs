//! Deleting a resource: it is marked as closing, so that nothing new is booked; its bookings to come are canceled in bounded steps;
//! then it goes. The mark is void after a minute, so that a deletion that was cut off blocks nothing for long; each step renews it.
//!
//! Bookings of the past stay, and so does the calendar's past, which is their sum: should a resource of that id come again, neither
//! can they be booked over, nor does canceling one take back what is no longer there.

use domain::Refusal;
use domain::booking::Status;
use domain::limits::{BOOKING_DAYS, BUFFER_MINUTES};
use domain::location::Closing;
use domain::occupancy::Day;
use domain::refusal::Kind;
use domain::resource::State;
use domain::time::{DAY_MINUTES, MINUTE_SECONDS, Minute};
use serde::Deserialize;
use std::ops::Bound;
use store::{Cursor, Index, Item, Key, Loaded, Query, Sort, StoreError, Table, Write};

use crate::bookings::{is_unreadable, readable};
use crate::commit::{Decided, Draft, refuse};
use crate::{App, Command, Failure, Reply, locations, resources};

/// Bookings that one step cancels.
const STEP: usize = 50;
/// Steps of one deletion.
const STEPS: usize = 100_000;
/// Steps in a row that may find nothing to do while the calendar is not empty yet (an index that lags).
const IDLE_STEPS: usize = 50;

#[derive(Deserialize)]
struct Upcoming {
    #[serde(rename = "bookingID")]
    booking_id: String,
    #[serde(rename = "userID", default)]
    user_id: String,
    /// Of the item of an additional resource: its booking, and whose that is.
    #[serde(rename = "partOf", default)]
    part_of: Option<String>,
    #[serde(rename = "ownerID", default)]
    owner_id: Option<String>,
    #[serde(rename = "endtimeepochtime", default, deserialize_with = "readable")]
    end: Option<i64>,
    #[serde(default, deserialize_with = "readable")]
    status: Option<Status>,
}

#[derive(Deserialize)]
struct StoredDay {
    day: i64,
}

/// A deletion in progress.
pub(crate) struct Deletion<'a> {
    pub(crate) location_id: &'a str,
    pub(crate) resource_id: &'a str,
    pub(crate) mark: String,
}

impl App {
    /// Deletes a resource. One with bookings to come is refused, unless they are to be canceled with it.
    pub async fn delete_resource(
        &self,
        command: Command,
        location_id: &str,
        resource_id: &str,
        cascade: bool,
    ) -> Result<Reply, Failure> {
        let deletion = Deletion { location_id, resource_id, mark: self.ids.random().to_string() };
        let outcome = self.delete_marked(&deletion, &command, cascade).await;
        command.log(&resources::key(resource_id), outcome.as_ref());
        outcome
    }

    async fn delete_marked(&self, deletion: &Deletion<'_>, command: &Command, cascade: bool) -> Result<Reply, Failure> {
        let item = self.resource_item(deletion.location_id, deletion.resource_id).await?;
        command.check(Some(&item))?;
        // Asked before the mark too, so that a deletion that is refused changes nothing and is in nobody's way.
        if !cascade && self.is_used(deletion.resource_id).await? {
            return Err(bookings_to_come());
        }
        self.mark(deletion, command).await?;
        if !cascade && self.is_used(deletion.resource_id).await? {
            self.unmark(deletion).await?;
            return Err(bookings_to_come());
        }
        if let Err(failure) = self.drain(deletion).await {
            // So that it can be asked for again at once. Should this fail too, the mark is void after a minute.
            drop(self.unmark(deletion).await);
            return Err(failure);
        }
        self.remove(deletion).await
    }

    /// Marks the resource, or renews the mark.
    async fn mark(&self, deletion: &Deletion<'_>, command: &Command) -> Result<(), Failure> {
        let (command, mark) = (command.clone(), deletion.mark.clone());
        self.change_marked(deletion, move |loaded, key, item| {
            if let Err(refusal) = command.check(Some(item)) {
                return refuse(refusal);
            }
            let state = State { closing: Some(Closing::new(&mark, loaded.now())) };
            let mut draft = Draft::new(loaded);
            draft.push(resources::keep(key, item, &state)?);
            draft.reply(Reply::empty())
        })
        .await
        .map(drop)
    }

    async fn unmark(&self, deletion: &Deletion<'_>) -> Result<(), Failure> {
        self.change_marked(deletion, |loaded, key, item| {
            let mut draft = Draft::new(loaded);
            draft.push(Write::Put { key: key.clone(), body: item.body.clone(), private: None });
            draft.reply(Reply::empty())
        })
        .await
        .map(drop)
    }

    /// Cancels the bookings to come, until the calendar says that there are none.
    async fn drain(&self, deletion: &Deletion<'_>) -> Result<(), Failure> {
        let mut idle: usize = 0;
        let mut place = None;
        for _ in 0..STEPS {
            if !self.is_used(deletion.resource_id).await? {
                return Ok(());
            }
            let canceled = self.cancel_some(deletion, &mut place).await?;
            idle = if canceled == 0 { idle.saturating_add(1) } else { 0 };
            if idle > IDLE_STEPS {
                break;
            }
            self.mark(deletion, &Command::default()).await?;
        }
        Err(StoreError::Unavailable("the bookings to come could not all be found yet; delete again".to_owned()).into())
    }

    /// Cancels the bookings to come of the next page that has any, from a place on, and says how many it were; of those that are
    /// just over, the buffer behind is given back.
    async fn cancel_some(&self, deletion: &Deletion<'_>, place: &mut Option<Cursor>) -> Result<usize, Failure> {
        let now = self.clock.now().as_second();
        // What ended before has no buffer left.
        let behind = now.saturating_sub(BUFFER_MINUTES.saturating_mul(MINUTE_SECONDS));
        let longest = BOOKING_DAYS.saturating_mul(DAY_MINUTES).saturating_mul(MINUTE_SECONDS);
        let from = Bound::Included(Sort::Number(behind.saturating_sub(longest)));
        let index = Query::index(Index::BookingsByResourceByTime, deletion.resource_id);
        let mut query = Query { range: (from, Bound::Unbounded), limit: STEP, cursor: place.take(), ..index };
        loop {
            let page = self.store.query(query.clone()).await?;
            let mut canceled: usize = 0;
            for item in &page.items {
                let booking: Upcoming = item.body()?;
                let over = booking.end.unwrap_or_default() <= now;
                if booking.end.is_none_or(|end| end <= behind) || !booking.status.is_none_or(Status::is_open) {
                    continue;
                }
                let user = booking.owner_id.unwrap_or(booking.user_id);
                let booking_id = booking.part_of.unwrap_or(booking.booking_id);
                match self.cancel_booking_of(deletion.resource_id, &user, &booking_id).await {
                    // It was erased meanwhile, or is another program's, and so claims nothing; else the calendar tells.
                    Err(Failure::Refused(refusal)) if refusal.kind == Kind::NotFound || is_unreadable(&refusal) => {}
                    outcome => canceled = outcome.map(|_| canceled.saturating_add(usize::from(!over)))?,
                }
            }
            query.cursor = page.next;
            if canceled > 0 || query.cursor.is_none() {
                *place = query.cursor;
                return Ok(canceled);
            }
        }
    }

    /// Whether anything is booked from now on. By the table, so exact; nothing is added while the mark stands.
    async fn is_used(&self, resource_id: &str) -> Result<bool, StoreError> {
        let now = Minute::containing(self.clock.now());
        let from = Bound::Included(Sort::Number(now.day()));
        let calendar = Query::table(Table::Occupancy, resource_id);
        let mut query = Query { range: (from, Bound::Unbounded), limit: STEP, ..calendar };
        loop {
            let page = self.store.query(query.clone()).await?;
            for item in &page.items {
                let day = item.body::<StoredDay>()?.day;
                let minute = now.0.saturating_sub(Minute::of_day(day).0);
                if item.body::<Day>()?.is_used_from(minute, self.clock.now()) {
                    return Ok(true);
                }
            }
            query.cursor = page.next;
            if query.cursor.is_none() {
                return Ok(false);
            }
        }
    }

    /// Removes the resource itself, if the mark still stands.
    async fn remove(&self, deletion: &Deletion<'_>) -> Result<Reply, Failure> {
        let mark = deletion.mark.clone();
        let location = locations::key(deletion.location_id);
        self.change_marked(deletion, move |loaded, key, item| {
            let Some(place) = loaded.item(&location)?.filter(|_| is_ours(item, &mark, loaded)) else {
                return refuse(lost());
            };
            let mut draft = Draft::new(loaded);
            draft.remove(key, "frontdesk.resource.deleted")?;
            draft.push(resources::count(&location, place, -1)?);
            draft.reply(Reply::empty())
        })
        .await
    }

    /// Changes the resource of a deletion, unless it is gone or another deletion's mark stands.
    async fn change_marked<C>(&self, deletion: &Deletion<'_>, change: C) -> Result<Reply, Failure>
    where
        C: Fn(&Loaded, &Key, &Item) -> Decided + Send + 'static,
    {
        let (resource, location) = (resources::key(deletion.resource_id), locations::key(deletion.location_id));
        let mark = deletion.mark.clone();
        self.commit(&Command::default(), vec![resource.clone(), location.clone()], move |loaded| {
            let Some(item) = loaded.item(&resource)? else { return refuse(Refusal::not_found("resource")) };
            if resources::home(item).as_ref() != Some(&location.partition) {
                return refuse(Refusal::not_found("resource"));
            }
            let closing = item.private::<State>()?.closing;
            if Closing::stands_for_another(closing.as_ref(), &mark, loaded.now()) {
                return refuse(Closing::refusal("resource"));
            }
            change(loaded, &resource, item)
        })
        .await
    }
}

fn is_ours(item: &Item, mark: &str, loaded: &Loaded) -> bool {
    let closing = item.private::<State>().ok().and_then(|state| state.closing);
    Closing::stands(closing.as_ref(), loaded.now()) && closing.is_some_and(|closing| closing.by == mark)
}

fn bookings_to_come() -> Failure {
    let detail = "The resource has bookings to come; cancel them first, or delete with `?cascade=true`.";
    Refusal::conflict("bookings-to-come", detail).into()
}

fn lost() -> Refusal {
    Refusal::new(Kind::Conflict, "closing", "The deletion took too long and lost its mark; delete again.")
}
