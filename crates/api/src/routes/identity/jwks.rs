//! GET /{pool}/.well-known/jwks.json

use std::time::Duration;

use axum::extract::{RawPathParams, State};
use http::HeaderValue;
use http::header::CACHE_CONTROL;

use crate::answer;
use crate::problem::{Answer, Problem};
use crate::schema::identity::JwkSet;
use crate::schema::parameters::InPool;
use crate::state::Shared;

/// How long a request waits for the keys of a server that has just started.
const READY_LIMIT: Duration = Duration::from_secs(10);

/// Get the keys that verify tokens
#[utoipa::path(
    get,
    path = "/{pool}/.well-known/jwks.json",
    operation_id = "GetJwks",
    tag = "identity",
    security(()),
    params(InPool),
    responses(
        (status = 200, description = "The keys.", body = JwkSet),
        (status = 404, description = "There is no such pool.")
    )
)]
pub(crate) async fn get_jwks(State(state): State<Shared>, path: RawPathParams) -> Answer {
    super::check_pool(&state, path.iter().next().map_or("", |(_, pool)| pool))?;
    state.identity.wait_ready(READY_LIMIT).await;
    let keys = state.identity.jwks().map(str::to_owned);
    let keys = keys.ok_or_else(|| Problem::unavailable("the signing keys are not ready yet".to_owned()))?;
    let mut response = answer::json(keys);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    Ok(response)
}
