//! Types, rules, events and limits: pure, without I/O, clocks or randomness.
//!
//! Every rule has the same shape: state, command, time and new ids in; new state and events, or a [`Refusal`] that names its
//! rule, out.

pub mod alternatives;
pub mod ambient;
pub mod attendee;
pub mod availability;
pub mod booking;
pub mod email;
pub mod event;
pub mod features;
pub mod fields;
pub mod id;
pub mod json;
pub mod limits;
pub mod location;
pub mod meant;
pub mod number;
pub mod occupancy;
pub mod order;
pub mod pattern;
pub mod refusal;
pub mod resource;
pub mod rules;
pub mod spread;
pub mod ticket;
pub mod time;
pub mod user;

pub use ambient::{Clock, Ids};
pub use pattern::Pattern;
pub use refusal::{Kind, Problem, Refusal};
