//! `/events/…`.

mod search;
