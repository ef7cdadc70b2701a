//! Every limit of the product's data, in one place. The README's table of limits repeats them.

/// Items that one commit may write or guard (DynamoDB's `TransactWriteItems`).
pub const COMMIT_ITEMS: usize = 100;
/// Bytes that one commit may write.
pub const COMMIT_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of one stored item.
pub const ITEM_BYTES: usize = 400 * 1024;
/// Keys of one `get_many`.
pub const READ_KEYS: usize = 100;
/// Rounds in which a decision may ask for more keys.
pub const READ_ROUNDS: usize = 4;
/// Bytes of a request body.
pub const BODY_BYTES: usize = 1024 * 1024;
/// Bytes of the body of a table operation: an item of [`ITEM_BYTES`] fits with every byte of it escaped.
pub const RECORDS_BODY_BYTES: usize = 4 * 1024 * 1024;
/// Values in the payload of a table operation, each of which costs an item at least a byte.
pub const RECORDS_VALUES: usize = 400 * 1024;
/// Steps, of about a nanosecond, that a table operation's conditions, or a page of its items, may take.
pub const RECORDS_WORK: usize = 100_000_000;
/// Levels of nesting in the payload of a table operation; items have fewer (DynamoDB's bound is 32).
pub const RECORDS_NESTING: usize = 100;
/// Levels of nesting in a document (DynamoDB's bound on lists and maps).
pub const NESTING: usize = 32;
/// Unacceptable members and numbers of a document that a refusal names.
pub const PROBLEMS: usize = 20;
/// Significant digits of a number (DynamoDB's bound).
pub const NUMBER_DIGITS: usize = 38;
/// Bytes of an identifier that a client chooses.
pub const ID_BYTES: usize = 255;
/// Bytes of a name or title.
pub const NAME_BYTES: usize = 256;
/// Attendees of one booking.
pub const ATTENDEES: usize = 100;
/// Bytes of a description or of notes.
pub const TEXT_BYTES: usize = 8 * 1024;
/// Positions of one order.
pub const ORDER_ITEMS: usize = 500;
/// Units that a resource may have.
pub const CAPACITY: i64 = 1_000_000;
/// UTC days that one booking may touch.
pub const BOOKING_DAYS: i64 = 31;
/// Resources of one booking, the main one included.
pub const BOOKING_RESOURCES: usize = 5;
/// UTC days that the resources of a booking of several have together, so that a move of all fits into a commit.
pub const BOOKING_RESOURCE_DAYS: i64 = 30;
/// Bookings that are held, or wait for approval, and hold units of a resource on one UTC day.
pub const HOLDS: usize = 100;
/// Bookings that wait in line for units of a resource on one UTC day.
pub const WAITERS: usize = 50;
/// UTC days, buffers included, that a booking which waits in line may touch.
pub const WAITING_DAYS: i64 = 7;
/// Bookings in line that one commit grants; more are granted right afterwards.
pub const GRANTS: usize = 3;
/// Minutes for which one may hold a booking.
pub const HOLD_MINUTES: i64 = 60;
/// Minutes after which a booking that nobody approved expires, unless the resource says otherwise.
pub const APPROVAL_MINUTES: i64 = 24 * 60;
/// Minutes before its start from which on one may check in to a booking, unless the resource says otherwise.
pub const CHECK_IN_MINUTES: i64 = 15;
/// Days on each side of a refused booking that are searched for alternatives.
pub const ALTERNATIVE_DAYS: i64 = 7;
/// Other resources that are looked at for alternatives at the same time.
pub const SIBLINGS: usize = 20;
/// Alternatives of each kind (other times, other resources) that one refusal names.
pub const ALTERNATIVES: usize = 5;
/// Conflicting stretches that one refusal names.
pub const CONFLICTS: usize = 10;
/// Days that one availability request may span.
pub const AVAILABILITY_DAYS: i64 = 62;
/// Days in which the first free slot is looked for.
pub const FIRST_SLOT_DAYS: i64 = 366;
/// Resources that one search examines, and shows on a page.
pub const SEARCH_RESOURCES: usize = 500;
/// Days of resources that one search examines: a page ends with the resource that reaches it.
pub const SEARCH_DAYS: i64 = 31_000;
/// Stretches that one search shows: a page ends with the resource that reaches it.
pub const SEARCH_STRETCHES: usize = 100_000;
/// Features of a resource.
pub const FEATURES: usize = 50;
/// Bytes of one feature.
pub const FEATURE_BYTES: usize = 64;
/// Intervals of opening hours on one day.
pub const HOURS_OF_DAY: usize = 12;
/// Exceptions of a resource or of a location.
pub const EXCEPTIONS: usize = 366;
/// Days of one exception.
pub const EXCEPTION_DAYS: i64 = 366;
/// Minutes of a buffer before or after a booking.
pub const BUFFER_MINUTES: i64 = 24 * 60;
/// Minutes of notice that a rule may ask for.
pub const NOTICE_MINUTES: i64 = 366 * 24 * 60;
/// Days ahead that a rule may let one book.
pub const HORIZON_DAYS: i64 = 3_660;
/// Bookings, or minutes, that a quota may allow in a day, a week or a month.
pub const QUOTA: i64 = 1_000_000;
/// Dates on which one user may have bookings of a resource with a quota, from the present week and month on.
pub const QUOTA_DATES: usize = 1_000;
/// Requests that may wait for one resource.
pub const LANE_REQUESTS: i64 = 10_000;
/// Subscriptions of one connection by which changes are pushed.
pub const PUSH_SUBSCRIPTIONS: usize = 32;
/// Bytes of a message, and of a frame, that a client sends over a WebSocket (API Gateway's bound of a frame).
pub const PUSH_MESSAGE_BYTES: usize = 32 * 1024;
/// Messages a second that a client may send over a WebSocket, pings among them.
pub const PUSH_MESSAGES_PER_SECOND: u32 = 20;
/// Messages that it may have saved up, so that it can subscribe to everything at once.
pub const PUSH_MESSAGES_AT_ONCE: u32 = 100;
/// Items of one page of a list that is a bare array, and the default.
pub const PAGE_ITEMS: usize = 1_000;
/// Items of one page of locations (the original's page).
pub const LOCATION_PAGE_ITEMS: usize = 20;
/// Bytes of an `Idempotency-Key`.
pub const IDEMPOTENCY_KEY_BYTES: usize = 255;
/// Seconds for which a response is kept under an `Idempotency-Key`.
pub const IDEMPOTENCY_KEY_SECONDS: i64 = 24 * 60 * 60;
/// Seconds for which an order's first response is kept under its `orderId`, unless configured otherwise.
pub const ORDER_REPEAT_SECONDS: i64 = 60 * 60;
/// Seconds within which the owner of an order may cancel it.
pub const ORDER_CANCEL_SECONDS: i64 = 10 * 60;
/// Seconds for which a mark of deletion in progress holds off new bookings; the deletion renews it.
pub const CLOSING_SECONDS: i64 = 60;
