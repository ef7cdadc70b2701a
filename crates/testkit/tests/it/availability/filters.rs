//! Which resources are found.

use serde_json::json;
use testkit::{Caller, HOUR, NINE, TestApp};

use super::{furnish, ids, place, search};

#[tokio::test]
async fn resources_are_found_by_kind_place_and_features() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "berlin", "Europe/Berlin").await;
    place(&admin, "lima", "America/Lima").await;
    furnish(&admin, "berlin", "a", json!({"type": "room", "features": ["projector", "step free"]})).await;
    furnish(&admin, "berlin", "b", json!({"type": "hall", "features": ["projector"]})).await;
    furnish(&admin, "lima", "c", json!({"type": "room", "features": []})).await;
    furnish(&admin, "lima", "d", json!({"features": ["step free", "projector", "sink"]})).await;
    for (query, wanted) in [
        ("", &["a", "b", "c", "d"][..]),
        ("type=room", &["a", "c"]),
        ("type=arena", &[]),
        ("location=lima", &["c", "d"]),
        ("location=berlin&type=hall", &["b"]),
        ("features=projector", &["a", "b", "d"]),
        ("features=step%20free,projector", &["a", "d"]),
        ("features=Projector", &[]),
        ("type=room&location=berlin&features=projector", &["a"]),
    ] {
        assert_eq!(ids(&search(&ada, query).await), wanted, "{query}");
    }
}

#[tokio::test]
async fn only_resources_with_enough_free_are_found() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "one", 1).await;
    admin.resource("l", "two", 2).await;
    admin.resource("l", "none", 0).await;
    ada.book("a", "one", NINE, 60).await.expect(201);
    ada.book("b", "two", NINE, 60).await.expect(201);
    let exactly = |from: i64, minutes: i64| format!("from={from}&to={}&minutes={minutes}", from + minutes * 60);
    assert_eq!(ids(&search(&ada, &exactly(NINE, 60)).await), ["two"]);
    assert_eq!(ids(&search(&ada, &exactly(NINE + HOUR, 60)).await), ["one", "two"]);
    assert_eq!(ids(&search(&ada, &exactly(NINE - HOUR, 61)).await), ["two"]);
    assert_eq!(ids(&search(&ada, &format!("{}&units=2", exactly(NINE + HOUR, 60))).await), ["two"]);
    assert_eq!(ids(&search(&ada, &format!("{}&units=2", exactly(NINE, 60))).await), [""; 0]);
    let day = format!("from={NINE}&to={}&minutes=60", NINE + 3 * HOUR);
    let found = search(&ada, &day).await;
    assert_eq!(ids(&found), ["one", "two"]);
    assert_eq!(found.get("nextCursor"), None);
    let wanted = json!({"resourceID": "one", "locationID": "l", "name": "one", "type": "room", "timeZone": "UTC",
        "from": "2030-06-03T09:00:00Z", "to": "2030-06-03T12:00:00Z", "units": 1, "capacity": 1, "free": [
            {"start": "2030-06-03T10:00:00Z", "end": "2030-06-03T12:00:00Z", "starttimeepochtime": NINE + HOUR,
             "endtimeepochtime": NINE + 3 * HOUR, "minutes": 120, "units": 1}]});
    assert_eq!(found["resources"][0], wanted);
}

#[tokio::test]
async fn features_are_kept_as_they_were_sent_and_checked() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    place(&admin, "l", "UTC").await;
    for features in [json!(["b", "a", "Ä"]), json!([])] {
        furnish(&admin, "l", "r", json!({"features": features})).await;
        assert_eq!(admin.get("/locations/l/resources/r").await.json(200)["features"], features);
    }
    for (features, pointers) in [
        (json!("a"), &["/features"][..]),
        (json!({"a": true}), &["/features"]),
        (json!(["a", 7, "a", "", "x,y"]), &["/features/1", "/features/2", "/features/3", "/features/4"]),
        (json!(vec!["a"; 51]), &["/features"]),
        (json!(["é".repeat(33)]), &["/features/0"]),
    ] {
        let body = json!({"name": "R", "features": features});
        assert_eq!(admin.put("/locations/l/resources/r", &body).await.pointers(), pointers, "{features}");
    }
}

#[tokio::test]
async fn each_stretch_has_the_units_that_are_free_in_it() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "l", "UTC").await;
    let hours = json!([{"opens": "09:00", "closes": "18:00"}]);
    let rules = json!({"capacity": 10, "bufferAfterMinutes": 30, "slotGridMinutes": 60,
        "openingHours": {"monday": hours, "tuesday": hours, "wednesday": hours}});
    furnish(&admin, "l", "desks", rules).await;
    // On Monday the last hour, with a buffer after it; in the night to Wednesday something of the administrator's.
    let book = |start: i64, units: i64| json!({"resourceID": "desks", "starttimeepochtime": start, "units": units});
    ada.put("/users/{me}/bookings", &book(NINE + 8 * HOUR, 7)).await.expect(201);
    admin.put("/users/{me}/bookings", &book(NINE + 40 * HOUR, 9)).await.expect(201);
    let units = |found: &serde_json::Value| -> Vec<i64> {
        found["free"].as_array().unwrap().iter().map(|free| free["units"].as_i64().unwrap()).collect()
    };
    let query = "period=week&date=2030-06-03";
    let own = ada.get(&format!("/locations/l/resources/desks/availability?{query}")).await.json(200);
    assert_eq!(units(&own), [3, 10, 10]);
    assert_eq!(units(&search(&ada, query).await["resources"][0]), [3, 10, 10]);
}
