//! Resources of locations.

mod bookings;
mod deletion;
mod item;
