//! `?dryRun=true`: the answer, and nothing else.

use serde_json::{Value, json};
use store::{Key, Query, Table};
use testkit::{Caller, HOUR, NINE, TestApp, booking_of};

use super::alternatives;

async fn count(app: &TestApp, query: Query) -> usize {
    app.instance.store.query(query).await.unwrap().items.len()
}

#[tokio::test]
async fn a_rehearsal_answers_what_would_happen_and_changes_nothing() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    let path = "/users/{me}/bookings/a?dryRun=true";
    let rehearsed = ada.put(path, &booking_of("r", NINE, 60)).key("k").await;
    assert_eq!(rehearsed.header("etag"), None, "nothing is stored that could have one");
    assert_eq!(app.item(&Key::new(Table::Bookings, "a")).await, None);
    assert_eq!(count(&app, Query::table(Table::Occupancy, "r")).await, 0);
    assert_eq!(count(&app, Query::table(Table::Events, "booking/a")).await, 0);
    let records = app.instance.store.scan(Table::Idempotency, 100, None).await.unwrap().items;
    assert!(records.is_empty(), "{records:?}");
    // The key was not looked at, so that another request may have it; and what was said comes true.
    let booked = ada.put("/users/{me}/bookings/a", &booking_of("r", NINE, 60)).key("k").await;
    assert_eq!(booked.json(201), rehearsed.json(201));
    assert_eq!(booked.header("idempotent-replayed"), None);
}

#[tokio::test]
async fn a_rehearsed_refusal_names_rule_and_alternatives() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    let wish = booking_of("r", NINE, 60);
    let said = ada.put("/users/{me}/bookings?dryRun=true", &wish).await.problem(409, "capacity");
    let real = ada.put("/users/{me}/bookings", &wish).await.problem(409, "capacity");
    let but_id = |mut problem: Value| {
        problem["request_id"] = json!(null);
        problem
    };
    assert!(!alternatives(&said).is_empty());
    assert_eq!(but_id(said), but_id(real));
}

#[tokio::test]
async fn a_rehearsed_move_leaves_the_booking_where_it_is() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    let booked = ada.book("a", "r", NINE, 60).await;
    let path = "/users/{me}/bookings/a?dryRun=true";
    let moved = ada.put(path, &booking_of("r", NINE + HOUR, 60)).await.json(200);
    assert_eq!(moved["starttimeepochtime"], NINE + HOUR);
    let now = ada.get("/users/{me}/bookings/a").await;
    assert_eq!((now.json(200), now.etag()), (booked.json(201), booked.etag()));
    ada.put(path, &booking_of("r", NINE, 60)).if_match("\"1\"").await.problem(412, "precondition-failed");
    let answer = ada.put("/users/{me}/bookings/a?dryRun=yes", &booking_of("r", NINE, 60)).await;
    assert_eq!(answer.pointers(), ["?dryRun"]);
}
