//! Identity on the embedded store, spoken to as clients speak to it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; clippy knows only functions marked as tests"
)]

mod access;
mod accounts;
mod keys;
mod lists;
mod refusals;
mod sign_in;
mod start;
mod support;
