//! From the Authorization header to the caller: verified tokens are remembered, a bounded number of them; each use still checks
//! the token's end, that the keys are still those that verified it, and the account's epoch.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};

use crate::believed::Believed;
use crate::caller::Caller;
use crate::epoch::{Epochs, stands};
use crate::error::AuthError;
use crate::identity::Identity;
use crate::principal::Principal;
use crate::verify::{Verified, Verifier};

/// Bytes of a token, on average, for which there is room. (Most have about one thousand.)
const AVERAGE_BYTES: usize = 2 * 1024;

/// The tokens that were verified.
pub(crate) struct Tokens {
    verified: Cache<Text, Caller, Length>,
}

/// Tokens take room by their length: an account with many attributes has long ones.
#[derive(Clone)]
struct Length;

impl Weighter<Text, Caller> for Length {
    fn weight(&self, token: &Text, _: &Caller) -> u64 {
        token.0.len() as u64
    }
}

/// A token's text. It is compared in full but hashed by its end only, the signature, which is as good as random and which nobody
/// but the issuer can choose for a token that verifies.
#[derive(PartialEq, Eq)]
struct Text(Box<str>);

struct TextRef<'a>(&'a str);

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        TextRef(&self.0).hash(state);
    }
}

impl Hash for TextRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let bytes = self.0.as_bytes();
        bytes.last_chunk::<32>().map_or(bytes, |end| end.as_slice()).hash(state);
    }
}

impl Equivalent<Text> for TextRef<'_> {
    fn equivalent(&self, key: &Text) -> bool {
        *self.0 == *key.0
    }
}

impl Tokens {
    /// Remembers about so many tokens, fewer if they are long.
    pub(crate) fn new(tokens: usize) -> Self {
        let room = tokens.saturating_mul(AVERAGE_BYTES) as u64;
        Self { verified: Cache::with_weighter(tokens, room, Length) }
    }

    /// Verifies a token, or remembers that it was verified. The account's epoch is not checked yet.
    fn verify(
        &self,
        verifier: &Verifier,
        believed: &Believed,
        token: &str,
        now: Timestamp,
    ) -> Result<Caller, AuthError> {
        let generation = believed.generation();
        let remembered = self.verified.get(&TextRef(token));
        if let Some(remembered) = remembered.filter(|remembered| remembered.generation == generation) {
            if remembered.principal.expires > now {
                return Ok(remembered);
            }
            self.verified.remove(&TextRef(token));
            return Err(AuthError::Expired);
        }
        let keys = believed.keys().ok_or(AuthError::NotReady)?;
        let Verified { principal, issued } = verifier.verify(&keys, token, now)?;
        let remembered = Caller { principal: Arc::new(principal), issued, generation };
        self.verified.insert(Text(token.into()), remembered.clone());
        Ok(remembered)
    }
}

impl Identity {
    /// Who calls, when that can be told without waiting: from a token that verifies and an account whose epoch is remembered, or
    /// an error that is certain. None: ask [`Self::authenticate`].
    pub fn authenticate_cached(&self, authorization: &str) -> Option<Result<Arc<Principal>, AuthError>> {
        Some(self.caller_cached(authorization)?.map(|caller| caller.principal))
    }

    /// Who calls, from the value of an Authorization header: a token, with or without `Bearer` before it.
    pub async fn authenticate(&self, authorization: &str) -> Result<Arc<Principal>, AuthError> {
        Ok(self.caller(authorization).await?.principal)
    }

    /// The same for a connection that stays open, on which the caller has to be confirmed now and then.
    pub async fn caller(&self, authorization: &str) -> Result<Caller, AuthError> {
        if let Some(answer) = self.caller_cached(authorization) {
            return answer;
        }
        let now = self.clock().now();
        let caller = match (self.verified(authorization, now), self.fetcher()) {
            (Err(AuthError::UnknownKey), Some(fetcher)) => {
                fetcher.fetch_for_unknown().await;
                self.verified(authorization, now)?
            }
            (verified, _) => verified?,
        };
        let epochs: &Epochs = self.epochs();
        let epoch = epochs.read(self.store(), &caller.principal.sub, now).await?;
        current(caller, epoch)
    }

    fn caller_cached(&self, authorization: &str) -> Option<Result<Caller, AuthError>> {
        let now = self.clock().now();
        match self.verified(authorization, now) {
            Err(AuthError::UnknownKey) if self.fetcher().is_some() => None,
            Err(error) => Some(Err(error)),
            Ok(caller) => {
                let epoch = self.epochs().remembered(&caller.principal.sub, now)?;
                Some(current(caller, epoch))
            }
        }
    }

    fn verified(&self, authorization: &str, now: Timestamp) -> Result<Caller, AuthError> {
        let token = bare(authorization);
        if token.is_empty() {
            return Err(AuthError::Missing);
        }
        self.tokens().verify(self.verifier(), self.believed(), token, now)
    }
}

fn current(caller: Caller, epoch: Option<i64>) -> Result<Caller, AuthError> {
    if stands(caller.issued, epoch) { Ok(caller) } else { Err(AuthError::Revoked) }
}

/// The token without the scheme (RFC 6750; the scheme's name in any case, RFC 9110).
fn bare(authorization: &str) -> &str {
    let value = authorization.trim();
    match value.split_at_checked("Bearer ".len()) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer ") => token.trim_start(),
        _ if value.eq_ignore_ascii_case("Bearer") => "",
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::principal::TokenUse;
    use crate::verify::Issued;

    fn remembered() -> Caller {
        let principal = Principal {
            sub: "s".to_owned(),
            email: None,
            groups: Vec::new(),
            username: "s".to_owned(),
            client: "frontdesk".to_owned(),
            token_use: TokenUse::Id,
            expires: Timestamp::MAX,
            administrator: false,
        };
        Caller { principal: Arc::new(principal), issued: Issued::At(0), generation: 0 }
    }

    #[test]
    fn long_tokens_do_not_fill_the_memory() {
        let tokens = Tokens::new(1_000);
        for number in 0..1_000 {
            tokens.verified.insert(Text(format!("{number:040000}").into()), remembered());
        }
        assert!(tokens.verified.len() <= 1_000 * 2_048 / 40_000, "{}", tokens.verified.len());
    }

    #[test]
    fn the_scheme_is_optional() {
        for value in ["a.b.c", "Bearer a.b.c", "bearer  a.b.c ", "BEARER a.b.c"] {
            assert_eq!(bare(value), "a.b.c", "{value}");
        }
        for value in ["", " ", "Bearer", "Bearer "] {
            assert_eq!(bare(value), "", "{value:?}");
        }
    }
}
