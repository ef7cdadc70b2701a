//! All routes together.

use std::sync::Arc;

use axum::Router;
use axum::response::IntoResponse;
use bytes::Bytes;
use utoipa_axum::router::OpenApiRouter;

use crate::observe::Observe;
use crate::openapi;
use crate::problem::Problem;
use crate::routes;
use crate::service::Service;
use crate::state::{Inner, Shared, State};

/// The whole interface. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, or put
/// `ConnectInfo<SocketAddr>` into the extensions of every request: the access log takes the client's address from there.
pub fn router(state: State) -> Router {
    let observe = Observe::new(state.clock, state.ids.random(), &state.base_path);
    let base = state.base_path.as_str().to_owned();
    let document = openapi::text(&openapi::served_under(&state.base_path));
    let State { app, identity, ids, base_path, pace, service, stays, .. } = state;
    let shared = Arc::new(Inner {
        app,
        identity,
        base_path,
        ids,
        pace,
        stays,
        document: Bytes::from(document),
        #[cfg(feature = "graphql")]
        graphql: crate::graphql::schema(),
    });
    let has_status = service == Service::All;
    let api = routed(routes::of(service), &shared);
    let api = if has_status { api } else { api.merge(routed(routes::status::routes(), &shared)) };
    let routes = if base.is_empty() {
        api
    } else {
        let nested = Router::new().nest(&base, api).merge(routed(routes::status::routes(), &shared));
        if matches!(service, Service::All | Service::Identity) {
            nested.merge(routes::identity::at(&format!("{base}/")).with_state(Arc::clone(&shared)))
        } else {
            nested
        }
    };
    routes.fallback(async || Problem::no_route().into_response()).layer(observe)
}

fn routed(routes: OpenApiRouter<Shared>, shared: &Shared) -> Router {
    let (routes, _) = routes.split_for_parts();
    routes.with_state(Arc::clone(shared))
}
