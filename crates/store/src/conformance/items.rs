//! Single items: what is stored comes back, under its key and no other.

use std::collections::HashSet;
use std::sync::Arc;

use domain::limits::READ_KEYS;
use serde_json::{Value, json};

use super::{Subject, document, eventually};
use crate::table::SortAttribute;
use crate::{Changes, Index, Key, Loaded, Query, Sort, StoreError, Table, Verdict, transact};

/// Absent, there, changed, gone.
pub async fn an_item_is_absent_then_there_then_gone(subject: Subject) {
    let key = Key::new(Table::Users, "anna");
    assert_eq!(subject.get(&key).await, None);
    subject.put(&key, json!({"name": "Anna"})).await;
    assert_eq!(subject.body(&key).await, Some(json!({"userid": "anna", "name": "Anna"})));
    subject.put(&key, json!({"name": "Anne"})).await;
    assert_eq!(subject.body(&key).await, Some(json!({"userid": "anna", "name": "Anne"})));
    subject.delete(&key).await;
    assert_eq!(subject.get(&key).await, None);
}

/// Public and private attributes are two documents; a write without private ones removes them.
pub async fn public_and_private_attributes_come_back(subject: Subject) {
    let key = Key::new(Table::Accounts, "sub");
    let body = document(&key, json!({"n": 12345678901234567890_u64, "list": [1, {"x": null}], "t": true}));
    let private = json!({"hash": "secret", "count": -3});
    let mut changes = Changes::none();
    changes.put_private(key.clone(), &body, &private).unwrap();
    subject.commit(std::slice::from_ref(&key), changes).await.unwrap();
    let item = subject.get(&key).await.unwrap();
    assert_eq!(item.body::<Value>().unwrap(), body);
    assert_eq!(item.private::<Value>().unwrap(), private);
    subject.put(&key, json!({})).await;
    let item = subject.get(&key).await.unwrap();
    assert!(item.private.is_none(), "{item:?}");
}

/// Keys that differ in any byte are different keys.
pub async fn odd_keys_are_kept_apart(subject: Subject) {
    let long = "k".repeat(1024);
    let odd = [
        "a",
        "A",
        " a",
        "a ",
        "a\0b",
        "a\nb",
        "a'b",
        "a\"b",
        "a\\b",
        "'; DROP TABLE users; --",
        "%",
        "_",
        "*",
        "NULL",
        "0",
        "00",
        "\u{e9}",
        "e\u{301}",
        "日本",
        "🦀",
        "\u{10ffff}",
        "../a",
        "a/b",
        "{}",
        long.as_str(),
    ];
    let distinct: HashSet<&str> = odd.into_iter().collect();
    assert_eq!(distinct.len(), odd.len());
    for name in odd {
        subject.put(&Key::text(Table::Orders, name, name), json!({"data": {"name": name}})).await;
    }
    for name in odd {
        let found = subject.body(&Key::text(Table::Orders, name, name)).await;
        assert_eq!(found, Some(json!({"userId": name, "orderId": name, "data": {"name": name}})), "{name:?}");
    }
    assert_eq!(subject.get(&Key::text(Table::Orders, "a", "A")).await, None);
}

/// Text is kept as it is, whatever it holds.
pub async fn odd_texts_come_back(subject: Subject) {
    let key = Key::new(Table::Locations, "odd");
    let odd =
        json!({"": "empty name", "t": "\u{0}\u{1f}\"\\/\u{7f}\u{2028}é🦀", "deep": [[[[{"a": {"b": []}}]]]], "e": ""});
    subject.put(&key, odd.clone()).await;
    assert_eq!(subject.body(&key).await, Some(document(&key, odd)));
}

/// Sort numbers span what a version or a day may be.
pub async fn sort_numbers_may_be_of_any_size(subject: Subject) {
    for sort in [i64::MIN, -1, 0, 1, i64::MAX] {
        subject.put(&Key::number(Table::Events, "a", sort), json!({"n": 1})).await;
    }
    for sort in [i64::MIN, -1, 0, 1, i64::MAX] {
        let body = subject.body(&Key::number(Table::Events, "a", sort)).await.unwrap();
        assert_eq!(body["sequence"], json!(sort));
    }
    assert_eq!(subject.get(&Key::number(Table::Events, "a", 2)).await, None);
}

/// An item close to the limit is stored and replaced like any other.
pub async fn a_large_item_comes_back(subject: Subject) {
    let key = Key::new(Table::Users, "large");
    for letter in ["x", "y"] {
        let body = json!({"text": letter.repeat(390 * 1024)});
        subject.put(&key, body.clone()).await;
        assert_eq!(subject.body(&key).await, Some(document(&key, body)));
    }
}

