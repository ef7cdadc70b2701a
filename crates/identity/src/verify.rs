//! Verification of tokens: one way for the embedded pool, for Amazon Cognito, and for any other issuer that publishes its keys as a JWK
//! set (RFC 7517).
//!
//! Signature, algorithm (by an allow-list and by the key), key, issuer, audience, times and kind are all checked. Times are judged
//! by the `now` that is passed in, which is why the JWT library's own claim checks are off.

use std::collections::HashSet;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::json::has_reserved_text;
use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Number, Value};

use crate::believed::{KeySet, TrustedKey};
use crate::error::AuthError;
use crate::principal::{Principal, TokenUse};

/// How far an issuer's clock may be ahead of ours, in seconds. The end of a token is not extended by it.
pub(crate) const CLOCK_SKEW_SECONDS: i64 = 5;
/// The longest token that is looked at, in bytes. The pool's own are shorter, with all the attributes and groups that it allows.
const TOKEN_BYTES: usize = 48 * 1024;

/// What kind of issuer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The embedded pool: its tokens say `token_use` and carry the account's epoch.
    Pool,
    /// Amazon Cognito: its tokens say `token_use`; access tokens have `client_id` instead of `aud`.
    Cognito,
    /// Any other: ID tokens (OpenID Connect Core 1.0) and access tokens (RFC 9068) that have `aud`.
    Oidc,
}

/// Whom to trust.
pub(crate) struct Trust {
    pub(crate) kind: Kind,
    /// The `iss` of its tokens.
    pub(crate) issuer: String,
    /// Whom tokens must be for: one of `aud`, or the `client_id` of access tokens.
    pub(crate) audiences: Vec<String>,
    /// The signature algorithms that are accepted.
    pub(crate) algorithms: Vec<Algorithm>,
    /// The claim that names the groups, or where in the claims it is (a JSON pointer, RFC 6901).
    pub(crate) groups_claim: String,
    /// The group whose members are administrators.
    pub(crate) admin_group: String,
}

/// Verifies the tokens of one issuer.
pub(crate) struct Verifier {
    trust: Trust,
}

/// When a token was issued, in the measure by which it can be revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Issued {
    /// Under this epoch of the pool's account.
    Epoch(i64),
    /// At this time (epoch seconds), by an issuer outside.
    At(i64),
}

/// A verified token.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) principal: Principal,
    pub(crate) issued: Issued,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    #[serde(deserialize_with = "seconds")]
    exp: i64,
    #[serde(deserialize_with = "seconds")]
    iat: i64,
    #[serde(default, deserialize_with = "maybe_seconds")]
    nbf: Option<i64>,
    token_use: Option<TokenUse>,
    aud: Option<Value>,
    client_id: Option<String>,
    azp: Option<String>,
    #[serde(rename = "cognito:username")]
    cognito_username: Option<String>,
    username: Option<String>,
    email: Option<String>,
    #[serde(rename = "frontdesk:epoch")]
    epoch: Option<i64>,
    /// Only security events have it, such as logout tokens (RFC 8417).
    events: Option<Value>,
    /// Only tokens have it that must not be believed from whoever sends them (RFC 7800).
    cnf: Option<Value>,
}

/// Seconds since the epoch (RFC 7519: they may have a fraction, which is dropped).
fn seconds<'de, D: Deserializer<'de>>(input: D) -> Result<i64, D::Error> {
    let number = Number::deserialize(input)?.to_string();
    let whole = number.split_once('.').map_or(number.as_str(), |(whole, _)| whole);
    let plain = !number.contains(['e', 'E']);
    whole.parse().ok().filter(|_| plain).ok_or_else(|| serde::de::Error::custom("a time is no number of seconds"))
}

fn maybe_seconds<'de, D: Deserializer<'de>>(input: D) -> Result<Option<i64>, D::Error> {
    let value = Option::<Value>::deserialize(input)?;
    value.map(seconds).transpose().map_err(serde::de::Error::custom)
}

