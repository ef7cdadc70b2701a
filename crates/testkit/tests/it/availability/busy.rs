//! `busy=true`: what a calendar draws.

use serde_json::{Value, json};
use testkit::{Caller, HOUR, MINUTE, NINE, TestApp, booking_of};

use super::{furnish, place, stretches};

const PATH: &str = "/locations/l/resources/r/availability";

#[tokio::test]
async fn a_day_has_what_is_in_use_what_is_closed_and_why() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    let holiday = json!([{"startDate": "2030-06-04", "closed": true, "reason": "Holiday"}]);
    admin
        .put("/locations/l", &json!({"name": "L", "timeZone": "Europe/Berlin", "exceptions": holiday}))
        .await
        .expect(201);
    let monday = json!([{"opens": "09:00", "closes": "12:00"}, {"opens": "13:00", "closes": "18:00"}]);
    let rules = json!({"openingHours": {"monday": monday, "tuesday": monday}, "capacity": 3, "bufferAfterMinutes": 15,
        "slotMinutes": 30, "slotGridMinutes": 30});
    furnish(&admin, "l", "r", rules).await;
    // From 09:00 to 10:00 in Berlin one unit, from 09:30 to 11:00 two more.
    ada.book("a", "r", NINE - 2 * HOUR, 60).await.expect(201);
    let mut two = booking_of("r", NINE - 90 * MINUTE, 90);
    two["units"] = json!(2);
    ada.put("/users/{me}/bookings/b", &two).await.expect(201);
    let answer = ada.get(&format!("{PATH}?period=week&date=2030-06-03&busy=true")).await.json(200);
    let used = |stretch: &Value| (stretch["start"].clone(), stretch["end"].clone(), stretch["units"].clone());
    let busy: Vec<_> = answer["busy"].as_array().unwrap().iter().map(used).collect();
    let wanted = [
        (json!("2030-06-03T07:00:00Z"), json!("2030-06-03T07:30:00Z"), json!(1)),
        (json!("2030-06-03T07:30:00Z"), json!("2030-06-03T08:15:00Z"), json!(3)),
        (json!("2030-06-03T08:15:00Z"), json!("2030-06-03T09:15:00Z"), json!(2)),
    ];
    assert_eq!(busy, wanted);
    let closed = [
        ("2030-06-02T22:00:00Z", "2030-06-03T07:00:00Z"),
        ("2030-06-03T10:00:00Z", "2030-06-03T11:00:00Z"),
        ("2030-06-03T16:00:00Z", "2030-06-09T22:00:00Z"),
    ];
    assert_eq!(stretches(&answer["closed"]), closed);
    assert_eq!((&answer["slotMinutes"], &answer["slotGridMinutes"]), (&json!(30), &json!(30)));
    let days = answer["days"].as_array().unwrap();
    assert_eq!((days.len(), &days[0]["date"], &days[6]["date"]), (7, &json!("2030-06-03"), &json!("2030-06-09")));
    assert_eq!((&days[0]["start"], &days[0]["minutes"]), (&json!("2030-06-02T22:00:00Z"), &json!(1_440)));
    // Of eight hours 45 minutes have all units in use, and the 15 before them are less than a booking with its buffer.
    assert_eq!((&days[0]["openMinutes"], &days[0].get("reasons")), (&json!(480), &None));
    let free: i64 = answer["free"].as_array().unwrap().iter().map(|free| free["minutes"].as_i64().unwrap()).sum();
    assert_eq!(days[0]["freeMinutes"], free);
    assert_eq!((&days[1]["openMinutes"], &days[1]["reasons"]), (&json!(0), &json!(["Holiday"])));
}

#[tokio::test]
async fn administrators_see_closed_times_though_they_may_book_in_them() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    place(&admin, "l", "UTC").await;
    furnish(&admin, "l", "r", json!({"openingHours": {"monday": [{"opens": "09:00", "closes": "10:00"}]}})).await;
    let answer = admin.get(&format!("{PATH}?period=day&date=2030-06-03&busy=true")).await.json(200);
    assert_eq!(stretches(&answer["free"]), [("2030-06-03T00:00:00Z", "2030-06-04T00:00:00Z")]);
    let closed = [("2030-06-03T00:00:00Z", "2030-06-03T09:00:00Z"), ("2030-06-03T10:00:00Z", "2030-06-04T00:00:00Z")];
    assert_eq!(stretches(&answer["closed"]), closed);
}

#[tokio::test]
async fn what_is_drawn_fills_the_window_without_overlap_over_a_change_of_clocks() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "l", "Europe/Berlin").await;
    furnish(&admin, "l", "r", json!({})).await;
    let change = 1_901_149_200;
    ada.book("a", "r", change - HOUR, 180).await.expect(201);
    let query = format!("{PATH}?from={}&to={}&busy=true", change - 30 * HOUR, change + 40 * HOUR);
    let answer = ada.get(&query).await.json(200);
    let minutes = |list: &Value| -> i64 {
        list.as_array().unwrap().iter().map(|stretch| stretch["minutes"].as_i64().unwrap()).sum()
    };
    assert_eq!(minutes(&answer["free"]) + minutes(&answer["busy"]), 70 * 60);
    assert_eq!(minutes(&answer["days"]), 70 * 60);
    let lengths: Vec<_> =
        answer["days"].as_array().unwrap().iter().map(|day| day["minutes"].as_i64().unwrap()).collect();
    assert_eq!(lengths, [4 * 60, 24 * 60, 23 * 60, 19 * 60], "the first and the last day are cut off");
    assert_eq!(answer["closed"], json!([]));
    let plain = ada.get(&query.replace("&busy=true", "")).await.json(200);
    assert_eq!((plain.get("busy"), plain.get("days"), &plain["free"]), (None, None, &answer["free"]));
}
