//! Checking in, and releasing what nobody checks in to.

use serde_json::{Value, json};
use testkit::{Admin, Answer, Caller, HOUR, MINUTE, NINE, TestApp, User, booking_of, is_timestamp};

/// A desk that is released ten minutes after the start; one checks in from half an hour before on.
async fn desk(app: &TestApp) -> (Admin, User, User) {
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.location("l").await;
    let rules = json!({"name": "Desk", "noShowMinutes": 10, "checkInOpensMinutes": 30});
    admin.put("/locations/l/resources/desk", &rules).await.expect(201);
    admin.resource("l", "plain", 1).await;
    (admin, ada, bob)
}

fn until(app: &TestApp, time: i64) {
    app.clock.advance_seconds(time - app.now_seconds());
}

/// Checks in; time may have passed since the last sign-in.
async fn check_in(app: &TestApp, user: &User, booking: &str) -> Answer {
    let user = user.signed_in_again(&app.cognito).await;
    user.post(&user.path(&format!("/bookings/{booking}/check-in")), &json!({})).await
}

async fn seen(app: &TestApp, user: &User, booking: &str) -> Value {
    user.signed_in_again(&app.cognito).await.get(&format!("/users/{{me}}/bookings/{booking}")).await.json(200)
}

#[tokio::test]
async fn one_checks_in_once_and_keeps_the_booking() {
    let app = TestApp::start().await;
    let (_, ada, bob) = desk(&app).await;
    ada.book("b", "desk", NINE, 60).await.expect(201);
    until(&app, NINE - 30 * MINUTE - 1);
    check_in(&app, &ada, "b").await.problem(409, "check-in-early");
    until(&app, NINE - 30 * MINUTE);
    let (admin, bob) = (app.admin().await, bob.signed_in_again(&app.cognito).await);
    bob.post(&ada.path("/bookings/b/check-in"), &json!({})).await.problem(403, "forbidden");
    let booking = check_in(&app, &ada, "b").await.json(200);
    assert!(is_timestamp(&booking["checkedInAt"]) && booking["status"] == "CONFIRMED", "{booking}");
    until(&app, NINE + 5 * MINUTE);
    assert_eq!(check_in(&app, &ada, "b").await.json(200), booking);
    assert_eq!(admin.post(&ada.path("/bookings/b/check-in"), &json!({})).await.json(200), booking);
    until(&app, NINE + 20 * MINUTE);
    assert_eq!(app.instance.app.run_due(100).await.unwrap(), 0);
    assert_eq!(seen(&app, &ada, "b").await, booking);
    bob.book("c", "desk", NINE + 30 * MINUTE, 30).await.problem(409, "capacity");
}

#[tokio::test]
async fn what_nobody_checks_in_to_is_released() {
    let app = TestApp::start().await;
    let (_, ada, bob) = desk(&app).await;
    ada.book("b", "desk", NINE, 60).await.expect(201);
    until(&app, NINE + 10 * MINUTE - 1);
    assert_eq!(app.instance.app.run_due(100).await.unwrap(), 0);
    until(&app, NINE + 10 * MINUTE);
    check_in(&app, &ada, "b").await.problem(409, "no-show");
    assert_eq!(app.instance.app.run_due(100).await.unwrap(), 1);
    assert_eq!(seen(&app, &ada, "b").await["status"], "NO_SHOW");
    check_in(&app, &ada, "b").await.problem(409, "no-show");
    let (ada, bob) = (ada.signed_in_again(&app.cognito).await, bob.signed_in_again(&app.cognito).await);
    bob.book("c", "desk", NINE + 10 * MINUTE, 50).await.expect(201);
    ada.cancel("b").await.empty(200);
    assert_eq!(seen(&app, &ada, "b").await["status"], "NO_SHOW");
}

#[tokio::test]
async fn a_booking_that_is_moved_is_to_be_checked_in_to_again() {
    let app = TestApp::start().await;
    let (_, ada, _) = desk(&app).await;
    ada.book("b", "desk", NINE, 60).await.expect(201);
    until(&app, NINE);
    check_in(&app, &ada, "b").await.expect(200);
    let ada = ada.signed_in_again(&app.cognito).await;
    let mut titled = booking_of("desk", NINE, 60);
    titled["title"] = json!("Work");
    assert!(is_timestamp(&ada.put("/users/{me}/bookings/b", &titled).await.json(200)["checkedInAt"]));
    let moved = ada.book("b", "desk", NINE + 2 * HOUR, 60).await.json(200);
    assert_eq!(moved.get("checkedInAt"), None);
    until(&app, NINE + 2 * HOUR + 10 * MINUTE);
    assert_eq!(app.instance.app.run_due(100).await.unwrap(), 1);
    assert_eq!(seen(&app, &ada, "b").await["status"], "NO_SHOW");
}

#[tokio::test]
async fn without_the_rule_nothing_is_released_and_one_checks_in_until_the_end() {
    let app = TestApp::start().await;
    let (admin, ada, _) = desk(&app).await;
    ada.book("b", "plain", NINE, 60).await.expect(201);
    ada.book("c", "plain", NINE + HOUR, 60).await.expect(201);
    ada.cancel("c").await.empty(200);
    let rules = json!({"name": "Hall", "approvalRequired": true});
    admin.put("/locations/l/resources/hall", &rules).await.expect(201);
    ada.book("d", "hall", NINE, 60).await.expect(201);
    check_in(&app, &ada, "d").await.problem(409, "not-confirmed");
    until(&app, NINE - 15 * MINUTE - 1);
    check_in(&app, &ada, "b").await.problem(409, "check-in-early");
    until(&app, NINE + HOUR - 1);
    check_in(&app, &ada, "b").await.expect(200);
    until(&app, NINE + HOUR);
    check_in(&app, &ada, "c").await.problem(409, "booking-canceled");
    check_in(&app, &ada, "none").await.problem(404, "not-found");
    let ada = ada.signed_in_again(&app.cognito).await;
    ada.book("e", "plain", NINE - 4 * HOUR, 60).await.expect(201);
    check_in(&app, &ada, "e").await.problem(409, "check-in-late");
}
