//! Moving items: what was imported is there exactly, and goes on from there.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Number, Value, json};

use super::{Subject, document, eventually};
use crate::table::SortAttribute;
use crate::{Changes, Digest, Index, Item, Key, Query, Record, StoreError, Table};

const CASES: u32 = 48;
const RECORDS: usize = 12;

fn record(key: Key, version: i64, more: Value, private: Option<Value>) -> Record {
    let body = document(&key, more).to_string();
    let item = Item { table: key.table, version, body, private: private.map(|private| private.to_string()) };
    Record { key, item }
}

fn digest<'r>(records: impl IntoIterator<Item = &'r Record>) -> Digest {
    let mut digest = Digest::default();
    records.into_iter().for_each(|record| digest.add(record).unwrap());
    digest
}

/// All records of a table, page by page.
async fn exported(subject: &Subject, table: Table, limit: usize) -> Vec<Record> {
    let (mut records, mut after) = (Vec::new(), None);
    loop {
        let page = subject.store.export(table, limit, after).await.unwrap();
        records.extend(page.records);
        after = page.next;
        if after.is_none() {
            return records;
        }
    }
}

/// In every table: by key, in its partition, by index, and in the export.
pub async fn imported_items_are_there_as_they_are(subject: Subject) {
    for table in Table::ALL {
        let key = match table.definition().sort {
            None => Key::new(table, "key"),
            Some(SortAttribute::Number(_)) => Key::number(table, "key", 7),
            Some(SortAttribute::Text(_)) => Key::text(table, "key", "sort"),
        };
        let indexes = || table.definition().indexes.iter().filter(|definition| definition.index != Index::Outbox);
        let mut more = json!({"text": "ä\u{0}", "empty": ["", [], {}, null], "number": 12345678901234567890_u64});
        for index in indexes() {
            more[index.partition] = "listed".into();
            more[index.sort.unwrap_or("unsorted")] = 5.into();
        }
        if table.definition().expires {
            more["expiration"] = 4_000_000_000_i64.into();
        }
        let there = record(key.clone(), 42, more, Some(json!({"hash": "secret", "n": [1, {"a": -3}]})));
        let body: Value = there.item.body().unwrap();
        subject.store.import(vec![there.clone()]).await.unwrap();
        let found = Record { key: key.clone(), item: subject.get(&key).await.unwrap() };
        assert_eq!((found.item.version, digest([&found])), (42, digest([&there])), "{found:?}");
        assert_eq!(subject.all(Query::table(table, "key")).await, std::slice::from_ref(&body), "{table:?}");
        for index in indexes() {
            let listed = async || subject.all(Query::index(index.index, "listed")).await;
            eventually(vec![body.clone()], listed).await;
        }
        assert_eq!(digest(&exported(&subject, table, 10).await), digest([&there]), "{table:?}");
    }
}

/// A later commit is conditioned on the version that came along, and no version comes twice.
pub async fn what_was_imported_goes_on(subject: Subject) {
    let ahead = subject.clock.milliseconds() + 1_000_000;
    for (name, version) in [("old", 42), ("ahead", ahead)] {
        let key = Key::new(Table::Bookings, name);
        let more = json!({"userID": "anna", "starttimeepochtime": 60});
        subject.store.import(vec![record(key.clone(), version, more, None)]).await.unwrap();
        let changed = subject.put(&key, json!({"userID": "bert", "starttimeepochtime": 60})).await;
        assert!(changed > version, "{changed}");
        let of = |user: &'static str| Query::index(Index::BookingsByUserByTime, user);
        eventually(0, async || subject.all(of("anna")).await.len()).await;
        eventually(1, async || subject.all(of("bert")).await.len()).await;
        subject.delete(&key).await;
        eventually(0, async || subject.all(of("bert")).await.len()).await;
        assert!(subject.put(&key, json!({})).await > changed);
        subject.delete(&key).await;
    }
}

/// An item of another program has no version, also elsewhere.
pub async fn an_item_without_a_version_stays_without(subject: Subject) {
    let key = Key::text(Table::Orders, "anna", "o");
    subject.store.import(vec![record(key.clone(), 0, json!({"data": {"a": 1}}), None)]).await.unwrap();
    assert_eq!(subject.get(&key).await.unwrap().version, 0);
    let mut changes = Changes::none();
    changes.put(key.clone(), &document(&key, json!({"data": {"a": 2}}))).unwrap();
    assert!(subject.commit(&[], changes.clone()).await.is_err(), "it was not loaded");
    subject.commit(std::slice::from_ref(&key), changes).await.unwrap();
    assert!(subject.get(&key).await.unwrap().version >= subject.clock.milliseconds());
}

/// The same records once more change nothing; others replace what is there, private attributes too.
pub async fn importing_replaces_and_repeats(subject: Subject) {
    let key = Key::new(Table::Resources, "r");
    let first = record(key.clone(), 5, json!({"locationID": "l", "old": true}), Some(json!({"p": 1})));
    for _ in 0..2 {
        subject.store.import(vec![first.clone()]).await.unwrap();
        assert_eq!(digest(&exported(&subject, Table::Resources, 3).await), digest([&first]));
    }
    let second = record(key, 6, json!({"locationID": "m"}), None);
    subject.store.import(vec![second.clone()]).await.unwrap();
    assert_eq!(digest(&exported(&subject, Table::Resources, 3).await), digest([&second]));
    eventually(0, async || subject.all(Query::index(Index::ResourcesByLocation, "l")).await.len()).await;
}

