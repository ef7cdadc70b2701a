//! /graphql: the same use cases, policies and refusals as the REST routes.

mod bookings;
mod connections;
mod limits;
mod orders;
mod places;
mod protocol;
mod requests;
mod socket;
mod subscriptions;
mod transport;

pub(crate) use socket::Socket;