/// Whether a part of a token has names that must not be parsed.
fn has_reserved_names(token: &str) -> bool {
    let mut parts = token.split('.').filter_map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    parts.any(|part| has_reserved_text(&part))
}

const UNREADABLE: AuthError = AuthError::Invalid("its claims are not those of an ID or access token");
const FOREIGN: AuthError = AuthError::Invalid("it was issued to another client");

impl Verifier {
    /// A verifier that trusts this issuer.
    pub(crate) const fn new(trust: Trust) -> Self {
        Self { trust }
    }

    /// The algorithms that it accepts.
    pub(crate) fn algorithms(&self) -> &[Algorithm] {
        &self.trust.algorithms
    }

    /// The token's bearer, if the token is good at this time.
    pub(crate) fn verify(&self, keys: &KeySet, token: &str, now: Timestamp) -> Result<Verified, AuthError> {
        if token.len() > TOKEN_BYTES {
            return Err(AuthError::Invalid("it is too long"));
        }
        if has_reserved_names(token) {
            return Err(AuthError::Invalid("it has a name that is reserved"));
        }
        let header = decode_header(token).map_err(|_| AuthError::Invalid("it is not a signed JSON Web Token"))?;
        let keys = self.keys(keys, &header)?;
        let typed = typed(&header)?;
        let mut validation = Validation::new(header.alg);
        validation.required_spec_claims = HashSet::new();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let signed = |key: &TrustedKey| match decode::<Value>(token, &key.decoding, &validation) {
            Err(error) if *error.kind() == ErrorKind::InvalidSignature => None,
            outcome => Some(outcome.map_err(|_| UNREADABLE)),
        };
        let decoded = keys.into_iter().find_map(signed).unwrap_or_else(|| match header.kid {
            // A token that does not name its key may be of one that is not known yet.
            None => Err(AuthError::UnknownKey),
            Some(_) => Err(AuthError::Invalid("its signature is wrong")),
        })?;
        let claims = Claims::deserialize(&decoded.claims).map_err(|_| UNREADABLE)?;
        let groups = self.groups(&decoded.claims)?;
        self.check(claims, typed, groups, now)
    }

