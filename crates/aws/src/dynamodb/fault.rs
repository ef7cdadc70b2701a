//! What went wrong at DynamoDB, and whether trying again helps.

use std::error::Error;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use store::StoreError;

use crate::causes::causes;

/// What became of a request that failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// Nothing was done. Trying again may help.
    Again(String),
    /// It was done, or it was not.
    Unknown(String),
    /// Trying again does not help.
    Final(StoreError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Final(error)
    }
}

impl Fault {
    /// What an error of the SDK means.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let shown = || causes(error);
        match error {
            SdkError::ServiceError(context) if context.raw().status().is_server_error() => Self::Unknown(shown()),
            SdkError::ServiceError(context) => Self::of_code(context.err().code(), context.err().message(), shown),
            SdkError::ConstructionFailure(_) => Self::Final(StoreError::Unavailable(unsendable(&shown()))),
            // An error without a kind is one before anything was sent: of credentials, or of the region.
            SdkError::DispatchFailure(failure)
                if failure.is_user() || (failure.is_other() && failure.as_other().is_none()) =>
            {
                Self::Final(StoreError::Unavailable(unsendable(&shown())))
            }
            SdkError::DispatchFailure(_) => Self::Unknown(format!("{UNREACHABLE}: {}", shown())),
            _ => Self::Unknown(shown()),
        }
    }

    fn of_code(code: Option<&str>, message: Option<&str>, shown: impl Fn() -> String) -> Self {
        let text = message.unwrap_or("without a message");
        let unavailable = |what: &str| Self::Final(StoreError::Unavailable(format!("{what}: {text}")));
        match code.unwrap_or_default() {
            "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "RequestLimitExceeded"
            | "LimitExceededException"
            | "TransactionConflictException"
            | "ReplicatedWriteConflictException" => Self::Again(shown()),
            "TransactionInProgressException"
            | "InternalServerError"
            | "ServiceUnavailable"
            | "InternalFailure"
            | "" => Self::Unknown(shown()),
            "ResourceNotFoundException" => unavailable(
                "the table, or an index of it, is missing in this account and region; create it (frontdesk tables create) or \
                 correct the table prefix, the region and the endpoint",
            ),
            "AccessDeniedException" => unavailable("the credentials do not permit this; extend their policy"),
            "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "IncompleteSignatureException"
            | "MissingAuthenticationTokenException"
            | "MissingAuthenticationToken"
            | "InvalidClientTokenId" => unavailable(
                "DynamoDB does not accept the credentials; check key, secret, region and this machine's clock",
            ),
            "ExpiredTokenException" | "ExpiredToken" => unavailable("the credentials have expired; renew them"),
            "ValidationException" => Self::Final(invalid(text)),
            _ => Self::Final(StoreError::Unavailable(shown())),
        }
    }

    /// The same, with the tables that the request was about.
    pub(super) fn about(self, tables: &str) -> Self {
        let named = |text: String| format!("{tables}: {text}");
        match self {
            Self::Again(reason) => Self::Again(named(reason)),
            Self::Unknown(reason) => Self::Unknown(named(reason)),
            Self::Final(StoreError::Unavailable(reason)) => Self::Final(StoreError::Unavailable(named(reason))),
            Self::Final(StoreError::Unknown(reason)) => Self::Final(StoreError::Unknown(named(reason))),
            Self::Final(StoreError::Misuse(reason)) => Self::Final(StoreError::Misuse(named(reason))),
            other => other,
        }
    }

    /// The error for the caller once there is no more trying.
    pub(super) fn into_error(self) -> StoreError {
        match self {
            Self::Again(reason) => StoreError::Unavailable(format!("DynamoDB was busy for too long: {reason}")),
            Self::Unknown(reason) => StoreError::Unavailable(format!("DynamoDB did not answer: {reason}")),
            Self::Final(error) => error,
        }
    }
}

/// What to do when nothing comes back.
const UNREACHABLE: &str = "DynamoDB cannot be reached; check AWS_ENDPOINT_URL_DYNAMODB, the region and the network";

/// Parts of what DynamoDB says of an item, or of all items together, that are too large.
const LARGE: [&str; 5] =
    ["Item size", "item size", "larger than", "exceeded the maximum allowed size", "Collection size of items exceeded"];

/// Parts of what DynamoDB says of a table whose key or indexes are not those that a request goes by.
const SCHEMA: [&str; 8] = [
    "key element does not match the schema",
    "Type mismatch for",
    "type mismatch for",
    "the specified index",
    "Missing the key",
    "missed key schema element",
    "number of conditions on the keys is invalid",
    "does not match schema type",
];

/// A request that DynamoDB finds wrong.
pub(super) fn invalid(text: &str) -> StoreError {
    if LARGE.iter().any(|part| text.contains(part)) {
        return StoreError::TooLarge("What is to be stored is larger than DynamoDB's limits.".to_owned());
    }
    if SCHEMA.iter().any(|part| text.contains(part)) {
        return StoreError::Unavailable(format!(
            "the table has another key or other indexes than it should; `frontdesk tables describe` shows them: {text}"
        ));
    }
    StoreError::Misuse(format!("DynamoDB does not understand the request: {text}"))
}

fn unsendable(shown: &str) -> String {
    format!(
        "no request could be made, most likely for want of credentials or a region (AWS_REGION, AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY, or a profile or role of this machine): {shown}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(code: &str) -> Fault {
        Fault::of_code(Some(code), Some("Item size has exceeded the maximum allowed size"), String::new)
    }

    #[test]
    fn codes_tell_whether_to_try_again() {
        assert!(matches!(fault("ThrottlingException"), Fault::Again(_)));
        assert!(matches!(fault("InternalServerError"), Fault::Unknown(_)));
        assert!(matches!(fault("AccessDeniedException"), Fault::Final(StoreError::Unavailable(_))));
        assert!(matches!(fault("ValidationException"), Fault::Final(StoreError::TooLarge(_))));
        assert!(matches!(fault("SomethingNew"), Fault::Final(StoreError::Unavailable(_))));
    }

    #[test]
    fn what_is_missing_is_said_with_what_to_do() {
        let Fault::Final(error) = fault("ResourceNotFoundException") else { unreachable!() };
        assert!(error.to_string().contains("tables create"), "{error}");
    }
}
