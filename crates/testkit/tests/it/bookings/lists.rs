//! GET /users/{u}/bookings.

use serde_json::{Value, json};
use testkit::{Caller, HOUR, NINE, TestApp};

fn ids(bookings: &[Value]) -> Vec<&str> {
    bookings.iter().map(|booking| booking["bookingID"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_users_bookings_come_as_a_bare_array_by_start() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 3).await;
    admin.resource("m", "s", 1).await;
    assert_eq!(ada.get("/users/{me}/bookings").await.json(200), json!([]));
    ada.book("late", "r", NINE + 48 * HOUR, 60).await.expect(201);
    ada.book("early", "s", NINE, 60).await.expect(201);
    ada.book("middle", "r", NINE + HOUR, 60).await.expect(201);
    bob.book("bobs", "r", NINE, 60).await.expect(201);
    assert_eq!(ids(&ada.get("/users/{me}/bookings").await.array()), ["early", "middle", "late"]);
    ada.book("early", "s", NINE + 24 * HOUR, 60).await.expect(200);
    assert_eq!(ids(&ada.get("/users/{me}/bookings").await.array()), ["middle", "early", "late"]);
    assert_eq!(ids(&bob.get("/users/{me}/bookings").await.array()), ["bobs"]);
}

#[tokio::test]
async fn bookings_of_one_start_are_each_shown_once_over_pages() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 9).await;
    for number in 0..7 {
        ada.book(&format!("b{number}"), "r", NINE, 60).await.expect(201);
    }
    let (mut seen, mut path) = (Vec::new(), Some("/users/{me}/bookings?limit=3".to_owned()));
    while let Some(next) = path {
        let page = ada.get(&next).await;
        seen.extend(ids(&page.array()).into_iter().map(str::to_owned));
        path = page.next();
    }
    seen.sort();
    assert_eq!(seen, ["b0", "b1", "b2", "b3", "b4", "b5", "b6"]);
}
