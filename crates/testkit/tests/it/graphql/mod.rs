//! POST /graphql: the same use cases, policies and refusals as the REST routes.

mod bookings;
mod limits;
mod orders;
mod places;
mod requests;
mod transport;
