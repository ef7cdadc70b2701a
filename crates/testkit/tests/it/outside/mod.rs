//! Identity from outside: issuers that keep the accounts and sign the tokens.

mod absent;
mod forgery;
mod issuers;
mod keys;
mod marks;
