//! Requests for bookings that are made later.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};

use super::{Booking, Refused};
use crate::graphql::cost;
use crate::graphql::field::{Field, field};
use crate::graphql::session::session;
use crate::problem::Problem;

/// How far a request has come.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "BookingRequestStatus")]
enum Progress {
    /// It waits.
    InProcess,
    /// It was fulfilled; it stays so.
    Completed,
    /// It cannot be fulfilled; it stays so.
    Rejected,
}

/// A request for a booking that is made later. It ends once.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct BookingRequest {
    /// Its identifier.
    message_id: ID,
    /// How far it has come.
    status: Progress,
    /// What the requester shows for it, once it is completed.
    confirm_code: Option<String>,
    /// The booking that it became.
    #[graphql(name = "bookingID")]
    booking_id: Option<ID>,
    /// Why it was rejected.
    reason: Option<Refused>,
}

impl BookingRequest {
    /// Whether it changes no more.
    pub(in crate::graphql) fn has_ended(&self) -> bool {
        self.status != Progress::InProcess
    }

    /// A request that has come so far.
    pub(in crate::graphql) fn of(
        message_id: &str,
        progress: app::Progress,
        request_id: &str,
    ) -> Result<Self, Box<Problem>> {
        let waits = Self {
            message_id: message_id.into(),
            status: Progress::InProcess,
            confirm_code: None,
            booking_id: None,
            reason: None,
        };
        Ok(match progress {
            app::Progress::InProcess => waits,
            app::Progress::Completed { confirm_code, booking_id } => Self {
                status: Progress::Completed,
                confirm_code: Some(confirm_code),
                booking_id: booking_id.map(ID),
                ..waits
            },
            app::Progress::Rejected { reason, request_id: asked } => {
                let problem: Box<Problem> = (*reason).into();
                let reason = Refused::of(&problem, asked.as_deref().unwrap_or(request_id))?;
                Self { status: Progress::Rejected, reason: Some(reason), ..waits }
            }
        })
    }
}

#[ComplexObject]
impl BookingRequest {
    /// The booking that it became, if the caller made the request.
    #[graphql(complexity = "cost::READ + child_complexity")]
    async fn booking(&self, ctx: &Context<'_>) -> Field<Option<Booking>> {
        field(async {
            let Some(booking) = &self.booking_id else { return Ok(None) };
            let session = session(ctx)?;
            session.find_booking(session.caller.sub(), booking).await
        })
        .await
    }
}
