//! Requests that are accepted at once and fulfilled later.
//!
//! Accepting stores the request and puts it at the end of its lane, in one commit. A lane holds what is for one resource; only what is
//! first in it is fulfilled, in one commit with its removal from the lane, whoever does that: so each request ends once, and those
//! for one resource end in the order in which they were accepted. Where a lane is and how many wait in it is an item among the
//! timers, so that whoever looks for work finds it.

mod ending;
mod fulfil;
mod lane;

use domain::limits::LANE_REQUESTS;
use domain::ticket::{Asker, Status, Ticket};
use domain::{Kind, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use store::{Item, Key, Loaded, Table};

use crate::commit::{Draft, refuse};
use crate::{App, Command, Failure, Reply};
pub(crate) use fulfil::Lanes;
use lane::Lane;

fn key(message_id: &str) -> Key {
    Key::new(Table::Requests, message_id)
}

/// What is kept with a request and nobody sees.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// The lane in which it waits.
    #[serde(default)]
    lane: String,
    /// Its place there.
    #[serde(default)]
    sequence: i64,
    /// Whether the soft rules bind the requester.
    #[serde(default)]
    soft_rules: bool,
}

/// How far a request has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// It waits.
    InProcess,
    /// It was fulfilled.
    Completed {
        /// What the requester shows for it.
        confirm_code: String,
        /// The booking that it became, if it is one.
        booking_id: Option<String>,
    },
    /// It cannot be fulfilled.
    Rejected {
        /// Why.
        reason: Box<Refusal>,
        /// The HTTP request that asked for it, where that is known.
        request_id: Option<String>,
    },
}

impl App {
    /// Accepts a request of the caller's, durably, and answers with its identifier, a JSON string. Refuses at once what is wrong by
    /// form: it could only be rejected.
    pub async fn request_booking(&self, command: Command, body: Value) -> Result<Reply, Failure> {
        let message_id = self.ids.random().to_string();
        let asker = Asker { user_id: &command.caller, request_id: &command.request_id };
        Ticket::accept(&message_id, asker, body.clone(), self.clock.now()).check()?;
        self.accept_request(command, message_id, body).await
    }

    /// The same under an identifier that others gave it, whose client has its answer already: what is wrong by form is rejected later,
    /// and a request that was accepted under it before stays as it is.
    pub async fn accept_request(&self, command: Command, message_id: String, body: Value) -> Result<Reply, Failure> {
        domain::id::check("message_id", &message_id)?;
        let item = key(&message_id);
        let (caller, request_id) = (command.caller.clone(), command.request_id.clone());
        let answer = Value::from(message_id.as_str()).to_string();
        let accept = move |now| {
            Ticket::accept(&message_id, Asker { user_id: &caller, request_id: &request_id }, body.clone(), now)
        };
        let lane = Lane::of(&accept(self.clock.now()));
        let (place, name, soft_rules) = (lane.key(), lane.name.clone(), command.soft_rules);
        let keys = vec![item.clone(), place.clone()];
        let reply = self
            .commit(&command, keys, move |loaded| {
                let answer = Reply::text(answer.clone());
                if loaded.item(&item)?.is_some() {
                    return Draft::new(loaded).reply(answer);
                }
                let waiting = lane.waiting(loaded)?;
                if waiting >= LANE_REQUESTS {
                    return refuse(full());
                }
                let sequence = loaded.next_version(&place)?;
                let ticket = accept(loaded.now());
                let kept = Kept { lane: lane.name.clone(), sequence, soft_rules };
                let mut draft = Draft::new(loaded);
                draft.store_with(&item, "frontdesk.request.accepted", &ticket, &kept)?;
                lane.enter(&mut draft, sequence, waiting, &ticket.message_id)?;
                draft.reply(answer)
            })
            .await?;
        self.lanes.nudge(&name);
        Ok(reply)
    }

    /// How far a request of that user has come, or of anybody's when there is no user; another's is not to be seen.
    pub async fn request_progress(&self, user: Option<&str>, message_id: &str) -> Result<Progress, Failure> {
        let absent = || Refusal::not_found("request");
        let item = self.store.get(&key(message_id)).await?.ok_or_else(absent)?;
        let ticket = read(&item)?;
        if user.is_some_and(|user| user != ticket.user_id) {
            return Err(absent().into());
        }
        Ok(progress(ticket))
    }
}

/// How far the request in an event's data has come.
pub(crate) fn progress_in(data: &RawValue) -> Option<Progress> {
    serde_json::from_str(data.get()).ok().map(progress)
}

fn progress(ticket: Ticket) -> Progress {
    match ticket.status {
        Status::New => Progress::InProcess,
        Status::Completed => {
            Progress::Completed { confirm_code: ticket.confirm_code.unwrap_or_default(), booking_id: ticket.booking_id }
        }
        Status::Rejected => Progress::Rejected {
            reason: Box::new(ticket.reason.unwrap_or_else(unknown)),
            request_id: ticket.request_id,
        },
    }
}

fn read(item: &Item) -> Result<Ticket, store::StoreError> {
    item.body()
}

/// The request under a key, if there is one that can be read.
fn ticket(loaded: &Loaded, key: &Key) -> Result<Option<(Ticket, Kept)>, store::StoreError> {
    let Some(item) = loaded.item(key)? else { return Ok(None) };
    Ok(read(item).and_then(|ticket| Ok((ticket, item.private()?))).ok())
}

fn full() -> Refusal {
    let detail =
        format!("{LANE_REQUESTS} requests for this resource are waiting; try again when some of them are done.");
    Refusal::conflict("queue-full", detail)
}

/// Of a request that another program rejected without a reason.
fn unknown() -> Refusal {
    Refusal::new(Kind::Conflict, "rejected", "The request was rejected; no reason is stored.")
}