    /// The keys that may have signed a token with this header: the one that it names, or each, where several have that name.
    fn keys<'a>(&self, keys: &'a KeySet, header: &Header) -> Result<Vec<&'a TrustedKey>, AuthError> {
        if !self.trust.algorithms.contains(&header.alg) {
            return Err(AuthError::Invalid("its algorithm is not one that is accepted here"));
        }
        if header.crit.is_some() {
            return Err(AuthError::Invalid("it has critical headers that are not understood"));
        }
        let mut keys: Vec<&TrustedKey> = match &header.kid {
            Some(kid) => keys.get(kid).collect(),
            None if self.trust.kind == Kind::Oidc => keys.only().into_iter().collect(),
            None => return Err(AuthError::Invalid("it does not name its key")),
        };
        if keys.is_empty() {
            return Err(AuthError::UnknownKey);
        }
        keys.retain(|key| key.fits(header.alg));
        if keys.is_empty() { Err(AuthError::Invalid("its key is for another algorithm")) } else { Ok(keys) }
    }

    fn check(
        &self,
        claims: Claims,
        typed: Option<TokenUse>,
        groups: Vec<String>,
        now: Timestamp,
    ) -> Result<Verified, AuthError> {
        if claims.iss != self.trust.issuer {
            return Err(AuthError::OtherIssuer(self.trust.issuer.clone()));
        }
        let token_use = self.token_use(&claims, typed)?;
        let Some(client) = self.meant_for(&claims) else { return Err(FOREIGN) };
        let client = client.to_owned();
        let soon = now.as_second().saturating_add(CLOCK_SKEW_SECONDS);
        if claims.iat > soon || claims.nbf.is_some_and(|nbf| nbf > soon) || claims.exp <= claims.iat {
            return Err(AuthError::Invalid("its times make no sense"));
        }
        if claims.exp <= now.as_second() {
            return Err(AuthError::Expired);
        }
        let expires = Timestamp::from_second(claims.exp).map_err(|_| AuthError::Invalid("its times make no sense"))?;
        let issued = match (self.trust.kind, claims.epoch) {
            (Kind::Pool, epoch) => epoch.map(Issued::Epoch),
            (Kind::Cognito | Kind::Oidc, _) => Some(Issued::At(claims.iat)),
        };
        let issued = issued.filter(|_| domain::id::wrong(&claims.sub).is_none());
        let issued = issued.ok_or(AuthError::Invalid("it does not say whose it is"))?;
        let principal = Principal {
            administrator: groups.contains(&self.trust.admin_group),
            username: claims.username.or(claims.cognito_username).unwrap_or_else(|| claims.sub.clone()),
            sub: claims.sub,
            email: claims.email,
            groups,
            client,
            token_use,
            expires,
        };
        Ok(Verified { principal, issued })
    }

    /// What the token is for: what it says itself, and what its type says. Others than Cognito may leave both out of ID tokens.
    fn token_use(&self, claims: &Claims, typed: Option<TokenUse>) -> Result<TokenUse, AuthError> {
        if claims.events.is_some() {
            return Err(UNREADABLE);
        }
        if claims.cnf.is_some() {
            return Err(AuthError::Invalid("only who holds a certain key may use it, which cannot be checked here"));
        }
        match (claims.token_use, typed) {
            (Some(stated), None) => Ok(stated),
            (Some(TokenUse::Access), Some(TokenUse::Access)) => Ok(TokenUse::Access),
            (None, typed) if self.trust.kind == Kind::Oidc => Ok(typed.unwrap_or(TokenUse::Id)),
            _ => Err(UNREADABLE),
        }
    }

    /// Which of our names the token is for, if any.
    fn meant_for<'a>(&'a self, claims: &'a Claims) -> Option<&'a str> {
        let ours = |name: &str| self.trust.audiences.iter().find(|known| *known == name).map(String::as_str);
        let audience = claims.aud.as_ref().filter(|aud| !aud.is_null()).map(|aud| match aud {
            Value::Array(audiences) => audiences.iter().filter_map(Value::as_str).find_map(ours),
            audience => audience.as_str().and_then(ours),
        });
        let is_access = claims.token_use == Some(TokenUse::Access);
        match (audience, self.trust.kind) {
            (Some(None), _) => None,
            (_, Kind::Pool | Kind::Cognito) if is_access => claims.client_id.as_deref().and_then(ours),
            (Some(audience), _) => audience,
            (None, Kind::Oidc) if is_access => claims.client_id.as_deref().or(claims.azp.as_deref()).and_then(ours),
            (None, _) => None,
        }
    }

    /// The groups, sorted, each once; a single one may be without a list around it.
    fn groups(&self, claims: &Value) -> Result<Vec<String>, AuthError> {
        let name = self.trust.groups_claim.as_str();
        let found = if name.starts_with('/') { claims.pointer(name) } else { claims.get(name) };
        let groups = match found {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(Value::String(group)) => Some(vec![group.clone()]),
            Some(Value::Array(groups)) => groups.iter().map(|group| group.as_str().map(str::to_owned)).collect(),
            Some(_) => None,
        };
        let mut groups: Vec<String> = groups.ok_or(AuthError::Invalid("its groups are no list of names"))?;
        groups.sort_unstable();
        groups.dedup();
        Ok(groups)
    }
}

/// What a token's type says of it (RFC 7519, section 5.1; RFC 9068, section 2.1). A type that is not known is of some other kind of
/// token.
fn typed(header: &Header) -> Result<Option<TokenUse>, AuthError> {
    let Some(name) = header.typ.as_deref().map(str::to_ascii_lowercase) else { return Ok(None) };
    match name.strip_prefix("application/").unwrap_or(&name) {
        "jwt" => Ok(None),
        "at+jwt" => Ok(Some(TokenUse::Access)),
        _ => Err(UNREADABLE),
    }
}

#[cfg(test)]
mod tests;
