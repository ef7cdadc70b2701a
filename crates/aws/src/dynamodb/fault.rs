//! What went wrong at DynamoDB, and whether trying again helps.

use std::error::Error;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use store::StoreError;

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
        let shown = || DisplayErrorContext(error).to_string();
        match error {
            SdkError::ServiceError(context) if context.raw().status().is_server_error() => Self::Unknown(shown()),
            SdkError::ServiceError(context) => Self::of_code(context.err().code(), context.err().message(), shown),
            SdkError::ConstructionFailure(_) => Self::Final(StoreError::Unavailable(credentials(&shown()))),
            SdkError::DispatchFailure(failure) if failure.is_user() => {
                Self::Final(StoreError::Unavailable(credentials(&shown())))
            }
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
                "a table or index is missing in this account and region; create the tables (frontdesk tables create) or correct \
                 the table prefix, the region and the endpoint",
            ),
            "AccessDeniedException" => unavailable("the credentials do not permit this; extend their policy"),
            "UnrecognizedClientException" | "InvalidSignatureException" | "MissingAuthenticationTokenException" => {
                unavailable("DynamoDB does not accept the credentials; check key, secret and region")
            }
            "ExpiredTokenException" | "ExpiredToken" => unavailable("the credentials have expired; renew them"),
            "ItemCollectionSizeLimitExceededException" => Self::Final(StoreError::TooLarge(text.to_owned())),
            "ValidationException" => Self::Final(invalid(text)),
            _ => Self::Final(StoreError::Unavailable(shown())),
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

/// A request that DynamoDB finds wrong.
pub(super) fn invalid(text: &str) -> StoreError {
    let large = ["Item size", "item size", "larger than", "exceeded the maximum allowed size", "size has exceeded"];
    if large.iter().any(|part| text.contains(part)) {
        return StoreError::TooLarge(format!("DynamoDB cannot hold an item: {text}"));
    }
    if text.contains("key element does not match the schema") || text.contains("specified index") {
        return StoreError::Unavailable(format!(
            "a table has another key than it should; see frontdesk tables describe: {text}"
        ));
    }
    StoreError::Misuse(format!("DynamoDB does not understand the request: {text}"))
}

fn credentials(shown: &str) -> String {
    format!("no request could be made, most likely for want of credentials or a region: {shown}")
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
