//! Good tokens, and every kind of bad one.

use serde_json::json;

use super::*;
use crate::keys::SigningKey;

const NOW: i64 = 1_800_000_000;

struct Setup {
    key: SigningKey,
    verifier: Verifier,
    keys: KeySet,
}

fn key() -> SigningKey {
    SigningKey::open(&SigningKey::make().unwrap()).unwrap()
}

fn setup() -> Setup {
    let key = key();
    let jwks = crate::documents::jwks(&key).to_string();
    let keys = KeySet::read(jwks.as_bytes(), &[Algorithm::RS256]).unwrap();
    Setup { verifier: Verifier::new(trust(Kind::Pool)), keys, key }
}

fn trust(kind: Kind) -> Trust {
    Trust {
        kind,
        issuer: "https://us/pool".to_owned(),
        audiences: vec!["frontdesk".to_owned(), "other-of-ours".to_owned()],
        algorithms: vec![Algorithm::RS256],
        groups_claim: "cognito:groups".to_owned(),
        admin_group: "apiAdmins".to_owned(),
    }
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
        self.verifier.verify(&self.keys, token, Timestamp::from_second(NOW).unwrap())
    }

    fn refused(&self, token: &str) -> String {
        self.verify(token).err().map(|error| error.to_string()).unwrap_or_else(|| panic!("accepted: {token}"))
    }
}

#[test]
fn a_good_token_says_who_is_calling() {
    let setup = setup();
    let Verified { principal, issued } = setup.verify(&setup.token(&id_claims())).unwrap();
    assert_eq!(issued, Issued::Epoch(7));
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
        (json!({"iss": "https://them/pool"}), "not issued by https://us/pool"),
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
        (json!({"sub": "x".repeat(256)}), "whose"),
        (json!({"cognito:groups": {"apiAdmins": true}}), "groups"),
        (json!({"cognito:groups": ["apiAdmins", 7]}), "groups"),
        (json!({"events": {}}), "claims"),
        (json!({"cnf": {"jkt": "x"}}), "certain key"),
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
    assert!(
        setup.refused(&signed(&setup.key, &json!({"alg": "RS512", "kid": kid}), &id_claims())).contains("algorithm")
    );
}

#[test]
fn the_public_key_is_no_hmac_secret() {
    let setup = setup();
    let header = json!({"alg": "HS256", "kid": setup.key.kid()});
    let message = format!("{}.{}", encode(header.to_string().as_bytes()), encode(id_claims().to_string().as_bytes()));
    let secret = setup.key.jwk()["n"].as_str().unwrap().to_owned();
    let hmac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    let tag = aws_lc_rs::hmac::sign(&hmac, message.as_bytes());
    assert!(setup.refused(&format!("{message}.{}", encode(tag.as_ref()))).contains("algorithm"));
}

/// The same keys, trusted as those of another kind of issuer.
fn outside(kind: Kind) -> Setup {
    Setup { verifier: Verifier::new(trust(kind)), ..setup() }
}

#[test]
fn tokens_of_cognito_need_no_epoch_but_say_their_use() {
    let setup = outside(Kind::Cognito);
    let id = with(json!({"frontdesk:epoch": null}));
    assert_eq!(setup.verify(&setup.token(&id)).unwrap().issued, Issued::At(NOW));
    let access = with(json!({"token_use": "access", "aud": null, "client_id": "other-of-ours"}));
    assert_eq!(setup.verify(&setup.token(&access)).unwrap().principal.client, "other-of-ours");
    for (changes, reason) in [
        (json!({"token_use": null}), "claims"),
        (json!({"token_use": "access", "aud": null}), "another client"),
        (json!({"token_use": "access", "aud": null, "azp": "frontdesk"}), "another client"),
        (json!({"token_use": "access", "aud": "https://api", "client_id": "frontdesk"}), "another client"),
        (json!({"token_use": "id", "aud": null, "client_id": "frontdesk"}), "another client"),
    ] {
        let message = setup.refused(&setup.token(&with(changes.clone())));
        assert!(message.contains(reason), "{changes}: {message}");
    }
}

