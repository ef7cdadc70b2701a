//! The front of this crate: what the rest of the product asks about identity.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::{Clock, Ids};
use jsonwebtoken::jwk::JwkSet;
use store::Store;
use tokio::sync::watch;

use crate::authenticate;
use crate::documents;
use crate::epoch::Epochs;
use crate::error::{PoolError, StartError};
use crate::keyring::Keyring;
use crate::keys::{AccessKey, SigningKey};
use crate::policy::{Action, Policies};
use crate::pool::Pool;
use crate::principal::Principal;
use crate::settings::Settings;
use crate::token::{Issuer, Tokens};
use crate::verify::{Trust, Verifier};

/// Who is calling, what they may do, and the user pool.
pub struct Identity {
    settings: Settings,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    epochs: Arc<Epochs>,
    tokens: authenticate::Tokens,
    policies: Policies,
    pool: Pool,
    keys: OnceLock<Keys>,
    ready: watch::Sender<bool>,
}

/// What there is only once [`Identity::prepare`] is done.
pub(crate) struct Keys {
    signing: SigningKey,
    access: AccessKey,
    jwks: String,
    pub(crate) verifier: Verifier,
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
        let epochs = Arc::new(Epochs::new(settings.cached_accounts, settings.epoch_seconds));
        let pool = Pool::new(Arc::clone(&store), Arc::clone(&clock), Arc::clone(&ids), Arc::clone(&epochs), &settings);
        Ok(Arc::new(Self {
            tokens: authenticate::Tokens::new(settings.cached_tokens),
            settings,
            store,
            clock,
            ids,
            epochs,
            policies,
            pool,
            keys: OnceLock::new(),
            ready: watch::Sender::new(false),
        }))
    }

    /// Loads or makes the keys and the default groups, whichever process comes first; then [`Self::ready`] is true.
    pub async fn prepare(&self) -> Result<(), StartError> {
        let keyring = self.keyring();
        let signing = SigningKey::load(&keyring).await?;
        let access = AccessKey::load(&keyring).await?;
        self.pool.ensure_group(&self.settings.admin_group).await?;
        let jwks = documents::jwks(&signing);
        let set: JwkSet =
            serde_json::from_value(jwks.clone()).map_err(|_| PoolError::Crypto("the public key is unreadable"))?;
        let trust = Trust {
            issuer: &self.settings.issuer,
            client: &self.settings.client_id,
            admin_group: &self.settings.admin_group,
            epochs: true,
        };
        let verifier = Verifier::new(&trust, &set);
        // A second call finds the same keys in the store; the first result stays.
        let _ = self.keys.set(Keys { signing, access, jwks: jwks.to_string(), verifier });
        self.ready.send_replace(true);
        Ok(())
    }

    /// Loads or makes the access key. [`Self::prepare`] does so too; this is for those who must have it before anybody is let in.
    pub async fn load_access_key(&self) -> Result<AccessKey, StartError> {
        Ok(AccessKey::load(&self.keyring()).await?)
    }

    fn keyring(&self) -> Keyring<'_> {
        Keyring { store: self.store.as_ref(), secrets: self.settings.key_secrets.as_ref(), now: self.clock.now() }
    }

    /// Whether the keys are there.
    pub fn ready(&self) -> bool {
        self.keys.get().is_some()
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

    /// Signs in with a password.
    pub async fn password_sign_in(&self, email: &str, password: &str) -> Result<Tokens, PoolError> {
        let keys = self.keys().ok_or(PoolError::NotReady)?;
        let signed_in = self.pool.sign_in(email, password).await?;
        self.issuer(keys).issue(signed_in)
    }

    /// New tokens for a refresh token.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Tokens, PoolError> {
        let keys = self.keys().ok_or(PoolError::NotReady)?;
        let signed_in = self.pool.refresh(refresh_token).await?;
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

    /// The user pool, for the command line and the first start.
    pub const fn pool(&self) -> &Pool {
        &self.pool
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
