//! Verification of tokens: one way for the embedded pool and for any other issuer that publishes its keys as a JWK set (RFC 7517).
//!
//! Signature, algorithm (RS256 and nothing else), key, issuer, audience, times and `token_use` are all checked. Times are judged
//! by the `now` that is passed in, which is why the JWT library's own claim checks are off.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;

use crate::error::AuthError;
use crate::principal::{Principal, TokenUse};

/// How far an issuer's clock may be ahead of ours, in seconds. The end of a token is not extended by it.
const CLOCK_SKEW_SECONDS: i64 = 5;
/// The longest token that is looked at, in bytes. The pool's own are shorter, with all the attributes and groups that it allows.
const TOKEN_BYTES: usize = 48 * 1024;

/// Whom to trust.
pub(crate) struct Trust<'a> {
    /// The `iss` of its tokens.
    pub(crate) issuer: &'a str,
    /// The client whose tokens are accepted (`aud` of ID tokens, `client_id` of access tokens).
    pub(crate) client: &'a str,
    /// The group whose members are administrators.
    pub(crate) admin_group: &'a str,
    /// Whether its tokens carry the account's epoch.
    pub(crate) epochs: bool,
}

/// Verifies the tokens of one issuer.
pub(crate) struct Verifier {
    issuer: String,
    client: String,
    admin_group: String,
    epochs: bool,
    keys: HashMap<String, DecodingKey>,
    validation: Validation,
}

/// A verified token.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) principal: Principal,
    /// The account's epoch under which the token was issued, where the issuer has epochs.
    pub(crate) epoch: Option<i64>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    token_use: TokenUse,
    aud: Option<Value>,
    client_id: Option<String>,
    #[serde(rename = "cognito:groups", default)]
    groups: Vec<String>,
    #[serde(rename = "cognito:username")]
    cognito_username: Option<String>,
    username: Option<String>,
    email: Option<String>,
    #[serde(rename = "frontdesk:epoch")]
    epoch: Option<i64>,
}

impl Verifier {
    /// A verifier that trusts the RSA keys of a JWK set; keys of other kinds are left out.
    pub(crate) fn new(trust: &Trust<'_>, jwks: &JwkSet) -> Self {
        let usable = |jwk: &jsonwebtoken::jwk::Jwk| {
            let key = DecodingKey::from_jwk(jwk).ok()?;
            let rsa = key.family() == jsonwebtoken::AlgorithmFamily::Rsa;
            Some((jwk.common.key_id.clone()?, key)).filter(|_| rsa)
        };
        let mut validation = Validation::new(Algorithm::RS256);
        validation.required_spec_claims = HashSet::new();
        validation.validate_exp = false;
        validation.validate_aud = false;
        Self {
            issuer: trust.issuer.to_owned(),
            client: trust.client.to_owned(),
            admin_group: trust.admin_group.to_owned(),
            epochs: trust.epochs,
            keys: jwks.keys.iter().filter_map(usable).collect(),
            validation,
        }
    }

    /// The token's bearer, if the token is good at this time.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, AuthError> {
        if token.len() > TOKEN_BYTES {
            return Err(AuthError::Invalid("it is too long"));
        }
        let header = decode_header(token).map_err(|_| AuthError::Invalid("it is not a signed JSON Web Token"))?;
        if header.alg != Algorithm::RS256 {
            return Err(AuthError::Invalid("its algorithm is not RS256"));
        }
        if header.crit.is_some() {
            return Err(AuthError::Invalid("it has critical headers that are not understood"));
        }
        let key = header.kid.and_then(|kid| self.keys.get(&kid)).ok_or(AuthError::Invalid("its key is unknown"))?;
        let claims = decode::<Claims>(token, key, &self.validation).map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature => AuthError::Invalid("its signature is wrong"),
            _ => AuthError::Invalid("its claims are not those of an ID or access token"),
        })?;
        self.check(claims.claims, now)
    }

    fn check(&self, claims: Claims, now: Timestamp) -> Result<Verified, AuthError> {
        let soon = now.as_second().saturating_add(CLOCK_SKEW_SECONDS);
        if claims.iss != self.issuer {
            return Err(AuthError::Invalid("its issuer is another"));
        }
        if !self.is_for_us(&claims) {
            return Err(AuthError::Invalid("it was issued to another client"));
        }
        if claims.iat > soon || claims.nbf.is_some_and(|nbf| nbf > soon) || claims.exp <= claims.iat {
            return Err(AuthError::Invalid("its times make no sense"));
        }
        if claims.exp <= now.as_second() {
            return Err(AuthError::Expired);
        }
        if claims.sub.is_empty() || (self.epochs && claims.epoch.is_none()) {
            return Err(AuthError::Invalid("it does not say whose it is"));
        }
        let expires = Timestamp::from_second(claims.exp).map_err(|_| AuthError::Invalid("its times make no sense"))?;
        let epoch = claims.epoch.filter(|_| self.epochs);
        Ok(Verified { principal: self.principal(claims, expires), epoch })
    }

    fn is_for_us(&self, claims: &Claims) -> bool {
        let ours = |value: &Value| value.as_str() == Some(&self.client);
        match (claims.token_use, &claims.aud) {
            (TokenUse::Id, Some(Value::Array(audiences))) => audiences.iter().any(ours),
            (TokenUse::Id, Some(audience)) => ours(audience),
            (TokenUse::Id, None) => false,
            (TokenUse::Access, _) => claims.client_id.as_deref() == Some(&self.client),
        }
    }

    fn principal(&self, claims: Claims, expires: Timestamp) -> Principal {
        let mut groups = claims.groups;
        groups.sort_unstable();
        groups.dedup();
        Principal {
            administrator: groups.contains(&self.admin_group),
            username: claims.username.or(claims.cognito_username).unwrap_or_else(|| claims.sub.clone()),
            sub: claims.sub,
            email: claims.email,
            groups,
            client: self.client.clone(),
            token_use: claims.token_use,
            expires,
        }
    }
}

#[cfg(test)]
mod tests;
