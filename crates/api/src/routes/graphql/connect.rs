//! GET /graphql

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use domain::Refusal;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use identity::AuthError;

use crate::connection::Connection;
use crate::graphql::{PROTOCOL, Socket};
use crate::problem::{Answer, Problem};
use crate::state::Shared;

/// Subscribe by GraphQL
///
/// A WebSocket with the sub-protocol `graphql-transport-ws`, for subscriptions, queries and mutations. The token goes with the handshake or,
/// from browsers, with `connection_init`, within ten seconds: `{"type":"connection_init","payload":{"Authorization":"Bearer …"}}`.
/// A subscription's first item names the place from which changes are told; with an item's `eventId` as `after`, another one goes on behind
/// it without a gap, or says by `reset` that it cannot.
///
/// The server closes with 1001 when it stops, 1008 after too many messages, 1009 after one of more than 1 MiB, 4400 after what is no
/// message, 4401 after an operation of a client that has not said who it is, 4403 when the token is refused or has ended, 4408 when the
/// client does not say in time who it is, 4409 after a second operation of one identifier, 4429 after a second `connection_init`.
#[utoipa::path(
    get,
    path = "/graphql",
    operation_id = "ConnectGraphql",
    tag = "graphql",
    responses(
        (status = 101, description = "The connection is a WebSocket now."),
        (status = 400, description = "The sub-protocol `graphql-transport-ws` was not offered."),
        (status = 501, description = "This deployment keeps no connection open here."),
        (status = 426, description = "The request is none for a WebSocket (RFC 6455, section 4.2.1).")
    )
)]
pub(crate) async fn connect_graphql(
    State(state): State<Shared>,
    headers: HeaderMap,
    connection: Option<Extension<Connection>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer {
    let caller = match headers.get(AUTHORIZATION) {
        Some(header) => {
            let header = header.to_str().map_err(|_| AuthError::Invalid("it is not ASCII"))?;
            Some(state.identity.caller(header).await?)
        }
        None => None,
    };
    if caller.is_some() {
        state.may_stay_open()?;
    }
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade.protocols([PROTOCOL]),
        // Who opens no WebSocket has no other way to say who it is.
        Err(_) if caller.is_none() => return Err(AuthError::Missing.into()),
        Err(_) => return Err(no_web_socket()),
    };
    if upgrade.selected_protocol().is_none() {
        let detail = format!("must offer `{PROTOCOL}`, the only sub-protocol that is spoken here");
        return Err(Refusal::invalid("Sec-WebSocket-Protocol", detail).into());
    }
    let socket = Socket::new(state, caller, connection.map(|connection| connection.0));
    Ok(Socket::bounded(upgrade).on_upgrade(|open| socket.run(open)))
}

fn no_web_socket() -> Box<Problem> {
    let detail = "Subscriptions need a WebSocket client that speaks `graphql-transport-ws`; queries and mutations are sent by POST.";
    Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade-required", detail)
}
