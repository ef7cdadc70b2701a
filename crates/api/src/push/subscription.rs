//! What can be subscribed to, by the names that all transports have for it, and who may.

use app::{Topic, Viewer};
use domain::{Refusal, id};
use identity::{Action, Caller};
use serde::Serialize;
use serde_json::Value;

use crate::permit::permit;
use crate::problem::Problem;
use crate::progress;
use crate::state::Inner;

/// The members and parameters that name a topic.
pub(super) const NAMES: [&str; 4] = ["message_id", "resourceID", "bookings", "orders"];

/// A topic as its subscriber named it: one of these is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Label {
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(rename = "resourceID", skip_serializing_if = "Option::is_none")]
    resource_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bookings: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    orders: Option<String>,
}

impl Label {
    /// How a topic is named.
    pub(super) fn of(topic: &Topic) -> Self {
        let none = Self { message_id: None, resource_id: None, bookings: None, orders: None };
        match topic {
            Topic::Request(id) => Self { message_id: Some(id.clone()), ..none },
            Topic::Resource(id) => Self { resource_id: Some(id.clone()), ..none },
            Topic::Bookings(id) => Self { bookings: Some(id.clone()), ..none },
            Topic::Orders(id) => Self { orders: Some(id.clone()), ..none },
            Topic::All => none,
        }
    }
}

/// The topic by one of [`NAMES`]; `me` is the caller.
pub(super) fn topic(name: &str, value: &str, caller: &Caller) -> Result<Topic, Refusal> {
    let user = || if value == "me" { caller.principal().sub.clone() } else { value.to_owned() };
    id::check(name, value)?;
    Ok(match name {
        "message_id" => Topic::Request(value.to_owned()),
        "resourceID" => Topic::Resource(value.to_owned()),
        "bookings" => Topic::Bookings(user()),
        _ => Topic::Orders(user()),
    })
}

/// Whether the policies let the caller follow a topic: they say so of the route that lists the same, or shows it.
pub(super) fn may_follow(state: &Inner, caller: &Caller, topic: &Topic) -> Result<(), Box<Problem>> {
    let principal = caller.principal();
    let (action, owner) = match topic {
        Topic::Request(_) => (Action::GetBookingRequest, None),
        Topic::Resource(_) => (Action::ListResourceBookings, None),
        Topic::Bookings(user) => (Action::ListUserBookings, Some(user)),
        Topic::Orders(user) if *user == principal.sub => (Action::ListOrders, Some(user)),
        Topic::Orders(user) => (Action::ListUserOrders, Some(user)),
        Topic::All => return Err(Problem::internal("nobody may follow everything".to_owned())),
    };
    permit(state, principal, action, owner.map(String::as_str))
}

/// How a request stands at present; none for other topics. Refuses what is not there, or is another's.
pub(super) async fn standing(
    state: &Inner,
    caller: &Caller,
    topic: &Topic,
    request_id: &str,
) -> Result<Option<Value>, Box<Problem>> {
    match topic {
        Topic::Request(message_id) => {
            let principal = caller.principal();
            let sees_all = state.identity.authorize(principal, Action::ViewBookingRequests, None);
            let of = (!sees_all).then_some(principal.sub.as_str());
            let progress = state.app.request_progress(of, message_id).await?;
            progress::words(progress, message_id, request_id).map(Some)
        }
        Topic::Resource(resource_id) => {
            state.app.find_resource(resource_id).await?;
            Ok(None)
        }
        Topic::Bookings(_) | Topic::Orders(_) | Topic::All => Ok(None),
    }
}

/// How much of others' bookings the caller sees.
pub(super) fn viewer<'a>(state: &Inner, caller: &'a Caller) -> Viewer<'a> {
    let principal = caller.principal();
    let sees_all = state.identity.authorize(principal, Action::ViewBookingDetails, None);
    Viewer { user_id: &principal.sub, sees_all }
}

/// The position that an event's id names: a whole number, perhaps in quotation marks.
pub(crate) fn position(pointer: &str, text: &str) -> Result<i64, Refusal> {
    let position = text.parse().ok().filter(|position| *position >= 0);
    position
        .ok_or_else(|| Refusal::invalid(pointer, "must be the `eventId` of an event that was sent, or a `lastEventId`"))
}
