//! DELETE /orders/{orderId}

use axum::extract::State;

use crate::answer;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::orders::Order;
use crate::schema::parameters::InOrder;
use crate::state::Shared;
use crate::terms::Terms;

/// Cancel an order
///
/// While it is PLACED and less than ten minutes old; otherwise 400.
#[utoipa::path(
    delete,
    path = "/orders/{orderId}",
    operation_id = "CancelOrder",
    tag = "orders",
    params(InOrder),
    responses(
        (status = 200, description = "The order, CANCELED.", body = Order),
        (status = 404, description = "The caller has no such order.")
    )
)]
pub(crate) async fn cancel_order(
    State(state): State<Shared>,
    permit: Permit<action::CancelOrder>,
    terms: Terms,
) -> Answer {
    let [order] = permit.ids()?;
    let command = permit.command(&state, terms);
    Ok(answer::reply(state.app.cancel_order(command, permit.caller(), order).await?))
}
