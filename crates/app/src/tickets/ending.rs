//! How a request ends: the answer to what it asked for becomes its own, in the same commit.

use domain::Refusal;
use domain::ticket::End;
use serde_json::value::to_raw_value;
use store::{Changes, Key, Loaded, StoreError, Write};

use super::lane::Lane;
use super::{key, ticket};
use crate::Reply;
use crate::commit::{Recorder, tell};

/// The end of the request that is first in its lane.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    pub(super) lane: Lane,
    pub(super) sequence: i64,
    pub(super) message_id: String,
    /// What the requester is to show for it.
    pub(super) confirm_code: String,
    /// The booking that it becomes, if it is for one.
    pub(super) booking_id: Option<String>,
}

impl Ending {
    fn place(&self) -> Key {
        self.lane.place(self.sequence)
    }
}

impl Recorder for Ending {
    fn keys(&self) -> Vec<Key> {
        vec![key(&self.message_id), self.place(), self.lane.key()]
    }

    /// Somebody else was faster when the request is not at its place any more.
    fn recall(&self, loaded: &Loaded) -> Result<Option<Result<Reply, Refusal>>, StoreError> {
        Ok(loaded.item(&self.place())?.is_none().then(|| Ok(Reply::empty())))
    }

    fn record(
        &self,
        loaded: &Loaded,
        changes: &mut Changes,
        answer: Result<&Reply, &Refusal>,
    ) -> Result<(), StoreError> {
        changes.delete(self.place());
        let waiting = self.lane.waiting(loaded)?;
        // Another program may have taken the lane's item away.
        if waiting > 0 {
            changes.push(self.lane.holding(waiting.saturating_sub(1))?);
        }
        let item = key(&self.message_id);
        let Some((ticket, kept)) = ticket(loaded, &item)? else { return Ok(()) };
        let (end, event) = match (answer, &self.booking_id) {
            (Err(refusal), _) => (End::Rejected(refusal.clone()), "frontdesk.request.rejected"),
            (Ok(_), Some(booking_id)) => (End::Booked(booking_id.clone()), "frontdesk.request.completed"),
            (Ok(_), None) => (End::Admitted, "frontdesk.request.completed"),
        };
        let Some(ended) = ticket.end(end, &self.confirm_code, loaded.now()) else { return Ok(()) };
        let raw = to_raw_value(&ended).map_err(|error| StoreError::Misuse(error.to_string()))?;
        changes.push(tell(loaded, &item, (event, loaded.next_version(&item)?), &raw, Vec::new())?);
        let private = serde_json::to_string(&kept).map_err(|error| StoreError::Misuse(error.to_string()))?;
        changes.push(Write::Put { key: item, body: raw.get().to_owned(), private: Some(private) });
        Ok(())
    }
}
