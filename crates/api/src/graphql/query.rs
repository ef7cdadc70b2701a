//! Queries. Each field makes the call that the REST route for the same makes, under the same action of the policies.

use async_graphql::{Context, ID, InputObject, Object};
use domain::id;
use domain::limits::SEARCH_RESOURCES;
use identity::Action;

use super::cost;
use super::field::{Field, field};
use super::scalars::DateTime;
use super::session::{Listed, session};
use super::types::{
    Availability, Booking, BookingPage, BookingRequest, FreeResourcePage, Location, LocationPage, Order, OrderPage,
    Resource, ResourcePage, Shown, read,
};
use crate::parameters::Parameters;

/// What free time is looked for.
#[derive(Default, InputObject)]
struct FreeTimeInput {
    /// From when, a whole minute; now when absent.
    from: Option<DateTime>,
    /// Until when, at most 62 days later, or 366 with `first`; a week later when absent.
    to: Option<DateTime>,
    /// In place of `from` and `to`: the `day`, `week` or `month` in which `date` lies, on the wall clock of each location.
    period: Option<String>,
    /// A local date, with `period`; today when absent.
    date: Option<String>,
    /// Only stretches in which a booking of so many minutes may lie.
    minutes: Option<i32>,
    /// Units that must be free; 1 when absent.
    units: Option<i32>,
    /// Only the first slot of exactly `minutes` that a booking may take.
    #[graphql(default)]
    first: bool,
}

impl FreeTimeInput {
    /// The query parameters of the REST route for the same.
    fn parameters(self) -> [(&'static str, Option<String>); 7] {
        let time = |time: Option<DateTime>| time.map(|time| time.0);
        let number = |number: Option<i32>| number.map(|number| number.to_string());
        [
            ("from", time(self.from)),
            ("to", time(self.to)),
            ("period", self.period),
            ("date", self.date),
            ("minutes", number(self.minutes)),
            ("units", number(self.units)),
            ("first", Some(self.first.to_string())),
        ]
    }
}

/// Queries.
pub(crate) struct Query;

#[Object]
impl Query {
    /// A booking, also a canceled one.
    #[graphql(complexity = "cost::READ + child_complexity")]
    async fn booking(&self, ctx: &Context<'_>, #[graphql(name = "userID")] user_id: ID, id: ID) -> Field<Booking> {
        field(async {
            let session = session(ctx)?;
            session.check(Action::GetBooking, Some(&user_id), &[("userID", &user_id), ("id", &id)])?;
            Booking::of(session.state.app.get_booking(&user_id, &id).await?)
        })
        .await
    }

