//! Who issues the tokens: the embedded pool, Amazon Cognito, or any OpenID Connect provider.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use identity::{Directory, Outside, OutsideKind, SignatureAlgorithm, signature_algorithm};

use super::{AdministratorArgs, DemoArgs, PoolArgs, values};
use crate::error::{Error, Outcome};
use crate::issuer::{Published, PublishedKeys};

/// The claim that names the groups, unless another is given; Cognito's.
const GROUPS_CLAIM: &str = "cognito:groups";
/// The defaults of `--pool-id` and `--client-id`: names of the embedded pool, which are none of Cognito's.
const OWN: [&str; 2] = ["local_frontdesk", "frontdesk"];

/// Who issues the tokens.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Identity from outside")]
pub struct IssuerArgs {
    /// Who keeps the accounts and issues the tokens
    #[arg(long, env = "FRONTDESK_IDENTITY", value_name = "KIND", value_enum, default_value_t = IdentityKind::Pool)]
    pub identity: IdentityKind,

    /// The issuer, exactly as its tokens and its discovery document name it [default: for Cognito by --pool-id]
    #[arg(long, env = "FRONTDESK_ISSUER", value_name = "URL", value_parser = values::issuer)]
    pub issuer: Option<String>,

    /// Where the issuer's keys are [default: for Cognito below the issuer, else where its discovery document says]
    #[arg(long, env = "FRONTDESK_JWKS_URL", value_name = "URL", value_parser = values::jwks_url)]
    pub jwks_url: Option<String>,

    /// Whom tokens must be for (`aud`, or `client_id` of Cognito's access tokens), separated by commas [default: the client's id]
    #[arg(long, env = "FRONTDESK_AUDIENCE", value_name = "NAMES", value_delimiter = ',', value_parser = values::label)]
    pub audience: Vec<String>,

    /// Signature algorithms that are accepted, separated by commas [default: RS256]
    #[arg(long, env = "FRONTDESK_TOKEN_ALGORITHMS", value_name = "NAMES", value_delimiter = ',', value_parser = signature_algorithm)]
    pub token_algorithms: Vec<SignatureAlgorithm>,

    /// The claim that names the user's groups, or a JSON pointer to it such as /realm_access/roles [default: cognito:groups]
    #[arg(long, env = "FRONTDESK_GROUPS_CLAIM", value_name = "CLAIM", value_parser = values::label)]
    pub groups_claim: Option<String>,
}

/// Who keeps the accounts and issues the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IdentityKind {
    /// The user pool of this program, in its own store
    Pool,
    /// A user pool of Amazon Cognito
    Cognito,
    /// Any other OpenID Connect provider
    Oidc,
}

/// An issuer outside, with its `iss`.
#[derive(Debug)]
pub struct From {
    /// Its `iss`.
    pub issuer: String,
    /// All else.
    pub outside: Outside,
}

impl IssuerArgs {
    /// The issuer outside, if it is to be one; an error that says which flags do not fit.
    pub fn outside(&self, pool: &PoolArgs) -> Outcome<Option<From>> {
        let kind = match self.identity {
            IdentityKind::Pool => return self.check_nothing_given().map(|()| None),
            IdentityKind::Cognito => OutsideKind::Cognito,
            IdentityKind::Oidc => OutsideKind::Oidc,
        };
        if pool.key_secret_file.is_some() || pool.key_secret.is_some() {
            let text = "--key-secret-file wraps the embedded pool's keys; leave it out, the issuer has keys of its own";
            return Err(Error::Usage(text.to_owned()));
        }
        let (issuer, published) = match kind {
            OutsideKind::Cognito => self.cognito(pool)?,
            OutsideKind::Oidc => self.oidc(pool)?,
        };
        let mut audiences = self.audience.clone();
        if audiences.is_empty() {
            audiences.push(pool.client_id.clone());
        }
        let mut algorithms = self.token_algorithms.clone();
        if algorithms.is_empty() {
            algorithms.push(SignatureAlgorithm::RS256);
        }
        let groups_claim = self.groups_claim.clone().unwrap_or_else(|| GROUPS_CLAIM.to_owned());
        let keys = Arc::new(PublishedKeys::new(published)?);
        let directory = directory(kind, pool);
        Ok(Some(From { issuer, outside: Outside { kind, audiences, algorithms, groups_claim, keys, directory } }))
    }

