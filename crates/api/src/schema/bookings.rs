//! Bookings.

use serde::Serialize;
use utoipa::ToSchema;

use super::epoch_minute;

/// What is to be booked. Further members are kept as they are.
///
/// Of `endtimeepochtime` and `durationMinutes` at most one is needed; with neither it is the resource's slot, or 60 minutes.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "resourceID": "room-314", "starttimeepochtime": 1_800_003_600, "endtimeepochtime": 1_800_007_200, "units": 1,
    "title": "Design review", "notes": "Bring the prototype.", "attendees": [{"name": "Grace"}]
})))]
pub(crate) struct BookingRequest {
    #[serde(rename = "resourceID")]
    #[schema(min_length = 1, max_length = 255)]
    resource_id: String,
    #[serde(rename = "starttimeepochtime")]
    #[schema(schema_with = epoch_minute)]
    start: (),
    /// After the start, by at most 31 days.
    #[serde(rename = "endtimeepochtime")]
    #[schema(required = false, schema_with = epoch_minute)]
    end: (),
    #[serde(rename = "durationMinutes")]
    #[schema(required = false, minimum = 1, maximum = 44_640)]
    duration_minutes: i64,
    /// 1 when absent.
    #[schema(required = false, minimum = 1, maximum = 1_000_000)]
    units: i64,
    /// Hold it for so many minutes, not beyond its start: it is HELD and has its units until it is confirmed (`…/confirm`), canceled
    /// or expires (`expiresAt`). Sent again for a booking that is HELD the time begins anew; without `hold` it is booked then. One that
    /// is booked cannot be held (409 `not-held`).
    #[schema(required = false, minimum = 1, maximum = 60)]
    hold: i64,
    /// Where too few units are free, wait in line for them: it is WAITING and uses none until they come free, or expires at its start.
    /// Units go to the first in line whom they suffice, as soon as they come free; it is CONFIRMED then, or PENDING where approval is
    /// required. It counts in quotas meanwhile, and may be moved or canceled at any time; one that only becomes less keeps its place. For
    /// new bookings of one resource and of at most 7 UTC days, buffers included, and not together with `hold`.
    #[schema(required = false)]
    waitlist: bool,
    /// What is to be booked beside it for the same time, all or nothing: other resources of the same location. Each resource's own
    /// rules and buffers bind. The resources of a booking of several may have at most 30 UTC days together.
    #[serde(rename = "additionalResources")]
    #[schema(required = false, max_items = 4)]
    additional: Vec<AdditionalResource>,
    #[schema(required = false, max_length = 256)]
    title: String,
    #[schema(required = false, max_length = 8192)]
    notes: String,
    #[schema(required = false, max_items = 100)]
    attendees: Vec<Attendee>,
}

/// One who is to come: a name, an e-mail address or both. Attendees need no account.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"name": "Grace", "email": "grace@example.com"})))]
pub(crate) struct Attendee {
    #[schema(required = false, min_length = 1, max_length = 256)]
    name: String,
    #[schema(required = false, format = "email", max_length = 254)]
    email: String,
}

/// A resource that is booked beside the main one.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"resourceID": "beamer", "units": 1})))]
pub(crate) struct AdditionalResource {
    #[serde(rename = "resourceID")]
    #[schema(min_length = 1, max_length = 255)]
    resource_id: String,
    /// 1 when absent.
    #[schema(required = false, minimum = 1, maximum = 1_000_000)]
    units: i64,
}

/// Why a booking is declined.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({"reason": "The hall is being painted that week."})))]
pub(crate) struct Decline {
    /// It is shown with the booking.
    #[schema(required = false, max_length = 8192)]
    reason: String,
}

/// A booking, with the client's further members.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "bookingID": "019412ab-7c1e-7000-8000-5f1d2c3b4a59", "userID": "6f9619ff-8b86-4d11-b42d-00cf4fc964ff",
    "resourceID": "room-314", "locationID": "berlin", "starttimeepochtime": 1_800_003_600,
    "endtimeepochtime": 1_800_007_200, "timeZone": "Europe/Berlin", "units": 1, "status": "CONFIRMED", "timestamp": "2027-01-15T07:00:00.000Z",
    "title": "Design review", "notes": "Bring the prototype."
})))]
pub(crate) struct Booking {
    #[serde(rename = "bookingID")]
    booking_id: String,
    #[serde(rename = "userID")]
    user_id: String,
    #[serde(rename = "resourceID")]
    resource_id: String,
    #[serde(rename = "locationID")]
    location_id: String,
    #[serde(rename = "starttimeepochtime")]
    #[schema(schema_with = epoch_minute)]
    start: (),
    #[serde(rename = "endtimeepochtime")]
    #[schema(schema_with = epoch_minute)]
    end: (),
    /// The IANA name of the time zone of its location when it was booked.
    #[serde(rename = "timeZone")]
    #[schema(required = false)]
    time_zone: String,
    units: i64,
    /// What is booked beside it, for the same time.
    #[serde(rename = "additionalResources")]
    #[schema(required = false)]
    additional: Vec<AdditionalResource>,
    /// CONFIRMED, HELD (it holds its units until it is confirmed), PENDING (it waits for approval and holds its units),
    /// WAITING (it waits in line for units, and uses none), CANCELED, DECLINED, EXPIRED (nobody confirmed or approved it in time, or no
    /// units came free) or NO_SHOW (nobody checked in); more may follow.
    status: String,
    /// When it was last changed (RFC 3339).
    #[schema(format = "date-time")]
    timestamp: String,
    /// When it expires unless it is confirmed, approved or granted before.
    #[serde(rename = "expiresAt")]
    #[schema(required = false, format = "date-time")]
    expires_at: String,
    /// Since when it waits in line.
    #[serde(rename = "waitingSince")]
    #[schema(required = false, format = "date-time")]
    waiting_since: String,
    /// When somebody checked in.
    #[serde(rename = "checkedInAt")]
    #[schema(required = false, format = "date-time")]
    checked_in_at: String,
    /// Why it was declined.
    #[serde(rename = "declineReason")]
    #[schema(required = false, max_length = 8192)]
    decline_reason: String,
    #[schema(required = false)]
    title: String,
    #[schema(required = false)]
    notes: String,
    #[schema(required = false)]
    attendees: Vec<Attendee>,
}

/// A booking in a resource's list: whole for its owner and for administrators, an outline for others, who do not see those that wait in
/// line. In the list of an additional
/// resource it has that resource and its units, with the booking's identifiers for its owner and for administrators.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "resourceID": "room-314", "locationID": "berlin", "starttimeepochtime": 1_800_003_600,
    "endtimeepochtime": 1_800_007_200, "units": 1, "status": "CONFIRMED"
})))]
pub(crate) struct ListedBooking {
    #[serde(rename = "resourceID")]
    resource_id: String,
    #[serde(rename = "locationID")]
    #[schema(required = false)]
    location_id: String,
    #[serde(rename = "starttimeepochtime")]
    #[schema(schema_with = epoch_minute)]
    start: (),
    #[serde(rename = "endtimeepochtime")]
    #[schema(required = false, schema_with = epoch_minute)]
    end: (),
    #[schema(required = false)]
    units: i64,
    /// As of a booking.
    #[schema(required = false)]
    status: String,
    /// Only in whole bookings.
    #[serde(rename = "bookingID")]
    #[schema(required = false)]
    booking_id: String,
    /// Only in whole bookings.
    #[serde(rename = "userID")]
    #[schema(required = false)]
    user_id: String,
}
