//! From refusals and failures to statuses.

use app::{Failure, StoreError};
use domain::{Kind, Refusal};
use http::StatusCode;
use identity::{AuthError, PoolError};

use crate::problem::Problem;

impl From<Refusal> for Box<Problem> {
    fn from(refusal: Refusal) -> Self {
        let Refusal { kind, rule, detail, errors, conflicts, alternatives, elsewhere, raised, replayed } = refusal;
        Self::new(Problem {
            errors,
            conflicts,
            alternatives,
            elsewhere,
            raised,
            replayed,
            ..*Problem::new(status(kind), rule, detail)
        })
    }
}

const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Precondition => StatusCode::PRECONDITION_FAILED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Mismatch => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Busy => StatusCode::TOO_MANY_REQUESTS,
    }
}

impl From<Failure> for Box<Problem> {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => (*refusal).into(),
            Failure::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Box<Problem> {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Problem::unavailable(error.to_string()),
            StoreError::Unknown(_) => {
                let detail = "The store did not answer, and whether this was done is unknown. Read it before you repeat it; under an \
                              `Idempotency-Key` it is not done twice.";
                let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "outcome-unknown", detail);
                problem.cause = Some(error.to_string());
                problem
            }
            StoreError::Full(_) => {
                let detail = "There is no room left to store this; reading still works.";
                let mut problem = Problem::new(StatusCode::INSUFFICIENT_STORAGE, "full", detail);
                problem.cause = Some(error.to_string());
                problem
            }
            StoreError::TooLarge(detail) => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail),
            StoreError::Corrupt(_) => {
                let detail = "What is stored here cannot be read; whoever runs this service finds it in the log, under this \
                              request_id, and can correct it.";
                let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unreadable", detail);
                problem.cause = Some(error.to_string());
                problem
            }
            StoreError::Misuse(_) | StoreError::Open(_) => Problem::internal(error.to_string()),
        }
    }
}

impl From<AuthError> for Box<Problem> {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Store(error) => error.into(),
            AuthError::NotReady => Problem::not_ready(),
            AuthError::Missing
            | AuthError::Invalid(_)
            | AuthError::OtherIssuer(_)
            | AuthError::UnknownKey
            | AuthError::Expired
            | AuthError::Ticket
            | AuthError::Revoked => {
                Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", format!("You are not signed in: {error}."))
            }
        }
    }
}

impl From<PoolError> for Box<Problem> {
    /// Of what callers cannot cause: refusals have the form of Cognito's protocol, and do not come this way.
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Store(error) => error.into(),
            other => Problem::internal(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status_of(error: impl Into<Box<Problem>>) -> u16 {
        error.into().status.as_u16()
    }

    #[test]
    fn a_failure_of_the_store_says_what_the_client_can_do() {
        for (error, status) in [
            (StoreError::Unavailable("x".into()), 503),
            (StoreError::Unknown("x".into()), 503),
            (StoreError::Full("x".into()), 507),
            (StoreError::TooLarge("x".into()), 413),
            (StoreError::Corrupt("x".into()), 503),
        ] {
            assert_eq!(status_of(Failure::Store(error)), status);
        }
    }

    #[test]
    fn refusals_keep_their_rule() {
        let problem: Box<Problem> = Refusal::conflict("capacity", "Full.").into();
        assert_eq!((problem.status.as_u16(), problem.rule.as_ref()), (409, "capacity"));
    }

    #[test]
    fn who_is_not_signed_in_gets_401_and_who_cannot_be_checked_503() {
        assert_eq!(status_of(AuthError::Expired), 401);
        assert_eq!(status_of(AuthError::NotReady), 503);
    }
}
