//! GET /orders

use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::orders::OrderPage;
use crate::schema::parameters::Paging;
use crate::state::Shared;

/// List one's orders
///
/// By `orderId`, canceled ones too.
#[utoipa::path(
    get,
    path = "/orders",
    operation_id = "ListOrders",
    tag = "orders",
    params(Paging),
    responses((status = 200, description = "A page of the caller's orders.", body = OrderPage))
)]
pub(crate) async fn list_orders(
    State(state): State<Shared>,
    permit: Permit<action::ListOrders>,
    parameters: Parameters,
) -> Answer {
    let page = parameters.page()?;
    Ok(answer::orders(&state.app.list_orders(permit.caller(), page.limit, page.cursor).await?))
}
