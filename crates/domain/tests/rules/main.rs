//! The rules of booking: against a naive reference that looks at every minute of the wall clock, and in named cases.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod buffers;
mod changes;
mod named;
mod quota;
mod random;
mod reading;
mod reference;
mod slots;
