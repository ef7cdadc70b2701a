//! Stored keys: wrapped by the operator's secret, whatever was there before.

use std::sync::Arc;

use identity::{Identity, KeySecrets, StartError};
use store::{Key, Table};

use crate::support::{PASSWORD, TestPool};

const OLD: &str = "the-old-secret-of-more-than-32-characters";
const NEW: &str = "the-new-secret-of-more-than-32-characters";

/// A process that was started with these secrets.
fn process(pool: &TestPool, secrets: &str) -> Arc<Identity> {
    pool.process(|settings| settings.key_secrets = Some(KeySecrets::parse(secrets).unwrap()))
}

/// What is stored in private of each key.
async fn stored(pool: &TestPool) -> Vec<String> {
    let mut all = Vec::new();
    for name in ["signing-key", "access-key"] {
        all.push(pool.store.get(&Key::new(Table::Keys, name)).await.unwrap().unwrap().private.unwrap());
    }
    all
}

fn refused(outcome: Result<(), StartError>) -> String {
    outcome.unwrap_err().to_string()
}

#[tokio::test]
async fn with_a_secret_keys_are_stored_wrapped_only() {
    let pool = TestPool::unprepared();
    let one = process(&pool, OLD);
    one.prepare().await.unwrap();
    let secret = &one.access_key().unwrap().secret;
    for private in stored(&pool).await {
        assert!(private.starts_with(r#"{"wrapped":""#) && !private.contains(secret), "{private}");
    }
    let two = process(&pool, OLD);
    two.prepare().await.unwrap();
    assert_eq!(one.jwks(), two.jwks());
    one.pool().unwrap().ensure_administrator("root@example.com", PASSWORD).await.unwrap();
    let tokens = one.password_sign_in("root@example.com", PASSWORD).await.unwrap();
    assert!(two.authenticate(&tokens.access_token).await.is_ok());
}

#[tokio::test]
async fn keys_from_before_there_was_a_secret_are_wrapped_at_the_next_start() {
    let pool = TestPool::new().await;
    let before = pool.identity.jwks().unwrap().to_owned();
    assert!(stored(&pool).await[0].contains("pkcs8"));
    let later = process(&pool, NEW);
    later.prepare().await.unwrap();
    assert_eq!(later.jwks(), Some(before.as_str()));
    for private in stored(&pool).await {
        assert!(private.starts_with(r#"{"wrapped":""#), "{private}");
    }
}

#[tokio::test]
async fn without_the_secret_or_with_another_nothing_starts_and_nothing_is_lost() {
    let pool = TestPool::unprepared();
    process(&pool, OLD).prepare().await.unwrap();
    let before = stored(&pool).await;
    assert!(refused(pool.identity.prepare().await).contains("give the key secret"));
    let other = process(&pool, NEW);
    assert!(refused(other.prepare().await).contains("another key secret"));
    assert!(!other.ready());
    assert_eq!(stored(&pool).await, before);
}

#[tokio::test]
async fn a_secret_is_changed_by_giving_the_new_one_above_the_old_one() {
    let pool = TestPool::unprepared();
    let first = process(&pool, OLD);
    first.prepare().await.unwrap();
    let both = process(&pool, &format!("{NEW}\n{OLD}"));
    both.prepare().await.unwrap();
    let after = process(&pool, NEW);
    after.prepare().await.unwrap();
    assert_eq!(first.jwks(), after.jwks());
    assert!(refused(process(&pool, OLD).prepare().await).contains("another key secret"));
}
