//! Push: a WebSocket, a stream of events, and tickets for clients that cannot send headers.

mod create_ticket;
mod follow;
mod open;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(create_ticket::create_push_ticket))
        .routes(routes!(open::open_web_socket))
        .routes(routes!(follow::follow_events))
}
