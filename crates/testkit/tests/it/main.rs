//! The interface, tested from outside: one binary, folders as the routes are.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also where it calls a function of its own"
)]

mod availability;
mod bookings;
mod consumption;
mod durability;
mod dynamodb;
mod events;
mod graphql;
mod http;
mod identity;
mod input;
mod lambda;
mod locations;
mod migration;
mod operations;
mod orders;
mod outside;
mod pipelines;
mod push;
mod races;
mod records;
mod requests;
mod resources;
mod server;
mod socket;
mod templates;
mod users;
