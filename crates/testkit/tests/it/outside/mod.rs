//! Identity from outside: issuers that keep the accounts and sign the tokens.

mod absent;
mod cognito;
mod forgery;
mod keys;
mod marks;
mod oidc;
mod users;
