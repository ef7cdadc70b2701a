//! The identity endpoints: Cognito's JSON protocol and what tokens are verified with.

mod cognito;
mod discovery;
mod jwks;

use axum::Router;
use axum::routing::post;
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Problem;
use crate::state::{Inner, Shared};

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(cognito::call_cognito))
        .routes(routes!(jwks::get_jwks))
        .routes(routes!(discovery::get_discovery))
}

/// The Cognito JSON protocol at a path.
pub(crate) fn at(path: &str) -> Router<Shared> {
    Router::new().route(path, post(cognito::call_cognito))
}

/// Refuses other pools than ours.
fn check_pool(state: &Inner, pool: &str) -> Result<(), Box<Problem>> {
    let settings = state.identity.settings();
    if settings.outside.is_some() {
        let detail =
            format!("Tokens are issued elsewhere; ask {} for its keys and its discovery document.", settings.issuer);
        return Err(Problem::new(StatusCode::NOT_FOUND, "not-found", detail));
    }
    if pool == settings.pool_id { Ok(()) } else { Err(Problem::no_route()) }
}
