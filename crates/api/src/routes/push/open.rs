//! GET /ws

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use http::StatusCode;

use crate::connection::Connection;
use crate::problem::{Answer, Problem};
use crate::push::{Credentials, Session};
use crate::schema::parameters::InTicket;
use crate::state::Shared;

/// Open a WebSocket
///
/// With the JSON protocol of an API Gateway WebSocket API: messages name their route by `action`, and are answered by messages with a
/// `type`.
///
/// - `{"action":"subscribe","message_id":"…"}`: a request of the caller's; with `"resourceID":"…"` the calendar of a resource, in which
///   others' bookings are outlines; with `"bookings":"me"` or `"orders":"me"` those of the caller, and with a `userid` another user's, for
///   administrators. With `"lastEventId":"…"` it goes on behind that event.
/// - Answered by `{"type":"subscribed","lastEventId":"…",…}`, for a request also `{"type":"state","state":{…}}` as `GET /query` shows it;
///   then `{"type":"event","eventId":"…","event":{…},…}` for each event (CloudEvents 1.0), or `{"type":"reset","lastEventId":"…",…}` when
///   the id is too old, or none of ours: what was read before has to be read anew.
/// - `{"action":"unsubscribe",…}` is answered by `{"type":"unsubscribed",…}`, `{"action":"ping"}` by `{"type":"pong"}`.
/// - What cannot be done is answered by `{"type":"error","message":"…","connectionId":"…","requestId":"…","status":…,"code":"…","detail":"…"}`.
///
/// The server closes with 1001 when it stops, 1008 after too many messages, 1009 after one of more than 32 KiB, 1013 when events cannot be
/// read for the moment, and 4401 when the token has expired or was revoked.
#[utoipa::path(
    get,
    path = "/ws",
    operation_id = "OpenWebSocket",
    tag = "push",
    params(InTicket),
    responses(
        (status = 101, description = "The connection is a WebSocket now."),
        (status = 501, description = "This deployment keeps no connection open here."),
        (status = 426, description = "The request is none for a WebSocket (RFC 6455, section 4.2.1).")
    )
)]
pub(crate) async fn open_web_socket(
    State(state): State<Shared>,
    credentials: Credentials,
    connection: Option<Extension<Connection>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer {
    state.may_stay_open()?;
    // Before a ticket is used up.
    let upgrade = upgrade.map_err(|_| no_web_socket())?;
    let caller = credentials.admit(&state).await?;
    let session = Session::new(state, caller, connection.map(|connection| connection.0));
    Ok(Session::bounded(upgrade).on_upgrade(|socket| session.run(socket)))
}

fn no_web_socket() -> Box<Problem> {
    let detail = "Connect with a WebSocket client: over HTTP/1.1, with `Connection: upgrade`, `Upgrade: websocket`, \
                  `Sec-WebSocket-Version: 13` and a `Sec-WebSocket-Key`.";
    Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade-required", detail)
}
