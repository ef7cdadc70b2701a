//! Commits: all or nothing, what may be written, and what happens to a decision that fails.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Subject, document};
use crate::{Changes, Key, Loaded, StoreError, Table, Verdict, transact};

fn put(key: &Key, more: Value) -> Changes {
    let mut changes = Changes::none();
    changes.put(key.clone(), &document(key, more)).unwrap();
    changes
}

fn user(name: &str) -> Key {
    Key::new(Table::Users, name)
}

fn is_misuse(outcome: &Result<(), StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Misuse(_)))
}

/// A refusal reaches the caller and leaves no trace.
pub async fn a_refusal_changes_nothing(subject: Subject) {
    let refuse = |_: &Loaded| Ok(Verdict::<(), _>::Refuse(Changes::none(), "capacity"));
    assert_eq!(transact(&*subject.store, vec![user("a")], refuse).await, Ok(Err("capacity")));
    assert_eq!(subject.get(&user("a")).await, None);
}

/// A refusal's changes are committed like any others.
pub async fn a_refusal_may_record_itself(subject: Subject) {
    let key = Key::new(Table::Idempotency, "request");
    let recorded = put(&key, json!({"refused": "capacity", "expiration": 4_000_000_000_i64}));
    let refuse = move |_: &Loaded| Ok(Verdict::<(), _>::Refuse(recorded.clone(), 409));
    assert_eq!(transact(&*subject.store, vec![key.clone()], refuse).await, Ok(Err(409)));
    assert_eq!(subject.body(&key).await.unwrap()["refused"], "capacity");
}

/// When one write of a commit cannot be, none of them is.
pub async fn a_commit_is_all_or_nothing(subject: Subject) {
    let (there, fresh, last) = (user("there"), Key::number(Table::Events, "e", 1), user("last"));
    subject.put(&there, json!({"n": 1})).await;
    let mut changes = Changes::none();
    for key in [&fresh, &there, &last] {
        changes.put(key.clone(), &document(key, json!({"n": 2}))).unwrap();
    }
    assert!(is_misuse(&subject.commit(&[fresh.clone(), last.clone()], changes).await));
    assert_eq!(subject.body(&there).await.unwrap()["n"], json!(1));
    assert_eq!(subject.get(&fresh).await, None);
    assert_eq!(subject.get(&last).await, None);
}

/// A decision's error is the caller's answer.
pub async fn an_error_changes_nothing(subject: Subject) {
    let error = StoreError::Corrupt("a stored booking has no start".to_owned());
    let told = error.clone();
    let decide = move |_: &Loaded| Err::<Verdict<(), ()>, _>(told.clone());
    assert_eq!(transact(&*subject.store, vec![user("a")], decide).await, Err(error));
}

/// Events need not be loaded: their keys are new.
pub async fn a_put_of_an_unloaded_key_inserts(subject: Subject) {
    let key = Key::number(Table::Events, "booking/1", 5);
    subject.commit(&[], put(&key, json!({"type": "created"}))).await.unwrap();
    assert_eq!(subject.body(&key).await.unwrap()["type"], "created");
}

/// What was not looked at is not replaced.
pub async fn a_put_of_an_unloaded_key_replaces_nothing(subject: Subject) {
    let version = subject.put(&user("a"), json!({"n": 1})).await;
    assert!(is_misuse(&subject.commit(&[], put(&user("a"), json!({"n": 2}))).await));
    let item = subject.get(&user("a")).await.unwrap();
    assert_eq!((item.version, item.body::<Value>().unwrap()["n"].clone()), (version, json!(1)));
}

/// What was not looked at is not removed.
pub async fn a_delete_must_be_loaded(subject: Subject) {
    subject.put(&user("a"), json!({})).await;
    let mut changes = Changes::none();
    changes.delete(user("a"));
    assert!(is_misuse(&subject.commit(&[user("b")], changes).await));
    assert!(subject.get(&user("a")).await.is_some());
}

