//! What is decided about a booking that was made: confirming, approving and declining it, checking in, and what its timer does.

use domain::booking::{self, Granted, TimerKind};
use domain::fields::Fields;
use domain::limits::TEXT_BYTES;
use domain::occupancy::Ledger;
use domain::{Refusal, booking::Booking};
use jiff::Timestamp;
use serde_json::{Map, Value};
use store::{Key, Loaded, Verdict};

use super::{calendar, earlier, key, line};
use crate::commit::{Decided, Draft, refuse};
use crate::{App, Command, Failure, Reply, Success};

/// A change of a booking by itself: the booking with its event's kind, or nothing when it stays as it is.
type Changed = Result<Option<(Granted, &'static str)>, Refusal>;

impl App {
    /// Confirms a booking that is held. Whom soft rules do not bind approves it, too.
    pub async fn confirm_booking(&self, command: Command, user: &str, booking_id: &str) -> Result<Reply, Failure> {
        let approved = !command.soft_rules;
        let confirm = move |earlier: Granted, ledger: &mut Ledger, now: Timestamp| {
            let confirmed = booking::confirm(earlier, approved, ledger, now)?;
            Ok(confirmed.map(|granted| (granted, "frontdesk.booking.confirmed")))
        };
        self.change_booking(command, user, booking_id, confirm).await
    }

    /// Approves a booking that waits for it.
    pub async fn approve_booking(&self, command: Command, user: &str, booking_id: &str) -> Result<Reply, Failure> {
        let approve = |earlier: Granted, ledger: &mut Ledger, now: Timestamp| {
            Ok(booking::approve(earlier, ledger, now)?.map(|granted| (granted, "frontdesk.booking.approved")))
        };
        self.change_booking(command, user, booking_id, approve).await
    }

    /// Declines a booking that waits for approval, perhaps with a reason.
    pub async fn decline_booking(
        &self,
        command: Command,
        user: &str,
        booking_id: &str,
        body: Map<String, Value>,
    ) -> Result<Reply, Failure> {
        let mut fields = Fields::new(body);
        let reason = fields.text("reason", TEXT_BYTES);
        fields.finish()?;
        let decline = move |earlier: Granted, ledger: &mut Ledger, now: Timestamp| {
            let declined = booking::decline(earlier, reason.clone(), ledger, now)?;
            Ok(declined.map(|granted| (granted, "frontdesk.booking.declined")))
        };
        self.change_booking(command, user, booking_id, decline).await
    }

    /// Notes that somebody has checked in.
    pub async fn check_in_booking(&self, command: Command, user: &str, booking_id: &str) -> Result<Reply, Failure> {
        let check_in = |earlier: Granted, _: &mut Ledger, now: Timestamp| {
            Ok(booking::check_in(earlier, now)?.map(|granted| (granted, "frontdesk.booking.checked-in")))
        };
        self.change_booking(command, user, booking_id, check_in).await
    }

    /// Changes a user's booking, and answers with it as it is then.
    async fn change_booking<C>(
        &self,
        command: Command,
        user: &str,
        booking_id: &str,
        change: C,
    ) -> Result<Reply, Failure>
    where
        C: Fn(Granted, &mut Ledger, Timestamp) -> Changed + Send + 'static,
    {
        let (item, user, context) = (key(booking_id), user.to_owned(), command.clone());
        self.commit(&command, vec![item.clone()], move |loaded| {
            let earlier = match earlier(loaded, &item, &user)? {
                Ok(Some(earlier)) => earlier,
                Ok(None) => return refuse(Refusal::not_found("booking")),
                Err(refusal) => return refuse(refusal),
            };
            if let Err(refusal) = context.check(loaded.item(&item)?) {
                return refuse(refusal);
            }
            apply(loaded, Draft::new(loaded), &earlier, &change)
        })
        .await
    }
}

/// Applies a change and writes what it comes to, after a round in which what the booking touches is loaded.
fn apply<C>(loaded: &Loaded, mut draft: Draft<'_>, earlier: &Granted, change: C) -> Decided
where
    C: Fn(Granted, &mut Ledger, Timestamp) -> Changed,
{
    let missing = calendar::missing(loaded, calendar::keys_of(earlier));
    if !missing.is_empty() {
        return Ok(Verdict::Read(missing));
    }
    let mut ledger = calendar::ledger(loaded)?;
    match change(earlier.clone(), &mut ledger, loaded.now()) {
        Err(refusal) => refuse(refusal),
        Ok(Some((granted, event))) => match line::store(&mut draft, loaded, event, &granted, Some(earlier), ledger)? {
            Ok(written) => draft.reply(Reply::new(Success::Ok, written.body, written.version)),
            Err(missing) => Ok(Verdict::Read(missing)),
        },
        Ok(None) => {
            let item = loaded.item(&key(&earlier.booking.booking_id))?;
            draft.reply(item.map_or_else(Reply::empty, |item| item.clone().into()))
        }
    }
}

/// What happens to a booking when a timer is due: nothing when it is not the booking's timer any more, or not due by this clock.
pub(super) fn fire(loaded: &Loaded, timer: &Key, booking: &Key, kind: TimerKind) -> Decided {
    let mut draft = Draft::new(loaded);
    if loaded.item(timer)?.is_none() {
        return draft.reply(Reply::empty());
    }
    let own = match loaded.item(booking)? {
        Some(item) => Some(Granted { booking: item.body::<Booking>()?, state: item.private()? }),
        None => None,
    };
    let Some(earlier) = own.filter(|granted| super::timers::key_of(granted).as_ref() == Some(timer)) else {
        draft.push(store::Write::Delete { key: timer.clone() });
        return draft.reply(Reply::empty());
    };
    apply(loaded, draft, &earlier, |earlier, ledger, now| {
        Ok(match kind {
            TimerKind::Expire => booking::expire(earlier, ledger, now).map(|one| (one, "frontdesk.booking.expired")),
            TimerKind::NoShow => {
                booking::release_no_show(earlier, ledger, now).map(|one| (one, "frontdesk.booking.no-show"))
            }
        })
    })
}
