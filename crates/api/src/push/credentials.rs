//! How a client of a connection that stays open says who calls: by a token or, where it cannot send headers, by a ticket.

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use identity::{Action, AuthError, Caller};

use crate::parameters::Parameters;
use crate::permit::permit;
use crate::problem::Problem;
use crate::state::{Inner, Shared};

/// What says who calls. Nobody is believed before [`Self::admit`].
pub(crate) enum Credentials {
    /// The value of `Authorization`, which wins.
    Token(String),
    /// The parameter `ticket`.
    Ticket(String),
}

impl FromRequestParts<Shared> for Credentials {
    type Rejection = Box<Problem>;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Box<Problem>> {
        if let Some(header) = parts.headers.get(AUTHORIZATION) {
            let header = header.to_str().map_err(|_| AuthError::Invalid("it is not ASCII"))?;
            return Ok(Self::Token(header.to_owned()));
        }
        let parameters = Parameters::from_request_parts(parts, state).await.map_err(|_| AuthError::Missing)?;
        let ticket = parameters.text("ticket").ok_or(AuthError::Missing)?;
        Ok(Self::Ticket(ticket.to_owned()))
    }
}

impl Credentials {
    /// The caller, who may have changes pushed. A ticket is used up by this.
    pub(crate) async fn admit(&self, state: &Inner) -> Result<Caller, Box<Problem>> {
        let caller = match self {
            Self::Token(token) => state.identity.caller(token).await?,
            Self::Ticket(ticket) => state.identity.redeem_ticket(ticket).await?,
        };
        permit(state, caller.principal(), Action::OpenPush, None)?;
        Ok(caller)
    }

    /// The caller, by a token only.
    pub(crate) async fn admit_by_token(&self, state: &Inner) -> Result<Caller, Box<Problem>> {
        match self {
            Self::Token(_) => self.admit(state).await,
            Self::Ticket(_) => Err(AuthError::Missing.into()),
        }
    }
}
