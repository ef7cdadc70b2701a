//! Subscriptions: changes as they happen, to those whom they concern, seen as the REST interface shows them.

use std::sync::Arc;

use app::{Delivery, Failure, Notice, Shown as Seen, Topic};
use async_graphql::futures_util::Stream;
use async_graphql::futures_util::stream::unfold;
use async_graphql::{Context, Error, ID, Result, SimpleObject};
use identity::Action;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::scalars::DateTime;
use super::session::{Session, session};
use super::types::{Booking, BookingRequest, Order, Resource, Shown, read};
use crate::problem::Problem;
use crate::push::position;

/// A change. The first item of a subscription is none yet: it says from where on changes are told.
#[derive(Default, SimpleObject)]
struct Change {
    /// Names the change: with it as `after`, a subscription goes on behind it without a gap.
    event_id: ID,
    /// Whether changes before this one are missing, because `after` is too old or unknown: read the present state anew.
    reset: bool,
    /// What happened, such as `frontdesk.booking.created`.
    #[graphql(name = "type")]
    kind: Option<String>,
    /// When.
    time: Option<DateTime>,
    /// The booking as it was then; others' in outline.
    booking: Option<Booking>,
    /// The order as it was then.
    order: Option<Order>,
    /// The resource as it was then.
    resource: Option<Resource>,
}

/// Subscriptions, over WebSockets with the sub-protocol `graphql-transport-ws`.
pub(crate) struct Subscription;

#[async_graphql::Subscription]
impl Subscription {
    /// How a request of the caller's stands: at present, and once it has ended. Then it completes.
    async fn booking_request(
        &self,
        ctx: &Context<'_>,
        message_id: ID,
    ) -> Result<impl Stream<Item = Result<BookingRequest>> + use<>, Box<Problem>> {
        let session = Arc::clone(session(ctx)?);
        session.check(Action::GetBookingRequest, None, &[("messageId", &message_id)])?;
        let subscription = session.state.app.subscribe(vec![Topic::Request(message_id.0.clone())], None).await?;
        // Read after the subscription has begun, so that the end cannot fall in between.
        let present = session.standing(&message_id).await?;
        let followed = Standing { session, subscription, message_id, present: Some(present), ended: false };
        Ok(unfold(followed, Standing::next))
    }

    /// The calendar of a resource: its bookings, and itself. Others' bookings are outlines.
    async fn resource_calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "resourceID")] resource_id: ID,
        after: Option<ID>,
    ) -> Result<impl Stream<Item = Result<Change>> + use<>, Box<Problem>> {
        let session = session(ctx)?;
        session.check(Action::ListResourceBookings, None, &[("resourceID", &resource_id)])?;
        session.state.app.find_resource(&resource_id).await?;
        Changes::follow(session, Topic::Resource(resource_id.0), after).await
    }

    /// The caller's bookings.
    async fn my_bookings(
        &self,
        ctx: &Context<'_>,
        after: Option<ID>,
    ) -> Result<impl Stream<Item = Result<Change>> + use<>, Box<Problem>> {
        let session = session(ctx)?;
        let caller = session.caller.sub();
        session.check(Action::ListUserBookings, Some(caller), &[])?;
        Changes::follow(session, Topic::Bookings(caller.to_owned()), after).await
    }

    /// The caller's orders.
    async fn my_orders(
        &self,
        ctx: &Context<'_>,
        after: Option<ID>,
    ) -> Result<impl Stream<Item = Result<Change>> + use<>, Box<Problem>> {
        let session = session(ctx)?;
        let caller = session.caller.sub();
        session.check(Action::ListOrders, Some(caller), &[])?;
        Changes::follow(session, Topic::Orders(caller.to_owned()), after).await
    }
}

/// How a request stands, until it has ended.
struct Standing {
    session: Arc<Session>,
    subscription: app::Subscription,
    message_id: ID,
    /// What is to be told first.
    present: Option<BookingRequest>,
    ended: bool,
}

impl Standing {
    async fn next(mut self) -> Option<(Result<BookingRequest>, Self)> {
        if self.ended {
            return None;
        }
        let told = match self.present.take() {
            Some(present) => Ok(present),
            None => self.end().await,
        };
        self.ended = told.as_ref().map_or(true, BookingRequest::has_ended);
        Some((told.map_err(Error::from), self))
    }

    /// The request once it has ended.
    async fn end(&mut self) -> Result<BookingRequest, Box<Problem>> {
        loop {
            self.subscription.next().await?;
            let present = self.session.standing(&self.message_id).await?;
            if present.has_ended() {
                return Ok(present);
            }
        }
    }
}

/// The changes of a topic.
struct Changes {
    session: Arc<Session>,
    subscription: app::Subscription,
    topic: [Topic; 1],
    begun: bool,
    failed: bool,
}

impl Changes {
    async fn follow(
        session: &Arc<Session>,
        topic: Topic,
        after: Option<ID>,
    ) -> Result<impl Stream<Item = Result<Change>> + use<>, Box<Problem>> {
        let after = after.map(|after| position("/after", &after)).transpose()?;
        let subscription = session.state.app.subscribe(vec![topic.clone()], after).await?;
        let session = Arc::clone(session);
        let changes = Self { session, subscription, topic: [topic], begun: false, failed: false };
        Ok(unfold(changes, Self::next))
    }

    async fn next(mut self) -> Option<(Result<Change>, Self)> {
        if self.failed {
            return None;
        }
        if !self.begun {
            self.begun = true;
            let change = Change { event_id: self.subscription.position().to_string().into(), ..Change::default() };
            return Some((Ok(change), self));
        }
        loop {
            let change = match self.subscription.next().await {
                Ok(delivery) => self.shown(delivery).transpose(),
                Err(failure) => Some(Err(Failure::into(failure))),
            };
            if let Some(change) = change {
                self.failed = change.is_err();
                return Some((change.map_err(Error::from), self));
            }
        }
    }

    /// What the caller sees of a delivery; none when it is not for this caller.
    fn shown(&self, delivery: Delivery) -> Result<Option<Change>, Box<Problem>> {
        let notice = match delivery {
            Delivery::Event(notice) => notice,
            Delivery::Reset { head } => {
                return Ok(Some(Change { event_id: head.to_string().into(), reset: true, ..Change::default() }));
            }
        };
        let viewer = self.session.caller.viewer(&self.session.state);
        Ok(match app::shown(&notice, viewer, &self.topic) {
            Some(Seen::Whole(data)) => Some(change(&notice, data)?),
            Some(Seen::Outline(data)) => Some(change(&notice, &data)?),
            Some(Seen::Progress(_)) | None => None,
        })
    }
}

fn change(notice: &Notice, data: &RawValue) -> Result<Change, Box<Problem>> {
    #[derive(Deserialize)]
    struct Stored {
        data: Box<RawValue>,
    }
    let change = Change {
        event_id: notice.position.to_string().into(),
        kind: Some(notice.kind.clone()),
        time: Some(DateTime(notice.time.clone())),
        ..Change::default()
    };
    let text = || data.get().to_owned();
    let is_there = data.get() != "null";
    Ok(match notice.kind.split('.').nth(1) {
        Some("booking") if is_there => Change { booking: Some(Booking::read(text(), None)?), ..change },
        Some("resource") if is_there => Change { resource: Some(Resource::read(text(), None)?), ..change },
        Some("order") if is_there => {
            let Stored { data } = read(data.get())?;
            Change { order: Some(Order::read(data.get().to_owned(), None)?), ..change }
        }
        _ => change,
    })
}
