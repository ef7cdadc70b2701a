//! Lists by the table: order, ranges, pages, scans.

use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Included, Unbounded};

use domain::limits::PAGE_ITEMS;
use serde_json::{Value, json};

use super::Subject;
use super::subject::bodies;
use crate::{Cursor, Direction, Index, Key, Query, Sort, StoreError, Table};

async fn days(subject: &Subject, days: &[i64]) {
    for day in days {
        subject.put(&Key::number(Table::Occupancy, "room", *day), json!({})).await;
    }
}

async fn listed(subject: &Subject, query: Query) -> Vec<i64> {
    subject.all(query).await.iter().map(|body| body["day"].as_i64().unwrap()).collect()
}

fn room() -> Query {
    Query::table(Table::Occupancy, "room")
}

/// Smallest first or largest first, and of one partition only.
pub async fn a_partition_is_listed_in_order(subject: Subject) {
    days(&subject, &[9, -5, 10, 0, 100]).await;
    subject.put(&Key::number(Table::Occupancy, "roo", 1), json!({})).await;
    subject.put(&Key::number(Table::Occupancy, "room2", 1), json!({})).await;
    assert_eq!(listed(&subject, room()).await, [-5, 0, 9, 10, 100]);
    let descending = Query { direction: Direction::Descending, ..room() };
    assert_eq!(listed(&subject, descending).await, [100, 10, 9, 0, -5]);
    assert_eq!(listed(&subject, Query::table(Table::Occupancy, "none")).await, [0_i64; 0]);
}

/// Both ends may be open, included or excluded.
pub async fn ranges_of_numbers(subject: Subject) {
    days(&subject, &[1, 2, 3, 4, 5]).await;
    let number = Sort::Number;
    let cases = [
        ((Included(number(2)), Included(number(4))), vec![2, 3, 4]),
        ((Excluded(number(2)), Excluded(number(4))), vec![3]),
        ((Unbounded, Excluded(number(3))), vec![1, 2]),
        ((Included(number(4)), Unbounded), vec![4, 5]),
        ((Included(number(4)), Included(number(2))), vec![]),
        ((Excluded(number(5)), Unbounded), vec![]),
    ];
    for (range, expected) in cases {
        for limit in [1, 2, 100] {
            let ascending = Query { range: range.clone(), limit, ..room() };
            let descending = Query { direction: Direction::Descending, ..ascending.clone() };
            assert_eq!(listed(&subject, ascending).await, expected, "{range:?}");
            let backwards: Vec<i64> = expected.iter().rev().copied().collect();
            assert_eq!(listed(&subject, descending).await, backwards, "{range:?}");
        }
    }
}

/// Texts are compared byte by byte.
pub async fn ranges_of_texts(subject: Subject) {
    for order in ["B", "a", "aa", "b", "é", "10", "9"] {
        subject.put(&Key::text(Table::Orders, "user", order), json!({"data": {}})).await;
    }
    let ids = async |range| {
        let found = subject.all(Query { range, limit: 2, ..Query::table(Table::Orders, "user") }).await;
        found.iter().map(|body| body["orderId"].as_str().unwrap().to_owned()).collect::<Vec<String>>()
    };
    assert_eq!(ids((Unbounded, Unbounded)).await, ["10", "9", "B", "a", "aa", "b", "é"]);
    let text = |text: &str| Sort::Text(text.to_owned());
    assert_eq!(ids((Excluded(text("9")), Included(text("aa")))).await, ["B", "a", "aa"]);
}

/// Pages of any size hold everything once; only the last has no cursor.
pub async fn pages_cover_a_partition(subject: Subject) {
    let all: Vec<i64> = (0..12).collect();
    days(&subject, &all).await;
    for limit in [1, 3, 4, 11, 12, 13] {
        assert_eq!(listed(&subject, Query { limit, ..room() }).await, all, "{limit} a page");
    }
    let page = subject.store.query(Query { limit: 11, ..room() }).await.unwrap();
    assert_eq!((page.items.len(), page.next), (11, Some(Cursor::after(Key::number(Table::Occupancy, "room", 10)))));
    let page = subject.store.query(Query { limit: 12, ..room() }).await.unwrap();
    assert_eq!((page.items.len(), page.next), (12, None));
}

/// A cursor names a place, not an item.
pub async fn a_cursor_outlives_its_item(subject: Subject) {
    days(&subject, &[1, 2, 3, 4]).await;
    let page = subject.store.query(Query { limit: 2, ..room() }).await.unwrap();
    subject.delete(&Key::number(Table::Occupancy, "room", 2)).await;
    subject.delete(&Key::number(Table::Occupancy, "room", 3)).await;
    assert_eq!(listed(&subject, Query { cursor: page.next, ..room() }).await, [4]);
}

/// The range holds whatever cursor a client sends.
pub async fn a_cursor_outside_the_range_does_no_harm(subject: Subject) {
    days(&subject, &[1, 2, 3, 4, 5]).await;
    let range = (Included(Sort::Number(2)), Excluded(Sort::Number(5)));
    let from = |day, direction| Query {
        range: range.clone(),
        direction,
        cursor: Some(Cursor::after(Key::number(Table::Occupancy, "room", day))),
        ..room()
    };
    assert_eq!(listed(&subject, from(0, Direction::Ascending)).await, [2, 3, 4]);
    assert_eq!(listed(&subject, from(9, Direction::Ascending)).await, [0_i64; 0]);
    assert_eq!(listed(&subject, from(9, Direction::Descending)).await, [4, 3, 2]);
    assert_eq!(listed(&subject, from(0, Direction::Descending)).await, [0_i64; 0]);
}

