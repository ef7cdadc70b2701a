//! Cancelling a booking.

use domain::Refusal;
use domain::booking::{self, Granted, State, Status};
use domain::occupancy::Ledger;
use store::{Key, Loaded, StoreError, Verdict};

use super::{calendar, earlier, key, line};
use crate::commit::{Decided, Draft, refuse};
use crate::{App, Command, Failure, Reply, resources};

impl App {
    /// Cancels a booking and frees its units. A canceled booking stays as it is.
    pub async fn cancel_booking(&self, command: Command, user: &str, booking_id: &str) -> Result<Reply, Failure> {
        self.cancel(command, user, booking_id, None).await
    }

    /// Cancels a booking of a resource that is being deleted. One that was moved to another resource meanwhile stays as it is; of one
    /// that is over only the buffer behind it is given back.
    pub(crate) async fn cancel_booking_of(
        &self,
        resource_id: &str,
        user: &str,
        booking_id: &str,
    ) -> Result<Reply, Failure> {
        self.cancel(Command::default(), user, booking_id, Some(resource_id.to_owned())).await
    }

    async fn cancel(
        &self,
        command: Command,
        user: &str,
        booking_id: &str,
        only_of: Option<String>,
    ) -> Result<Reply, Failure> {
        let booking = key(booking_id);
        let cancel = Cancel { command: command.clone(), user: user.to_owned(), booking: booking.clone(), only_of };
        self.commit(&command, vec![booking], move |loaded| cancel.decide(loaded)).await
    }
}

/// A booking that is to be canceled, perhaps only if it is of a certain resource.
struct Cancel {
    command: Command,
    user: String,
    booking: Key,
    only_of: Option<String>,
}

impl Cancel {
    fn decide(&self, loaded: &Loaded) -> Decided {
        let earlier = match earlier(loaded, &self.booking, &self.user)? {
            Ok(Some(earlier)) => earlier,
            Ok(None) => return refuse(Refusal::not_found("booking")),
            Err(refusal) => return refuse(refusal),
        };
        if let Err(refusal) = self.command.check(loaded.item(&self.booking)?) {
            return refuse(refusal);
        }
        let mut draft = Draft::new(loaded);
        let resources = || earlier.booking.parts().map(|(resource_id, _)| resource_id);
        if self.only_of.as_ref().is_some_and(|only| resources().all(|resource_id| resource_id != *only)) {
            return draft.reply(Reply::empty());
        }
        let rules = resources().map(resources::key).filter(|_| self.command.soft_rules);
        let missing = calendar::missing(loaded, calendar::keys_of(&earlier).chain(rules));
        if !missing.is_empty() {
            return Ok(Verdict::Read(missing));
        }
        let status = earlier.status(loaded.now());
        if self.command.soft_rules
            // What is only held may be given up at any time.
            && status.stands() && status != Status::Held
            && let Err(refusal) = calendar::may_give_up(loaded, &earlier.booking, resources())?
        {
            return refuse(refusal);
        }
        let mut ledger = calendar::ledger(loaded)?;
        if let Some(resource_id) = self.only_of.as_ref().filter(|_| earlier.is_over(loaded.now())) {
            let state = earlier.without_buffer(resource_id, &mut ledger, loaded.now());
            self.keep(loaded, &mut draft, &earlier, &state, &ledger)?;
        } else if let Some(canceled) = booking::cancel(earlier.clone(), &mut ledger, loaded.now()) {
            let event = "frontdesk.booking.canceled";
            if let Err(missing) = line::store(&mut draft, loaded, event, &canceled, Some(&earlier), ledger)? {
                return Ok(Verdict::Read(missing));
            }
        }
        draft.reply(Reply::empty())
    }

    /// Keeps something else beside a booking that stays as it was, so that there is nothing to tell of.
    fn keep(
        &self,
        loaded: &Loaded,
        draft: &mut Draft<'_>,
        earlier: &Granted,
        state: &State,
        ledger: &Ledger,
    ) -> Result<(), StoreError> {
        let Some(item) = loaded.item(&self.booking)?.filter(|_| *state != earlier.state) else { return Ok(()) };
        draft.push(resources::keep(&self.booking, item, state)?);
        calendar::store_days(draft, loaded, ledger)
    }
}