#[test]
fn tokens_of_other_issuers_have_an_audience() {
    let setup = outside(Kind::Oidc);
    let plain = with(json!({"token_use": null}));
    let of = |typ: &str, claims: &Value| {
        signed(&setup.key, &json!({"alg": "RS256", "kid": setup.key.kid(), "typ": typ}), claims)
    };
    for (typ, token_use) in [
        ("JWT", TokenUse::Id),
        ("at+jwt", TokenUse::Access),
        ("application/at+jwt", TokenUse::Access),
        ("AT+JWT", TokenUse::Access),
    ] {
        assert_eq!(setup.verify(&of(typ, &plain)).unwrap().principal.token_use, token_use, "{typ}");
    }
    for typ in ["logout+jwt", "secevent+jwt", "dpop+jwt", "", "x"] {
        assert!(setup.refused(&of(typ, &plain)).contains("claims"), "{typ}");
    }
    for (changes, good) in [
        (json!({"aud": null, "token_use": "access", "azp": "frontdesk"}), true),
        (json!({"aud": null, "token_use": "access", "client_id": "frontdesk"}), true),
        (json!({"aud": null, "token_use": null, "azp": "frontdesk"}), false),
        (json!({"aud": ["account"], "token_use": "access", "azp": "frontdesk"}), false),
        (json!({"aud": [], "token_use": null}), false),
        (json!({"aud": ["account", "frontdesk"], "azp": "app", "token_use": null}), true),
        (json!({"token_use": null, "events": {"http://schemas.openid.net/event/backchannel-logout": {}}}), false),
        (json!({"token_use": null, "iat": 1_799_999_999.5, "exp": 1_800_000_060.25}), true),
        (json!({"token_use": null, "exp": 1.8e300}), false),
        (json!({"token_use": null, "cognito:groups": "apiAdmins"}), true),
    ] {
        let outcome = setup.verify(&setup.token(&with(changes.clone())));
        assert_eq!(outcome.is_ok(), good, "{changes}: {outcome:?}");
    }
    let id_typed_access = of("at+jwt", &id_claims());
    assert!(setup.refused(&id_typed_access).contains("claims"), "type and claim contradict each other");
}

#[test]
fn one_key_alone_need_not_be_named() {
    let setup = outside(Kind::Oidc);
    let unnamed = |key: &SigningKey| signed(key, &json!({"alg": "RS256"}), &id_claims());
    assert!(setup.verify(&unnamed(&setup.key)).is_ok());
    assert!(matches!(setup.verify(&unnamed(&key())), Err(AuthError::UnknownKey)));
    let jwks = json!({"keys": [setup.key.jwk(), key().jwk()]}).to_string();
    let keys = KeySet::read(jwks.as_bytes(), &[Algorithm::RS256]).unwrap();
    let now = Timestamp::from_second(NOW).unwrap();
    assert!(matches!(setup.verifier.verify(&keys, &unnamed(&setup.key), now), Err(AuthError::UnknownKey)));
    assert!(outside(Kind::Cognito).refused(&unnamed(&setup.key)).contains("name its key"));
}

#[test]
fn of_keys_with_one_name_each_is_tried() {
    let (setup, second) = (outside(Kind::Oidc), key());
    let named = |key: &SigningKey| {
        let mut jwk = key.jwk();
        jwk["kid"] = json!("k");
        jwk
    };
    let signed = |key: &SigningKey| signed(key, &json!({"alg": "RS256", "kid": "k"}), &id_claims());
    let jwks = json!({"keys": [named(&setup.key), named(&second)]}).to_string();
    let keys = KeySet::read(jwks.as_bytes(), &[Algorithm::RS256]).unwrap();
    let verify = |token: &str| setup.verifier.verify(&keys, token, Timestamp::from_second(NOW).unwrap());
    assert!(verify(&signed(&setup.key)).is_ok() && verify(&signed(&second)).is_ok());
    assert!(matches!(verify(&signed(&key())), Err(AuthError::Invalid("its signature is wrong"))));
}

#[test]
fn groups_are_found_where_they_are() {
    let mut trust = trust(Kind::Oidc);
    trust.groups_claim = "/realm_access/roles".to_owned();
    let setup = Setup { verifier: Verifier::new(trust), ..setup() };
    let groups = |claims: Value| setup.verify(&setup.token(&with(claims))).unwrap().principal;
    let principal = groups(json!({"realm_access": {"roles": ["z", "apiAdmins", "a", "z"]}}));
    assert_eq!(principal.groups, ["a", "apiAdmins", "z"]);
    assert!(principal.administrator);
    let none = groups(json!({"realm_access": {}}));
    assert!(none.groups.is_empty() && !none.administrator, "what `cognito:groups` says is of no account here");
}

#[test]
fn names_that_the_json_library_would_parse_anew_are_refused_unread() {
    let Setup { verifier, keys, .. } = setup();
    let hidden = "[".repeat(120).replace('"', "\\u0022");
    let header = format!(r#"{{"alg":"RS256","kid":"k","x":{{"$serde_json::private::RawValue":"{hidden}"}}}}"#);
    let token = format!("{}.e30.e30", BASE64_URL_SAFE_NO_PAD.encode(header));
    let refused = verifier.verify(&keys, &token, Timestamp::from_second(NOW).unwrap()).unwrap_err();
    assert!(matches!(refused, AuthError::Invalid("it has a name that is reserved")), "{refused:?}");
}
