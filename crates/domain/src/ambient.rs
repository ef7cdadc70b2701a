//! What only the shell can supply: the time and new identifiers. Rules take both as arguments; these two traits let use cases
//! and stores be given them.

use jiff::Timestamp;
use uuid::Uuid;

/// The time of day.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// New identifiers.
pub trait Ids: Send + Sync {
    /// A new identifier that sorts by its time of making (UUID version 7, RFC 9562), for stored items.
    fn ordered(&self) -> Uuid;

    /// A new identifier that cannot be guessed from another (UUID version 4, RFC 9562).
    fn random(&self) -> Uuid;
}
