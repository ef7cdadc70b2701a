//! Profiles.

mod create;
mod list;
mod others;
mod own;
mod person;
