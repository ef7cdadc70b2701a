//! PUT /users/{userid}/bookings

use axum::extract::State;

use crate::answer;
use crate::payload::Write;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::bookings::{Booking, BookingRequest};
use crate::schema::parameters::InUser;
use crate::state::Shared;

/// Book
///
/// Under a new identifier.
#[utoipa::path(
    put,
    path = "/users/{userid}/bookings",
    operation_id = "CreateBooking",
    tag = "bookings",
    params(InUser),
    request_body = BookingRequest,
    responses(
        (status = 201, description = "The booking.", body = Booking),
        (status = 404, description = "There is no such resource."),
        (status = 409, description = "Too few units are free: `conflicts` says when, `alternatives` what is free.")
    )
)]
pub(crate) async fn create_booking(
    State(state): State<Shared>,
    permit: Permit<action::PutBooking>,
    write: Write,
) -> Answer {
    let [user] = permit.ids()?;
    let command = permit.command(&state, write.terms);
    Ok(answer::reply(state.app.put_booking(command, user, None, write.body).await?))
}
