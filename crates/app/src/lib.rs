//! Use cases: one call from request to commit.
//!
//! A use case loads what a rule needs by key, lets the pure rule of `domain` decide inside the store's transaction, and returns a
//! [`Reply`] or a [`Failure`]. It knows neither HTTP nor any particular store.

mod audience;
mod availability;
mod booking_lists;
mod bookings;
mod command;
mod commit;
mod deletion;
mod departures;
mod erasure;
pub mod events;
mod homes;
mod location_deletion;
mod locations;
mod moved;
mod orders;
mod person;
mod records;
mod reply;
mod resources;
mod settings;
mod tickets;
mod users;

pub use audience::{Shown, shown};
pub use availability::{AvailabilityQuery, Search};
pub use booking_lists::{BookingList, Viewer};
pub use command::{Command, Idempotency, IfMatch};
pub use erasure::Erased;
pub use events::{Delivery, Notice, Subscription, Topic};
pub use moved::{Moved, MovedPage, Stretch};
pub use reply::{Failure, Listing, Reply, Success};
pub use settings::{App, Settings};
pub use store::StoreError;
pub use tickets::Progress;
