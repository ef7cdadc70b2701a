//! GET /events

use axum::Extension;
use axum::extract::State;
use http::HeaderMap;

use crate::connection::Connection;
use crate::parameters::Parameters;
use crate::problem::Answer;
use crate::push::{Credentials, Stream};
use crate::schema::parameters::{InStream, InTicket, InTopics};
use crate::state::Shared;

/// Follow events
///
/// Server-sent events. It begins with `subscribed`, whose `id` is where one may go on, and for each request a `state` as
/// `GET /query/{message_id}` shows it. Each event has its kind as `event`, its position as `id`, and as `data` the event (CloudEvents
/// 1.0); of others' bookings a calendar shows outlines. After `reset` what was read before has to be read anew: the id was too old, or
/// none of ours. `end` says why the stream ends: the token has expired or was revoked, or the server stops.
#[utoipa::path(
    get,
    path = "/events",
    operation_id = "FollowEvents",
    tag = "push",
    params(InTopics, InStream, InTicket),
    responses(
        (status = 200, description = "The events, for as long as the client wants them.", body = String, content_type = "text/event-stream"),
        (status = 404, description = "There is no such resource, or no such request of the caller's."),
        (status = 501, description = "This deployment keeps no connection open here.")
    )
)]
pub(crate) async fn follow_events(
    State(state): State<Shared>,
    credentials: Credentials,
    connection: Option<Extension<Connection>>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Answer {
    state.may_stay_open()?;
    let caller = credentials.admit(&state).await?;
    let connection = connection.map(|connection| connection.0);
    Ok(Stream::open(state, caller, connection, (&parameters, &headers)).await?.respond())
}
