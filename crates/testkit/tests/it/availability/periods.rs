//! `period` and `date`: days, weeks and months of the wall clock.

use serde_json::json;
use testkit::{Caller, HOUR, NINE, TestApp};

use super::{furnish, ids, place, search, stretches};

#[tokio::test]
async fn a_month_is_the_places_own() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "kathmandu", "Asia/Kathmandu").await;
    place(&admin, "chatham", "Pacific/Chatham").await;
    place(&admin, "utc", "UTC").await;
    for (location, resource) in [("kathmandu", "a"), ("chatham", "b"), ("utc", "c")] {
        furnish(&admin, location, resource, json!({})).await;
    }
    let found = search(&ada, "period=month&date=2030-04-17").await;
    let windows: Vec<_> =
        found["resources"].as_array().unwrap().iter().map(|found| stretches(&found["free"])).collect();
    let wanted = [
        vec![("2030-03-31T18:15:00Z", "2030-04-30T18:15:00Z")],
        // The clocks of Chatham go back by an hour on 7 April.
        vec![("2030-03-31T10:15:00Z", "2030-04-30T11:15:00Z")],
        vec![("2030-04-01T00:00:00Z", "2030-05-01T00:00:00Z")],
    ];
    assert_eq!(windows, wanted);
    assert_eq!(found["resources"][1]["from"], "2030-03-31T10:15:00Z");
    assert_eq!(found["resources"][1]["timeZone"], "Pacific/Chatham");
    let one = ada.get("/locations/chatham/resources/b/availability?period=month&date=2030-04-01").await.json(200);
    assert_eq!(one["free"], found["resources"][1]["free"]);
    // It is another day already where the clocks are ahead.
    let today = search(&ada, "period=day").await;
    let starts: Vec<_> = today["resources"].as_array().unwrap().iter().map(|found| &found["from"]).collect();
    assert_eq!(starts, ["2029-12-31T18:15:00Z", "2030-01-01T10:15:00Z", "2030-01-01T00:00:00Z"]);
}

#[tokio::test]
async fn a_week_begins_on_monday_and_a_day_is_as_long_as_it_is() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "l", "Europe/Berlin").await;
    furnish(&admin, "l", "r", json!({})).await;
    for (query, start, minutes) in [
        ("period=week&date=2030-03-31", "2030-03-24T23:00:00Z", 7 * 1_440 - 60),
        ("period=week&date=2030-04-01", "2030-03-31T22:00:00Z", 7 * 1_440),
        ("period=day&date=2030-03-31", "2030-03-30T23:00:00Z", 1_380),
        ("period=day&date=2030-10-27", "2030-10-26T22:00:00Z", 1_500),
        ("period=month&date=2032-02-29", "2032-01-31T23:00:00Z", 29 * 1_440),
    ] {
        let answer = ada.get(&format!("/locations/l/resources/r/availability?{query}")).await.json(200);
        assert_eq!(
            (&answer["free"][0]["start"], &answer["free"][0]["minutes"]),
            (&json!(start), &json!(minutes)),
            "{query}"
        );
        assert_eq!(search(&ada, query).await["resources"][0]["free"], answer["free"]);
    }
    // The whole of a day of 25 hours, exactly.
    assert_eq!(ids(&search(&ada, "period=day&date=2030-10-27&minutes=1500").await), ["r"]);
    assert_eq!(ids(&search(&ada, "period=day&date=2030-10-28&minutes=1500").await), [""; 0]);
}

#[tokio::test]
async fn a_day_that_a_zone_skipped_has_nothing() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "l", "Pacific/Apia").await;
    furnish(&admin, "l", "r", json!({"bufferBeforeMinutes": 30, "slotGridMinutes": 30})).await;
    let skipped = "period=day&date=2011-12-30";
    assert_eq!(ids(&search(&ada, skipped).await), [""; 0]);
    let answer = ada.get(&format!("/locations/l/resources/r/availability?{skipped}&busy=true")).await.json(200);
    assert_eq!((&answer["from"], &answer["free"], &answer["days"]), (&answer["to"], &json!([]), &json!([])));
    assert_eq!(ids(&search(&ada, "period=day&date=9999-12-31").await), [""; 0]);
}

#[tokio::test]
async fn the_first_slot_of_a_period_lies_in_it() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("a", "r", NINE - 9 * HOUR, 23 * 60).await.expect(201);
    let day = "period=day&date=2030-06-03&first=true";
    assert_eq!(
        stretches(&search(&ada, day).await["resources"][0]["free"]),
        [("2030-06-03T23:00:00Z", "2030-06-04T00:00:00Z")]
    );
    assert_eq!(ids(&search(&ada, &format!("{day}&minutes=61")).await), [""; 0]);
}
