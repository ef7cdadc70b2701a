//! Stored keys are wrapped by a secret of the operator's, so that whoever can read the store cannot sign tokens: AES-256-GCM
//! (NIST SP 800-38D) by a key derived from the secret with HKDF-SHA256 (RFC 5869), bound to the name of what is wrapped.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::PoolError;

/// Characters that a secret has at least.
const SECRET_CHARACTERS: usize = 32;
/// Secrets at once: one that wraps, and old ones that still unwrap.
const SECRETS: usize = 4;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

/// The operator's secrets. The first one wraps; the others still unwrap what they once wrapped, so that a secret can be changed.
#[derive(Clone)]
pub struct KeySecrets(Arc<Vec<DerivedKey>>);

#[derive(Zeroize, ZeroizeOnDrop)]
struct DerivedKey([u8; KEY_BYTES]);

impl fmt::Debug for KeySecrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(not shown)")
    }
}

/// What was unwrapped, and whether by the first secret.
pub(crate) struct Unwrapped {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    pub(crate) by_first: bool,
}

impl KeySecrets {
    /// Reads secrets, one a line; says what is wrong with them.
    pub fn parse(text: &str) -> Result<Self, String> {
        let secrets: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if secrets.is_empty() || secrets.len() > SECRETS {
            return Err(format!("1 to {SECRETS} secrets, one a line; `openssl rand -base64 32` makes a good one"));
        }
        if secrets.iter().any(|secret| secret.chars().count() < SECRET_CHARACTERS) {
            return Err(format!(
                "secrets of at least {SECRET_CHARACTERS} characters; `openssl rand -base64 32` makes a good one"
            ));
        }
        let keys = secrets.into_iter().map(DerivedKey::of).collect::<Result<_, _>>();
        keys.map(|keys| Self(Arc::new(keys))).map_err(|error| error.to_string())
    }

    /// Wraps the content of what has this name: base64 of nonce, ciphertext and tag.
    pub(crate) fn wrap(&self, name: &str, content: &[u8]) -> Result<String, PoolError> {
        let failed = |_| PoolError::Crypto("a key could not be wrapped");
        let first = self.0.first().ok_or(PoolError::Crypto("there is no key secret"))?;
        let mut sealed = Zeroizing::new(content.to_vec());
        let key = RandomizedNonceKey::new(&AES_256_GCM, &first.0).map_err(failed)?;
        let nonce = key.seal_in_place_append_tag(Aad::from(name), &mut *sealed).map_err(failed)?;
        Ok(BASE64_STANDARD.encode([nonce.as_ref().as_slice(), sealed.as_slice()].concat()))
    }

    /// Unwraps what was wrapped under this name; none when no secret fits.
    pub(crate) fn unwrap(&self, name: &str, wrapped: &str) -> Option<Unwrapped> {
        let wrapped = BASE64_STANDARD.decode(wrapped).ok()?;
        let (nonce, sealed) = wrapped.split_first_chunk::<NONCE_BYTES>()?;
        let by = |key: &DerivedKey| {
            let mut bytes = Zeroizing::new(sealed.to_vec());
            let opener = RandomizedNonceKey::new(&AES_256_GCM, &key.0).ok()?;
            let length = opener.open_in_place(Nonce::from(nonce), Aad::from(name), &mut bytes).ok()?.len();
            bytes.truncate(length);
            Some(bytes)
        };
        let opened = self.0.iter().enumerate().find_map(|(index, key)| Some((index, by(key)?)));
        opened.map(|(index, bytes)| Unwrapped { bytes, by_first: index == 0 })
    }
}

impl DerivedKey {
    fn of(secret: &str) -> Result<Self, PoolError> {
        let failed = |_| PoolError::Crypto("a key could not be derived");
        let pseudorandom = Salt::new(HKDF_SHA256, b"frontdesk").extract(secret.as_bytes());
        let mut key = [0; KEY_BYTES];
        pseudorandom.expand(&[b"stored keys"], HKDF_SHA256).map_err(failed)?.fill(&mut key).map_err(failed)?;
        Ok(Self(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "an-old-secret-of-more-than-32-characters";
    const NEW: &str = "a-new-secret--of-more-than-32-characters";

    fn secrets(text: &str) -> KeySecrets {
        KeySecrets::parse(text).unwrap()
    }

    #[test]
    fn what_was_wrapped_comes_back_under_its_name_only() {
        let secrets = secrets(OLD);
        let wrapped = secrets.wrap("signing-key", b"content").unwrap();
        let unwrapped = secrets.unwrap("signing-key", &wrapped).unwrap();
        assert_eq!((unwrapped.bytes.as_slice(), unwrapped.by_first), (b"content".as_slice(), true));
        assert!(secrets.unwrap("access-key", &wrapped).is_none());
        assert_ne!(wrapped, secrets.wrap("signing-key", b"content").unwrap(), "a nonce of its own each time");
    }

    #[test]
    fn a_changed_byte_and_another_secret_are_noticed() {
        let wrapped = secrets(OLD).wrap("k", b"content").unwrap();
        let mut bytes = BASE64_STANDARD.decode(&wrapped).unwrap();
        for index in 0..bytes.len() {
            bytes[index] ^= 1;
            assert!(secrets(OLD).unwrap("k", &BASE64_STANDARD.encode(&bytes)).is_none(), "byte {index}");
            bytes[index] ^= 1;
        }
        assert!(secrets(NEW).unwrap("k", &wrapped).is_none());
        assert!(secrets(OLD).unwrap("k", "AAAA").is_none() && secrets(OLD).unwrap("k", "no base64").is_none());
    }

    #[test]
    fn an_old_secret_still_unwraps_what_it_wrapped() {
        let wrapped = secrets(OLD).wrap("k", b"content").unwrap();
        let unwrapped = secrets(&format!("{NEW}\n{OLD}\n")).unwrap("k", &wrapped).unwrap();
        assert!(!unwrapped.by_first);
    }

    #[test]
    fn secrets_are_long_few_and_not_shown() {
        assert!(KeySecrets::parse("").is_err() && KeySecrets::parse("short").is_err());
        assert!(KeySecrets::parse(&[OLD; 5].join("\n")).is_err());
        assert!(!format!("{:?}", secrets(OLD)).contains("secret"));
    }
}
