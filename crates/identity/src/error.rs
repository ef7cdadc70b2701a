//! What can go wrong: at start, with a caller's token, in the user pool.

use std::path::PathBuf;

use store::StoreError;

/// Why identity cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A policy file cannot be read.
    #[error("cannot read the policies in {path}: {source}")]
    PolicyFile {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The policies or their schema are wrong; the message names file and line.
    #[error("{0}")]
    Policy(String),
    /// The keys of an issuer outside could not be fetched.
    #[error("the keys of {issuer} cannot be fetched: {reason}")]
    Issuer {
        /// The issuer.
        issuer: String,
        /// Why.
        reason: String,
    },
    /// The keys could not be loaded or made.
    #[error("the pool's keys cannot be loaded or made: {0}")]
    Keys(#[from] PoolError),
}

/// Why a caller is not who they say. Everything but [`AuthError::NotReady`] and [`AuthError::Store`] is a 401.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// No token.
    #[error("no token was sent; sign in and send it in the Authorization header")]
    Missing,
    /// Not a JSON Web Token (RFC 7519), or one that was not issued by this issuer for this service.
    #[error("the token is not valid: {0}")]
    Invalid(&'static str),
    /// The token names a key that the issuer has not published.
    #[error("the token is not valid: its key is unknown")]
    UnknownKey,
    /// Somebody else issued it.
    #[error("the token is not valid: it was not issued by {0}")]
    OtherIssuer(String),
    /// The token's time is over.
    #[error("the token has expired; sign in again or use the refresh token")]
    Expired,
    /// The account was deleted or disabled, or its password, groups or sessions changed after the token was issued.
    #[error("the token was revoked; sign in again")]
    Revoked,
    /// A ticket that lets nobody in.
    #[error("the ticket was used, has expired, or was never issued; get a new one")]
    Ticket,
    /// The keys are still being made, or were never fetched so far (503).
    #[error("the signing keys are not there yet")]
    NotReady,
    /// The account could not be read (503 or 500).
    #[error("the account cannot be read")]
    Store(#[from] StoreError),
}

/// A refusal or failure of the user pool. The texts are Cognito's where it has one.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// No such account.
    #[error("User does not exist.")]
    UserNotFound,
    /// The e-mail address has an account.
    #[error("An account with the given email already exists.")]
    UsernameExists,
    /// Wrong password or token, or the account may not sign in.
    #[error("{0}")]
    NotAuthorized(String),
    /// The sign-up is not confirmed.
    #[error("User is not confirmed.")]
    UserNotConfirmed,
    /// The password breaks the rules; the text names those it breaks.
    #[error("Password did not conform with policy: {0}")]
    InvalidPassword(String),
    /// A parameter is missing or wrong.
    #[error("{0}")]
    InvalidParameter(String),
    /// No such pool, client or group.
    #[error("{0}")]
    ResourceNotFound(String),
    /// The group exists.
    #[error("A group with the name already exists.")]
    GroupExists,
    /// A limit of the pool is reached.
    #[error("{0}")]
    LimitExceeded(String),
    /// Too many passwords wait to be hashed.
    #[error("Too many requests; try again in a moment.")]
    TooManyRequests,
    /// The keys are still being made.
    #[error("The signing key is not ready yet; try again in a moment.")]
    NotReady,
    /// Accounts are kept elsewhere, and not administered from here.
    #[error("Accounts are kept by the issuer {issuer}; manage them there.")]
    Elsewhere {
        /// Where.
        issuer: String,
    },
    /// Where accounts are kept could not be reached, or refused; the text says why and what to do.
    #[error("{0}")]
    Remote(String),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// Cryptography failed, which no caller can cause.
    #[error("cryptography failed: {0}")]
    Crypto(&'static str),
}

impl PoolError {
    /// The answer to a wrong password and to an unknown user alike.
    pub(crate) fn wrong_password() -> Self {
        Self::NotAuthorized("Incorrect username or password.".to_owned())
    }
}
