//! Who is being erased, so that requests which were let in before write nothing any more.
//!
//! Sign-in has ended by then, but a request may have been let in and still be on its way to its commit. Decisions run in the order in
//! which they are handed to the store: one that runs before the note is made is committed before anything is looked for, one that
//! runs after it is refused. A note counts for an hour, which is
//! longer than any such request can last, and not for ever: an issuer outside may let the same person in again. Where several processes share a
//! store, the others know no note: whoever erases waits until they believe the account's tokens no longer, and looks once more.

use std::sync::Arc;

use domain::{Kind, Refusal};
use jiff::Timestamp;
use quick_cache::sync::Cache;
use store::Loaded;

use crate::commit::{Decided, refuse};

/// Persons that are remembered.
const PERSONS: usize = 65_536;

/// How long a note counts, in seconds.
const NOTE_SECONDS: i64 = 60 * 60;

/// Who has been erased, or is about to be, and since when.
#[derive(Clone)]
pub(crate) struct Departures(Arc<Cache<String, Timestamp>>);

impl Default for Departures {
    fn default() -> Self {
        Self(Arc::new(Cache::new(PERSONS)))
    }
}

impl Departures {
    pub(crate) fn note(&self, user: &str, now: Timestamp) {
        self.0.insert(user.to_owned(), now);
    }

    /// The same decision, but refused when its caller has been erased by then.
    pub(crate) fn guard<D>(&self, caller: &str, mut decide: D) -> impl FnMut(&Loaded) -> Decided + Send + use<D>
    where
        D: FnMut(&Loaded) -> Decided + Send,
    {
        let (persons, caller) = (Arc::clone(&self.0), caller.to_owned());
        move |loaded| {
            let age = persons.get(&caller).map(|noted| loaded.now().as_second().saturating_sub(noted.as_second()));
            if age.is_none_or(|age| age >= NOTE_SECONDS) {
                return decide(loaded);
            }
            refuse(Refusal::new(Kind::Forbidden, "forbidden", "Your account and your data have been erased."))
        }
    }
}
