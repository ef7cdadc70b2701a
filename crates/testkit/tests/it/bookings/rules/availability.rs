//! GET availability under rules: what users are shown is what they can book.

use serde_json::json;
use testkit::{Caller, HOUR, MINUTE, NINE, TestApp, User, booking_of};

use super::{office, open};

const PATH: &str = "/locations/l/resources/r/availability";

/// The free stretches, in minutes since nine.
async fn free(user: &User, query: &str) -> Vec<(i64, i64)> {
    let answer = user.get(&format!("{PATH}?{query}")).await.json(200);
    let minutes = |seconds: &serde_json::Value| (seconds.as_i64().unwrap() - NINE) / MINUTE;
    let stretches = answer["free"].as_array().unwrap().iter();
    stretches.map(|item| (minutes(&item["starttimeepochtime"]), minutes(&item["endtimeepochtime"]))).collect()
}

#[tokio::test]
async fn users_see_what_the_rules_allow_and_administrators_what_is_free() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"openingHours": office(), "slotGridMinutes": 30, "minMinutes": 60, "bufferAfterMinutes": 10}))
        .await;
    admin.book("a", "r", NINE - 2 * HOUR, 60).await.expect(201);
    let window = format!("from={}&to={}", NINE - 3 * HOUR, NINE + 9 * HOUR);
    // Taken from 09:00 to 10:00 in Berlin, and ten minutes; then the grid.
    assert_eq!(free(&ada, &window).await, [(-30, 60), (120, 420)]);
    assert_eq!(free(&ada, &format!("{window}&minutes=91")).await, [(120, 420)]);
    assert_eq!(free(&admin, &window).await, [(-180, -130), (-50, 540)]);
    let holiday =
        json!({"name": "L", "timeZone": "Europe/Berlin", "exceptions": [{"startDate": "2030-06-03", "closed": true}]});
    admin.put("/locations/l", &holiday).await.expect(201);
    assert_eq!(free(&ada, &window).await, []);
}

#[tokio::test]
async fn what_is_shown_can_be_booked_and_nothing_else_also_when_clocks_change() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    // On 31 March 2030 the clocks of Berlin go from 02:00 to 03:00, at 01:00 UTC.
    let change = 1_901_149_200;
    let sunday = json!([{"opens": "00:30", "closes": "02:30"}, {"opens": "03:45", "closes": "06:00"}]);
    open(&admin, &json!({"openingHours": {"sunday": sunday}, "slotGridMinutes": 30})).await;
    ada.book("a", "r", change + HOUR, 30).await.expect(201);
    let window = format!("{PATH}?from={}&to={}", change - 3 * HOUR, change + 5 * HOUR);
    let answer = ada.get(&window).await.json(200);
    let within = |start: i64, end: i64| {
        answer["free"].as_array().unwrap().iter().any(|item| {
            item["starttimeepochtime"].as_i64().unwrap() <= start && end <= item["endtimeepochtime"].as_i64().unwrap()
        })
    };
    let mut accepted = 0;
    for start in (-6..10).map(|half_hour| change + half_hour * 30 * MINUTE) {
        let tried = ada.put("/users/{me}/bookings?dryRun=true", &booking_of("r", start, 30)).await;
        assert_eq!(tried.status == 201, within(start, start + 30 * MINUTE), "{start}: {}", tried.text());
        accepted += usize::from(tried.status == 201);
    }
    assert!((4..12).contains(&accepted), "{accepted} {answer}");
}

#[tokio::test]
async fn notice_and_horizon_cut_what_is_shown() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"minNoticeMinutes": 90, "maxHorizonDays": 1})).await;
    let answer = ada.get(PATH).await.json(200);
    assert_eq!(answer["free"].as_array().unwrap().len(), 1);
    let now = app.now_seconds();
    assert_eq!(answer["free"][0]["starttimeepochtime"], now + 90 * MINUTE);
    assert_eq!(answer["free"][0]["endtimeepochtime"], now + 35 * HOUR);
}
