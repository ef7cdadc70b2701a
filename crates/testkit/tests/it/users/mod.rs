//! Profiles.

mod create;
mod list;
mod own;
mod others;
