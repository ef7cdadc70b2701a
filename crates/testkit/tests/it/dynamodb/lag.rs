//! Indexes that lag, as DynamoDB's do: lists may be late, nothing else is.

use serde_json::Value;
use testkit::{Caller, HOUR, NINE, TestApp};

/// How many writes every list may be late.
const WRITES: u64 = 10;

#[tokio::test]
async fn items_availability_and_decisions_are_exact_while_lists_are_late() {
    let (app, proxy) = TestApp::behind_proxy().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    proxy.lag(100, WRITES);
    let mut late = 0;
    for round in 0..20 {
        let (id, start) = (format!("b{round}"), NINE + round * HOUR);
        ada.book(&id, "r", start, 60).await.expect(201);
        assert_eq!(ada.get(&format!("/users/{{me}}/bookings/{id}")).await.json(200)["status"], "CONFIRMED");
        ada.book("other", "r", start, 60).await.problem(409, "capacity");
        let path = format!("/locations/l/resources/r/availability?from={start}&to={}", start + HOUR);
        assert_eq!(ada.get(&path).await.json(200)["free"].as_array().map(Vec::len), Some(0), "{path}");
        let listed = ada.get("/users/{me}/bookings").await.array();
        late += usize::from(listed.iter().all(|booking| booking["bookingID"] != id.as_str()));
    }
    assert!(late > 0, "no list was ever late");
    println!("{late} of 20 lists were late");
    proxy.lag(0, 0);
    assert_eq!(ada.get("/users/{me}/bookings").await.array().len(), 20);
}

#[tokio::test]
async fn a_resource_with_bookings_that_no_list_shows_is_not_deleted_over_them() {
    let (app, proxy) = TestApp::behind_proxy().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    proxy.lag(100, 1_000);
    // The list shows nothing yet; the occupancy does.
    assert_eq!(admin.get("/locations/l/resources/r/bookings").await.array(), Vec::<Value>::new());
    admin.delete("/locations/l/resources/r").await.expect(409);
    let answer = admin.delete("/locations/l/resources/r?cascade=true").may_fail().await;
    assert!([200, 503].contains(&answer.status), "{}", answer.text());
    if answer.status == 503 {
        admin.get("/locations/l/resources/r").await.expect(200);
    }
    proxy.lag(0, 0);
    admin.delete("/locations/l/resources/r?cascade=true").await.expect(200);
    assert_eq!(ada.get("/users/{me}/bookings/b").await.json(200)["status"], "CANCELED");
}
