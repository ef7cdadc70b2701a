//! What the identity endpoints speak.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The parameters of a Cognito action, as its API reference has them.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "frontdesk",
    "AuthParameters": {"USERNAME": "ada@example.com", "PASSWORD": "correct horse battery staple"}
})))]
pub(crate) struct CognitoInput {}

/// The result of a Cognito action, as its API reference has it.
#[derive(Serialize, ToSchema)]
pub(crate) struct CognitoOutput {}

/// An error of the Cognito JSON protocol.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({"__type": "NotAuthorizedException", "message": "Incorrect username or password."})))]
pub(crate) struct CognitoError {
    #[serde(rename = "__type")]
    kind: String,
    message: String,
}

/// A JSON Web Key set (RFC 7517).
#[derive(Serialize, ToSchema)]
pub(crate) struct JwkSet {
    keys: Vec<Value>,
}

/// An OpenID Connect discovery document.
#[derive(Serialize, ToSchema)]
pub(crate) struct Discovery {
    issuer: String,
    jwks_uri: String,
}
