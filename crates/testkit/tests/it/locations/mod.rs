//! Locations.

mod deletion;
mod item;
mod list;
