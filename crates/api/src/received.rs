//! The address of a request as it was received. Routes under a base path see it without that path.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use http::Uri;
use http::request::Parts;

/// The path and query that the client asked for, the base path included.
#[derive(Clone)]
pub(crate) struct Received(pub(crate) Uri);

impl Received {
    /// Keeps the address before the base path is taken off.
    pub(crate) fn remember(request: &mut Request) {
        let received = Self(request.uri().clone());
        request.extensions_mut().insert(received);
    }

    pub(crate) fn of(parts: &Parts) -> Self {
        parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self(parts.uri.clone()))
    }
}

impl<S: Sync> FromRequestParts<S> for Received {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}