async fn scanned(subject: &Subject, table: Table, limit: usize, after: Option<Cursor>) -> Vec<Value> {
    let (mut found, mut after) = (Vec::new(), after);
    loop {
        let page = subject.store.scan(table, limit, after).await.unwrap();
        found.extend(bodies(&page));
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

/// Each item at least once, with pages of any size, in tables of either kind.
pub async fn a_scan_finds_each_item(subject: Subject) {
    assert_eq!(scanned(&subject, Table::Users, 10, None).await, [Value::Null; 0]);
    let names: BTreeSet<String> = (0..25).map(|n| format!("u{n}")).collect();
    for name in &names {
        subject.put(&Key::new(Table::Users, name), json!({})).await;
        subject.put(&Key::text(Table::Orders, &name[..2], name), json!({"data": {}})).await;
    }
    for (table, attribute) in [(Table::Users, "userid"), (Table::Orders, "orderId")] {
        for limit in [1, 7, 25, PAGE_ITEMS] {
            let found = scanned(&subject, table, limit, None).await;
            let found: BTreeSet<String> =
                found.iter().map(|body| body[attribute].as_str().unwrap().to_owned()).collect();
            assert_eq!(found, names, "{table:?}, {limit} a page");
        }
    }
}

/// What is removed during a scan does not end it.
pub async fn a_scan_goes_on_behind_a_removed_item(subject: Subject) {
    for n in 0..10 {
        subject.put(&Key::new(Table::Locations, format!("l{n}")), json!({})).await;
    }
    let page = subject.store.scan(Table::Locations, 4, None).await.unwrap();
    let last = page.next.clone().unwrap().key;
    subject.delete(&last).await;
    let rest = scanned(&subject, Table::Locations, 4, page.next.clone()).await;
    let seen: BTreeSet<String> =
        bodies(&page).iter().chain(&rest).map(|body| body["locationID"].as_str().unwrap().to_owned()).collect();
    assert_eq!(seen.len(), 10);
}

/// A page is bounded in bytes as well; its cursor leads on.
pub async fn a_page_of_large_items_ends_early(subject: Subject) {
    for day in 0..15 {
        subject.put(&Key::number(Table::Occupancy, "room", day), json!({"text": "x".repeat(390_000)})).await;
    }
    let page = subject.store.query(room()).await.unwrap();
    assert!(page.items.len() < 15 && page.next.is_some(), "{} items", page.items.len());
    assert_eq!(listed(&subject, room()).await, (0..15).collect::<Vec<i64>>());
}

/// However many items of whatever size there are: pages that end early leave none out.
pub async fn pages_of_large_items_cover_a_partition(subject: Subject) {
    for (user, count, bytes) in [("a", 12, 395_000), ("b", 25, 200_000), ("c", 85, 60_000)] {
        for number in 0..count {
            let key = Key::text(Table::Orders, user, format!("{number:03}"));
            subject.put(&key, json!({"text": "x".repeat(bytes)})).await;
        }
        let (mut query, mut found) = (Query::table(Table::Orders, user), 0);
        loop {
            let page = subject.store.query(query.clone()).await.unwrap();
            found += page.items.len();
            query.cursor = page.next;
            if query.cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, count, "{bytes} bytes each");
    }
    let (mut after, mut found) = (None, 0);
    loop {
        let page = subject.store.scan(Table::Orders, PAGE_ITEMS, after).await.unwrap();
        found += page.items.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, 12 + 25 + 85);
}

/// Limits, ranges and cursors that do not fit the list are the caller's mistake.
pub async fn lists_that_do_not_fit_are_refused(subject: Subject) {
    let users = Query::table(Table::Users, "u");
    let text = || Included(Sort::Text("x".to_owned()));
    let other = Cursor::after(Key::new(Table::Users, "u"));
    let queries = [
        Query { limit: 0, ..room() },
        Query { limit: PAGE_ITEMS + 1, ..room() },
        Query { range: (text(), Unbounded), ..room() },
        Query { range: (Unbounded, Included(Sort::Number(1))), ..users.clone() },
        Query { index: Some(Index::ResourcesByLocation), ..users },
        Query { range: (Included(Sort::Number(1)), Unbounded), ..Query::index(Index::ResourcesByLocation, "l") },
        Query { range: (Unbounded, text()), ..Query::index(Index::BookingsByUserByTime, "u") },
        Query { cursor: Some(other.clone()), ..room() },
        Query {
            cursor: Some(Cursor::after(Key::new(Table::Bookings, "b"))),
            ..Query::index(Index::BookingsByUserByTime, "u")
        },
    ];
    for query in queries {
        let outcome = subject.store.query(query.clone()).await;
        assert!(matches!(outcome, Err(StoreError::Misuse(_))), "{query:?}");
    }
    for (limit, after) in [(0, None), (PAGE_ITEMS + 1, None), (1, Some(other))] {
        assert!(matches!(subject.store.scan(Table::Locations, limit, after).await, Err(StoreError::Misuse(_))));
    }
}
