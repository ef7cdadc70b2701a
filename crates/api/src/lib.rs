//! HTTP: routes, extractors, problem details, OpenAPI and the reference page.
//!
//! [`router`] is the whole interface over the use cases of `app`. A request goes through one layer (`observe`) to a handler,
//! which takes what it needs by extractors (a `permit::Permit` first), makes one call, and replies. Whatever goes wrong becomes
//! a `problem::Problem`.

mod answer;
mod caller;
mod connection;
mod failure;
#[cfg(feature = "graphql")]
mod graphql;
mod link;
mod observe;
mod openapi;
mod parameters;
mod payload;
mod permit;
mod postman;
mod problem;
mod progress;
mod push;
mod received;
mod router;
mod routes;
mod schema;
mod service;
mod state;
mod terms;

pub use connection::Connection;
#[cfg(feature = "graphql")]
pub use graphql::graphql_text;
pub use observe::{HEADER_BYTES, cross_origin};
pub use openapi::{openapi, openapi_text};
pub use postman::postman_text;
pub use push::Pace;
pub use router::router;
pub use service::{Operation, Service, operations};
pub use state::{BasePath, InvalidBasePath, State};
