//! Issuers that others wrote: moto's Cognito, and an OpenID Connect provider. `cargo xtask tools` installs both.

mod cognito;
mod oidc;
mod users;
