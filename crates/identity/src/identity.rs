//! The front of this crate: what the rest of the product asks about identity.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::{Clock, Ids};
use jsonwebtoken::Algorithm;
use store::Store;
use tokio::sync::watch;

use crate::authenticate;
use crate::believed::{Believed, KeySet};
use crate::documents;
use crate::epoch::{Epochs, Measure};
use crate::error::{PoolError, StartError};
use crate::keyring::Keyring;
use crate::keys::{AccessKey, SigningKey};
use crate::outside::{Fetcher, Outside, OutsideKind};
use crate::policy::{Action, Policies};
use crate::pool::Pool;
use crate::principal::Principal;
use crate::settings::Settings;
use crate::token::{Issuer, Tokens};
use crate::verify::{Kind, Trust, Verifier};

/// Who is calling, what they may do, and the user pool.
pub struct Identity {
    settings: Settings,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    epochs: Arc<Epochs>,
    tokens: authenticate::Tokens,
    policies: Policies,
    verifier: Verifier,
    believed: Arc<Believed>,
    keeper: Keeper,
    /// The embedded pool's own keys.
    keys: OnceLock<Keys>,
    ready: watch::Sender<bool>,
}

/// Who keeps the accounts and signs the tokens.
pub(crate) enum Keeper {
    /// The embedded pool.
    Pool(Box<Pool>),
    /// An issuer outside.
    Outside(Outside, Arc<Fetcher>),
}

