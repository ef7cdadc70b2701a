//! Table operations.

mod errors;
mod idempotency;
mod operations;
mod pages;
mod payloads;
mod readme;
mod rights;
mod unknown;
mod values;
