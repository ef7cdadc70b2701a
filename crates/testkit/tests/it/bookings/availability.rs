//! GET /locations/{l}/resources/{r}/availability.

use serde_json::{Value, json};
use testkit::{Caller, HOUR, MINUTE, NINE, TestApp, User, booking_of};

const PATH: &str = "/locations/l/resources/r/availability";

/// The free stretches: from hour, to hour (since nine), units.
async fn free(user: &User, query: &str) -> Vec<(i64, i64, i64)> {
    let answer = user.get(&format!("{PATH}?{query}")).await.json(200);
    let number = |value: &Value, name: &str| value[name].as_i64().unwrap();
    let stretch = |item: &Value| {
        let (start, end) = (number(item, "starttimeepochtime"), number(item, "endtimeepochtime"));
        assert_eq!(number(item, "minutes") * MINUTE, end - start);
        ((start - NINE) / HOUR, (end - NINE) / HOUR, number(item, "units"))
    };
    answer["free"].as_array().unwrap().iter().map(stretch).collect()
}

#[tokio::test]
async fn free_stretches_are_what_bookings_leave() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    let window = format!("from={}&to={}", NINE - 2 * HOUR, NINE + 20 * HOUR);
    assert_eq!(free(&ada, &window).await, [(-2, 20, 1)]);
    ada.book("a", "r", NINE, 60).await.expect(201);
    ada.book("b", "r", NINE + 3 * HOUR, 120).await.expect(201);
    ada.book("over-midnight", "r", NINE + 14 * HOUR, 120).await.expect(201);
    assert_eq!(free(&ada, &window).await, [(-2, 0, 1), (1, 3, 1), (5, 14, 1), (16, 20, 1)]);
    assert_eq!(free(&ada, &format!("{window}&minutes=180")).await, [(5, 14, 1), (16, 20, 1)]);
    ada.cancel("a").await.empty(200);
    assert_eq!(free(&ada, &window).await, [(-2, 3, 1), (5, 14, 1), (16, 20, 1)]);
}

#[tokio::test]
async fn units_must_be_free_all_the_time() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 3).await;
    let mut body = booking_of("r", NINE, 60);
    body["units"] = json!(2);
    ada.put("/users/{me}/bookings/a", &body).await.expect(201);
    ada.book("b", "r", NINE + HOUR, 60).await.expect(201);
    let window = format!("from={}&to={}", NINE, NINE + 4 * HOUR);
    assert_eq!(free(&ada, &window).await, [(0, 4, 1)]);
    assert_eq!(free(&ada, &format!("{window}&units=2")).await, [(1, 4, 2)]);
    assert_eq!(free(&ada, &format!("{window}&units=3")).await, [(2, 4, 3)]);
    assert_eq!(free(&ada, &format!("{window}&units=4")).await, []);
}

#[tokio::test]
async fn the_window_is_the_coming_week_unless_said_otherwise() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    let answer = ada.get(PATH).await.json(200);
    assert_eq!((&answer["from"], &answer["to"]), (&json!("2030-01-01T12:00:00Z"), &json!("2030-01-08T12:00:00Z")));
    let answer = ada.get(&format!("{PATH}?from=2030-06-03T11:00:00%2B02:00&to=2030-06-03T10:00:00Z")).await.json(200);
    let wanted = json!([{"start": "2030-06-03T09:00:00Z", "end": "2030-06-03T10:00:00Z", "starttimeepochtime": NINE,
        "endtimeepochtime": NINE + HOUR, "minutes": 60, "units": 1}]);
    assert_eq!(answer["free"], wanted);
    assert_eq!((&answer["resourceID"], &answer["units"], &answer["capacity"]), (&json!("r"), &json!(1), &json!(1)));
}

#[tokio::test]
async fn wrong_questions_are_refused_by_parameter() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    for (query, parameter) in [
        ("from=noon", "?from"),
        ("from=1906707601", "?from"),
        ("from=-60", "?from"),
        ("from=253402300800", "?from"),
        ("to=2030-06-03", "?to"),
        ("from=1906707600&to=1906707600", "?to"),
        ("from=1906707600&to=1906704000", "?to"),
        ("from=1906707600&to=1916707200", "?to"),
        ("minutes=0", "?minutes"),
        ("minutes=-1", "?minutes"),
        ("minutes=x", "?minutes"),
        ("units=0", "?units"),
        ("units=-1", "?units"),
        ("units=1.5", "?units"),
        ("units=99999999999999999999", "?units"),
    ] {
        assert_eq!(ada.get(&format!("{PATH}?{query}")).await.pointers(), [parameter], "{query}");
    }
}

#[tokio::test]
async fn what_is_shown_as_free_can_be_booked_and_nothing_else() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 2).await;
    for (number, (hour, minutes)) in [(0, 90), (1, 200), (2, 30), (6, 60), (8, 30)].into_iter().enumerate() {
        ada.book(&format!("b{number}"), "r", NINE + hour * HOUR, minutes).await.expect(201);
    }
    let window = format!("{PATH}?from={NINE}&to={}&minutes=30", NINE + 10 * HOUR);
    let answer = ada.get(&window).await.json(200);
    let within = |start: i64, end: i64| {
        answer["free"].as_array().unwrap().iter().any(|item| {
            item["starttimeepochtime"].as_i64().unwrap() <= start && end <= item["endtimeepochtime"].as_i64().unwrap()
        })
    };
    for half_hour in 0..20 {
        let start = NINE + half_hour * 30 * MINUTE;
        let answer = ada.put("/users/{me}/bookings", &booking_of("r", start, 30)).await;
        assert_eq!(answer.status == 201, within(start, start + 30 * MINUTE), "{half_hour}: {}", answer.text());
        if answer.status == 201 {
            ada.cancel(answer.json(201)["bookingID"].as_str().unwrap()).await.empty(200);
        }
    }
}