/// Removing what is absent changes nothing and is no error.
pub async fn a_delete_of_nothing_is_fine(subject: Subject) {
    subject.delete(&user("a")).await;
    assert_eq!(subject.get(&user("a")).await, None);
}

/// Two writes of one key in one commit are a mistake.
pub async fn a_key_is_written_once(subject: Subject) {
    let mut changes = put(&user("a"), json!({}));
    changes.delete(user("a"));
    assert!(is_misuse(&subject.commit(&[user("a")], changes).await));
    assert_eq!(subject.get(&user("a")).await, None);
}

/// A decision may follow what it has read, three times; what it has loaded stays loaded.
pub async fn keys_are_loaded_in_rounds(subject: Subject) {
    for n in 0..3 {
        subject.put(&user(&n.to_string()), json!({"next": (n + 1).to_string()})).await;
    }
    let decide = |loaded: &Loaded| {
        let mut at = user("0");
        while let Some(item) = loaded.item(&at)? {
            at = user(item.body::<Value>()?["next"].as_str().unwrap());
            if !loaded.contains(&at) {
                return Ok(Verdict::Read(vec![user("0"), at.clone(), at]));
            }
        }
        Ok(Verdict::<_, ()>::Commit(Changes::none(), (at.partition, loaded.entries().count())))
    };
    let found = transact(&*subject.store, vec![user("0"), user("0")], decide).await;
    assert_eq!(found, Ok(Ok(("3".to_owned(), 4))));
}

/// It may not go on for ever.
pub async fn rounds_are_bounded(subject: Subject) {
    let mut n = 0;
    let decide = move |_: &Loaded| {
        n += 1;
        Ok(Verdict::<(), ()>::Read(vec![user(&n.to_string())]))
    };
    assert!(matches!(transact(&*subject.store, vec![], decide).await, Err(StoreError::Misuse(_))));
    let decide = |_: &Loaded| Ok(Verdict::<(), ()>::Read(vec![]));
    assert!(matches!(transact(&*subject.store, vec![], decide).await, Err(StoreError::Misuse(_))));
}

/// Asking for an item that was not loaded is an error, not an absence.
pub async fn what_was_not_loaded_cannot_be_used(subject: Subject) {
    let decide = |loaded: &Loaded| loaded.item(&user("b")).map(|_| Verdict::<(), ()>::Commit(Changes::none(), ()));
    assert!(matches!(transact(&*subject.store, vec![user("a")], decide).await, Err(StoreError::Misuse(_))));
}

/// A panic is the answer to its own command; those beside it and after it are done.
pub async fn a_panic_fails_its_command_alone(subject: Subject) {
    let numbered = |n: usize| user(&n.to_string());
    let mut tasks = JoinSet::new();
    for n in 0..32 {
        let (store, key) = (Arc::clone(&subject.store), numbered(n));
        tasks.spawn(async move {
            let written = key.clone();
            let decide = move |_: &Loaded| {
                assert!(n % 8 != 3, "the rule is broken");
                Ok(Verdict::<(), ()>::Commit(put(&written, json!({})), ()))
            };
            (n, transact(&*store, vec![key], decide).await)
        });
    }
    for (n, outcome) in tasks.join_all().await {
        assert_eq!(matches!(outcome, Err(StoreError::Misuse(_))), n % 8 == 3, "{n}: {outcome:?}");
        assert_eq!(subject.get(&numbered(n)).await.is_some(), n % 8 != 3, "{n}");
    }
    subject.put(&user("after"), json!({})).await;
}

/// The time of the decision is the clock's.
pub async fn a_decision_sees_the_time(subject: Subject) {
    subject.clock.advance(12_345);
    let decide = |loaded: &Loaded| Ok(Verdict::<_, ()>::Commit(Changes::none(), loaded.now().as_millisecond()));
    assert_eq!(transact(&*subject.store, vec![], decide).await, Ok(Ok(subject.clock.milliseconds())));
}
