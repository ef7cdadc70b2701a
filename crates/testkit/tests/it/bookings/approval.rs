//! Bookings that wait for approval.

use serde_json::{Value, json};
use testkit::{Admin, Caller, HOUR, MINUTE, NINE, TestApp, User};

/// A hall of one unit whose bookings wait for two hours.
async fn hall(app: &TestApp) -> (Admin, User, User) {
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.location("l").await;
    let rules = json!({"name": "Hall", "type": "hall", "approvalRequired": true, "approvalExpiryMinutes": 120});
    admin.put("/locations/l/resources/hall", &rules).await.expect(201);
    (admin, ada, bob)
}

fn approve(user: &User) -> String {
    user.path("/bookings/b/approve")
}

/// The booking `b` as its owner sees it; time may have passed since the last sign-in.
async fn seen(app: &TestApp, user: &User) -> Value {
    user.signed_in_again(&app.cognito).await.get("/users/{me}/bookings/b").await.json(200)
}

#[tokio::test]
async fn a_booking_waits_and_holds_its_units() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = hall(&app).await;
    let booking = ada.book("b", "hall", NINE, 60).await.json(201);
    assert_eq!((&booking["status"], &booking["expiresAt"]), (&json!("PENDING"), &json!("2030-01-01T14:00:00Z")));
    let refused = bob.book("c", "hall", NINE + HOUR / 2, 60).await.problem(409, "capacity");
    assert_eq!(refused["conflicts"][0]["used"], 1, "two cannot wait for one slot");
    admin.book("c", "hall", NINE, 60).await.problem(409, "capacity");
    let free =
        bob.get("/locations/l/resources/hall/availability?from=2030-06-03T09:00:00Z&to=2030-06-03T10:00:00Z").await;
    assert_eq!(free.json(200)["free"], json!([]));
    ada.post(&approve(&ada), &json!({})).await.problem(403, "forbidden");
    let approved = admin.post(&approve(&ada), &json!({})).await.json(200);
    assert_eq!((&approved["status"], approved.get("expiresAt")), (&json!("CONFIRMED"), None));
    assert_eq!(admin.post(&approve(&ada), &json!({})).await.json(200), approved, "once more changes nothing");
    admin.post(&ada.path("/bookings/b/decline"), &json!({})).await.problem(409, "not-pending");
    app.clock.advance_seconds(3 * HOUR);
    app.instance.app.run_due(100).await.unwrap();
    assert_eq!(seen(&app, &ada).await, approved);
}

#[tokio::test]
async fn a_declined_booking_frees_its_units_and_says_why() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = hall(&app).await;
    ada.book("b", "hall", NINE, 60).await.expect(201);
    let decline = ada.path("/bookings/b/decline");
    ada.post(&decline, &json!({})).await.problem(403, "forbidden");
    admin.post(&decline, &json!({"reason": 7})).await.problem(400, "invalid");
    let declined = admin.post(&decline, &json!({"reason": "Works"})).await.json(200);
    assert_eq!((&declined["status"], &declined["declineReason"]), (&json!("DECLINED"), &json!("Works")));
    bob.book("c", "hall", NINE, 60).await.expect(201);
    admin.post(&approve(&ada), &json!({})).await.problem(409, "booking-declined");
    assert_eq!(admin.post(&decline, &json!({"reason": "Again"})).await.json(200), declined);
    ada.book("b", "hall", NINE + 5 * HOUR, 60).await.problem(409, "booking-declined");
    ada.cancel("b").await.empty(200);
    assert_eq!(seen(&app, &ada).await["status"], "DECLINED");
    assert_eq!(ada.get("/users/{me}/bookings").await.array().len(), 0);
}

#[tokio::test]
async fn what_nobody_approves_in_time_expires_at_once_for_all_to_see() {
    let app = TestApp::start().await;
    let (_, ada, bob) = hall(&app).await;
    ada.book("b", "hall", NINE, 60).await.expect(201);
    app.clock.advance_seconds(2 * HOUR - 1);
    assert_eq!(seen(&app, &ada).await["status"], "PENDING");
    app.clock.advance_seconds(1);
    assert_eq!(seen(&app, &ada).await["status"], "EXPIRED");
    let (admin, ada) = (app.admin().await, ada.signed_in_again(&app.cognito).await);
    let bob = bob.signed_in_again(&app.cognito).await;
    assert_eq!(ada.get("/users/{me}/bookings").await.array().len(), 0);
    assert_eq!(ada.get("/users/{me}/bookings?status=all").await.array()[0]["status"], "EXPIRED");
    admin.post(&approve(&ada), &json!({})).await.problem(409, "expired");
    ada.book("b", "hall", NINE, 60).await.problem(409, "expired");
    bob.book("c", "hall", NINE, 60).await.expect(201);
    assert_eq!(app.instance.app.run_due(100).await.unwrap(), 1);
    assert_eq!(seen(&app, &ada).await["status"], "EXPIRED");
    admin.post(&approve(&ada), &json!({})).await.problem(409, "expired");
    assert_eq!(app.instance.app.run_due(100).await.unwrap(), 0);
    assert_eq!(admin.get("/locations/l/resources/hall/bookings").await.array().len(), 1);
}

#[tokio::test]
async fn administrators_book_at_once_and_moving_waits_again() {
    let app = TestApp::start().await;
    let (admin, ada, _) = hall(&app).await;
    let path = ada.path("/bookings/b");
    let body = |start: i64| testkit::booking_of("hall", start, 60);
    assert_eq!(admin.put(&path, &body(NINE)).await.json(201)["status"], "CONFIRMED");
    let mut titled = body(NINE);
    titled["title"] = json!("Ball");
    assert_eq!(ada.put(&path, &titled).await.json(200)["status"], "CONFIRMED", "it stays when it is");
    assert_eq!(ada.put(&path, &body(NINE + 30 * MINUTE)).await.json(200)["status"], "PENDING");
    assert_eq!(ada.put(&format!("{path}?dryRun=true"), &body(NINE)).await.json(200)["status"], "PENDING");
    ada.cancel("b").await.empty(200);
    assert_eq!(seen(&app, &ada).await["status"], "CANCELED");
    assert_eq!(ada.book("c", "hall", NINE, 60).await.json(201)["status"], "PENDING");
}

#[tokio::test]
async fn deleting_the_resource_cancels_what_waits() {
    let app = TestApp::start().await;
    let (admin, ada, _) = hall(&app).await;
    ada.book("b", "hall", NINE, 60).await.expect(201);
    admin.delete("/locations/l/resources/hall").await.problem(409, "bookings-to-come");
    admin.delete("/locations/l/resources/hall?cascade=true").await.expect(200);
    assert_eq!(seen(&app, &ada).await["status"], "CANCELED");
}