/// What a store remembers of a removed key stands in nobody's way.
pub async fn a_removed_key_can_be_imported(subject: Subject) {
    let key = Key::new(Table::Sessions, "s");
    subject.put(&key, json!({"expiration": 4_000_000_000_i64})).await;
    subject.delete(&key).await;
    assert_eq!(exported(&subject, Table::Sessions, 5).await, []);
    let there = record(key.clone(), 9, json!({"expiration": 4_000_000_000_i64}), None);
    subject.store.import(vec![there.clone()]).await.unwrap();
    assert_eq!(digest(&exported(&subject, Table::Sessions, 5).await), digest([&there]));
    assert!(subject.put(&key, json!({})).await > 9);
}

/// Records that cannot be meant are the caller's mistake, and nothing is stored.
pub async fn records_are_checked(subject: Subject) {
    let user = |n: usize| record(Key::new(Table::Users, n.to_string()), 1, json!({}), None);
    let unfit = Record { key: Key::new(Table::Orders, "o"), ..user(0) };
    let too_many = (0..=domain::limits::PAGE_ITEMS).map(user).collect();
    for records in [vec![user(1), user(1)], vec![user(1), unfit], too_many] {
        assert!(matches!(subject.store.import(records).await, Err(StoreError::Misuse(_))));
    }
    assert_eq!(exported(&subject, Table::Users, 5).await, []);
    assert_eq!(subject.store.import(Vec::new()).await, Ok(()));
}

/// A full page of records goes in at once and comes out in pages of any size.
pub async fn an_export_has_every_item_once(subject: Subject) {
    let user = |n: usize| record(Key::new(Table::Users, n.to_string()), 1, json!({"n": n}), None);
    let records: Vec<Record> = (0..domain::limits::PAGE_ITEMS).map(user).collect();
    subject.store.import(records.clone()).await.unwrap();
    for limit in [domain::limits::PAGE_ITEMS, 300] {
        let found = exported(&subject, Table::Users, limit).await;
        assert_eq!(digest(&found), digest(&records));
    }
}

/// Whatever was stored somewhere comes back, in any table, as it was.
pub fn survive<F: Future<Output = Subject>>(make: impl Fn() -> F) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let subject = runtime.block_on(make());
    let config = Config { cases: CASES, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let outcome = TestRunner::new(config).run(&vec(random_record(), 1..RECORDS), |mut records| {
        records.sort_by(|left, right| left.key.cmp(&right.key));
        records.dedup_by(|left, right| left.key == right.key);
        runtime.block_on(async {
            subject.store.import(records.clone()).await.unwrap();
            for there in &records {
                let found = Record { key: there.key.clone(), item: subject.get(&there.key).await.unwrap() };
                assert_eq!(digest([&found]), digest([there]), "{there:?}\n{found:?}");
            }
        });
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}

fn random_record() -> impl Strategy<Value = Record> {
    // An object of the body may have a member without a name.
    let body = proptest::collection::btree_map("x[^\u{0}]{0,8}", random_value("[a-z]{0,3}"), 0..5);
    let private = proptest::collection::btree_map("p[a-z]{1,6}", random_value("[a-z]{1,3}"), 0..5);
    let private = proptest::option::of(private);
    let key = (0..Table::ALL.len(), text(), text(), any::<i64>());
    // Names begin with what no key, index or time to live is called.
    (key, 0..i64::MAX / 2, body, private).prop_map(|(key, version, more, private)| {
        let (position, partition, sort, number) = key;
        let table = Table::ALL[position];
        let partition = format!("k{partition}");
        let key = match table.definition().sort {
            None => Key::new(table, partition),
            Some(SortAttribute::Number(_)) => Key::number(table, partition, number),
            Some(SortAttribute::Text(_)) => Key::text(table, partition, format!("k{sort}")),
        };
        let object = |members: std::collections::BTreeMap<String, Value>| Value::Object(members.into_iter().collect());
        record(key, version, object(more), private.map(object))
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any::<String>(),
        1 => Just(String::new()),
        1 => vec(any::<u8>(), 0..40).prop_map(|bytes| bytes.into_iter().map(char::from).collect()),
    ]
}

/// Numbers of up to 38 significant digits, in several notations.
fn random_number() -> impl Strategy<Value = Value> {
    ("-?(0|[1-9][0-9]{0,18})(\\.[0-9]{1,19})?", proptest::option::of(-80_i64..80)).prop_map(|(digits, power)| {
        let text = power.map_or(digits.clone(), |power| format!("{digits}e{power}"));
        Value::Number(text.parse::<Number>().unwrap())
    })
}

fn random_value(names: &'static str) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        random_number(),
        text().prop_map(Value::from),
        (1_000_usize..3_000).prop_map(|length| Value::from("long ".repeat(length / 5))),
    ];
    leaf.prop_recursive(6, 40, 5, move |inner| {
        let members = vec((names, inner.clone()), 0..5);
        let object = members.prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()));
        prop_oneof![vec(inner, 0..5).prop_map(Value::Array), object]
    })
}
