//! DELETE of a booking: it is kept, and no longer in the way.

use testkit::{Caller, HOUR, NINE, TestApp};

#[tokio::test]
async fn a_canceled_booking_is_kept_and_its_time_is_free() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 1).await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    app.clock.advance_seconds(3);
    ada.cancel("b").await.empty(200);
    let kept = ada.get("/users/{me}/bookings/b").await.json(200);
    assert_eq!((&kept["status"], &kept["starttimeepochtime"]), (&"CANCELED".into(), &NINE.into()));
    assert_eq!(kept["timestamp"], "2030-01-01T12:00:03.000Z");
    assert!(ada.get("/users/{me}/bookings").await.array().is_empty());
    assert!(ada.get("/locations/l/resources/r/bookings").await.array().is_empty());
    assert_eq!(ada.get("/users/{me}/bookings?status=all").await.array(), [kept]);
    bob.book("x", "r", NINE, 60).await.expect(201);
}

#[tokio::test]
async fn canceling_again_is_200_and_frees_nothing_twice() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 2).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    bob.book("b", "r", NINE, 60).await.expect(201);
    let first = ada.get("/users/{me}/bookings/a").await;
    ada.cancel("a").await.empty(200);
    let canceled = ada.get("/users/{me}/bookings/a").await;
    for _ in 0..3 {
        ada.cancel("a").await.empty(200);
    }
    let still = ada.get("/users/{me}/bookings/a").await;
    assert_eq!((&still.body, still.etag()), (&canceled.body, canceled.etag()));
    assert_ne!(canceled.etag(), first.etag());
    ada.book("c", "r", NINE, 60).await.expect(201);
    ada.book("d", "r", NINE, 60).await.problem(409, "capacity");
}

#[tokio::test]
async fn a_canceled_booking_cannot_be_moved() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    ada.cancel("b").await.empty(200);
    ada.book("b", "r", NINE + HOUR, 60).await.problem(409, "booking-canceled");
    assert_eq!(ada.get("/users/{me}/bookings/b").await.json(200)["status"], "CANCELED");
    ada.book("other", "r", NINE + HOUR, 60).await.expect(201);
}

#[tokio::test]
async fn what_was_never_booked_cannot_be_canceled() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.cancel("none").await.problem(404, "not-found");
}
