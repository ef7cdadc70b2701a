//! PUT /users/{userid}/bookings

use app::Command;
use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::payload::Write;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::bookings::{Booking, BookingRequest};
use crate::schema::parameters::{DryRun, InUser};
use crate::state::Shared;

/// Book
///
/// Under a new identifier. With `dryRun` the answer is what it would be, and nothing changes.
#[utoipa::path(
    put,
    path = "/users/{userid}/bookings",
    operation_id = "CreateBooking",
    tag = "bookings",
    params(InUser, DryRun),
    request_body = BookingRequest,
    responses(
        (status = 201, description = "The booking.", body = Booking),
        (status = 404, description = "There is no such resource."),
        (status = 409, description = "A rule refuses: `code` names it, `errors` the offending values, `conflicts` when \
            too few units are free, `alternatives` the nearest times that would be accepted.")
    )
)]
pub(crate) async fn create_booking(
    State(state): State<Shared>,
    permit: Permit<action::PutBooking>,
    parameters: Parameters,
    write: Write,
) -> Answer {
    let [user] = permit.ids()?;
    let command = Command { dry_run: parameters.flag("dryRun")?, ..permit.command(&state, write.terms) };
    Ok(answer::reply(state.app.put_booking(command, user, None, write.body).await?))
}
