//! Accounts as they are stored.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Item, StoreError};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How far an account is on its way to signing in; the words are Cognito's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Signed up, and neither the user nor an administrator has confirmed it.
    Unconfirmed,
    /// May sign in.
    Confirmed,
    /// Has a temporary password.
    ForceChangePassword,
}

/// An account of the pool, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its identifier, never used again.
    pub sub: String,
    /// Its e-mail address, as it was given.
    pub email: String,
    /// Whether the address is known to be the user's.
    pub email_verified: bool,
    /// How far it is.
    pub status: Status,
    /// Whether it may be used.
    pub enabled: bool,
    /// Its groups, sorted.
    pub groups: Vec<String>,
    /// Its further attributes.
    pub attributes: BTreeMap<String, String>,
    /// When it was created.
    pub created: Timestamp,
    /// When it was changed last.
    pub modified: Timestamp,
}

/// A page of accounts.
#[derive(Debug)]
pub struct AccountPage {
    /// The accounts, in no particular order.
    pub accounts: Vec<Account>,
    /// Where the next page begins; absent when nothing follows.
    pub next: Option<String>,
}

/// An account to be created. (Not `Debug`: it has a password.)
#[derive(Clone)]
pub struct NewUser<'a> {
    /// The e-mail address.
    pub email: &'a str,
    /// The password.
    pub password: &'a str,
    /// What the account's status is at first.
    pub status: Status,
    /// Whether the address is known to be the user's.
    pub email_verified: bool,
    /// The groups; those that do not exist are created.
    pub groups: Vec<String>,
    /// Further attributes.
    pub attributes: BTreeMap<String, String>,
}

/// What nobody gets to see of an account.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Secrets {
    /// The password's hash (PHC string).
    pub(crate) password: Option<String>,
    /// See [`crate::epoch`].
    pub(crate) epoch: i64,
    /// The same for refresh tokens.
    pub(crate) sessions: i64,
    /// Whether it is being erased: it never changes again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) erasing: bool,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Secrets").finish_non_exhaustive()
    }
}

/// An account with its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) account: Account,
    pub(crate) secrets: Secrets,
}

impl Stored {
    /// From its item.
    pub(crate) fn from_item(item: &Item) -> Result<Self, StoreError> {
        Ok(Self { account: item.body()?, secrets: item.private()? })
    }

    /// Ends the tokens that were issued so far; refresh tokens get new ones.
    pub(crate) fn end_tokens(&mut self, now: Timestamp) {
        self.secrets.epoch = moved(self.secrets.epoch, now);
    }

    /// Ends the tokens and the refresh tokens that were issued so far.
    pub(crate) fn end_sessions(&mut self, now: Timestamp) {
        self.end_tokens(now);
        self.secrets.sessions = moved(self.secrets.sessions, now);
    }
}

/// The next epoch: the time in milliseconds, but always a greater number.
fn moved(epoch: i64, now: Timestamp) -> i64 {
    now.as_millisecond().max(epoch.saturating_add(1))
}
