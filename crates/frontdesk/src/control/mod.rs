//! What commands ask of an instance: by the control socket of the running server or, when none runs, in their own process.
//!
//! The socket is `control.sock` in the data directory, for the directory's owner only. A request is one line of JSON, and so is
//! its reply.

mod client;
mod events;
mod person;
mod server;

use std::path::{Path, PathBuf};

use app::MovedPage;
use identity::{Account, AccountChange, PoolError};
use serde::{Deserialize, Serialize};

pub use client::ask;
pub use events::{EventAnswer, EventOperation};
pub use server::Control;

use crate::compose::Instance;
use crate::config::values::Secret;
use crate::error::{Error, Outcome};

/// Bytes of a request.
const REQUEST_BYTES: u64 = 64 * 1024;
/// Bytes of a reply: a full page of users or bookings.
const REPLY_BYTES: u64 = 64 * 1024 * 1024;

/// What can be asked.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Sign in and return a token: the access token if asked for, else the ID token.
    Token {
        /// The user.
        email: String,
        /// Their password.
        password: Secret,
        /// Whether the access token is wanted.
        access: bool,
    },
    /// Create a user who may sign in.
    AddUser {
        /// The user.
        email: String,
        /// Their password.
        password: Secret,
        /// Their groups; missing ones are created.
        groups: Vec<String>,
    },
    /// A page of users.
    ListUsers {
        /// Where the page before ended.
        after: Option<String>,
    },
    /// Let a user in, or lock them out at once.
    SetEnabled {
        /// The user.
        email: String,
        /// Whether they may sign in.
        enabled: bool,
    },
    /// Set a user's password and end their sessions.
    SetPassword {
        /// The user.
        email: String,
        /// The new password.
        password: Secret,
    },
    /// Put a user into a group, which is created if missing.
    AddToGroup {
        /// The user.
        email: String,
        /// The group.
        group: String,
    },
    /// Take a user out of a group.
    RemoveFromGroup {
        /// The user.
        email: String,
        /// The group.
        group: String,
    },
    /// End a user's sessions, and every token that they have.
    SignOut {
        /// The user, by e-mail address or `sub`.
        user: String,
    },
    /// A step of a check for bookings that the tz database moves.
    MovedBookings {
        /// Where the step before ended.
        after: Option<String>,
    },
    /// A page of all that is stored of a user.
    ExportUser {
        /// The user, by e-mail address or `sub`.
        user: String,
        /// Where the page before ended.
        after: Option<String>,
    },
    /// Erase a user and all that is theirs.
    EraseUser {
        /// The user, by e-mail address or `sub`.
        user: String,
    },
    /// Look at the event log and its pipelines.
    Events(EventOperation),
    /// Write a consistent copy of the database.
    Backup {
        /// The new file; an absolute path.
        file: PathBuf,
    },
}

/// What comes back.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is done.
    Done,
    /// A token.
    Token(Secret),
    /// Users.
    Users {
        /// The page.
        accounts: Vec<Account>,
        /// Where the next page begins; absent when nothing follows.
        next: Option<String>,
    },
    /// Bookings that the tz database moves.
    MovedBookings(MovedPage),
    /// What is stored of a user.
    Person {
        /// The user's `sub`.
        sub: String,
        /// One JSON object each.
        lines: Vec<String>,
        /// Where the next page begins; absent when nothing follows.
        next: Option<String>,
    },
    /// A user is erased.
    Erased {
        /// Whether there was an account.
        account: bool,
        /// Their sessions.
        sessions: usize,
        /// All else.
        erased: app::Erased,
    },
    /// Of the event log and its pipelines.
    Events(EventAnswer),
}

/// An answer as it travels; failures as text.
pub type Reply = Result<Answer, String>;

/// The control socket of a data directory.
pub fn socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// Does what is asked.
pub async fn execute(operation: Operation, instance: &Instance) -> Outcome<Answer> {
    match operation {
        Operation::Backup { file } => {
            let store = instance.backing.embedded()?;
            let backup = tokio::task::spawn_blocking(move || store.backup(&file));
            backup.await.map_err(Error::runtime("the backup was stopped"))??;
            Ok(Answer::Done)
        }
        Operation::MovedBookings { after } => {
            let page = instance.app.moved_bookings(after.as_deref()).await;
            Ok(Answer::MovedBookings(page.map_err(Error::runtime("the bookings cannot be checked"))?))
        }
        Operation::ExportUser { user, after } => person::export(&user, after.as_deref(), instance).await,
        Operation::EraseUser { user } => person::erase(&user, instance).await,
        Operation::Events(operation) => events::execute(operation, &instance.app).await,
        other => Ok(execute_on_accounts(other, instance).await?),
    }
}

async fn execute_on_accounts(operation: Operation, instance: &Instance) -> Result<Answer, PoolError> {
    let identity = &instance.identity;
    match operation {
        Operation::Token { email, password, access } => {
            let tokens = identity.password_sign_in(&email, password.reveal()).await?;
            let token = if access { tokens.access_token } else { tokens.id_token };
            return Ok(Answer::Token(token.into()));
        }
        Operation::ListUsers { after } => {
            let page = identity.list_accounts(after.as_deref()).await?;
            return Ok(Answer::Users { accounts: page.accounts, next: page.next });
        }
        Operation::AddUser { email, password, groups } => {
            identity.create_account(&email, password.reveal(), &groups).await?;
        }
        Operation::SetEnabled { email, enabled } => {
            identity.change_account(&email, AccountChange::Enabled(enabled)).await?;
        }
        Operation::SetPassword { email, password } => {
            identity.change_account(&email, AccountChange::Password(password.reveal())).await?;
        }
        Operation::AddToGroup { email, group } => {
            identity.change_account(&email, AccountChange::Join(&group)).await?;
        }
        Operation::RemoveFromGroup { email, group } => {
            identity.change_account(&email, AccountChange::Leave(&group)).await?;
        }
        Operation::SignOut { user } => identity.change_account(&user, AccountChange::SignOut).await?,
        Operation::Backup { .. }
        | Operation::Events(_)
        | Operation::MovedBookings { .. }
        | Operation::ExportUser { .. }
        | Operation::EraseUser { .. } => {}
    }
    Ok(Answer::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add_user() -> Operation {
        let password = Secret::from("hunter2".to_owned());
        Operation::AddUser { email: "a@example.com".to_owned(), password, groups: vec!["staff".to_owned()] }
    }

    #[test]
    fn operations_travel_as_one_line() {
        let text = serde_json::to_string(&add_user()).unwrap();
        assert_eq!(text, r#"{"add-user":{"email":"a@example.com","password":"hunter2","groups":["staff"]}}"#);
        assert_eq!(serde_json::from_str::<Operation>(&text).unwrap(), add_user());
    }

    #[test]
    fn replies_tell_answers_from_failures() {
        let reply: Reply = Ok(Answer::Users { accounts: Vec::new(), next: Some("s".to_owned()) });
        let text = serde_json::to_string(&reply).unwrap();
        assert_eq!(text, r#"{"Ok":{"users":{"accounts":[],"next":"s"}}}"#);
        assert_eq!(serde_json::from_str::<Reply>(&text).unwrap(), reply);
        assert_eq!(serde_json::from_str::<Reply>(r#"{"Err":"no"}"#).unwrap(), Err("no".to_owned()));
    }

    #[test]
    fn passwords_and_tokens_are_not_shown() {
        assert!(!format!("{:?}", add_user()).contains("hunter2"));
        assert!(!format!("{:?}", Answer::Token("ey".to_owned().into())).contains("ey"));
    }
}
