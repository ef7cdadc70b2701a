//! Rules of booking a resource.

use serde::Serialize;
use utoipa::ToSchema;

/// The rules of booking a resource, each optional. Administrators pass them, but for capacity, buffers and no-show release.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rules {
    /// When it is open, on the wall clock of the location's time zone; always when absent. A weekday that is not named is closed.
    #[schema(required = false)]
    opening_hours: OpeningHours,
    /// Dates on which it is closed or has other hours. It is open when both its own rules and its location's exceptions let it be.
    #[schema(required = false, max_items = 366)]
    exceptions: Vec<Exception>,
    /// Bookings start and end when the wall clock shows a multiple of so many minutes since 00:00, or when the local day begins.
    /// Divides the 1,440 minutes of a day.
    #[schema(required = false, minimum = 1, maximum = 1440)]
    slot_grid_minutes: i64,
    /// The shortest booking.
    #[schema(required = false, minimum = 1, maximum = 44_640)]
    min_minutes: i64,
    /// The longest booking.
    #[schema(required = false, minimum = 1, maximum = 44_640)]
    max_minutes: i64,
    /// A booking starts at least so many minutes from now.
    #[schema(required = false, minimum = 0, maximum = 527_040)]
    min_notice_minutes: i64,
    /// A booking ends with the local day that is so many days after today at the latest.
    #[schema(required = false, minimum = 1, maximum = 3660)]
    max_horizon_days: i64,
    /// Minutes before its start that a booking claims too; they may lie outside of the opening hours. The buffers of neighbours
    /// add up: both pass between two bookings.
    #[schema(required = false, minimum = 0, maximum = 1440)]
    buffer_before_minutes: i64,
    /// Minutes after its end that a booking claims too.
    #[schema(required = false, minimum = 0, maximum = 1440)]
    buffer_after_minutes: i64,
    /// A booking may be canceled, or moved away from its time, until so many minutes before its start.
    #[schema(required = false, minimum = 0, maximum = 527_040)]
    cancellation_notice_minutes: i64,
    /// How much of it one user may book.
    #[schema(required = false)]
    quota: Quota,
    /// Whether a booking, or moving one, waits for an administrator's approval. It is PENDING and holds its units meanwhile.
    #[schema(required = false)]
    approval_required: bool,
    /// How long it waits, but not beyond its start; 1,440 when absent.
    #[schema(required = false, minimum = 1, maximum = 527_040)]
    approval_expiry_minutes: i64,
    /// A booking to which nobody has checked in so many minutes after its start (or at its end) becomes NO_SHOW, and its units are free.
    #[schema(required = false, minimum = 1, maximum = 1440)]
    no_show_minutes: i64,
    /// One may check in from so many minutes before the start on; 15 when absent.
    #[schema(required = false, minimum = 0, maximum = 527_040)]
    check_in_opens_minutes: i64,
}

/// How much of a resource one user may book; at least one limit. A booking counts from when it is made until it is canceled before it begins, on the
/// date of the location's time zone on which it starts, with all of its minutes and whatever its units. A limit may not be above
/// that of a longer period. Bookings made by administrators count, too, but are not refused.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"bookingsPerDay": 2, "minutesPerWeek": 600})))]
pub(crate) struct Quota {
    #[schema(required = false, minimum = 1, maximum = 1_000_000)]
    bookings_per_day: i64,
    #[schema(required = false, minimum = 1, maximum = 1_000_000)]
    minutes_per_day: i64,
    /// Weeks begin on Monday (ISO 8601).
    #[schema(required = false, minimum = 1, maximum = 1_000_000)]
    bookings_per_week: i64,
    #[schema(required = false, minimum = 1, maximum = 1_000_000)]
    minutes_per_week: i64,
    #[schema(required = false, minimum = 1, maximum = 1_000_000)]
    bookings_per_month: i64,
    #[schema(required = false, minimum = 1, maximum = 1_000_000)]
    minutes_per_month: i64,
}

/// Hours of each weekday; at least one.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpeningHours {
    #[schema(required = false, min_items = 1, max_items = 12)]
    monday: Vec<Hours>,
    #[schema(required = false, min_items = 1, max_items = 12)]
    tuesday: Vec<Hours>,
    #[schema(required = false, min_items = 1, max_items = 12)]
    wednesday: Vec<Hours>,
    #[schema(required = false, min_items = 1, max_items = 12)]
    thursday: Vec<Hours>,
    #[schema(required = false, min_items = 1, max_items = 12)]
    friday: Vec<Hours>,
    #[schema(required = false, min_items = 1, max_items = 12)]
    saturday: Vec<Hours>,
    #[schema(required = false, min_items = 1, max_items = 12)]
    sunday: Vec<Hours>,
}

/// From when until when, on the wall clock. A time that does not exist because clocks go forward is moved on by what they skip; of
/// one that exists twice, the first is meant.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"opens": "09:00", "closes": "12:30"})))]
pub(crate) struct Hours {
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    opens: String,
    /// After `opens`; `24:00` is the end of the day.
    #[schema(pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
    closes: String,
}

/// A date, or a range of dates, on which it is closed or has other hours.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"startDate": "2027-12-24", "endDate": "2027-12-26", "closed": true, "reason": "Christmas"})))]
pub(crate) struct Exception {
    #[schema(format = "date")]
    start_date: String,
    /// The last date, at most 365 days later; the first when absent.
    #[schema(required = false, format = "date")]
    end_date: String,
    /// Closed all day. Else `hours` are given.
    #[schema(required = false)]
    closed: bool,
    /// The hours of each of the dates.
    #[schema(required = false, min_items = 1, max_items = 12)]
    hours: Vec<Hours>,
    /// Why; a refusal says it.
    #[schema(required = false, max_length = 256)]
    reason: String,
}
