//! POST /orders

use axum::extract::State;

use crate::answer;
use crate::payload::Write;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::orders::{NewOrder, Order};
use crate::state::Shared;

/// Place an order
///
/// Repeating an `orderId` within the period (an hour, unless configured otherwise) returns the first response and places no
/// second order.
#[utoipa::path(
    post,
    path = "/orders",
    operation_id = "CreateOrder",
    tag = "orders",
    request_body = NewOrder,
    responses(
        (status = 200, description = "The order, PLACED.", body = Order),
        (status = 409, description = "The caller has an order with this `orderId` from before the period.")
    )
)]
pub(crate) async fn create_order(
    State(state): State<Shared>,
    permit: Permit<action::CreateOrder>,
    write: Write,
) -> Answer {
    let command = permit.command(&state, write.terms);
    Ok(answer::reply(state.app.place_order(command, write.body).await?))
}
