//! Starting: keys, default groups and the first administrator are made once, whoever comes first.

use std::time::Duration;

use identity::{Administrator, AuthError, PoolError};
use serde_json::{Value, json};
use store::{Changes, Key, Loaded, Table, Verdict, transact};

use crate::support::{HOST, PASSWORD, TestPool};

#[tokio::test]
async fn nothing_works_before_the_keys_are_there_and_waiting_is_bounded() {
    let pool = TestPool::unprepared();
    assert!(!pool.identity.ready() && pool.identity.jwks().is_none() && pool.identity.access_key().is_none());
    assert!(matches!(pool.identity.authenticate("a.b.c").await, Err(AuthError::NotReady)));
    assert!(matches!(pool.identity.password_sign_in("a@b", PASSWORD).await, Err(PoolError::NotReady)));
    assert!(!pool.identity.wait_ready(Duration::from_millis(1)).await);
    let (ready, prepared) = tokio::join!(pool.identity.wait_ready(Duration::from_secs(60)), pool.identity.prepare());
    assert!(ready && prepared.is_ok() && pool.identity.ready());
}

#[tokio::test]
async fn identity_requests_that_come_too_early_are_told_to_try_again() {
    tokio::time::pause();
    let pool = TestPool::unprepared();
    let target = "AWSCognitoIdentityProviderService.InitiateAuth";
    let reply = pool.send(&[("host", HOST), ("x-amz-target", target)], "{}").await;
    assert_eq!((reply.status, reply.error), (503, Some("ServiceUnavailableException")));
}

#[tokio::test]
async fn processes_that_start_at_once_agree_on_the_keys() {
    let pool = TestPool::unprepared();
    let other = pool.other_process();
    let (one, two) = tokio::join!(pool.identity.prepare(), other.prepare());
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(pool.identity.jwks(), other.jwks());
    let (key, same) = (pool.identity.access_key().unwrap(), other.access_key().unwrap());
    assert_eq!((&key.id, &key.secret), (&same.id, &same.secret));
    assert!(key.id.starts_with("AKIA") && key.id.len() == 20 && key.secret.len() == 40);
    assert!(!format!("{key:?}{:?}", pool.identity).contains(&key.secret));
}

#[tokio::test]
async fn a_key_without_its_secret_lets_nobody_in() {
    let pool = TestPool::unprepared();
    let decide = |_: &Loaded| {
        let mut changes = Changes::none();
        changes.put(Key::new(Table::Keys, "access-key"), &json!({"id": "access-key"}))?;
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    transact(pool.store.as_ref(), Vec::new(), decide).await.unwrap().unwrap();
    assert!(pool.identity.prepare().await.is_err());
    assert!(!pool.identity.ready());
}

#[tokio::test]
async fn the_documents_say_how_to_verify_tokens() {
    let pool = TestPool::new().await;
    let jwks: Value = serde_json::from_str(pool.identity.jwks().unwrap()).unwrap();
    let key = &jwks["keys"][0];
    assert_eq!(
        (&key["kty"], &key["alg"], &key["use"], &key["e"]),
        (&json!("RSA"), &json!("RS256"), &json!("sig"), &json!("AQAB"))
    );
    assert_eq!(key["n"].as_str().unwrap().len(), 342, "2048 bits");
    assert!(key.get("d").is_none());
    let discovery: Value = serde_json::from_str(&pool.identity.discovery()).unwrap();
    assert_eq!(discovery["issuer"], "http://127.0.0.1:8080/local_frontdesk");
    assert_eq!(discovery["jwks_uri"], "http://127.0.0.1:8080/local_frontdesk/.well-known/jwks.json");
}

#[tokio::test]
async fn the_first_administrator_is_created_once() {
    let pool = TestPool::new().await;
    let other = pool.other_process();
    other.prepare().await.unwrap();
    assert!(!pool.identity.pool().unwrap().has_administrator().await.unwrap());
    let weak = pool.identity.pool().unwrap().ensure_administrator("root@example.com", "weak").await;
    assert!(matches!(weak, Err(PoolError::InvalidPassword(_))));
    let (one, two) = tokio::join!(
        pool.identity.pool().unwrap().ensure_administrator("root@example.com", PASSWORD),
        other.pool().unwrap().ensure_administrator("boss@example.com", PASSWORD),
    );
    let answers = [one.unwrap(), two.unwrap()];
    assert_eq!(answers.iter().filter(|answer| **answer == Administrator::Created).count(), 1, "{answers:?}");
    let email = if answers[0] == Administrator::Created { "root@example.com" } else { "boss@example.com" };
    let tokens = pool.identity.password_sign_in(email, PASSWORD).await.unwrap();
    let principal = pool.identity.authenticate(&tokens.id_token).await.unwrap();
    assert!(principal.administrator);
    pool.identity.pool().unwrap().delete(email).await.unwrap();
    let again = pool.identity.pool().unwrap().ensure_administrator("root@example.com", PASSWORD).await.unwrap();
    assert_eq!(again, Administrator::AlreadyThere, "not even when the first one is gone");
}
