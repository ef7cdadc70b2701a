//! Parameters that several operations have.

use serde::Serialize;
use utoipa::IntoParams;

/// A user.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct InUser {
    /// The user's identifier, the token's `sub`.
    #[param(min_length = 1, max_length = 255)]
    userid: String,
}

/// An order.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct InOrder {
    /// The order's identifier.
    #[serde(rename = "orderId")]
    #[param(min_length = 1, max_length = 255, example = "order-1001")]
    order_id: String,
}

/// A location.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct InLocation {
    /// The location's identifier.
    #[serde(rename = "locationID")]
    #[param(min_length = 1, max_length = 255, example = "berlin")]
    location_id: String,
}

/// A resource.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct InResource {
    /// The resource's identifier.
    #[serde(rename = "resourceID")]
    #[param(min_length = 1, max_length = 255, example = "room-314")]
    resource_id: String,
}

/// A booking.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct InBooking {
    /// The booking's identifier.
    #[serde(rename = "bookingID")]
    #[param(min_length = 1, max_length = 255, example = "019412ab-7c1e-7000-8000-5f1d2c3b4a59")]
    booking_id: String,
}

/// A request for a booking.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct InRequest {
    /// The request's identifier, `MessageId` of the answer to `POST /book`.
    #[param(min_length = 1, max_length = 255, example = "0d4a3c5e-2c77-4f31-9a55-4b1f0c9d7e21")]
    message_id: String,
}

/// The user pool.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct InPool {
    /// The pool's identifier.
    #[param(example = "local_frontdesk")]
    pool: String,
}

/// A page of a list.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// Items of a page; 1,000 when absent.
    #[param(required = false, minimum = 1, maximum = 1000)]
    limit: i64,
    /// Where the page before ended, as its `Link` header or `nextCursor` has it.
    #[param(required = false)]
    cursor: String,
}

/// Canceled bookings too.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BookingStatus {
    /// `all` shows canceled bookings too.
    #[param(required = false, pattern = "^all$")]
    status: String,
}

/// A deletion with everything below.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Cascade {
    /// Whether what is below goes too; without it that is a conflict.
    #[param(required = false)]
    cascade: bool,
}

/// A rehearsal.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DryRun {
    /// Whether only the answer is wanted: nothing changes, and the `Idempotency-Key` is not looked at.
    #[serde(rename = "dryRun")]
    #[param(required = false)]
    dry_run: bool,
}

/// A page of locations.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LocationPaging {
    /// The `lastLocationID` of the page before.
    #[serde(rename = "lastLocationID")]
    #[param(required = false)]
    last_location_id: String,
}

/// What free time is looked for.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FreeTime {
    /// From when: a whole minute, in epoch seconds or as RFC 3339; now when absent.
    #[param(required = false, example = "2027-01-15T09:00:00Z")]
    from: String,
    /// Until when, at most 62 days later, or 366 with `first`; a week later when absent, or 366 days with `first`.
    #[param(required = false, example = "2027-01-15T18:00:00Z")]
    to: String,
    /// In place of `from` and `to`: the day, the week (from Monday, ISO 8601) or the month in which `date` lies, on the wall clock of
    /// each resource's location; with `first`, what is left of it.
    #[param(required = false, pattern = "^(day|week|month)$")]
    period: String,
    /// A local date, with `period`; today when absent.
    #[param(required = false, format = "date")]
    date: String,
    /// Only stretches in which a booking of so many minutes may lie. With the length of the whole window: what is free at exactly
    /// that time. With `first`, the length of the slot; what a booking without a length has when absent.
    #[param(required = false, minimum = 1, maximum = 43_200)]
    minutes: i64,
    /// Units that must be free; 1 when absent.
    #[param(required = false, minimum = 1, maximum = 1_000_000)]
    units: i64,
    /// Only the first slot of exactly `minutes` that a booking may take, which on a slot grid are whole steps of it.
    #[param(required = false)]
    first: bool,
}

/// What a calendar draws.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Drawing {
    /// Whether to show what a calendar draws beside free time: `busy`, `closed`, `days` and the slots. Not with `first`.
    #[param(required = false)]
    busy: bool,
}

/// Which resources are looked at.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Sought {
    /// Only resources of this kind, which must be one that is known.
    #[serde(rename = "type")]
    #[param(required = false, example = "room")]
    kind: String,
    /// Only resources of this location, which must exist.
    #[param(required = false, example = "berlin")]
    location: String,
    /// Only resources that have all of these features, with commas between.
    #[param(required = false, example = "projector,step-free")]
    features: String,
    /// Resources of a page; 100 when absent.
    #[param(required = false, minimum = 1, maximum = 500)]
    limit: i64,
    /// The `nextCursor` of the page before.
    #[param(required = false)]
    cursor: String,
}

/// A ticket in place of a token.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InTicket {
    /// A ticket of `POST /ws/tickets`, for clients that cannot send `Authorization`.
    #[param(required = false)]
    ticket: String,
}

/// What is followed: at least one, 32 at the most.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InTopics {
    /// Requests of the caller's.
    #[param(required = false, max_items = 32)]
    message_id: Vec<String>,
    /// Resources whose calendar is followed.
    #[serde(rename = "resourceID")]
    #[param(required = false, max_items = 32)]
    resource_id: Vec<String>,
    /// Users whose bookings are followed; `me` is the caller, others are for administrators.
    #[param(required = false, max_items = 32, example = json!(["me"]))]
    bookings: Vec<String>,
    /// Users whose orders are followed; `me` is the caller, others are for administrators.
    #[param(required = false, max_items = 32)]
    orders: Vec<String>,
    /// The `id` of the event behind which to go on; `Last-Event-ID` wins.
    #[serde(rename = "lastEventId")]
    #[param(required = false)]
    last_event_id: String,
}

/// Where a stream of events goes on.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct InStream {
    /// The `id` of the event behind which to go on, as an `EventSource` sends it when it connects again.
    #[serde(rename = "Last-Event-ID")]
    #[param(required = false)]
    last_event_id: String,
}
