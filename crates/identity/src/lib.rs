//! User pool, tokens, password rules and Cedar policies.
//!
//! [`Identity`] answers three questions: who is calling ([`Identity::authenticate`]), may they do that
//! ([`Identity::authorize`]), and what does the user pool say to a Cognito client ([`Identity::cognito`]).
//! It knows no HTTP framework: requests come in as plain parts, replies go out as status and text.

mod accounts;
mod authenticate;
mod believed;
mod caller;
mod cognito;
mod documents;
mod entropy;
mod epoch;
mod error;
mod hasher;
mod identity;
mod keyring;
mod keys;
mod marks;
mod outside;
mod password;
mod policy;
mod pool;
mod principal;
mod settings;
mod sigv4;
mod ticket;
mod token;
mod verify;
mod wrapping;

pub use accounts::Erasure;
pub use caller::Caller;
pub use cognito::{CognitoReply, CognitoRequest};
pub use error::{AuthError, PoolError, StartError};
pub use identity::Identity;
pub use jsonwebtoken::Algorithm as SignatureAlgorithm;
pub use keys::AccessKey;
pub use outside::{AccountChange, Directory, KeySource, Outside, OutsideKind, Pending, signature_algorithm};
pub use password::generate as generate_password;
pub use policy::{Action, check as check_policies};
pub use pool::{Account, AccountPage, Administrator, NewUser, Pool, Status};
pub use principal::{Principal, TokenUse};
pub use settings::Settings;
pub use ticket::Ticket;
pub use token::Tokens;
pub use wrapping::KeySecrets;
