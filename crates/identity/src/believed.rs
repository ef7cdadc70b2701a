//! The keys that tokens are verified with, a JWK set (RFC 7517) that its issuer may change. What is remembered of a verified token names
//! the set's generation, so that a key that has gone is not believed a moment longer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// The most keys of a set that are looked at.
const KEYS: usize = 100;

/// A key that signs tokens.
pub(crate) struct TrustedKey {
    jwk: Jwk,
    pub(crate) decoding: DecodingKey,
}

/// The keys of an issuer. Several may have the same identifier (RFC 7517, section 4.5), or none.
pub(crate) struct KeySet(Vec<TrustedKey>);

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// The keys of a JWK set that can verify one of these algorithms; others are left out.
    pub(crate) fn read(document: &[u8], algorithms: &[Algorithm]) -> Result<Self, String> {
        let Document { keys } =
            serde_json::from_slice(document).map_err(|error| format!("this is not a JWK set: {error}"))?;
        let read = keys.into_iter().take(KEYS).filter_map(|key| trusted(key, algorithms));
        Ok(Self(read.collect()))
    }

    /// The key, if there is but one: then tokens need not name it (OpenID Connect Core 1.0, section 10.1).
    pub(crate) fn only(&self) -> Option<&TrustedKey> {
        self.0.first().filter(|_| self.0.len() == 1)
    }

    /// The keys with that identifier.
    pub(crate) fn get(&self, kid: &str) -> impl Iterator<Item = &TrustedKey> {
        self.0.iter().filter(move |key| key.jwk.common.key_id.as_deref() == Some(kid))
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn is_same(&self, other: &Self) -> bool {
        let known = |key: &TrustedKey| other.0.iter().any(|of| of.jwk == key.jwk);
        self.0.len() == other.0.len() && self.0.iter().all(known)
    }
}

impl TrustedKey {
    /// Whether the key is for this algorithm: by its type and curve (RFC 7518, RFC 8037), and by the `alg` that it names.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        fits(&self.jwk, algorithm)
    }
}

fn trusted(key: Value, algorithms: &[Algorithm]) -> Option<TrustedKey> {
    let jwk: Jwk = serde_json::from_value(key).ok()?;
    let common = &jwk.common;
    let signs = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
    let verifies = common.key_operations.as_ref().is_none_or(|allowed| allowed.contains(&KeyOperations::Verify));
    if !signs || !verifies || !algorithms.iter().any(|algorithm| fits(&jwk, *algorithm)) {
        return None;
    }
    let decoding = DecodingKey::from_jwk(&jwk).ok()?;
    Some(TrustedKey { jwk, decoding })
}

fn fits(jwk: &Jwk, algorithm: Algorithm) -> bool {
    let by_type = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => algorithm.family() == AlgorithmFamily::Rsa,
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => algorithm == Algorithm::ES256,
            EllipticCurve::P384 => algorithm == Algorithm::ES384,
            _ => false,
        },
        AlgorithmParameters::OctetKeyPair(key) => key.curve == EllipticCurve::Ed25519 && algorithm == Algorithm::EdDSA,
        _ => false,
    };
    by_type && jwk.common.key_algorithm.is_none_or(|named| named == KeyAlgorithm::from(algorithm))
}

/// The keys that are believed at the moment.
#[derive(Default)]
pub(crate) struct Believed {
    keys: RwLock<Option<Arc<KeySet>>>,
    generation: AtomicU64,
}

impl Believed {
    /// Changes whenever the keys do. To be asked for before [`Self::keys`].
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The keys; none before there were any.
    pub(crate) fn keys(&self) -> Option<Arc<KeySet>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Believes these keys and no others. Says whether they are others than before.
    pub(crate) fn replace(&self, keys: KeySet) -> bool {
        let mut present = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if present.as_ref().is_some_and(|present| present.is_same(&keys)) {
            return false;
        }
        *present = Some(Arc::new(keys));
        self.generation.fetch_add(1, Ordering::Release);
        true
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const EC: [&str; 2] =
        ["f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"];

    fn ec(changes: Value) -> Value {
        let mut key = json!({"kty": "EC", "crv": "P-256", "kid": "k", "x": EC[0], "y": EC[1]});
        for (name, value) in changes.as_object().unwrap() {
            key[name] = value.clone();
        }
        key
    }

    fn read(keys: Value, algorithms: &[Algorithm]) -> KeySet {
        KeySet::read(json!({ "keys": keys }).to_string().as_bytes(), algorithms).unwrap()
    }

    #[test]
    fn only_keys_that_can_verify_what_is_allowed_are_believed() {
        use Algorithm::{ES256, ES384, RS256};
        assert!(read(json!([ec(json!({}))]), &[RS256, ES256]).get("k").next().unwrap().fits(ES256));
        for (key, allowed) in [
            (ec(json!({})), &[RS256, ES384][..]),
            (ec(json!({"use": "enc"})), &[ES256]),
            (ec(json!({"key_ops": ["sign"]})), &[ES256]),
            (ec(json!({"alg": "ES384"})), &[ES256, ES384]),
            (ec(json!({"alg": "ECDH-ES"})), &[ES256]),
            (json!({"kty": "oct", "k": "c2VjcmV0", "kid": "k"}), &[ES256, RS256]),
            (json!({"kty": "EC", "crv": "secp256k1", "x": EC[0], "y": EC[1], "kid": "k"}), &[ES256]),
            (json!("nonsense"), &[ES256]),
        ] {
            assert!(read(json!([key]), allowed).is_empty(), "{key}");
        }
        let beside = read(json!([{"kty": "new"}, 7, ec(json!({}))]), &[ES256]);
        assert!(beside.get("k").next().is_some(), "a strange key does not spoil the others");
    }

    #[test]
    fn keys_without_names_of_their_own_do_not_hide_each_other() {
        let set = |kids: &[Option<&str>]| {
            let keys = kids.iter().map(|kid| ec(json!({ "kid": kid }))).collect();
            read(keys, &[Algorithm::ES256])
        };
        for (kids, named, alone) in [
            (&[None][..], 0, true),
            (&[Some("k")], 1, true),
            (&[None, None], 0, false),
            (&[Some("k"), Some("k")], 2, false),
            (&[Some("k"), None], 1, false),
            (&[Some("k"), Some("a")], 1, false),
        ] {
            let set = set(kids);
            assert_eq!((set.get("k").count(), set.only().is_some()), (named, alone), "{kids:?}");
            assert_eq!(set.get("").count(), 0, "{kids:?}");
        }
    }

    #[test]
    fn the_generation_moves_with_the_keys() {
        let ring = Believed::default();
        assert!(ring.keys().is_none());
        let set = |kid: &str| read(json!([ec(json!({"kid": kid}))]), &[Algorithm::ES256]);
        assert!(ring.replace(set("a")));
        let first = ring.generation();
        assert!(!ring.replace(set("a")));
        assert_eq!(ring.generation(), first);
        assert!(ring.replace(set("b")));
        assert_ne!(ring.generation(), first);
        assert!(ring.keys().unwrap().get("a").next().is_none());
    }

    #[test]
    fn what_is_no_set_is_an_error() {
        for text in ["", "{}", "[]", "{\"keys\": 7}", "<html>"] {
            assert!(KeySet::read(text.as_bytes(), &[Algorithm::RS256]).is_err(), "{text}");
        }
    }
}
