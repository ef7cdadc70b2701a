//! Sessions: refresh tokens, of which only digests are stored.

use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use store::{Key, Table};

use crate::entropy;
use crate::error::PoolError;

/// A session, found by the digest of its refresh token.
#[derive(Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) sub: String,
    pub(super) client: String,
    /// When the password was shown, epoch seconds.
    pub(super) auth_time: i64,
    /// Names the sign-in in all its tokens.
    pub(super) origin_jti: String,
    /// The account's epoch for sessions at that time.
    pub(super) sessions: i64,
    /// When the session ends, epoch seconds.
    pub(super) expiration: i64,
}

/// A new refresh token: 256 random bits.
pub(super) fn new_refresh_token() -> Result<String, PoolError> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(entropy::bytes::<32>()?))
}

/// The key of a refresh token's session: the token's SHA-256. (A salt or a slow hash would add nothing to 256 random bits.)
pub(super) fn key(refresh_token: &str) -> Key {
    let digest = digest::digest(&digest::SHA256, refresh_token.as_bytes());
    Key::new(Table::Sessions, BASE64_URL_SAFE_NO_PAD.encode(digest))
}
