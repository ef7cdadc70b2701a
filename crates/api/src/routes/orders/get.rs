//! GET /orders/{orderId}

use axum::extract::State;

use crate::answer;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::orders::Order;
use crate::schema::parameters::InOrder;
use crate::state::Shared;

/// See an order
#[utoipa::path(
    get,
    path = "/orders/{orderId}",
    operation_id = "GetOrder",
    tag = "orders",
    params(InOrder),
    responses(
        (status = 200, description = "The order.", body = Order),
        (status = 404, description = "The caller has no such order.")
    )
)]
pub(crate) async fn get_order(State(state): State<Shared>, permit: Permit<action::GetOrder>) -> Answer {
    let [order] = permit.ids()?;
    Ok(answer::reply(state.app.get_order(permit.caller(), order).await?))
}
