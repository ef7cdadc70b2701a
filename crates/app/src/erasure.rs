//! Erasing what is stored of one person besides the account: bookings are canceled first, so that their units are free again, once;
//! then each item goes with its events. Every step is a commit of bounded size that can be repeated, so that an erasure which was cut
//! off is completed by running it again.

use std::ops::AddAssign;

use domain::Kind;
use domain::booking::Booking;
use serde::{Deserialize, Serialize};
use store::removal::STEP;
use store::{
    Changes, Cursor, Index, Item, Key, Loaded, Query, Removal, StoreError, Table, Verdict, remove, remove_partition,
};

use crate::bookings::{Shown, is_unreadable};
use crate::commit::{Recording, aggregate};
use crate::{App, Command, Failure};

/// Steps after which a person's lists that grow all the time are given up for the moment.
const STEPS: usize = 100_000;

/// How much was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Bookings, canceled ones too.
    pub bookings: usize,
    /// Those of them that stood, so that units came free.
    pub released: usize,
    /// Requests for bookings.
    #[serde(default)]
    pub requests: usize,
    /// Orders.
    pub orders: usize,
    /// Profiles: one or none.
    pub profiles: usize,
    /// Resources of which something counted against a quota.
    pub quotas: usize,
    /// Recorded answers to the person's requests, and to others' requests about the person.
    pub answers: usize,
    /// Events.
    pub events: usize,
}

impl AddAssign for Erased {
    fn add_assign(&mut self, other: Self) {
        let mine = [
            (&mut self.bookings, other.bookings),
            (&mut self.released, other.released),
            (&mut self.requests, other.requests),
            (&mut self.orders, other.orders),
            (&mut self.profiles, other.profiles),
            (&mut self.quotas, other.quotas),
            (&mut self.answers, other.answers),
            (&mut self.events, other.events),
        ];
        for (count, more) in mine {
            *count = count.saturating_add(more);
        }
    }
}

impl Erased {
    /// Whether there was nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl App {
    /// Erases all of a user but the account, whose tokens must have ended; what was let in before writes nothing more. What others
    /// write for the user meanwhile is found, too, if it is there before the end.
    pub async fn erase_person(&self, user: &str) -> Result<Erased, Failure> {
        self.shut_out(user).await?;
        let mut erased = Erased::default();
        for _ in 0..STEPS {
            let before = erased;
            // Requests first: once they are gone they make no bookings.
            self.erase_requests(user, &mut erased).await?;
            self.erase_bookings(user, &mut erased).await?;
            self.erase_orders(user, &mut erased).await?;
            if erased == before {
                break;
            }
        }
        let store = self.store.as_ref();
        erased.quotas = remove_partition(store, Table::Quotas, user).await?;
        let profile = Key::new(Table::Users, user);
        let of_profile = aggregate(&profile);
        if let Some(events) = Removal::new(profile, of_profile.clone()).run(store).await? {
            erased.profiles = 1;
            erased.events = erased.events.saturating_add(events);
        }
        let left = remove_partition(store, Table::Events, &of_profile).await?;
        erased.events = erased.events.saturating_add(left);
        erased.answers = self.erase_answers(user).await?;
        self.forget_erased_of(user).await?;
        Ok(erased)
    }

    /// From here on requests of that user commit nothing; those that did are done.
    async fn shut_out(&self, user: &str) -> Result<(), StoreError> {
        self.departures.note(user, self.clock.now());
        // An empty commit waits for those before it.
        let nothing = |_: &Loaded| Ok(Verdict::<(), ()>::Commit(Changes::none(), ()));
        store::transact(self.store.as_ref(), Vec::new(), nothing).await.map(drop)
    }

    /// A page of bookings: cancels what stands, then removes each with its parts.
    async fn erase_bookings(&self, user: &str, erased: &mut Erased) -> Result<(), Failure> {
        let query = Query { limit: STEP, ..Query::index(Index::BookingsByUserByTime, user) };
        for item in self.store.query(query).await?.items {
            let key = Key::of(Table::Bookings, &item)?;
            let stood = Shown::read(&item)?.status(self.clock.now()).stands();
            match self.cancel_booking(Command::default(), user, &key.partition).await {
                // Another erasure was faster.
                Err(Failure::Refused(refusal)) if refusal.kind == Kind::NotFound => continue,
                // Another program stored it; it claims nothing.
                Err(Failure::Refused(refusal)) if is_unreadable(&refusal) && item.private.is_none() => {}
                outcome => drop(outcome?),
            }
            // Until it was canceled it may have moved to other resources; it does not change any more.
            let Some(canceled) = self.store.get(&key).await? else { continue };
            let parts = canceled.body::<Booking>().map(|booking| booking.part_items().map(|part| part.key).collect());
            let parts: Vec<String> = parts.unwrap_or_default();
            let mut removal = Removal::new(key.clone(), aggregate(&key));
            removal.along = parts.into_iter().map(|part| Key::new(Table::Bookings, part)).collect();
            if let Some(events) = removal.run(self.store.as_ref()).await? {
                erased.bookings = erased.bookings.saturating_add(1);
                erased.released = erased.released.saturating_add(usize::from(stood));
                erased.events = erased.events.saturating_add(events);
            }
        }
        Ok(())
    }

    /// A page of requests; those that wait are withdrawn first.
    async fn erase_requests(&self, user: &str, erased: &mut Erased) -> Result<(), Failure> {
        let query = Query { limit: STEP, ..Query::index(Index::RequestsByUser, user) };
        for item in self.store.query(query).await?.items {
            let key = Key::of(Table::Requests, &item)?;
            self.withdraw_request(&item).await?;
            if let Some(events) = Removal::new(key.clone(), aggregate(&key)).run(self.store.as_ref()).await? {
                erased.requests = erased.requests.saturating_add(1);
                erased.events = erased.events.saturating_add(events);
            }
        }
        Ok(())
    }

    /// A page of orders, each with the recorded answer to its first request.
    async fn erase_orders(&self, user: &str, erased: &mut Erased) -> Result<(), Failure> {
        let query = Query { limit: STEP, ..Query::table(Table::Orders, user) };
        for item in self.store.query(query).await?.items {
            let key = Key::of(Table::Orders, &item)?;
            let removal = Removal::new(key.clone(), aggregate(&key));
            if let Some(events) = removal.run(self.store.as_ref()).await? {
                erased.orders = erased.orders.saturating_add(1);
                erased.events = erased.events.saturating_add(events);
            }
        }
        Ok(())
    }

    /// Recorded answers are not indexed by person, so all are looked at.
    async fn erase_answers(&self, user: &str) -> Result<usize, Failure> {
        let quoted = serde_json::Value::from(user).to_string();
        let (mut after, mut removed): (Option<Cursor>, usize) = (None, 0);
        loop {
            let page = self.store.scan(Table::Idempotency, domain::limits::PAGE_ITEMS, after).await?;
            let theirs = |item: &&Item| Recording::is_of(item, user) || item.body.contains(&quoted);
            let keys = page.items.iter().filter(theirs).map(|item| Key::of(Table::Idempotency, item));
            let keys: Vec<Key> = keys.collect::<Result<_, _>>()?;
            for keys in keys.chunks(STEP) {
                removed = removed.saturating_add(remove(self.store.as_ref(), keys.to_vec()).await?);
            }
            after = page.next;
            if after.is_none() {
                return Ok(removed);
            }
        }
    }
}
