//! PUT /orders/{orderId}

use axum::extract::State;

use crate::answer;
use crate::payload::Write;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::orders::{Order, OrderRequest};
use crate::schema::parameters::InOrder;
use crate::state::Shared;

/// Replace an order
///
/// While it is PLACED; otherwise 400.
#[utoipa::path(
    put,
    path = "/orders/{orderId}",
    operation_id = "PutOrder",
    tag = "orders",
    params(InOrder),
    request_body = OrderRequest,
    responses(
        (status = 200, description = "The replaced order.", body = Order),
        (status = 404, description = "The caller has no such order.")
    )
)]
pub(crate) async fn put_order(State(state): State<Shared>, permit: Permit<action::PutOrder>, write: Write) -> Answer {
    let [order] = permit.ids()?;
    let command = permit.command(&state, write.terms);
    Ok(answer::reply(state.app.replace_order(command, permit.caller(), order, write.body).await?))
}
