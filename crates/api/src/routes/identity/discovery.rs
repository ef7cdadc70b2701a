//! GET /{pool}/.well-known/openid-configuration

use axum::extract::{RawPathParams, State};

use crate::answer;
use crate::problem::Answer;
use crate::schema::identity::Discovery;
use crate::schema::parameters::InPool;
use crate::state::Shared;

/// Get OpenID Connect's discovery document
#[utoipa::path(
    get,
    path = "/{pool}/.well-known/openid-configuration",
    operation_id = "GetDiscovery",
    tag = "identity",
    security(()),
    params(InPool),
    responses(
        (status = 200, description = "The document.", body = Discovery),
        (status = 404, description = "There is no such pool.")
    )
)]
pub(crate) async fn get_discovery(State(state): State<Shared>, path: RawPathParams) -> Answer {
    super::check_pool(&state, path.iter().next().map_or("", |(_, pool)| pool))?;
    Ok(answer::json(state.identity.discovery()))
}
