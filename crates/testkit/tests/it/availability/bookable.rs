//! What is found can be booked, and nothing that can be booked is missing.

use serde_json::{Value, json};
use testkit::{Admin, Caller, HOUR, MINUTE, TestApp, User, booking_of};

use super::{furnish, ids, place, search};

/// On 31 March 2030 the clocks of Berlin go from 02:00 to 03:00, at 01:00 UTC.
const CHANGE: i64 = 1_901_149_200;

/// Rooms with rules of every kind, and neighbours in them.
async fn house(admin: &Admin) {
    place(admin, "l", "Europe/Berlin").await;
    let sunday = json!([{"opens": "00:30", "closes": "02:30"}, {"opens": "03:45", "closes": "06:00"}]);
    let rules = [
        json!({}),
        json!({"slotGridMinutes": 30, "openingHours": {"sunday": sunday}}),
        json!({"slotGridMinutes": 60, "bufferAfterMinutes": 20, "capacity": 2}),
        json!({"minMinutes": 60, "maxMinutes": 90, "openingHours": {"sunday": sunday, "saturday": sunday}}),
        json!({"minNoticeMinutes": 527_040}),
        json!({"maxHorizonDays": 30}),
        json!({"bufferBeforeMinutes": 45, "exceptions": [{"startDate": "2030-03-31", "hours": sunday}]}),
    ];
    for (number, rules) in rules.into_iter().enumerate() {
        furnish(admin, "l", &format!("r{number}"), rules).await;
        for (booking, (start, minutes)) in [(-150, 45), (20, 60), (260, 30)].into_iter().enumerate() {
            let start = CHANGE + start * MINUTE;
            admin.book(&format!("{number}-{booking}"), &format!("r{number}"), start, minutes).await.expect(201);
        }
    }
}

/// Whether a booking would be accepted.
async fn accepted(user: &User, resource: &str, start: i64, minutes: i64) -> bool {
    let tried = user.put("/users/{me}/bookings?dryRun=true", &booking_of(resource, start, minutes)).await;
    assert!([201, 409].contains(&tried.status), "{}", tried.text());
    tried.status == 201
}

#[tokio::test]
async fn a_time_is_found_exactly_where_a_booking_is_accepted() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    house(&admin).await;
    let mut found_at_all = 0;
    for start in (-8..12).map(|half_hour| CHANGE + half_hour * 30 * MINUTE) {
        for minutes in [30, 60, 90] {
            let query = format!("from={start}&to={}&minutes={minutes}", start + minutes * MINUTE);
            let page = search(&ada, &query).await;
            for number in 0..7 {
                let resource = format!("r{number}");
                let found = ids(&page).contains(&resource.as_str());
                assert_eq!(found, accepted(&ada, &resource, start, minutes).await, "{resource} {start} {minutes}");
                found_at_all += usize::from(found);
            }
        }
    }
    assert!((50..370).contains(&found_at_all), "{found_at_all}");
}

#[tokio::test]
async fn the_first_slot_is_the_first_that_a_booking_may_take() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    house(&admin).await;
    for minutes in [30, 60] {
        let from = CHANGE - 4 * HOUR;
        let page = search(&ada, &format!("first=true&from={from}&to={}&minutes={minutes}", CHANGE + 8 * HOUR)).await;
        for number in 0..7 {
            let resource = format!("r{number}");
            let slot =
                page["resources"].as_array().unwrap().iter().find(|found| found["resourceID"] == resource.as_str());
            let slot = slot.map(|found| found["free"][0]["starttimeepochtime"].as_i64().unwrap());
            // All edges lie on quarters of an hour, but those behind buffers of twenty minutes, which are on a grid of an hour.
            let mut first = None;
            for start in (0..48).map(|quarter| from + quarter * 15 * MINUTE) {
                if accepted(&ada, &resource, start, minutes).await {
                    first = Some(start);
                    break;
                }
            }
            assert_eq!(slot, first, "{resource} {minutes}");
        }
    }
}

#[tokio::test]
async fn a_search_shows_of_each_resource_what_its_own_route_shows() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    house(&admin).await;
    for query in ["period=week&date=2030-03-31", "period=day&date=2030-03-31&minutes=60", "first=true&minutes=60", ""] {
        for caller in [&ada, &*admin] {
            let page = search(caller, query).await;
            let mut shown = 0;
            for number in 0..7 {
                let path = format!("/locations/l/resources/r{number}/availability?{query}");
                let own = caller.get(&path).await.json(200);
                let id = format!("r{number}");
                let found =
                    page["resources"].as_array().unwrap().iter().find(|found| found["resourceID"] == id.as_str());
                assert_eq!(found.map_or(&json!([]), |found| &found["free"]), &own["free"], "{path}");
                for name in ["from", "to", "timeZone", "capacity", "units"] {
                    assert_eq!(found.map_or(&own[name], |found| &found[name]), &own[name], "{path}");
                }
                shown += usize::from(found.is_some_and(|found| found["free"] != Value::Array(Vec::new())));
            }
            assert_eq!(shown, ids(&page).len(), "none without free time");
        }
    }
}
