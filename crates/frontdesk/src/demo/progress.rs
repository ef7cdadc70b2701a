//! How far the demo has been loaded: an item beside the keys, which also says that a data directory is the demo's.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use store::{Changes, Key, Loaded, Store, StoreError, Table, Verdict};

use super::plan::{FIRST, HALF_YEAR};
use crate::error::{Error, Outcome};

const ID: &str = "demo";

/// How far the demo has been loaded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Progress {
    id: String,
    /// When it was begun, which is what its days are counted from.
    begun: Timestamp,
    /// Whether everybody has an account and a password that was shown.
    pub(super) cast: bool,
    /// The last day that is complete.
    pub(super) day: i64,
    done: bool,
}

impl Progress {
    /// How far the demo is in a store; none where it was never begun.
    pub(super) async fn read(store: &dyn Store) -> Outcome<Option<Self>> {
        let item = store.get(&Key::new(Table::Keys, ID)).await?;
        Ok(item.map(|item| item.body()).transpose()?)
    }

    /// Begins in an empty store; another's data is left alone.
    pub(super) async fn begin(store: &dyn Store, now: Timestamp) -> Outcome<Self> {
        for table in Table::ALL {
            if !store.scan(table, 1, None).await?.items.is_empty() {
                let text = "the data directory holds data that is not the demo's, which --demo leaves alone: name an empty one \
                            with --data, or start without --demo";
                return Err(Error::Usage(text.to_owned()));
            }
        }
        let progress = Self { id: ID.to_owned(), begun: now, cast: false, day: FIRST.saturating_sub(1), done: false };
        progress.write(store).await?;
        Ok(progress)
    }

    /// Whether nothing is left to do.
    pub(super) const fn is_done(&self) -> bool {
        self.done
    }

    /// The date from which days are counted.
    pub(super) fn today(&self) -> Date {
        self.begun.to_zoned(TimeZone::UTC).date()
    }

    /// The first and the last date of the year.
    pub(super) fn year(&self) -> (Date, Date) {
        let today = self.today();
        (today.saturating_sub(HALF_YEAR.days()), today.saturating_add(HALF_YEAR.saturating_mul(2).days()))
    }

    /// The instant of a day at which its deeds are done: the time of the beginning, so that the last is not in the future.
    pub(super) fn instant_of(&self, day: i64) -> Outcome<Timestamp> {
        let instant = self.begun.checked_add(SignedDuration::from_hours(day.saturating_mul(24)));
        instant.map_err(Error::runtime("the machine's clock is far off"))
    }

    /// Notes that all accounts are there.
    pub(super) async fn cast(&mut self, store: &dyn Store) -> Outcome {
        self.cast = true;
        Ok(self.write(store).await?)
    }

    /// Notes that a day is complete.
    pub(super) async fn lived_through(&mut self, store: &dyn Store, day: i64) -> Outcome {
        self.day = day;
        Ok(self.write(store).await?)
    }

    /// Notes that nothing is left to do.
    pub(super) async fn done(&mut self, store: &dyn Store) -> Outcome {
        self.done = true;
        Ok(self.write(store).await?)
    }

    async fn write(&self, store: &dyn Store) -> Result<(), StoreError> {
        let (key, body) = (Key::new(Table::Keys, ID), self.clone());
        let decide = {
            let key = key.clone();
            move |_: &Loaded| {
                let mut changes = Changes::none();
                changes.put(key.clone(), &body)?;
                Ok(Verdict::<(), ()>::Commit(changes, ()))
            }
        };
        store::transact(store, vec![key], decide).await.map(drop)
    }
}
