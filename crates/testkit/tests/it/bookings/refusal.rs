//! What a refused booking is told: the times in conflict, and the nearest that would have been accepted.

use serde_json::{Value, json};
use testkit::{Caller, HOUR, MINUTE, NINE, TestApp, booking_of};

fn times(value: &Value) -> (i64, i64) {
    (value["starttimeepochtime"].as_i64().unwrap(), value["endtimeepochtime"].as_i64().unwrap())
}

#[tokio::test]
async fn a_refusal_names_the_times_in_conflict() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 2).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    ada.book("b", "r", NINE + 30 * MINUTE, 60).await.expect(201);
    let problem = ada.book("c", "r", NINE - HOUR, 300).await.problem(409, "capacity");
    let wanted = json!([{"start": "2030-06-03T09:30:00Z", "end": "2030-06-03T10:00:00Z", "starttimeepochtime": NINE + 30 * MINUTE,
        "endtimeepochtime": NINE + HOUR, "used": 2, "capacity": 2}]);
    assert_eq!(problem["conflicts"], wanted);
}

#[tokio::test]
async fn the_alternatives_are_the_nearest_first_and_each_can_be_booked() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    ada.book("b", "r", NINE + 90 * MINUTE, 60).await.expect(201);
    ada.book("c", "r", NINE - 90 * MINUTE, 60).await.expect(201);
    let problem = ada.book("new", "r", NINE, 45).await.problem(409, "capacity");
    let alternatives: Vec<_> = problem["alternatives"].as_array().unwrap().iter().map(times).collect();
    assert!(!alternatives.is_empty() && alternatives.len() <= 5, "{problem}");
    let distances: Vec<_> = alternatives.iter().map(|(start, _)| start.abs_diff(NINE)).collect();
    assert!(distances.is_sorted(), "{problem}");
    assert_eq!(distances[0], 135 * 60, "both half hours between are too short: {problem}");
    for (start, end) in alternatives {
        assert_eq!(end - start, 45 * MINUTE);
        let booked = ada.put("/users/{me}/bookings", &booking_of("r", start, 45)).await.json(201);
        ada.cancel(booked["bookingID"].as_str().unwrap()).await.empty(200);
    }
}

#[tokio::test]
async fn nothing_nearer_was_free() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 2).await;
    let mut body = booking_of("r", NINE, 120);
    body["units"] = json!(2);
    ada.put("/users/{me}/bookings/a", &body).await.expect(201);
    let problem = ada.book("b", "r", NINE + 30 * MINUTE, 60).await.problem(409, "capacity");
    let (start, _) = times(&problem["alternatives"][0]);
    let distance = start.abs_diff(NINE + 30 * MINUTE);
    for minute in 0..i64::try_from(distance / 60).unwrap() {
        for tried in [NINE + (30 - minute) * MINUTE, NINE + (30 + minute) * MINUTE] {
            ada.book("b", "r", tried, 60).await.problem(409, "capacity");
        }
    }
}

#[tokio::test]
async fn alternatives_to_a_time_to_come_are_not_past() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    let now = app.now_seconds();
    ada.book("a", "r", now + 10 * MINUTE, 60).await.expect(201);
    let problem = ada.book("b", "r", now + 10 * MINUTE, 60).await.problem(409, "capacity");
    let starts: Vec<_> = problem["alternatives"].as_array().unwrap().iter().map(|time| times(time).0).collect();
    assert!(!starts.is_empty() && starts.iter().all(|start| *start >= now), "{problem}");
}
