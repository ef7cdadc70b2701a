//! Who is calling.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenUse {
    /// Says who the user is.
    Id,
    /// Lets its bearer act for the user.
    Access,
}

/// A caller whose token was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account's identifier, new for every account.
    pub sub: String,
    /// The e-mail address; ID tokens only.
    pub email: Option<String>,
    /// The groups, sorted, each once.
    pub groups: Vec<String>,
    /// The username; the same as `sub` for accounts of the embedded pool.
    pub username: String,
    /// The client that the token was issued to.
    pub client: String,
    /// What the token is for.
    pub token_use: TokenUse,
    /// When the token ends.
    pub expires: Timestamp,
    /// Whether one of the groups makes its members administrators.
    pub administrator: bool,
}
