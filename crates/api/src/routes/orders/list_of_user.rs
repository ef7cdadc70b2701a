//! GET /users/{userid}/orders

use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::orders::OrderPage;
use crate::schema::parameters::{InUser, Paging};
use crate::state::Shared;

/// List a user's orders
///
/// By `orderId`, canceled ones too. For administrators.
#[utoipa::path(
    get,
    path = "/users/{userid}/orders",
    operation_id = "ListUserOrders",
    tag = "orders",
    params(InUser, Paging),
    responses((status = 200, description = "A page of the user's orders.", body = OrderPage))
)]
pub(crate) async fn list_user_orders(
    State(state): State<Shared>,
    permit: Permit<action::ListUserOrders>,
    parameters: Parameters,
) -> Answer {
    let [user] = permit.ids()?;
    let page = parameters.page()?;
    Ok(answer::orders(&state.app.list_orders(user, page.limit, page.cursor).await?))
}
