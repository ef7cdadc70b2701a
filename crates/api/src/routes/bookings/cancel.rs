//! DELETE /users/{userid}/bookings/{bookingID}

use axum::extract::State;

use crate::answer;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::parameters::{InBooking, InUser};
use crate::state::Shared;
use crate::terms::Terms;

/// Cancel a booking
///
/// It is kept, as CANCELED; canceling again changes nothing.
#[utoipa::path(
    delete,
    path = "/users/{userid}/bookings/{bookingID}",
    operation_id = "CancelBooking",
    tag = "bookings",
    params(InUser, InBooking),
    responses(
        (status = 200, description = "The booking is canceled."),
        (status = 404, description = "The user has no such booking."),
        (status = 409, description = "It is too late: `cancellation-window`.")
    )
)]
pub(crate) async fn cancel_booking(
    State(state): State<Shared>,
    permit: Permit<action::CancelBooking>,
    terms: Terms,
) -> Answer {
    let [user, booking] = permit.ids()?;
    let command = permit.command(&state, terms);
    Ok(answer::reply(state.app.cancel_booking(command, user, booking).await?))
}
