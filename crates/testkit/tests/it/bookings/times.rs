//! Start, end, duration and units of a booking.

use serde_json::{Value, json};
use testkit::{Caller, HOUR, MINUTE, NINE, TestApp, User};

const DAY: i64 = 24 * HOUR;

async fn put(user: &User, members: &Value) -> testkit::Answer {
    let mut body = json!({"resourceID": "r", "starttimeepochtime": NINE});
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    user.put("/users/{me}/bookings", &body).await
}

/// A user, and a resource `r` of many units.
async fn scene() -> (TestApp, User) {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1_000_000).await;
    let ada = app.user("ada").await;
    (app, ada)
}

#[tokio::test]
async fn the_end_comes_from_end_duration_slot_or_an_hour() {
    let (app, ada) = scene().await;
    for (members, minutes) in [
        (json!({}), 60),
        (json!({"durationMinutes": 45}), 45),
        (json!({"endtimeepochtime": NINE + 30 * MINUTE}), 30),
        (json!({"endtimeepochtime": NINE + 30 * MINUTE, "durationMinutes": 30}), 30),
        (json!({"endtimeepochtime": null, "durationMinutes": null}), 60),
        (json!({"durationMinutes": 31 * 24 * 60 - 9 * 60}), 31 * 24 * 60 - 9 * 60),
    ] {
        assert_eq!(put(&ada, &members).await.json(201)["endtimeepochtime"], NINE + minutes * MINUTE, "{members}");
    }
    let slot = json!({"name": "R", "capacity": 1_000_000, "slotMinutes": 25});
    app.admin().await.put("/locations/l/resources/r", &slot).await.expect(201);
    assert_eq!(put(&ada, &json!({})).await.json(201)["endtimeepochtime"], NINE + 25 * MINUTE);
    assert_eq!(put(&ada, &json!({"durationMinutes": 5})).await.json(201)["endtimeepochtime"], NINE + 5 * MINUTE);
}

#[tokio::test]
async fn a_number_is_the_same_however_it_is_written() {
    let (_app, ada) = scene().await;
    for written in ["1906707600.0", "1906707600", "1.9067076E9", "19067076e2", "1906707600.000"] {
        let body = format!(r#"{{"resourceID":"r","starttimeepochtime":{written},"durationMinutes":6e1,"units":1.0}}"#);
        let booked = ada.call(reqwest::Method::PUT, "/users/{me}/bookings").body(body).await.json(201);
        assert_eq!(booked["starttimeepochtime"].to_string(), "1906707600", "{written}");
        assert_eq!(
            (booked["endtimeepochtime"].to_string(), booked["units"].to_string()),
            ("1906711200".into(), "1".into())
        );
    }
}

#[tokio::test]
async fn impossible_times_are_refused_at_their_place() {
    let (_app, ada) = scene().await;
    let start = "/starttimeepochtime";
    let end = "/endtimeepochtime";
    for (members, pointer) in [
        (json!({"starttimeepochtime": NINE + 1}), start),
        (json!({"starttimeepochtime": 1_906_707_600.5}), start),
        (json!({"starttimeepochtime": NINE * 1_000}), start),
        (json!({"starttimeepochtime": -60}), start),
        (json!({"starttimeepochtime": 253_402_300_800_i64}), start),
        (json!({"starttimeepochtime": "9 o'clock"}), start),
        (json!({"starttimeepochtime": "1906707600"}), start),
        (json!({"starttimeepochtime": null}), start),
        (json!({"starttimeepochtime": true}), start),
        (json!({"endtimeepochtime": NINE}), end),
        (json!({"endtimeepochtime": NINE - HOUR}), end),
        (json!({"endtimeepochtime": NINE + 90}), end),
        (json!({"endtimeepochtime": 253_402_300_800_i64}), end),
        (json!({"endtimeepochtime": NINE + 32 * DAY}), end),
        (json!({"durationMinutes": 0}), "/durationMinutes"),
        (json!({"durationMinutes": -60}), "/durationMinutes"),
        (json!({"durationMinutes": 0.5}), "/durationMinutes"),
        (json!({"durationMinutes": 50_000}), "/durationMinutes"),
        (json!({"endtimeepochtime": NINE + HOUR, "durationMinutes": 59}), "/durationMinutes"),
        (json!({"units": 0}), "/units"),
        (json!({"units": -1}), "/units"),
        (json!({"units": 1.5}), "/units"),
        (json!({"units": "1"}), "/units"),
        (json!({"title": 1}), "/title"),
        (json!({"notes": []}), "/notes"),
        (json!({"resourceID": 5}), "/resourceID"),
        (json!({"resourceID": ""}), "/resourceID"),
    ] {
        assert_eq!(put(&ada, &members).await.pointers(), [pointer], "{members}");
    }
    assert_eq!(ada.get("/users/{me}/bookings?status=all").await.json(200), json!([]));
}

#[tokio::test]
async fn a_booking_touches_at_most_31_days() {
    let (_app, ada) = scene().await;
    let midnight = NINE - 9 * HOUR;
    let days = |count: i64, from: i64| json!({"starttimeepochtime": from, "endtimeepochtime": from + count * DAY});
    put(&ada, &days(31, midnight)).await.expect(201);
    assert_eq!(put(&ada, &days(31, midnight + MINUTE)).await.pointers(), ["/endtimeepochtime"]);
    put(&ada, &days(30, midnight + MINUTE)).await.expect(201);
}

#[tokio::test]
async fn the_last_minutes_of_four_digit_years_are_bounded() {
    let (_app, ada) = scene().await;
    let end_of_time = domain::time::END_OF_TIME.epoch_seconds();
    let last = json!({"starttimeepochtime": end_of_time - HOUR});
    put(&ada, &last).await.expect(201);
    for start in [end_of_time - 30 * MINUTE, end_of_time] {
        assert_eq!(
            put(&ada, &json!({"starttimeepochtime": start})).await.pointers(),
            ["/starttimeepochtime"],
            "{start}"
        );
    }
}
