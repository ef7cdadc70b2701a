//! A caller who is signed in, and what the policies let them do. A route asks once, by a `crate::permit::Permit`; a GraphQL request
//! asks for each of its fields.

use std::sync::Arc;

use app::{Command, Viewer};
use axum::extract::FromRequestParts;
use http::HeaderMap;
#[cfg(feature = "graphql")]
use http::HeaderValue;
use http::header::AUTHORIZATION;
use http::request::Parts;
use identity::{Action, AuthError, Principal};

use crate::observe::RequestId;
use crate::permit::permit;
use crate::problem::Problem;
use crate::state::{Inner, Shared};
use crate::terms::Terms;

/// A caller who is signed in.
#[derive(Clone)]
pub(crate) struct Caller {
    principal: Arc<Principal>,
    request_id: Option<RequestId>,
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Box<Problem>;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Box<Problem>> {
        Ok(Self::of(state, &parts.headers, parts.extensions.get().cloned()).await?)
    }
}

impl Caller {
    /// The caller of a request with these headers; without waiting when the token is known.
    pub(crate) async fn of(
        state: &Inner,
        headers: &HeaderMap,
        request_id: Option<RequestId>,
    ) -> Result<Self, AuthError> {
        let header = headers.get(AUTHORIZATION).ok_or(AuthError::Missing)?;
        let header = header.to_str().map_err(|_| AuthError::Invalid("it is not ASCII"))?;
        Self::with(state, header, request_id).await
    }

    /// The caller with this value of `Authorization`.
    async fn with(state: &Inner, authorization: &str, request_id: Option<RequestId>) -> Result<Self, AuthError> {
        let principal = match state.identity.authenticate_cached(authorization) {
            Some(known) => known,
            None => state.identity.authenticate(authorization).await,
        };
        Ok(Self { principal: principal?, request_id })
    }

    /// A caller of a connection that stays open; the request's id names a message.
    #[cfg(feature = "graphql")]
    pub(crate) fn believed(believed: &identity::Caller, request_id: &str) -> Self {
        let request_id = HeaderValue::try_from(request_id).ok().map(RequestId);
        Self { principal: Arc::new(believed.principal().clone()), request_id }
    }

    /// The caller's `sub`.
    pub(crate) fn sub(&self) -> &str {
        &self.principal.sub
    }

    /// The request's id.
    pub(crate) fn request_id(&self) -> &str {
        self.request_id.as_ref().and_then(|id| id.0.to_str().ok()).unwrap_or_default()
    }

    /// Refuses who may not do this to something of that owner (none: it is nobody's).
    pub(crate) fn check(&self, state: &Inner, action: Action, owner: Option<&str>) -> Result<(), Box<Problem>> {
        permit(state, &self.principal, action, owner)
    }

    /// The context of a write by this caller.
    pub(crate) fn command(&self, state: &Inner, action: Action, owner: Option<&str>, terms: Terms) -> Command {
        Command {
            operation: action.as_str(),
            request_id: self.request_id().to_owned(),
            caller: self.principal.sub.clone(),
            soft_rules: self.soft_rules(state, owner),
            dry_run: false,
            if_match: terms.if_match,
            idempotency: terms.idempotency,
        }
    }

    /// Whether the soft rules bind the caller for something of that owner.
    pub(crate) fn soft_rules(&self, state: &Inner, owner: Option<&str>) -> bool {
        !state.identity.authorize(&self.principal, Action::PassSoftRules, owner)
    }

    /// The user whose requests the caller may see; none for everybody's.
    pub(crate) fn requests_of(&self, state: &Inner) -> Option<&str> {
        let sees_all = state.identity.authorize(&self.principal, Action::ViewBookingRequests, None);
        (!sees_all).then_some(self.principal.sub.as_str())
    }

    /// How much of others' bookings the caller may see.
    pub(crate) fn viewer(&self, state: &Inner) -> Viewer<'_> {
        let sees_all = state.identity.authorize(&self.principal, Action::ViewBookingDetails, None);
        Viewer { user_id: &self.principal.sub, sees_all }
    }
}
