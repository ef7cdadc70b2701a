//! The user pool and its tokens.

mod accounts;
mod documents;
mod forgery;
mod groups;
mod protocol;
mod revocation;
mod sign_in;
mod signatures;
mod tokens;
