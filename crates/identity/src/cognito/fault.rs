//! Errors as Cognito words them.

use serde_json::json;
use store::StoreError;

use super::CognitoReply;
use crate::error::{AuthError, PoolError};
use crate::sigv4::Reject;

/// An error reply.
#[derive(Debug)]
pub(super) struct Fault {
    status: u16,
    kind: &'static str,
    message: String,
}

impl Fault {
    fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { status: 400, kind, message: message.into() }
    }

    /// A parameter is missing or wrong.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", message)
    }

    /// There is no such pool, client or group.
    pub(super) fn no_resource(message: impl Into<String>) -> Self {
        Self::new("ResourceNotFoundException", message)
    }

    /// The caller may not do this.
    pub(super) fn not_authorized(message: impl Into<String>) -> Self {
        Self::new("NotAuthorizedException", message)
    }

    /// The body cannot be read.
    pub(super) fn serialization(message: impl Into<String>) -> Self {
        Self::new("SerializationException", message)
    }

    /// There is no such action.
    pub(super) fn unknown(message: &str) -> Self {
        Self::new("UnknownOperationException", message)
    }

    /// The reply.
    pub(super) fn reply(self) -> CognitoReply {
        let body = json!({"__type": self.kind, "message": self.message}).to_string();
        CognitoReply { status: self.status, error: Some(self.kind), body }
    }

    fn failed(error: &StoreError) -> Self {
        tracing::error!(%error, "the user pool's store failed");
        let (status, kind, message) = match error {
            StoreError::Unavailable(_) | StoreError::Unknown(_) | StoreError::Full(_) | StoreError::Corrupt(_) => {
                (503, "ServiceUnavailableException", "The service is unavailable; try again in a moment.")
            }
            StoreError::TooLarge(_) => (400, "InvalidParameterException", "The attributes are too large to be stored."),
            _ => (500, "InternalErrorException", "An internal error occurred."),
        };
        Self { status, ..Self::new(kind, message) }
    }
}

impl From<PoolError> for Fault {
    fn from(error: PoolError) -> Self {
        let kind = match &error {
            PoolError::UserNotFound => "UserNotFoundException",
            PoolError::UsernameExists => "UsernameExistsException",
            PoolError::NotAuthorized(_) => "NotAuthorizedException",
            PoolError::UserNotConfirmed => "UserNotConfirmedException",
            PoolError::InvalidPassword(_) => "InvalidPasswordException",
            PoolError::InvalidParameter(_) => "InvalidParameterException",
            PoolError::ResourceNotFound(_) | PoolError::Elsewhere { .. } => "ResourceNotFoundException",
            PoolError::GroupExists => "GroupExistsException",
            PoolError::LimitExceeded(_) => "LimitExceededException",
            PoolError::TooManyRequests => "TooManyRequestsException",
            PoolError::NotReady => {
                return Self { status: 503, ..Self::new("ServiceUnavailableException", error.to_string()) };
            }
            PoolError::Store(error) => return Self::failed(error),
            PoolError::Crypto(_) | PoolError::Remote(_) => {
                tracing::error!(%error, "the user pool failed");
                return Self { status: 500, ..Self::new("InternalErrorException", "An internal error occurred.") };
            }
        };
        Self::new(kind, error.to_string())
    }
}

impl From<AuthError> for Fault {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Missing
            | AuthError::Invalid(_)
            | AuthError::OtherIssuer(_)
            | AuthError::UnknownKey
            | AuthError::Ticket => Self::not_authorized("Invalid Access Token"),
            AuthError::Expired => Self::not_authorized("Access Token has expired"),
            AuthError::Revoked => Self::not_authorized("Access Token has been revoked"),
            AuthError::NotReady => PoolError::NotReady.into(),
            AuthError::Store(error) => Self::failed(&error),
        }
    }
}

impl From<Reject> for Fault {
    fn from(reject: Reject) -> Self {
        match reject {
            Reject::Missing => Self::new("MissingAuthenticationTokenException", "Missing Authentication Token"),
            Reject::Incomplete(message) => Self::new("IncompleteSignatureException", message),
            Reject::UnknownKey => {
                Self::new("UnrecognizedClientException", "The security token included in the request is invalid.")
            }
            Reject::Expired(message) | Reject::Mismatch(message) => Self::new("InvalidSignatureException", message),
        }
    }
}