    /// A user's bookings by start, ascending; with `all` also canceled ones. The limit is 1 to 1,000.
    #[graphql(complexity = "cost::page(limit, child_complexity)")]
    async fn bookings(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "userID")] user_id: ID,
        #[graphql(default)] all: bool,
        #[graphql(default = 100)] limit: i32,
        cursor: Option<String>,
    ) -> Field<BookingPage> {
        field(async {
            let session = session(ctx)?;
            session.check(Action::ListUserBookings, Some(&user_id), &[("userID", &user_id)])?;
            let parameters = Listed { all, limit, cursor }.parameters();
            let mut listing = session.state.app.list_user_bookings(&user_id, parameters.bookings()?).await?;
            Ok(BookingPage { items: Booking::all(&mut listing)?, next_cursor: listing.next })
        })
        .await
    }

    /// A resource's bookings by start, ascending. Callers who are neither owner nor administrator see outlines.
    #[graphql(complexity = "cost::page(limit, child_complexity)")]
    async fn resource_bookings(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "locationID")] location_id: ID,
        #[graphql(name = "resourceID")] resource_id: ID,
        #[graphql(default)] all: bool,
        #[graphql(default = 100)] limit: i32,
        cursor: Option<String>,
    ) -> Field<BookingPage> {
        field(async {
            let session = session(ctx)?;
            let ids = [("locationID", &location_id), ("resourceID", &resource_id)];
            session.check(Action::ListResourceBookings, None, &ids)?;
            session.bookings_of_resource(&location_id, &resource_id, Listed { all, limit, cursor }).await
        })
        .await
    }

    /// When a resource is free: the stretches in which its rules accept a booking.
    #[graphql(complexity = "cost::CALENDAR + child_complexity")]
    async fn availability(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "locationID")] location_id: ID,
        #[graphql(name = "resourceID")] resource_id: ID,
        free: Option<FreeTimeInput>,
    ) -> Field<Availability> {
        field(async {
            let session = session(ctx)?;
            let ids = [("locationID", &location_id), ("resourceID", &resource_id)];
            session.check(Action::GetAvailability, None, &ids)?;
            let parameters = Parameters::of(free.unwrap_or_default().parameters());
            let asked = parameters.availability(session.caller.soft_rules(&session.state, None))?;
            let reply = session.state.app.availability(&location_id, &resource_id, asked).await?;
            read(reply.body.as_deref().unwrap_or_default())
        })
        .await
    }

    /// Resources that are free, with when they are. The limit is 1 to 500.
    #[graphql(complexity = "cost::search(limit, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    async fn free_resources(
        &self,
        ctx: &Context<'_>,
        free: Option<FreeTimeInput>,
        #[graphql(name = "locationID")] location_id: Option<ID>,
        #[graphql(name = "type")] kind: Option<String>,
        features: Option<Vec<String>>,
        #[graphql(default = 20)] limit: i32,
        cursor: Option<String>,
    ) -> Field<FreeResourcePage> {
        field(async {
            let session = session(ctx)?;
            session.check(Action::SearchAvailability, None, &[])?;
            let parameters = Parameters::of(
                free.unwrap_or_default().parameters().into_iter().chain([("limit", Some(limit.to_string()))]),
            );
            let features = features.map(|features| features.join(","));
            let search = app::Search {
                asked: parameters.availability(session.caller.soft_rules(&session.state, None))?,
                location: location_id.as_deref().map(String::as_str),
                kind: kind.as_deref(),
                features: features.as_deref(),
                limit: parameters.limit(SEARCH_RESOURCES)?.unwrap_or(SEARCH_RESOURCES),
                cursor: cursor.as_deref(),
            };
            let reply = session.state.app.search_availability(search).await?;
            read(reply.body.as_deref().unwrap_or_default())
        })
        .await
    }

    /// How far a request of the caller's has come.
    #[graphql(complexity = "cost::READ + child_complexity")]
    async fn booking_request(&self, ctx: &Context<'_>, message_id: ID) -> Field<BookingRequest> {
        field(async {
            let session = session(ctx)?;
            session.check(Action::GetBookingRequest, None, &[("messageId", &message_id)])?;
            session.standing(&message_id).await
        })
        .await
    }

    /// The caller's orders, or, for administrators, those of any user; by identifier, canceled ones too. The limit is 1 to 1,000.
    #[graphql(complexity = "cost::page(limit, child_complexity)")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "userID")] user_id: Option<ID>,
        #[graphql(default = 100)] limit: i32,
        cursor: Option<String>,
    ) -> Field<OrderPage> {
        field(async {
            let session = session(ctx)?;
            let user = match &user_id {
                Some(user) => {
                    session.check(Action::ListUserOrders, Some(user), &[("userID", user)])?;
                    user.as_str()
                }
                None => {
                    session.check(Action::ListOrders, Some(session.caller.sub()), &[])?;
                    session.caller.sub()
                }
            };
            let parameters = Listed { all: false, limit, cursor }.parameters();
            let page = parameters.page()?;
            let mut listing = session.state.app.list_orders(user, page.limit, page.cursor).await?;
            Ok(OrderPage { items: Order::all(&mut listing)?, next_cursor: listing.next })
        })
        .await
    }

    /// An order of the caller's.
    #[graphql(complexity = "cost::READ + child_complexity")]
    async fn order(&self, ctx: &Context<'_>, id: ID) -> Field<Order> {
        field(async {
            let session = session(ctx)?;
            session.check(Action::GetOrder, Some(session.caller.sub()), &[("id", &id)])?;
            Order::of(session.state.app.get_order(session.caller.sub(), &id).await?)
        })
        .await
    }

    /// Locations, 20 a page, in no particular order.
    #[graphql(complexity = "cost::locations(child_complexity)")]
    async fn locations(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "lastLocationID")] last_location_id: Option<ID>,
    ) -> Field<LocationPage> {
        field(async {
            let session = session(ctx)?;
            session.check(Action::ListLocations, None, &[])?;
            let reply = session.state.app.list_locations(last_location_id.as_deref().map(String::as_str)).await?;
            LocationPage::of(&reply)
        })
        .await
    }

    /// A location.
    #[graphql(complexity = "cost::READ + child_complexity")]
    async fn location(&self, ctx: &Context<'_>, id: ID) -> Field<Location> {
        field(async {
            let session = session(ctx)?;
            session.check(Action::GetLocation, None, &[("id", &id)])?;
            Location::of(session.state.app.get_location(&id).await?)
        })
        .await
    }

    /// A resource.
    #[graphql(complexity = "cost::READ + child_complexity")]
    async fn resource(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "locationID")] location_id: ID,
        id: ID,
    ) -> Field<Resource> {
        field(async {
            let session = session(ctx)?;
            session.check(Action::GetResource, None, &[("locationID", &location_id), ("id", &id)])?;
            Resource::of(session.state.app.get_resource(&location_id, &id).await?)
        })
        .await
    }

    /// What can be booked at a location. The limit is 1 to 1,000.
    #[graphql(complexity = "cost::page(limit, child_complexity)")]
    async fn resources(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "locationID")] location_id: ID,
        #[graphql(default = 100)] limit: i32,
        cursor: Option<String>,
    ) -> Field<ResourcePage> {
        field(async {
            id::check("locationID", &location_id)?;
            session(ctx)?.resources(&location_id, limit, cursor).await
        })
        .await
    }
}
