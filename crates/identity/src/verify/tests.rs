//! Good tokens, and every kind of bad one.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;

use super::*;
use crate::keys::SigningKey;

const NOW: i64 = 1_800_000_000;

struct Setup {
    key: SigningKey,
    verifier: Verifier,
}

fn key() -> SigningKey {
    SigningKey::open(&SigningKey::make().unwrap()).unwrap()
}

fn setup() -> Setup {
    let key = key();
    let jwks = serde_json::from_value(crate::documents::jwks(&key)).unwrap();
    let trust = Trust { issuer: "https://us/pool", client: "frontdesk", admin_group: "apiAdmins", epochs: true };
    Setup { verifier: Verifier::new(&trust, &jwks), key }
}

fn id_claims() -> Value {
    json!({
        "iss": "https://us/pool", "sub": "s", "aud": "frontdesk", "token_use": "id", "email": "a@b",
        "cognito:username": "s", "cognito:groups": ["b", "apiAdmins", "b"],
        "iat": NOW, "exp": NOW + 60, "frontdesk:epoch": 7,
    })
}

fn with(changes: Value) -> Value {
    let mut claims = id_claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn signed(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
    format!("{message}.{}", encode(&key.sign(message.as_bytes()).unwrap()))
}

impl Setup {
    fn token(&self, claims: &Value) -> String {
        signed(&self.key, &json!({"alg": "RS256", "kid": self.key.kid()}), claims)
    }

    fn verify(&self, token: &str) -> Result<Verified, AuthError> {
        self.verifier.verify(token, Timestamp::from_second(NOW).unwrap())
    }

    fn refused(&self, token: &str) -> String {
        self.verify(token).err().map(|error| error.to_string()).unwrap_or_else(|| panic!("accepted: {token}"))
    }
}

#[test]
fn a_good_token_says_who_is_calling() {
    let setup = setup();
    let Verified { principal, epoch } = setup.verify(&setup.token(&id_claims())).unwrap();
    assert_eq!(epoch, Some(7));
    assert_eq!(principal.groups, ["apiAdmins", "b"]);
    assert!(principal.administrator);
    assert_eq!((principal.sub.as_str(), principal.email.as_deref()), ("s", Some("a@b")));
    assert_eq!(principal.expires.as_second(), NOW + 60);
    let access = with(json!({"token_use": "access", "aud": null, "client_id": "frontdesk", "cognito:groups": []}));
    let principal = setup.verify(&setup.token(&access)).unwrap().principal;
    assert_eq!((principal.token_use, principal.administrator), (TokenUse::Access, false));
    assert!(setup.verify(&setup.token(&with(json!({"aud": ["x", "frontdesk"]})))).is_ok());
    assert!(setup.verify(&setup.token(&with(json!({"iat": NOW + CLOCK_SKEW_SECONDS})))).is_ok());
}

#[test]
fn wrong_claims_are_refused() {
    let setup = setup();
    for (changes, reason) in [
        (json!({"iss": "https://them/pool"}), "issuer"),
        (json!({"aud": "other"}), "another client"),
        (json!({"aud": null}), "another client"),
        (json!({"aud": ["other"]}), "another client"),
        (json!({"token_use": "access"}), "another client"),
        (json!({"token_use": "access", "client_id": "other"}), "another client"),
        (json!({"token_use": "refresh"}), "claims"),
        (json!({"token_use": null}), "claims"),
        (json!({"iat": NOW - 1, "exp": NOW}), "expired"),
        (json!({"iat": NOW - 3600, "exp": NOW - 1}), "expired"),
        (json!({"exp": null}), "claims"),
        (json!({"exp": "never"}), "claims"),
        (json!({"iat": NOW + CLOCK_SKEW_SECONDS + 1}), "times"),
        (json!({"iat": NOW + 2, "exp": NOW + 1}), "times"),
        (json!({"nbf": NOW + 100}), "times"),
        (json!({"exp": i64::MAX}), "times"),
        (json!({"sub": ""}), "whose"),
        (json!({"sub": null}), "claims"),
        (json!({"cognito:groups": "apiAdmins"}), "claims"),
        (json!({"frontdesk:epoch": null}), "whose"),
    ] {
        let message = setup.refused(&setup.token(&with(changes.clone())));
        assert!(message.contains(reason), "{changes}: {message}");
    }
}

#[test]
fn forged_tokens_are_refused() {
    let setup = setup();
    let kid = setup.key.kid().to_owned();
    let good = setup.token(&id_claims());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let claims = encode(with(json!({"sub": "root"})).to_string().as_bytes());
    let none = encode(json!({"alg": "none", "kid": kid}).to_string().as_bytes());
    for forged in [
        format!("{header}.{claims}.{signature}"),
        format!("{message}."),
        message.to_owned(),
        format!("{none}.{claims}."),
        format!("{none}.{claims}.{signature}"),
        format!("{good}.x"),
        "a.b.c".to_owned(),
        String::new(),
        "..".to_owned(),
        "x".repeat(TOKEN_BYTES + 1),
    ] {
        setup.refused(&forged);
    }
    let other = key();
    assert!(setup.refused(&signed(&other, &json!({"alg": "RS256", "kid": kid}), &id_claims())).contains("signature"));
    let foreign = json!({"alg": "RS256", "kid": other.kid(), "jwk": other.jwk()});
    assert!(setup.refused(&signed(&other, &foreign, &id_claims())).contains("key"));
    assert!(setup.refused(&signed(&setup.key, &json!({"alg": "RS256"}), &id_claims())).contains("key"));
    let critical = json!({"alg": "RS256", "kid": kid, "crit": ["exp"]});
    assert!(setup.refused(&signed(&setup.key, &critical, &id_claims())).contains("critical"));
    assert!(setup.refused(&signed(&setup.key, &json!({"alg": "RS512", "kid": kid}), &id_claims())).contains("RS256"));
}

#[test]
fn the_public_key_is_no_hmac_secret() {
    let setup = setup();
    let header = json!({"alg": "HS256", "kid": setup.key.kid()});
    let message = format!("{}.{}", encode(header.to_string().as_bytes()), encode(id_claims().to_string().as_bytes()));
    let secret = setup.key.jwk()["n"].as_str().unwrap().to_owned();
    let hmac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    let tag = aws_lc_rs::hmac::sign(&hmac, message.as_bytes());
    assert!(setup.refused(&format!("{message}.{}", encode(tag.as_ref()))).contains("RS256"));
}