    fn check_nothing_given(&self) -> Outcome {
        let given = [
            ("--issuer", self.issuer.is_some()),
            ("--jwks-url", self.jwks_url.is_some()),
            ("--audience", !self.audience.is_empty()),
            ("--token-algorithms", !self.token_algorithms.is_empty()),
            ("--groups-claim", self.groups_claim.is_some()),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((flag, _)) => Err(Error::Usage(format!(
                "{flag} is for an issuer outside; add --identity cognito or --identity oidc, or leave it out"
            ))),
        }
    }

    fn cognito(&self, pool: &PoolArgs) -> Outcome<(String, Published)> {
        let [own_pool, own_client] = OWN;
        if pool.pool_id == own_pool || region(&pool.pool_id).is_none() {
            let text = "--identity cognito needs --pool-id, the user pool's id, such as us-east-1_AbCdEfGhI";
            return Err(Error::Usage(text.to_owned()));
        }
        if pool.client_id == own_client {
            let text = "--identity cognito needs --client-id, the id of the user pool's app client";
            return Err(Error::Usage(text.to_owned()));
        }
        let region = region(&pool.pool_id).unwrap_or_default();
        let of_pool = || format!("https://cognito-idp.{region}.amazonaws.com/{}", pool.pool_id);
        let issuer = self.issuer.clone().unwrap_or_else(of_pool);
        let jwks_url = self.jwks_url.clone().unwrap_or_else(|| format!("{issuer}/.well-known/jwks.json"));
        Ok((issuer, Published::At(jwks_url)))
    }

    fn oidc(&self, pool: &PoolArgs) -> Outcome<(String, Published)> {
        let [own_pool, _] = OWN;
        if pool.pool_id != own_pool {
            let text = "--pool-id is for the embedded pool and for Cognito; leave it out with --identity oidc";
            return Err(Error::Usage(text.to_owned()));
        }
        let Some(issuer) = self.issuer.clone() else {
            let text = "--identity oidc needs --issuer, the URL that the provider's tokens name as `iss`";
            return Err(Error::Usage(text.to_owned()));
        };
        let published = self.jwks_url.clone().map_or_else(|| Published::By(issuer.clone()), Published::At);
        Ok((issuer, published))
    }

    /// Refuses what only the embedded pool can do.
    pub fn check_first_start(&self, administrator: &AdministratorArgs, demo: &DemoArgs) -> Outcome {
        let given = [
            ("--admin-email", administrator.admin_email.is_some()),
            ("--admin-password", administrator.admin_password.is_some()),
            ("--demo", demo.demo),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            Some((flag, _)) if self.identity != IdentityKind::Pool => Err(Error::Usage(format!(
                "{flag} is for the embedded pool; leave it out, and make accounts and the administrators' group where the issuer keeps them"
            ))),
            _ => Ok(()),
        }
    }
}

/// The region of a Cognito user pool, which its id begins with.
fn region(pool_id: &str) -> Option<&str> {
    let (region, name) = pool_id.split_once('_')?;
    let parts = region.split('-').count();
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (parts >= 3 && region.split('-').all(plain) && plain(name)).then_some(region)
}

/// What administers the accounts: Cognito's own interface, where this build has it.
fn directory(kind: OutsideKind, pool: &PoolArgs) -> Option<Arc<dyn Directory>> {
    #[cfg(feature = "aws")]
    if kind == OutsideKind::Cognito {
        let region = region(&pool.pool_id).unwrap_or_default();
        return Some(Arc::new(aws::cognito::UserPool::new(region, &pool.pool_id, &pool.client_id)));
    }
    let _ = (kind, pool);
    None
}
