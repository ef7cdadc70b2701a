//! Use cases on the embedded store.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod approval;
mod bookings;
mod deletion;
mod feed;
mod histories;
mod holds;
mod line_faults;
mod line_room;
mod person;
mod pipelines;
mod quotas;
mod several;
mod support;
mod tickets;
mod timers;
mod trimming;
mod waiting;
