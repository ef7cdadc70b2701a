//! The time zone that a booking keeps.

use serde_json::json;
use store::{Key, Table};
use testkit::{Caller, HOUR, NINE, TestApp, booking_of};

#[tokio::test]
async fn a_booking_shows_the_zone_and_keeps_the_local_time_that_it_means() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    admin.put("/locations/l", &json!({"name": "L", "timeZone": "asia/kathmandu"})).await.expect(201);
    let mut body = booking_of("r", NINE, 60);
    body["timeZone"] = json!("Europe/Berlin");
    let booked = ada.put("/users/{me}/bookings/b", &body).await.json(201);
    assert_eq!(booked["timeZone"], "Asia/Kathmandu", "that of the location, as the database writes it");
    let item = app.instance.store.get(&Key::new(Table::Bookings, "b")).await.unwrap().unwrap();
    let meant = item.private::<serde_json::Value>().unwrap()["meant"].clone();
    assert_eq!(meant["zone"], "Asia/Kathmandu");
    assert_eq!(meant["tzdb"], domain::meant::version());
    assert_eq!(meant["start"], json!({"time": "2030-06-03T14:45:00", "offsetSeconds": 20_700}));
    assert_eq!(meant["end"]["time"], "2030-06-03T15:45:00");
}

#[tokio::test]
async fn a_booking_that_stays_keeps_its_zone_and_one_that_moves_takes_that_of_the_place() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    admin.resource("m", "far", 1).await;
    admin.put("/locations/m", &json!({"name": "M", "timeZone": "Asia/Tokyo"})).await.expect(201);
    let zone =
        async |resource: &str, start: i64| ada.book("b", resource, start, 60).await.json(200)["timeZone"].clone();
    assert_eq!(ada.book("b", "r", NINE, 60).await.json(201)["timeZone"], "UTC");
    admin.put("/locations/l", &json!({"name": "L", "timeZone": "Europe/Berlin"})).await.expect(201);
    assert_eq!(zone("r", NINE).await, "UTC");
    assert_eq!(zone("r", NINE + HOUR).await, "Europe/Berlin");
    assert_eq!(zone("far", NINE + HOUR).await, "Asia/Tokyo");
    let by_admin = admin.put(&ada.path("/bookings/c"), &booking_of("r", NINE, 60)).await.json(201);
    assert_eq!(by_admin["timeZone"], "Europe/Berlin");
}
