//! PUT of a booking that is there: moved at once, or not at all.

use serde_json::json;
use testkit::{Caller, HOUR, MINUTE, NINE, TestApp, booking_of};

#[tokio::test]
async fn a_moved_booking_frees_its_old_time_and_takes_the_new_one() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 1).await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    app.clock.advance_seconds(1);
    let moved = ada.book("b", "r", NINE + 5 * HOUR, 30).await.json(200);
    let wanted = json!({"bookingID": "b", "userID": ada.sub, "locationID": "l", "resourceID": "r", "units": 1, "status": "CONFIRMED",
        "timeZone": "UTC", "timestamp": "2030-01-01T12:00:01.000Z", "starttimeepochtime": NINE + 5 * HOUR,
        "endtimeepochtime": NINE + 5 * HOUR + 30 * MINUTE});
    assert_eq!(moved, wanted);
    assert_eq!(ada.get("/users/{me}/bookings").await.array(), [wanted]);
    bob.book("x", "r", NINE + 5 * HOUR, 30).await.problem(409, "capacity");
    bob.book("x", "r", NINE, 60).await.expect(201);
}

#[tokio::test]
async fn a_booking_moves_onto_a_part_of_itself() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    for (start, minutes) in [(NINE + 30 * MINUTE, 60), (NINE, 180), (NINE + HOUR, 1), (NINE + HOUR, 1)] {
        ada.book("b", "r", start, minutes).await.expect(200);
        ada.book("other", "r", start, minutes).await.problem(409, "capacity");
    }
    ada.book("other", "r", NINE, 60).await.expect(201);
}

#[tokio::test]
async fn a_booking_moves_to_another_resource_and_its_location() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    admin.resource("m", "s", 1).await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    let moved = ada.book("b", "s", NINE, 60).await.json(200);
    assert_eq!((&moved["resourceID"], &moved["locationID"]), (&json!("s"), &json!("m")));
    assert_eq!(ada.get("/locations/l/resources/r/bookings").await.json(200), json!([]));
    assert_eq!(ada.get("/locations/m/resources/s/bookings").await.array().len(), 1);
    ada.book("x", "s", NINE, 60).await.problem(409, "capacity");
    ada.book("x", "r", NINE, 60).await.expect(201);
}

#[tokio::test]
async fn a_refused_move_changes_nothing() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 1).await;
    admin.resource("l", "s", 1).await;
    let booked = ada.book("b", "r", NINE, 60).await;
    bob.book("r2", "r", NINE + HOUR, 60).await.expect(201);
    bob.book("s1", "s", NINE, 60).await.expect(201);
    ada.book("b", "r", NINE + 30 * MINUTE, 60).await.problem(409, "capacity");
    ada.book("b", "s", NINE, 60).await.problem(409, "capacity");
    ada.book("b", "none", NINE, 60).await.problem(404, "not-found");
    ada.put("/users/{me}/bookings/b", &json!({"resourceID": "r"})).await.problem(400, "invalid");
    let now = ada.get("/users/{me}/bookings/b").await;
    assert_eq!((now.json(200), now.etag()), (booked.json(201), booked.etag()));
    bob.book("x", "r", NINE, 60).await.problem(409, "capacity");
}

#[tokio::test]
async fn units_change_within_what_is_free() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 4).await;
    ada.book("other", "r", NINE, 60).await.expect(201);
    let mut body = booking_of("r", NINE, 60);
    for (units, status) in [(2, 201), (3, 200), (4, 409), (1, 200), (3, 200)] {
        body["units"] = json!(units);
        ada.put("/users/{me}/bookings/b", &body).await.expect(status);
    }
    assert_eq!(ada.get("/users/{me}/bookings/b").await.json(200)["units"], 3);
}

#[tokio::test]
async fn a_move_replaces_title_and_further_members() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    let mut body = booking_of("r", NINE, 60);
    body["title"] = json!("old");
    body["more"] = json!(1);
    ada.put("/users/{me}/bookings/b", &body).await.expect(201);
    let moved = ada.book("b", "r", NINE, 60).await.json(200);
    assert_eq!((moved.get("title"), moved.get("more")), (None, None));
}
