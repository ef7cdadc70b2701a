//! What an operator can set.

use std::path::PathBuf;

use crate::outside::Outside;
use crate::wrapping::KeySecrets;

/// Settings of the user pool, its tokens and the policies.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The tokens' `iss`: `{public URL}/{pool id}`, or that of the issuer outside.
    pub issuer: String,
    /// The pool's identifier (`UserPoolId`).
    pub pool_id: String,
    /// The client's identifier (`ClientId`, the tokens' `aud` and `client_id`).
    pub client_id: String,
    /// The group whose members are administrators.
    pub admin_group: String,
    /// How long an ID token is good for, in seconds.
    pub id_token_seconds: i64,
    /// How long an access token is good for, in seconds.
    pub access_token_seconds: i64,
    /// How long a refresh token is good for, in seconds.
    pub refresh_token_seconds: i64,
    /// What the stored keys are wrapped with; none: they are stored as they are.
    pub key_secrets: Option<KeySecrets>,
    /// The issuer outside that keeps the accounts; absent for the embedded pool.
    pub outside: Option<Outside>,
    /// A directory of `*.cedar` files and `schema.cedarschema` that replaces the policies built in.
    pub policies: Option<PathBuf>,
    /// Passwords hashed at once; each takes 19 MiB while it runs.
    pub parallel_hashes: usize,
    /// Passwords that may wait to be hashed; more are refused.
    pub waiting_hashes: usize,
    /// Verified tokens that are remembered; fewer when they are long.
    pub cached_tokens: usize,
    /// Accounts whose epoch is remembered.
    pub cached_accounts: usize,
    /// Authorization decisions that are remembered; fewer when what they are about has long names.
    pub cached_decisions: usize,
    /// For how many seconds an account's epoch is believed before it is read again. It bounds how long another process's
    /// change can go unnoticed; changes by this process are noticed at once.
    pub epoch_seconds: i64,
}

impl Settings {
    /// The defaults behind a public URL (without a trailing slash, a base path included).
    pub fn new(public_url: &str) -> Self {
        let pool_id = "local_frontdesk";
        Self {
            issuer: format!("{}/{pool_id}", public_url.trim_end_matches('/')),
            pool_id: pool_id.to_owned(),
            client_id: "frontdesk".to_owned(),
            admin_group: "apiAdmins".to_owned(),
            id_token_seconds: 60 * 60,
            access_token_seconds: 60 * 60,
            refresh_token_seconds: 30 * 24 * 60 * 60,
            key_secrets: None,
            outside: None,
            policies: None,
            parallel_hashes: 2,
            waiting_hashes: 64,
            cached_tokens: 10_000,
            cached_accounts: 10_000,
            cached_decisions: 50_000,
            epoch_seconds: 60,
        }
    }
}
