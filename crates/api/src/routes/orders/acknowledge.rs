//! POST /users/{userid}/orders/{orderId}/acknowledge

use axum::extract::State;

use crate::answer;
use crate::payload::Act;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::orders::Order;
use crate::schema::parameters::{InOrder, InUser};
use crate::state::Shared;

/// Acknowledge a user's order
///
/// While it is PLACED; otherwise 400. For administrators.
#[utoipa::path(
    post,
    path = "/users/{userid}/orders/{orderId}/acknowledge",
    operation_id = "AcknowledgeOrder",
    tag = "orders",
    params(InUser, InOrder),
    responses(
        (status = 200, description = "The order, ACKNOWLEDGED.", body = Order),
        (status = 404, description = "The user has no such order.")
    )
)]
pub(crate) async fn acknowledge_order(
    State(state): State<Shared>,
    permit: Permit<action::AcknowledgeOrder>,
    act: Act,
) -> Answer {
    let [user, order] = permit.ids()?;
    let command = permit.command(&state, act.terms);
    Ok(answer::reply(state.app.acknowledge_order(command, user, order).await?))
}
