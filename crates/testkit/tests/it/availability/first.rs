//! `first=true`: the first slot that can be booked.

use serde_json::{Value, json};
use testkit::{Caller, NINE, TestApp, booking_of};

use super::{furnish, ids, place, search, stretches};

const PATH: &str = "/locations/l/resources/r/availability?first=true";

/// The first slot of the room `r`: beginning and end, as they are written.
async fn first(caller: &impl Caller, query: &str) -> Option<(String, String)> {
    let answer = caller.get(&format!("{PATH}&{query}")).await.json(200);
    let found = stretches(&answer["free"]);
    assert!(found.len() <= 1, "{answer}");
    found.first().map(|(start, end)| ((*start).to_owned(), (*end).to_owned()))
}

fn slot(start: &str, end: &str) -> Option<(String, String)> {
    Some((start.to_owned(), end.to_owned()))
}

#[tokio::test]
async fn the_first_slot_follows_both_changes_of_the_clocks() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "l", "Europe/Berlin").await;
    let sunday = |opens: &str, closes: &str| json!({"sunday": [{"opens": opens, "closes": closes}]});
    // From two to three there is nothing on 31 March 2030; a week later it is an hour again.
    furnish(&admin, "l", "r", json!({"openingHours": sunday("02:00", "03:00")})).await;
    let march = "from=2030-03-30T00:00:00Z&minutes=60";
    assert_eq!(first(&ada, march).await, slot("2030-04-07T00:00:00Z", "2030-04-07T01:00:00Z"));
    // On 27 October it is two hours, of which the first begins at two.
    let october = "from=2030-10-26T00:00:00Z&minutes";
    assert_eq!(first(&ada, &format!("{october}=120")).await, slot("2030-10-27T00:00:00Z", "2030-10-27T02:00:00Z"));
    // Only one day of the year has two hours from two to three.
    let year = "from=2030-01-02T00:00:00Z&minutes=120";
    assert_eq!(first(&ada, year).await, slot("2030-10-27T00:00:00Z", "2030-10-27T02:00:00Z"));
    furnish(&admin, "l", "r", json!({"openingHours": sunday("01:30", "05:00"), "slotGridMinutes": 60})).await;
    // A slot of two hours: from two to four, which is from three to five where two to three is skipped.
    assert_eq!(
        first(&ada, "from=2030-03-24T00:00:00Z&minutes=120").await,
        slot("2030-03-24T01:00:00Z", "2030-03-24T03:00:00Z")
    );
    assert_eq!(
        first(&ada, "from=2030-03-31T00:00:00Z&minutes=120").await,
        slot("2030-03-31T01:00:00Z", "2030-03-31T03:00:00Z")
    );
}

#[tokio::test]
async fn slots_are_looked_for_up_to_the_horizon_or_a_year_ahead() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "l", "UTC").await;
    furnish(&admin, "l", "r", json!({"slotMinutes": 45})).await;
    let now = app.now_seconds();
    for days in 0..3 {
        let start = now + days * 30 * 86_400;
        admin.put("/users/{me}/bookings", &booking_of("r", start, 30 * 1_440)).await.expect(201);
    }
    // Without a length it is the one that a booking without a length has.
    assert_eq!(first(&ada, "").await, slot("2030-04-01T12:00:00Z", "2030-04-01T12:45:00Z"));
    assert_eq!(first(&ada, "to=2030-04-01T12:30:00Z").await, None);
    assert_eq!(first(&ada, "minutes=43200").await, slot("2030-04-01T12:00:00Z", "2030-05-01T12:00:00Z"));
    furnish(&admin, "l", "r", json!({"maxHorizonDays": 60})).await;
    assert_eq!(first(&ada, "").await, None);
    assert_eq!(first(&admin, "").await, slot("2030-04-01T12:00:00Z", "2030-04-01T13:00:00Z"));
}

#[tokio::test]
async fn a_slot_is_exactly_what_a_booking_may_take() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "l", "Asia/Kathmandu").await;
    let rules = json!({"slotGridMinutes": 30, "minMinutes": 60, "maxMinutes": 120, "minNoticeMinutes": 100,
        "bufferBeforeMinutes": 20, "capacity": 3});
    furnish(&admin, "l", "r", rules).await;
    // At 17:45 in Kathmandu; a hundred minutes later it is 19:25, and then comes the grid.
    assert_eq!(first(&ada, "").await, slot("2030-01-01T13:45:00Z", "2030-01-01T14:45:00Z"));
    for minutes in [30, 70, 150, 1_440] {
        assert_eq!(first(&ada, &format!("minutes={minutes}")).await, None, "{minutes}");
    }
    let mut taken = booking_of("r", app.now_seconds() + 105 * 60, 60);
    taken["units"] = json!(2);
    ada.put("/users/{me}/bookings", &taken).await.expect(201);
    let answer = ada.get(&format!("{PATH}&minutes=90&units=1")).await.json(200);
    assert_eq!(answer["free"][0]["units"], 1, "{answer}");
    // Two units are free again at 14:45; a buffer of twenty minutes, and the grid.
    assert_eq!(first(&ada, "minutes=90&units=2").await, slot("2030-01-01T15:15:00Z", "2030-01-01T16:45:00Z"));
    assert_eq!(first(&ada, "units=4").await, None);
}

#[tokio::test]
async fn the_earliest_slot_of_a_search_comes_first() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    for (resource, hours) in [("a", 3), ("b", 1), ("c", 2), ("d", 0), ("e", 0)] {
        admin.resource("l", resource, 1).await;
        if hours > 0 {
            admin.put("/users/{me}/bookings", &booking_of(resource, NINE, hours * 60)).await.expect(201);
        }
    }
    furnish(&admin, "l", "closed", json!({"capacity": 0})).await;
    let found = search(&ada, &format!("first=true&from={NINE}&minutes=30")).await;
    assert_eq!(ids(&found), ["d", "e", "b", "c", "a"]);
    let lengths = found["resources"].as_array().unwrap().iter().map(|found| &found["free"]);
    let lengths: Vec<&Value> = lengths.map(|free| &free[0]["minutes"]).collect();
    assert_eq!(lengths, [30; 5]);
    // Each page is sorted by itself.
    let page = search(&ada, &format!("first=true&from={NINE}&minutes=30&limit=3")).await;
    assert_eq!(ids(&page), ["b", "c", "a"]);
}