/// What the embedded pool has only once [`Identity::prepare`] is done.
pub(crate) struct Keys {
    signing: SigningKey,
    access: AccessKey,
    jwks: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Identity").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Identity {
    /// Reads the policies and returns at once; sign-in and tokens work when [`Self::prepare`] is done.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        settings: Settings,
    ) -> Result<Arc<Self>, StartError> {
        let policies = Policies::load(settings.policies.as_deref(), settings.cached_decisions)?;
        let measure = if settings.outside.is_some() { Measure::Marks } else { Measure::Epochs };
        let epochs = Arc::new(Epochs::new(measure, settings.cached_accounts, settings.epoch_seconds));
        let believed = Arc::new(Believed::default());
        let keeper = match &settings.outside {
            Some(outside) => {
                let fetcher = Fetcher::new(outside, Arc::clone(&clock), Arc::clone(&believed));
                Keeper::Outside(outside.clone(), fetcher)
            }
            None => {
                let (store, clock, ids) = (Arc::clone(&store), Arc::clone(&clock), Arc::clone(&ids));
                Keeper::Pool(Box::new(Pool::new(store, clock, ids, Arc::clone(&epochs), &settings)))
            }
        };
        Ok(Arc::new(Self {
            tokens: authenticate::Tokens::new(settings.cached_tokens),
            verifier: Verifier::new(trust(&settings)),
            settings,
            store,
            clock,
            ids,
            epochs,
            policies,
            believed,
            keeper,
            keys: OnceLock::new(),
            ready: watch::Sender::new(false),
        }))
    }

    /// Has the keys that tokens are verified with; then [`Self::ready`] is true. The embedded pool's are loaded or made, whichever process
    /// comes first, with the default groups. Those of an issuer outside are fetched: again with each call, and if that fails, the known
    /// ones are kept.
    pub async fn prepare(&self) -> Result<(), StartError> {
        match &self.keeper {
            Keeper::Pool(pool) => self.prepare_pool(pool).await?,
            Keeper::Outside(_, fetcher) => fetcher
                .fetch()
                .await
                .map_err(|reason| StartError::Issuer { issuer: self.settings.issuer.clone(), reason })?,
        }
        self.ready.send_replace(true);
        Ok(())
    }

    async fn prepare_pool(&self, pool: &Pool) -> Result<(), StartError> {
        let keyring = self.keyring();
        let signing = SigningKey::load(&keyring).await?;
        let access = AccessKey::load(&keyring).await?;
        pool.ensure_group(&self.settings.admin_group).await?;
        let jwks = documents::jwks(&signing).to_string();
        let set = KeySet::read(jwks.as_bytes(), self.verifier.algorithms());
        self.believed.replace(set.map_err(|_| PoolError::Crypto("the public key is unreadable"))?);
        // A second call finds the same keys in the store; the first result stays.
        let _ = self.keys.set(Keys { signing, access, jwks });
        Ok(())
    }

    /// Loads or makes the access key. [`Self::prepare`] does so too; this is for those who must have it before anybody is let in.
    pub async fn load_access_key(&self) -> Result<AccessKey, StartError> {
        Ok(AccessKey::load(&self.keyring()).await?)
    }

    fn keyring(&self) -> Keyring<'_> {
        Keyring { store: self.store.as_ref(), secrets: self.settings.key_secrets.as_ref(), now: self.clock.now() }
    }

    /// Whether the keys are there that tokens are verified with.
    pub fn ready(&self) -> bool {
        *self.ready.borrow()
    }

    /// Waits for the keys, not longer than `limit`, and says whether they are there.
    pub async fn wait_ready(&self, limit: Duration) -> bool {
        let mut ready = self.ready.subscribe();
        matches!(tokio::time::timeout(limit, ready.wait_for(|ready| *ready)).await, Ok(Ok(_)))
    }

    /// Whether the policies let the caller take this action on something of this owner (none: it belongs to nobody).
    pub fn authorize(&self, principal: &Principal, action: Action, owner: Option<&str>) -> bool {
        self.policies.allow(principal, action, owner)
    }

    /// Whether the policies would let the caller do so as an administrator.
    pub fn authorize_administrator(&self, principal: &Principal, action: Action, owner: Option<&str>) -> bool {
        let administrator = Principal { administrator: true, ..principal.clone() };
        self.policies.allow(&administrator, action, owner)
    }

    /// Whether a policy names a user. Otherwise all owners but the caller are alike to the policies.
    pub fn policies_name_users(&self) -> bool {
        self.policies.name_users()
    }

    pub(crate) async fn pool_sign_in(&self, email: &str, password: &str) -> Result<Tokens, PoolError> {
        let keys = self.keys().ok_or(PoolError::NotReady)?;
        let signed_in = self.pool()?.sign_in(email, password).await?;
        self.issuer(keys).issue(signed_in)
    }

    /// New tokens for a refresh token.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Tokens, PoolError> {
        let keys = self.keys().ok_or(PoolError::NotReady)?;
        let signed_in = self.pool()?.refresh(refresh_token).await?;
        self.issuer(keys).issue(signed_in)
    }

    fn issuer<'a>(&'a self, keys: &'a Keys) -> Issuer<'a> {
        Issuer { settings: &self.settings, key: &keys.signing, ids: self.ids.as_ref() }
    }

    /// The JWK set, served at `{issuer}/.well-known/jwks.json`; none until the keys are there.
    pub fn jwks(&self) -> Option<&str> {
        self.keys().map(|keys| keys.jwks.as_str())
    }

    /// The discovery document, served at `{issuer}/.well-known/openid-configuration`.
    pub fn discovery(&self) -> String {
        documents::discovery(&self.settings).to_string()
    }

    /// The access key that signs administrative requests; none until the keys are there.
    pub fn access_key(&self) -> Option<&AccessKey> {
        self.keys().map(|keys| &keys.access)
    }

    /// The embedded user pool; an error that names the issuer when accounts are kept outside.
    pub fn pool(&self) -> Result<&Pool, PoolError> {
        match &self.keeper {
            Keeper::Pool(pool) => Ok(pool),
            Keeper::Outside(..) => Err(self.elsewhere()),
        }
    }

    pub(crate) fn elsewhere(&self) -> PoolError {
        PoolError::Elsewhere { issuer: self.settings.issuer.clone() }
    }

    pub(crate) const fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// What fetches the keys, where they are not our own.
    pub(crate) const fn fetcher(&self) -> Option<&Arc<Fetcher>> {
        match &self.keeper {
            Keeper::Pool(_) => None,
            Keeper::Outside(_, fetcher) => Some(fetcher),
        }
    }

    pub(crate) const fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    pub(crate) fn believed(&self) -> &Believed {
        &self.believed
    }

    /// The settings.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn keys(&self) -> Option<&Keys> {
        self.keys.get()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    pub(crate) fn epochs(&self) -> &Epochs {
        &self.epochs
    }

    pub(crate) const fn tokens(&self) -> &authenticate::Tokens {
        &self.tokens
    }
}

fn trust(settings: &Settings) -> Trust {
    let (issuer, admin_group) = (settings.issuer.clone(), settings.admin_group.clone());
    match &settings.outside {
        None => Trust {
            kind: Kind::Pool,
            issuer,
            audiences: vec![settings.client_id.clone()],
            algorithms: vec![Algorithm::RS256],
            groups_claim: "cognito:groups".to_owned(),
            admin_group,
        },
        Some(outside) => Trust {
            kind: match outside.kind {
                OutsideKind::Cognito => Kind::Cognito,
                OutsideKind::Oidc => Kind::Oidc,
            },
            issuer,
            audiences: outside.audiences.clone(),
            algorithms: outside.algorithms.clone(),
            groups_claim: outside.groups_claim.clone(),
            admin_group,
        },
    }
}
