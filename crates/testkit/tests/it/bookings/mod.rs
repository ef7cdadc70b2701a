//! Bookings of users, and when resources are free.

mod attendees;
mod availability;
mod cancel;
mod capacity;
mod create;
mod lists;
mod refusal;
mod reschedule;
mod rights;
mod rules;
mod several;
mod times;
mod zones;