/// Every table of the product, with its indexes and its time to live.
pub async fn every_table_holds_items(subject: Subject) {
    for table in Table::ALL {
        let key = match table.definition().sort {
            None => Key::new(table, "key"),
            Some(SortAttribute::Number(_)) => Key::number(table, "key", 7),
            Some(SortAttribute::Text(_)) => Key::text(table, "key", "sort"),
        };
        // The outbox is the store's own business, and so is what it keeps of the log.
        let indexes = || table.definition().indexes.iter().filter(|definition| definition.index != Index::Outbox);
        let before = subject.store.scan(table, 10, None).await.unwrap().items;
        let mut more = json!({});
        for index in indexes() {
            more[index.partition] = "listed".into();
            more[index.sort.unwrap_or("unsorted")] = 5.into();
        }
        if table.definition().expires {
            more["expiration"] = 1.into();
        }
        subject.put(&key, more.clone()).await;
        let body = document(&key, more);
        assert_eq!(subject.put(&key, body.clone()).await, subject.get(&key).await.unwrap().version);
        assert_eq!(subject.all(Query::table(table, "key")).await, std::slice::from_ref(&body), "{table:?}");
        for index in indexes() {
            let listed = async || subject.all(Query::index(index.index, "listed")).await;
            eventually(vec![body.clone()], listed).await;
        }
        assert_eq!(subject.store.sweep(table, 10).await, Ok(usize::from(table.definition().expires)));
        subject.delete(&key).await;
        assert_eq!(subject.store.scan(table, 10, None).await.unwrap().items, before, "{table:?}");
    }
}

/// The same key in two tables names two items.
pub async fn tables_are_apart(subject: Subject) {
    subject.put(&Key::new(Table::Users, "same"), json!({"name": "user"})).await;
    subject.put(&Key::new(Table::Groups, "same"), json!({"of": "group"})).await;
    subject.delete(&Key::new(Table::Users, "same")).await;
    assert_eq!(subject.body(&Key::new(Table::Groups, "same")).await, Some(json!({"name": "same", "of": "group"})));
    assert_eq!(subject.get(&Key::new(Table::Credentials, "same")).await, None);
}

/// Answers come in the order of the keys, absent ones and repetitions included; there is a limit.
pub async fn many_are_read_in_the_order_asked_for(subject: Subject) {
    let key = |n: usize| Key::new(Table::Resources, format!("r{n}"));
    for n in 0..5 {
        subject.put(&key(n), json!({"n": n})).await;
    }
    let asked = [4, 0, 9, 2, 2].map(key);
    let found = subject.store.get_many(&asked).await.unwrap();
    let numbers: Vec<Option<Value>> =
        found.into_iter().map(|item| item.map(|item| item.body::<Value>().unwrap()["n"].clone())).collect();
    assert_eq!(numbers, [Some(json!(4)), Some(json!(0)), None, Some(json!(2)), Some(json!(2))]);
    assert_eq!(subject.store.get_many(&[]).await.unwrap(), []);
    let all: Vec<Key> = (0..READ_KEYS).map(key).collect();
    assert_eq!(subject.store.get_many(&all).await.unwrap().len(), READ_KEYS);
    let more: Vec<Key> = (0..=READ_KEYS).map(key).collect();
    assert!(matches!(subject.store.get_many(&more).await, Err(StoreError::Misuse(_))));
}

/// Two items that always change together are never seen apart.
pub async fn many_are_read_from_one_moment(subject: Subject) {
    let keys = [Key::new(Table::Users, "left"), Key::new(Table::Locations, "right")];
    let store = Arc::clone(&subject.store);
    let both = keys.to_vec();
    let writer = tokio::spawn(async move {
        for n in 0..200 {
            let written = both.clone();
            let decide = move |_: &Loaded| {
                let mut changes = Changes::none();
                for key in &written {
                    changes.put(key.clone(), &document(key, json!({"n": n})))?;
                }
                Ok(Verdict::<(), ()>::Commit(changes, ()))
            };
            transact(&*store, both.clone(), decide).await.unwrap().unwrap();
        }
    });
    while !writer.is_finished() {
        let found = subject.store.get_many(&keys).await.unwrap();
        let numbers: Vec<_> =
            found.iter().map(|item| item.as_ref().map(|item| item.body::<Value>().unwrap()["n"].clone())).collect();
        assert_eq!(numbers[0], numbers[1]);
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
}

/// A sort value of the wrong kind is the caller's mistake, in reads and in commits.
pub async fn a_key_must_fit_its_table(subject: Subject) {
    let unfit = [
        Key::number(Table::Orders, "user", 1),
        Key::text(Table::Events, "aggregate", "one"),
        Key::new(Table::Orders, "user"),
        Key { table: Table::Users, partition: "user".to_owned(), sort: Some(Sort::Number(1)) },
    ];
    for key in unfit {
        assert!(matches!(subject.store.get(&key).await, Err(StoreError::Misuse(_))), "{key:?}");
        assert!(
            matches!(subject.commit(std::slice::from_ref(&key), Changes::none()).await, Err(StoreError::Misuse(_))),
            "{key:?}"
        );
        let mut changes = Changes::none();
        changes.put(key.clone(), &json!({})).unwrap();
        assert!(matches!(subject.commit(&[], changes).await, Err(StoreError::Misuse(_))), "{key:?}");
    }
}

/// A store that is fine says so.
pub async fn the_store_answers(subject: Subject) {
    assert_eq!(subject.store.check().await, Ok(()));
}
