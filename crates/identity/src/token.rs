//! Tokens as Cognito issues them: an ID token and an access token, JSON Web Tokens (RFC 7519) signed with RS256.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::json;

use crate::error::PoolError;
use crate::keys::SigningKey;
use crate::pool::SignedIn;
use crate::principal::TokenUse;
use crate::settings::Settings;

/// The scope that Cognito gives the access tokens of its own sign-in.
const SCOPE: &str = "aws.cognito.signin.user.admin";

/// The tokens of a sign-in.
pub struct Tokens {
    /// Says who the user is.
    pub id_token: String,
    /// Lets its bearer act for the user.
    pub access_token: String,
    /// Gets new tokens; absent when these were got by one.
    pub refresh_token: Option<String>,
    /// How long the access token is good for, in seconds.
    pub expires_in: i64,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tokens").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    iss: &'a str,
    token_use: TokenUse,
    #[serde(rename = "cognito:groups", skip_serializing_if = "no_groups")]
    groups: &'a [String],
    origin_jti: &'a str,
    event_id: &'a str,
    jti: String,
    auth_time: i64,
    iat: i64,
    exp: i64,
    /// The account's epoch; see [`crate::epoch`].
    #[serde(rename = "frontdesk:epoch")]
    epoch: i64,
    #[serde(flatten)]
    own: Own<'a>,
}

fn no_groups(groups: &&[String]) -> bool {
    groups.is_empty()
}

/// What only the one or only the other kind of token says.
#[derive(Serialize)]
#[serde(untagged)]
enum Own<'a> {
    Id {
        aud: &'a str,
        email: &'a str,
        email_verified: bool,
        #[serde(rename = "cognito:username")]
        username: &'a str,
        #[serde(flatten)]
        attributes: &'a BTreeMap<String, String>,
    },
    Access {
        client_id: &'a str,
        username: &'a str,
        scope: &'a str,
        version: u8,
    },
}

/// What tokens are made with.
pub(crate) struct Issuer<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) key: &'a SigningKey,
    pub(crate) ids: &'a dyn domain::Ids,
}

impl Issuer<'_> {
    /// The tokens of an account that has just shown its password or its refresh token.
    pub(crate) fn issue(&self, signed_in: SignedIn) -> Result<Tokens, PoolError> {
        let event_id = self.ids.random().to_string();
        let account = &signed_in.account;
        let id = Own::Id {
            aud: &self.settings.client_id,
            email: &account.email,
            email_verified: account.email_verified,
            username: &account.sub,
            attributes: &account.attributes,
        };
        let access =
            Own::Access { client_id: &self.settings.client_id, username: &account.sub, scope: SCOPE, version: 2 };
        let id_seconds = self.settings.id_token_seconds;
        let access_seconds = self.settings.access_token_seconds;
        Ok(Tokens {
            id_token: self.sign(&self.claims(&signed_in, &event_id, TokenUse::Id, id_seconds, id))?,
            access_token: self.sign(&self.claims(&signed_in, &event_id, TokenUse::Access, access_seconds, access))?,
            expires_in: access_seconds,
            refresh_token: signed_in.refresh_token,
        })
    }

    fn claims<'a>(
        &'a self,
        signed_in: &'a SignedIn,
        event_id: &'a str,
        token_use: TokenUse,
        seconds: i64,
        own: Own<'a>,
    ) -> Claims<'a> {
        let iat = signed_in.now.as_second();
        Claims {
            sub: &signed_in.account.sub,
            iss: &self.settings.issuer,
            token_use,
            groups: &signed_in.account.groups,
            origin_jti: &signed_in.origin_jti,
            event_id,
            jti: self.ids.random().to_string(),
            auth_time: signed_in.auth_time,
            iat,
            exp: iat.saturating_add(seconds),
            epoch: signed_in.epoch,
            own,
        }
    }

    fn sign(&self, claims: &impl Serialize) -> Result<String, PoolError> {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let header = json!({"kid": self.key.kid(), "alg": "RS256"}).to_string();
        let claims = serde_json::to_vec(claims).map_err(|_| PoolError::Crypto("a token could not be written"))?;
        let message = format!("{}.{}", encode(header.as_bytes()), encode(&claims));
        let signature = self.key.sign(message.as_bytes())?;
        Ok(format!("{message}.{}", encode(&signature)))
    }
}
