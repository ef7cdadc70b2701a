//! The same scenarios against whatever serves the interface: a server that they start themselves, the functions on an emulator, a stack
//! that is deployed. They know a URL and two people, an administrator and a guest, and nothing of the inside.
//!
//! `cargo xtask e2e --help` says how to run them; `settings.rs` has the variables. Whatever a scenario makes has a name of its own and is
//! removed at its end, also when it fails. What stays is what the contract keeps: canceled bookings, and canceled or acknowledged orders, of
//! these two people.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also where it calls a function of its own"
)]

mod bookings;
mod cors;
mod desk;
mod health;
mod holds;
mod orders;
mod places;
mod records;
mod requests;
mod rights;
mod settings;
mod users;
