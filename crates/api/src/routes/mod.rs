//! The routes, a folder for each group of endpoints and a file for each endpoint.

mod availability;
mod bookings;
mod events;
#[cfg(feature = "graphql")]
mod graphql;
pub(crate) mod identity;
mod locations;
mod orders;
mod push;
mod records;
mod reference;
mod requests;
mod resources;
pub(crate) mod status;
mod users;

use utoipa_axum::router::OpenApiRouter;

use crate::service::Service;
use crate::state::Shared;

/// All routes, and what the OpenAPI document says of them.
pub(crate) fn all() -> OpenApiRouter<Shared> {
    of(Service::All)
}

/// The routes of one part of the interface, and what the OpenAPI document says of them.
pub(crate) fn of(service: Service) -> OpenApiRouter<Shared> {
    match service {
        Service::All => whole(),
        Service::Users => users::routes(),
        Service::Orders => orders::routes(),
        Service::Spaces => spaces(),
        Service::Requests => requests::routes(),
        Service::Records => records::routes(),
        Service::Identity => identity::routes(),
    }
}

fn spaces() -> OpenApiRouter<Shared> {
    locations::routes().merge(resources::routes()).merge(availability::routes()).merge(bookings::routes())
}

fn whole() -> OpenApiRouter<Shared> {
    let routes = OpenApiRouter::default()
        .merge(users::routes())
        .merge(orders::routes())
        .merge(spaces())
        .merge(events::routes())
        .merge(records::routes())
        .merge(requests::routes())
        .merge(push::routes())
        .merge(identity::routes())
        .merge(status::routes())
        .merge(reference::routes());
    #[cfg(feature = "graphql")]
    let routes = routes.merge(graphql::routes());
    routes
}
