//! Lists by an index. They may lag, so every case looks at them `eventually`.

use std::ops::Bound::{Excluded, Included, Unbounded};

use serde_json::json;

use super::{Subject, eventually};
use crate::{Direction, Index, Key, Query, Sort, Table};

async fn book(subject: &Subject, id: &str, user: &str, resource: &str, start: i64) {
    let body = json!({"userID": user, "resourceID": resource, "starttimeepochtime": start});
    subject.put(&Key::new(Table::Bookings, id), body).await;
}

async fn expect(subject: &Subject, query: Query, ids: &[&str]) {
    let expected: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    for limit in [1, 2, 100] {
        eventually(expected.clone(), async || {
            let found = subject.all(Query { limit, ..query.clone() }).await;
            found.iter().map(|body| body["bookingID"].as_str().unwrap().to_owned()).collect()
        })
        .await;
    }
}

fn of_user(user: &str) -> Query {
    Query::index(Index::BookingsByUserByTime, user)
}

fn of_resource(resource: &str) -> Query {
    Query::index(Index::BookingsByResourceByTime, resource)
}

fn backwards(query: Query) -> Query {
    Query { direction: Direction::Descending, ..query }
}

/// The bookings of a user, and of a resource, by start.
pub async fn an_index_lists_by_time(subject: Subject) {
    book(&subject, "b1", "anna", "room", 300).await;
    book(&subject, "b2", "anna", "hall", 100).await;
    book(&subject, "b3", "bert", "room", 200).await;
    book(&subject, "b4", "anna", "room", -100).await;
    expect(&subject, of_user("anna"), &["b4", "b2", "b1"]).await;
    expect(&subject, backwards(of_user("anna")), &["b1", "b2", "b4"]).await;
    expect(&subject, of_resource("room"), &["b4", "b3", "b1"]).await;
    expect(&subject, of_user("nobody"), &[]).await;
}

/// A change moves an item within the index and between partitions; a removal takes it out.
pub async fn an_index_follows_changes(subject: Subject) {
    book(&subject, "b1", "anna", "room", 100).await;
    book(&subject, "b2", "anna", "room", 200).await;
    book(&subject, "b1", "anna", "room", 300).await;
    expect(&subject, of_user("anna"), &["b2", "b1"]).await;
    book(&subject, "b1", "bert", "room", 300).await;
    expect(&subject, of_user("anna"), &["b2"]).await;
    expect(&subject, of_resource("room"), &["b2", "b1"]).await;
    subject.delete(&Key::new(Table::Bookings, "b2")).await;
    expect(&subject, of_user("anna"), &[]).await;
    expect(&subject, of_resource("room"), &["b1"]).await;
}

/// The resources of a location.
pub async fn an_index_without_sort(subject: Subject) {
    for (id, location) in [("r3", "l1"), ("r1", "l1"), ("r2", "l2"), ("r4", "l1")] {
        subject.put(&Key::new(Table::Resources, id), json!({"locationID": location})).await;
    }
    for limit in [1, 2, 3, 100] {
        eventually(vec!["r1", "r3", "r4"], async || {
            let found = subject.all(Query { limit, ..Query::index(Index::ResourcesByLocation, "l1") }).await;
            let ids = ["r1", "r2", "r3", "r4"];
            let mut ids: Vec<&str> =
                ids.into_iter().filter(|id| found.iter().any(|body| body["resourceID"] == **id)).collect();
            ids.truncate(found.len());
            ids
        })
        .await;
    }
}

/// Where starts are equal the keys decide, across pages and in both directions, also when the place is gone.
pub async fn equal_times_are_told_apart_by_key(subject: Subject) {
    for id in ["b5", "b3", "b1", "b4", "b2"] {
        book(&subject, id, "anna", "room", 100).await;
    }
    book(&subject, "a9", "anna", "room", 200).await;
    book(&subject, "c0", "anna", "room", 0).await;
    let all = ["c0", "b1", "b2", "b3", "b4", "b5", "a9"];
    expect(&subject, of_user("anna"), &all).await;
    let mut reversed = all;
    reversed.reverse();
    expect(&subject, backwards(of_user("anna")), &reversed).await;
    let page = subject.store.query(Query { limit: 3, ..of_user("anna") }).await.unwrap();
    subject.delete(&page.next.clone().unwrap().key).await;
    expect(&subject, Query { cursor: page.next, ..of_user("anna") }, &["b3", "b4", "b5", "a9"]).await;
}

/// Ranges limit the sort attribute, ties at their ends included.
pub async fn ranges_of_an_index(subject: Subject) {
    for (id, start) in [("b1", 100), ("b2", 200), ("b3", 200), ("b4", 300), ("b5", 300)] {
        book(&subject, id, "anna", "room", start).await;
    }
    let number = Sort::Number;
    let cases: [(_, &[&str]); 4] = [
        ((Included(number(200)), Excluded(number(300))), &["b2", "b3"]),
        ((Excluded(number(200)), Unbounded), &["b4", "b5"]),
        ((Unbounded, Included(number(200))), &["b1", "b2", "b3"]),
        ((Included(number(101)), Included(number(199))), &[]),
    ];
    for (range, expected) in cases {
        let query = Query { range, ..of_resource("room") };
        expect(&subject, query.clone(), expected).await;
        let reversed: Vec<&str> = expected.iter().rev().copied().collect();
        expect(&subject, backwards(query), &reversed).await;
    }
}

/// An item without both attributes of an index is not in it.
pub async fn items_without_the_attributes_are_not_listed(subject: Subject) {
    subject.put(&Key::new(Table::Bookings, "b1"), json!({"userID": "anna"})).await;
    subject.put(&Key::new(Table::Bookings, "b2"), json!({"userID": "anna", "starttimeepochtime": 5})).await;
    subject.put(&Key::new(Table::Resources, "r1"), json!({})).await;
    expect(&subject, of_user("anna"), &["b2"]).await;
    let found = subject.all(Query::index(Index::ResourcesByLocation, "l1")).await;
    assert_eq!(found.len(), 0);
}
