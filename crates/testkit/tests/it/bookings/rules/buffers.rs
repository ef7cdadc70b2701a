//! Buffers are claimed with each booking, for administrators too.

use serde_json::json;
use testkit::{Caller, HOUR, MINUTE, NINE, TestApp};

use super::{alternatives, open};

#[tokio::test]
async fn neighbours_keep_apart_by_both_buffers() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"bufferBeforeMinutes": 10, "bufferAfterMinutes": 20})).await;
    let booked = ada.book("a", "r", NINE, 60).await.json(201);
    assert_eq!(booked["endtimeepochtime"], NINE + HOUR, "the buffers are no part of the booking's time");
    for caller in [&ada, &*admin] {
        let problem = caller.book("b", "r", NINE + HOUR + 29 * MINUTE, 60).await.problem(409, "capacity");
        assert_eq!(alternatives(&problem), [NINE + HOUR + 30 * MINUTE, NINE - HOUR - 30 * MINUTE]);
    }
    admin.book("b", "r", NINE + HOUR + 30 * MINUTE, 60).await.expect(201);
}

#[tokio::test]
async fn buffers_reach_over_midnight_and_go_with_the_booking() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    open(&admin, &json!({"bufferAfterMinutes": 30})).await;
    let midnight = NINE + 15 * HOUR;
    ada.book("a", "r", midnight - HOUR, 60).await.expect(201);
    bob.book("b", "r", midnight + 29 * MINUTE, 60).await.problem(409, "capacity");
    let window = format!("from={midnight}&to={}", midnight + 2 * HOUR);
    let free = bob.get(&format!("/locations/l/resources/r/availability?{window}")).await.json(200);
    assert_eq!(free["free"][0]["starttimeepochtime"], midnight + 30 * MINUTE, "{free}");
    ada.cancel("a").await.empty(200);
    bob.book("b", "r", midnight, 60).await.expect(201);
}

#[tokio::test]
async fn a_booking_moves_onto_itself_with_its_buffers() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"bufferBeforeMinutes": 30, "bufferAfterMinutes": 30})).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    for (start, minutes) in [(NINE + 30 * MINUTE, 60), (NINE, 120), (NINE + HOUR, 30)] {
        ada.book("a", "r", start, minutes).await.expect(200);
    }
    ada.book("b", "r", NINE + 2 * HOUR + 30 * MINUTE, 60).await.expect(201);
    ada.book("a", "r", NINE + HOUR, 31).await.problem(409, "capacity");
}

#[tokio::test]
async fn rules_hold_to_both_ends_of_time() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    let day = json!([{"opens": "00:00", "closes": "24:00"}]);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let week: serde_json::Map<_, _> = days.into_iter().map(|name| (name.to_owned(), day.clone())).collect();
    let closed = json!([{"startDate": "9999-12-31", "closed": true}]);
    let rules = json!({"openingHours": week, "exceptions": closed, "slotGridMinutes": 30, "bufferBeforeMinutes": 1440,
        "bufferAfterMinutes": 1440});
    open(&admin, &rules).await;
    // The first hour of 1970, and the last before 9999-12-30.
    let last = 253_402_128_000 - HOUR;
    for (number, start) in [0, last].into_iter().enumerate() {
        ada.book(&format!("b{number}"), "r", start, 60).await.expect(201);
        let problem = ada.book("other", "r", start, 60).await.problem(409, "capacity");
        let found = alternatives(&problem);
        assert_eq!(found[0].abs_diff(start), 49 * 3600, "{problem}");
        ada.book("other", "r", start, 61).await.json(if start == 0 { 409 } else { 400 });
        let free = ada.get(&format!("/locations/l/resources/r/availability?from={start}")).await.json(200);
        let first = free["free"].get(0).map(|item| item["starttimeepochtime"].as_i64().unwrap());
        assert_eq!(first, (start == 0).then_some(49 * HOUR), "{free}");
        ada.cancel(&format!("b{number}")).await.empty(200);
    }
}
