//! What went wrong at Cognito, in the words of the embedded pool.

use std::error::Error;

use aws_sdk_cognitoidentityprovider::config::http::HttpResponse;
use aws_sdk_cognitoidentityprovider::error::{BuildError, ProvideErrorMetadata, SdkError};
use identity::PoolError;

use crate::causes::causes;

/// How Cognito begins a message that the pool's own error begins with, too.
const POLICY: &str = "Password did not conform with policy: ";

/// An error of the SDK.
pub(super) struct Context<E>(pub(super) SdkError<E, HttpResponse>);

impl<E> From<Context<E>> for PoolError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    fn from(Context(error): Context<E>) -> Self {
        let shown = || causes(&error);
        match &error {
            SdkError::ServiceError(context) if context.raw().status().is_server_error() => {
                Self::Remote(format!("Cognito failed; try again in a moment: {}", shown()))
            }
            SdkError::ServiceError(context) => of_code(context.err().code(), context.err().message(), shown),
            SdkError::ConstructionFailure(_) => Self::Remote(credentials(&shown())),
            // An error without a kind is one before anything was sent: of credentials, or of the region.
            SdkError::DispatchFailure(failure)
                if failure.is_user() || (failure.is_other() && failure.as_other().is_none()) =>
            {
                Self::Remote(credentials(&shown()))
            }
            SdkError::DispatchFailure(_) => Self::Remote(format!(
                "Cognito cannot be reached; check AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER, the region and the network: {}",
                shown()
            )),
            _ => Self::Remote(format!(
                "Cognito does not answer; whether it has done anything is unknown, look and try again: {}",
                shown()
            )),
        }
    }
}

fn of_code(code: Option<&str>, message: Option<&str>, shown: impl Fn() -> String) -> PoolError {
    let text = message.unwrap_or("Cognito does not say why.").to_owned();
    let remote = |what: &str| PoolError::Remote(format!("{what}: {text}"));
    match code.unwrap_or_default() {
        "UserNotFoundException" => PoolError::UserNotFound,
        "UsernameExistsException" | "AliasExistsException" => PoolError::UsernameExists,
        "NotAuthorizedException" => PoolError::NotAuthorized(text),
        "UserNotConfirmedException" => PoolError::UserNotConfirmed,
        "InvalidPasswordException" | "PasswordHistoryPolicyViolationException" => {
            PoolError::InvalidPassword(text.strip_prefix(POLICY).unwrap_or(&text).to_owned())
        }
        "InvalidParameterException" => PoolError::InvalidParameter(text),
        "ResourceNotFoundException" => PoolError::ResourceNotFound(format!(
            "Cognito has no such thing in this account and region; check --pool-id, --client-id and the group: {text}"
        )),
        "GroupExistsException" => PoolError::GroupExists,
        "LimitExceededException" => PoolError::LimitExceeded(text),
        "TooManyRequestsException" | "ThrottlingException" => PoolError::TooManyRequests,
        "AccessDeniedException" => remote("the credentials do not permit this; extend their policy"),
        "UnrecognizedClientException" | "InvalidSignatureException" | "MissingAuthenticationTokenException" => {
            remote("Cognito does not accept the credentials; check key, secret and region")
        }
        "ExpiredTokenException" | "ExpiredToken" => remote("the credentials have expired; renew them"),
        _ => PoolError::Remote(shown()),
    }
}

fn credentials(shown: &str) -> String {
    format!("no request to Cognito could be made, most likely for want of credentials: {shown}")
}

/// Something that the SDK does not build although everything is there: a mistake of ours.
pub(super) fn missing(error: BuildError) -> PoolError {
    PoolError::Remote(format!("a request cannot be built: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(code: &str, message: &str) -> PoolError {
        of_code(Some(code), Some(message), String::new)
    }

    #[test]
    fn refusals_are_told_as_the_embedded_pool_tells_them() {
        assert!(matches!(fault("UserNotFoundException", "x"), PoolError::UserNotFound));
        assert!(matches!(fault("UsernameExistsException", "x"), PoolError::UsernameExists));
        assert!(matches!(fault("TooManyRequestsException", "x"), PoolError::TooManyRequests));
        let weak = fault("InvalidPasswordException", "Password did not conform with policy: Password not long enough");
        assert_eq!(weak.to_string(), "Password did not conform with policy: Password not long enough");
    }

    #[test]
    fn what_the_operator_can_mend_is_said() {
        for (code, word) in [
            ("AccessDeniedException", "policy"),
            ("UnrecognizedClientException", "credentials"),
            ("ExpiredTokenException", "renew"),
            ("ResourceNotFoundException", "--pool-id"),
        ] {
            let text = fault(code, "why").to_string();
            assert!(text.contains(word) && text.contains("why"), "{text}");
        }
    }
}
