//! Mutations. Each field makes the call that the REST route for the same makes, under the same action of the policies.

use app::Command;
use async_graphql::{Context, ID, Object};
use domain::Refusal;
use identity::Action;
use serde_json::Value;

use super::cost;
use super::field::{Field, field};
use super::scalars::{Json, Long};
use super::session::session;
use super::types::{Booking, BookingInput, BookingRequest, Order, OrderInput, Shown, read};

/// Mutations. An `Idempotency-Key` is for a request with exactly one. With `ifVersion`, something is only changed while it has that
/// version.
pub(crate) struct Mutation;

#[Object]
impl Mutation {
    /// Books, or moves the booking of that identifier. With `dryRun` the answer is what it would be, and nothing changes.
    #[graphql(complexity = "cost::WRITE + child_complexity")]
    async fn book(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "userID")] user_id: Option<ID>,
        id: Option<ID>,
        booking: BookingInput,
        if_version: Option<Long>,
        #[graphql(default)] dry_run: bool,
    ) -> Field<Booking> {
        field(async {
            let session = session(ctx)?;
            let user = session.user(user_id);
            let mut ids = vec![("userID", &user)];
            ids.extend(id.as_ref().map(|id| ("id", id)));
            let command = Command { dry_run, ..session.write(Action::PutBooking, Some(&user), &ids, if_version)? };
            let id = id.as_deref().map(String::as_str);
            let reply = session.state.app.put_booking(command, &user, id, booking.body()?).await;
            session.done(reply)
        })
        .await
    }

    /// Confirms a booking that is held; confirming again changes nothing.
    #[graphql(complexity = "cost::WRITE + child_complexity")]
    async fn confirm_booking(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "userID")] user_id: Option<ID>,
        id: ID,
        if_version: Option<Long>,
    ) -> Field<Booking> {
        field(async {
            let session = session(ctx)?;
            let user = session.user(user_id);
            let ids = [("userID", &user), ("id", &id)];
            let command = session.write(Action::ConfirmBooking, Some(&user), &ids, if_version)?;
            session.done(session.state.app.confirm_booking(command, &user, &id).await)
        })
        .await
    }

    /// Cancels a booking, which is kept; canceling again changes nothing.
    #[graphql(complexity = "cost::WRITE + child_complexity")]
    async fn cancel_booking(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "userID")] user_id: Option<ID>,
        id: ID,
        if_version: Option<Long>,
    ) -> Field<Booking> {
        field(async {
            let session = session(ctx)?;
            let user = session.user(user_id);
            let ids = [("userID", &user), ("id", &id)];
            let command = session.write(Action::CancelBooking, Some(&user), &ids, if_version)?;
            let canceled = session.state.app.cancel_booking(command, &user, &id).await;
            canceled.map_err(|failure| session.refused(failure))?;
            // The use case's answer is empty.
            Booking::of(session.state.app.get_booking(&user, &id).await?)
        })
        .await
    }

    /// Asks for a booking that is made later or, without one, for general admission, with a `body` that is kept.
    #[graphql(complexity = "cost::WRITE + child_complexity")]
    async fn request_booking(
        &self,
        ctx: &Context<'_>,
        booking: Option<BookingInput>,
        body: Option<Json>,
    ) -> Field<BookingRequest> {
        field(async {
            let session = session(ctx)?;
            let command = session.write(Action::RequestBooking, None, &[], None)?;
            let body = match (booking, body) {
                (Some(booking), None) => Value::Object(booking.body()?),
                (None, body) => domain::json::any(body.map_or(Value::Null, |Json(body)| body).to_string().as_bytes())?,
                (Some(_), Some(_)) => {
                    return Err(Refusal::invalid("/body", "is not sent beside `booking`; use its `more`").into());
                }
            };
            let accepted = session.state.app.request_booking(command, body).await;
            let accepted = accepted.map_err(|failure| session.refused(failure))?;
            session.repeats(accepted.replayed);
            let message_id: String = read(accepted.body.as_deref().unwrap_or_default())?;
            session.standing(&message_id).await
        })
        .await
    }

    /// Places an order of the caller's. Repeating an identifier within the period returns the first order.
    #[graphql(complexity = "cost::WRITE + child_complexity")]
    async fn place_order(&self, ctx: &Context<'_>, id: ID, order: OrderInput) -> Field<Order> {
        field(async {
            let session = session(ctx)?;
            let command = session.write(Action::CreateOrder, Some(session.caller.sub()), &[], None)?;
            session.done(session.state.app.place_order(command, order.body(Some(id))?).await)
        })
        .await
    }

    /// Replaces an order of the caller's while it is PLACED.
    #[graphql(complexity = "cost::WRITE + child_complexity")]
    async fn replace_order(
        &self,
        ctx: &Context<'_>,
        id: ID,
        order: OrderInput,
        if_version: Option<Long>,
    ) -> Field<Order> {
        field(async {
            let session = session(ctx)?;
            let caller = session.caller.sub();
            let command = session.write(Action::PutOrder, Some(caller), &[("id", &id)], if_version)?;
            session.done(session.state.app.replace_order(command, caller, &id, order.body(None)?).await)
        })
        .await
    }

    /// Cancels an order of the caller's, while it is PLACED and less than ten minutes old.
    #[graphql(complexity = "cost::WRITE + child_complexity")]
    async fn cancel_order(&self, ctx: &Context<'_>, id: ID, if_version: Option<Long>) -> Field<Order> {
        field(async {
            let session = session(ctx)?;
            let caller = session.caller.sub();
            let command = session.write(Action::CancelOrder, Some(caller), &[("id", &id)], if_version)?;
            session.done(session.state.app.cancel_order(command, caller, &id).await)
        })
        .await
    }
}
