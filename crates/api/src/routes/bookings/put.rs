//! PUT /users/{userid}/bookings/{bookingID}

use app::Command;
use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::payload::Write;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::bookings::{Booking, BookingRequest};
use crate::schema::parameters::{DryRun, InBooking, InUser};
use crate::state::Shared;

/// Book or reschedule
///
/// Rescheduling is one step: either the new time is taken and the old one free, or nothing changes. A booking that stays when
/// it is keeps its time, also where the rules have changed since. With `dryRun` the answer is what it would be, and nothing changes.
#[utoipa::path(
    put,
    path = "/users/{userid}/bookings/{bookingID}",
    operation_id = "PutBooking",
    tag = "bookings",
    params(InUser, InBooking, DryRun),
    request_body = BookingRequest,
    responses(
        (status = 200, description = "The booking, rescheduled.", body = Booking),
        (status = 201, description = "The booking, new.", body = Booking),
        (status = 404, description = "There is no such resource, or the booking is another user's."),
        (status = 409, description = "A rule refuses: `code` names it, `errors` the offending values, `conflicts` when \
            too few units are free, `alternatives` the nearest times that would be accepted. Or the booking was canceled.")
    )
)]
pub(crate) async fn put_booking(
    State(state): State<Shared>,
    permit: Permit<action::PutBooking>,
    parameters: Parameters,
    write: Write,
) -> Answer {
    let [user, booking] = permit.ids()?;
    let command = Command { dry_run: parameters.flag("dryRun")?, ..permit.command(&state, write.terms) };
    Ok(answer::reply(state.app.put_booking(command, user, Some(booking), write.body).await?))
}
