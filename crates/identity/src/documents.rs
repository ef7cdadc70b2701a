//! The documents that other programs verify tokens with: the JWK set (RFC 7517) and OpenID Connect's discovery document.

use serde_json::{Value, json};

use crate::keys::SigningKey;
use crate::settings::Settings;

/// The JWK set.
pub(crate) fn jwks(key: &SigningKey) -> Value {
    json!({"keys": [key.jwk()]})
}

/// The discovery document; it names what there is, and no more.
pub(crate) fn discovery(settings: &Settings) -> Value {
    let issuer = &settings.issuer;
    json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["token", "id_token"],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "email", "profile", "aws.cognito.signin.user.admin"],
        "claims_supported": [
            "sub", "iss", "aud", "client_id", "token_use", "exp", "iat", "auth_time", "email", "email_verified",
            "cognito:username", "cognito:groups"
        ],
    })
}
