//! Identity from outside: an issuer that keeps the accounts and signs the tokens, Amazon Cognito or any OpenID Connect provider. Here is
//! how its keys are kept up to date, and the ports through which it is reached.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use domain::Clock;
use jiff::Timestamp;
use jsonwebtoken::Algorithm;
use tokio::sync::Mutex;

use crate::believed::{Believed, KeySet};
use crate::error::PoolError;
use crate::pool::{Account, AccountPage};
use crate::token::Tokens;

/// How long after a fetch a token with an unknown key leads to no other one, in seconds.
const REFETCH_SECONDS: i64 = 10;

/// What a port answers with.
pub type Pending<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// Where an issuer's keys come from.
pub trait KeySource: fmt::Debug + Send + Sync {
    /// The JWK set (RFC 7517) as the issuer publishes it, within bounds of size and time; or why it cannot be had.
    fn fetch(&self) -> Pending<'_, Vec<u8>, String>;
}

/// Accounts that are kept outside and administered from here. An e-mail address names somebody only if the issuer has verified that it
/// is theirs; a username names nobody.
pub trait Directory: fmt::Debug + Send + Sync {
    /// The account of an e-mail address or `sub`.
    fn find<'a>(&'a self, user: &'a str) -> Pending<'a, Option<Account>, PoolError>;

    /// A page of accounts.
    fn list<'a>(&'a self, after: Option<&'a str>) -> Pending<'a, AccountPage, PoolError>;

    /// Creates an account that may sign in, and returns its `sub`.
    fn create<'a>(&'a self, email: &'a str, password: &'a str) -> Pending<'a, String, PoolError>;

    /// Changes the account of an e-mail address or `sub`, and returns the `sub`.
    fn change<'a>(&'a self, user: &'a str, change: AccountChange<'a>) -> Pending<'a, String, PoolError>;

    /// Signs in with a password.
    fn sign_in<'a>(&'a self, email: &'a str, password: &'a str) -> Pending<'a, Tokens, PoolError>;
}

/// A change of an account by an administrator. (Not `Debug`: a password may be in it.)
#[derive(Clone, Copy)]
pub enum AccountChange<'a> {
    /// Lets the user in, or locks them out.
    Enabled(bool),
    /// Sets the password.
    Password(&'a str),
    /// Puts the user into a group, which is created if missing.
    Join(&'a str),
    /// Takes the user out of a group.
    Leave(&'a str),
    /// Ends every session.
    SignOut,
    /// Deletes the account.
    Delete,
}

/// What kind of issuer is outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutsideKind {
    /// Amazon Cognito.
    Cognito,
    /// Any OpenID Connect provider.
    Oidc,
}

/// An issuer outside. Its `iss` is [`crate::Settings::issuer`].
#[derive(Clone, Debug)]
pub struct Outside {
    /// Which kind it is.
    pub kind: OutsideKind,
    /// Whom tokens must be for (`aud`; `client_id` of Cognito's access tokens).
    pub audiences: Vec<String>,
    /// The signature algorithms that are accepted.
    pub algorithms: Vec<Algorithm>,
    /// The claim that names the groups, or where in the claims it is (a JSON pointer, RFC 6901).
    pub groups_claim: String,
    /// Where its keys come from.
    pub keys: Arc<dyn KeySource>,
    /// Where its accounts can be administered, if they can.
    pub directory: Option<Arc<dyn Directory>>,
}

/// A signature algorithm by its name (RFC 7518, RFC 8037). Those with a shared secret are refused.
pub fn signature_algorithm(name: &str) -> Result<Algorithm, String> {
    let shared = |algorithm: &Algorithm| algorithm.family() == jsonwebtoken::AlgorithmFamily::Hmac;
    let known = name.parse::<Algorithm>().ok().filter(|algorithm| !shared(algorithm));
    known.ok_or_else(|| "one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA".to_owned())
}

/// Keeps the keys of an issuer outside: one fetch at a time.
pub(crate) struct Fetcher {
    source: Arc<dyn KeySource>,
    clock: Arc<dyn Clock>,
    believed: Arc<Believed>,
    algorithms: Vec<Algorithm>,
    /// When the last fetch ended, well or not.
    ended: Mutex<Option<Timestamp>>,
}

impl Fetcher {
    pub(crate) fn new(outside: &Outside, clock: Arc<dyn Clock>, believed: Arc<Believed>) -> Arc<Self> {
        let (source, algorithms) = (Arc::clone(&outside.keys), outside.algorithms.clone());
        Arc::new(Self { source, clock, believed, algorithms, ended: Mutex::new(None) })
    }

    /// Fetches the keys. They are believed instead of those before; if it fails, those before are kept.
    pub(crate) async fn fetch(&self) -> Result<(), String> {
        let mut ended = self.ended.lock().await;
        let outcome = self.replace().await;
        *ended = Some(self.clock.now());
        outcome
    }

    /// Fetches the keys because a token names one that is not known, unless that was just done: waits for a fetch that runs and takes
    /// what it brought, and begins none within [`REFETCH_SECONDS`] of the last one's end. Once begun it runs to its end, even if the
    /// caller goes away.
    pub(crate) async fn fetch_for_unknown(self: &Arc<Self>) {
        let fetcher = Arc::clone(self);
        let task = tokio::spawn(async move {
            let mut ended = fetcher.ended.lock().await;
            let now = fetcher.clock.now();
            let age = ended.map(|ended| now.as_second().saturating_sub(ended.as_second()));
            if age.is_some_and(|age| (0..REFETCH_SECONDS).contains(&age)) {
                return;
            }
            if let Err(error) = fetcher.replace().await {
                tracing::warn!(error, "the issuer's keys cannot be fetched; those that are known are kept");
            }
            *ended = Some(fetcher.clock.now());
        });
        // A task that was stopped leaves the keys as they were.
        let _ = task.await;
    }

    async fn replace(&self) -> Result<(), String> {
        let document = self.source.fetch().await?;
        let keys = KeySet::read(&document, &self.algorithms)?;
        if keys.is_empty() {
            if self.believed.keys().is_none() {
                return Err(format!(
                    "none of the issuer's keys can verify {:?}; see --token-algorithms",
                    self.algorithms
                ));
            }
            tracing::warn!("the issuer has withdrawn all its keys; no token is believed until it has others");
        }
        let had_some = self.believed.keys().is_some();
        if self.believed.replace(keys) && had_some {
            tracing::info!("the issuer's keys have changed");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithms_with_a_shared_secret_are_no_choice() {
        assert_eq!(signature_algorithm("ES256"), Ok(Algorithm::ES256));
        for name in ["HS256", "HS384", "HS512", "none", "rs256", ""] {
            assert!(signature_algorithm(name).is_err(), "{name}");
        }
    }
}
