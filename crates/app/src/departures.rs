//! Who is being erased, so that requests which were let in before write nothing any more.
//!
//! Sign-in has ended by then, but a request may have been let in and still be on its way to its commit. Decisions run in the order in
//! which they are handed to the store: one that runs before the note is made is committed before anything is looked for, one that
//! runs after it is refused. Notes last as long as the process, which is as long as any such request can. Where several processes share a
//! store, the others know no note: whoever erases waits until they believe the account's tokens no longer, and looks once more.

use std::sync::Arc;

use domain::{Kind, Refusal};
use quick_cache::sync::Cache;
use store::Loaded;

use crate::commit::{Decided, refuse};

/// Persons that are remembered.
const PERSONS: usize = 65_536;

/// Who has been erased, or is about to be.
pub(crate) struct Departures(Arc<Cache<String, ()>>);

impl Default for Departures {
    fn default() -> Self {
        Self(Arc::new(Cache::new(PERSONS)))
    }
}

impl Departures {
    pub(crate) fn note(&self, user: &str) {
        self.0.insert(user.to_owned(), ());
    }

    /// The same decision, but refused when its caller has been erased by then.
    pub(crate) fn guard<D>(&self, caller: &str, mut decide: D) -> impl FnMut(&Loaded) -> Decided + Send + use<D>
    where
        D: FnMut(&Loaded) -> Decided + Send,
    {
        let (persons, caller) = (Arc::clone(&self.0), caller.to_owned());
        move |loaded| {
            if persons.get(&caller).is_none() {
                return decide(loaded);
            }
            refuse(Refusal::new(Kind::Forbidden, "forbidden", "Your account and your data have been erased."))
        }
    }
}
