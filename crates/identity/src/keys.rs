//! The key that signs tokens and the access key that signs administrative requests: both live in the store, made by whichever
//! process comes first, and wrapped where there is a secret to wrap them with.

use std::fmt;

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::entropy;
use crate::error::PoolError;
use crate::keyring::Keyring;

const SIGNING_KEY: &str = "signing-key";
const ACCESS_KEY: &str = "access-key";

/// The RSA key that signs tokens.
pub(crate) struct SigningKey {
    pair: KeyPair,
    kid: String,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct StoredSigningKey {
    /// PKCS #8 (RFC 5208), base64.
    pkcs8: String,
}

impl SigningKey {
    /// Loads the pool's key, or makes it (2048 bits, on a blocking thread).
    pub(crate) async fn load(keyring: &Keyring<'_>) -> Result<Self, PoolError> {
        let stored = match keyring.find(SIGNING_KEY).await? {
            Some(stored) => stored,
            None => {
                let make = tokio::task::spawn_blocking(Self::make);
                let made = make.await.map_err(|_| PoolError::Crypto("key generation was stopped"))??;
                keyring.add(SIGNING_KEY, made).await?
            }
        };
        Self::open(&stored)
    }

    pub(crate) fn make() -> Result<StoredSigningKey, PoolError> {
        let failed = |_| PoolError::Crypto("an RSA key could not be made");
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
        Ok(StoredSigningKey { pkcs8: BASE64_STANDARD.encode(der.as_ref()) })
    }

    pub(crate) fn open(stored: &StoredSigningKey) -> Result<Self, PoolError> {
        let unreadable = PoolError::Crypto("the stored signing key is unreadable");
        let Ok(mut der) = BASE64_STANDARD.decode(&stored.pkcs8) else { return Err(unreadable) };
        let pair = KeyPair::from_pkcs8(&der);
        der.zeroize();
        let Ok(pair) = pair else { return Err(unreadable) };
        let kid = thumbprint(&pair);
        Ok(Self { pair, kid })
    }

    /// The key's identifier: its thumbprint (RFC 7638).
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key as a JSON Web Key (RFC 7517).
    pub(crate) fn jwk(&self) -> serde_json::Value {
        let (n, e) = components(&self.pair);
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": n, "e": e})
    }

    /// The RS256 signature (RFC 7518) of a message.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, PoolError> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| PoolError::Crypto("a token could not be signed"))?;
        Ok(signature)
    }
}

fn components(pair: &KeyPair) -> (String, String) {
    let public = pair.public_key();
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let (n, e) = (public.modulus(), public.exponent());
    (encode(n.big_endian_without_leading_zero()), encode(e.big_endian_without_leading_zero()))
}

fn thumbprint(pair: &KeyPair) -> String {
    let (n, e) = components(pair);
    let canonical = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
}

/// The access key with which administrative requests are signed, in the form of AWS's.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct AccessKey {
    /// Twenty characters that begin with `AKIA`.
    pub id: String,
    /// Forty characters.
    pub secret: String,
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AccessKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl AccessKey {
    /// Loads the pool's access key, or makes it.
    pub(crate) async fn load(keyring: &Keyring<'_>) -> Result<Self, PoolError> {
        match keyring.find(ACCESS_KEY).await? {
            Some(key) => Ok(key),
            None => keyring.add(ACCESS_KEY, Self::make()?).await,
        }
    }

    fn make() -> Result<Self, PoolError> {
        let id = entropy::text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)?;
        let secret = entropy::text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 40)?;
        Ok(Self { id: format!("AKIA{id}"), secret })
    }
}
