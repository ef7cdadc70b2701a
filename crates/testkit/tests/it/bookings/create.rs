//! PUT of a new booking.

use serde_json::json;
use testkit::{Caller, HOUR, NINE, TestApp, booking_of, is_uuid};

#[tokio::test]
async fn a_booking_has_the_contracts_members_and_the_clients_further_ones() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 3).await;
    let body = json!({"bookingID": "x", "userID": "y", "locationID": "z", "status": "HELD", "timestamp": "t", "resourceID": "r",
        "starttimeepochtime": NINE, "endtimeepochtime": NINE + HOUR, "units": 2, "title": "Stand-up", "notes": "Bring tea",
        "guests": [{"name": "Bob", "age": 40.50}]});
    let stored = ada.put("/users/{me}/bookings/b", &body).await.json(201);
    let wanted = json!({"bookingID": "b", "userID": ada.sub, "locationID": "l", "timeZone": "UTC", "status": "CONFIRMED",
        "timestamp": "2030-01-01T12:00:00.000Z", "resourceID": "r", "starttimeepochtime": NINE, "endtimeepochtime": NINE + HOUR,
        "units": 2, "title": "Stand-up", "notes": "Bring tea", "guests": [{"name": "Bob", "age": 40.5}]});
    assert_eq!(stored, wanted);
    assert_eq!(ada.get("/users/{me}/bookings/b").await.json(200), wanted);
}

#[tokio::test]
async fn a_booking_without_an_id_in_the_path_gets_a_new_one() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 2).await;
    let mut body = booking_of("r", NINE, 60);
    body["bookingID"] = json!("mine");
    let first = ada.put("/users/{me}/bookings", &body).await.json(201);
    let second = ada.put("/users/{me}/bookings", &body).await.json(201);
    assert!(is_uuid(&first["bookingID"]) && first["bookingID"] != second["bookingID"]);
    let path = format!("/users/{{me}}/bookings/{}", first["bookingID"].as_str().unwrap());
    assert_eq!(ada.get(&path).await.json(200), first);
}

#[tokio::test]
async fn each_missing_property_is_named_by_its_pointer() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    assert_eq!(ada.put("/users/{me}/bookings/b", &json!({})).await.pointers(), ["/resourceID", "/starttimeepochtime"]);
}

#[tokio::test]
async fn an_unknown_resource_cannot_be_booked() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let problem = ada.book("b", "none", NINE, 60).await.problem(404, "not-found");
    assert_eq!(problem["errors"][0]["pointer"], "/resourceID");
    ada.get("/users/{me}/bookings/b").await.problem(404, "not-found");
}

#[tokio::test]
async fn without_rules_past_times_may_be_booked() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("b", "r", app.now_seconds() - 48 * HOUR, 60).await.expect(201);
    ada.book("c", "r", app.now_seconds() - 48 * HOUR, 60).await.problem(409, "capacity");
    ada.book("first", "r", 0, 60).await.expect(201);
}
