//! Bookings of users, and when resources are free.

mod approval;
mod attendees;
mod availability;
mod cancel;
mod capacity;
mod check_in;
mod create;
mod elsewhere;
mod holds;
mod lists;
mod refusal;
mod reschedule;
mod rights;
mod rules;
mod several;
mod times;
mod waiting;
mod zones;
