//! Quotas: how often and how long one user may book a resource.

use jiff::Timestamp;
use serde_json::{Value, json};
use store::{Key, Table};
use testkit::{Admin, Caller, HOUR, NINE, TestApp, User, booking_of};

use super::{alternatives, open, set};

const DAY: i64 = 24 * HOUR;

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

async fn quota_item(app: &TestApp, user: &User, resource: &str) -> Option<Value> {
    app.item(&Key::text(Table::Quotas, &user.sub, resource)).await.map(|item| item["dates"].clone())
}

/// Puts a resource with this quota.
async fn resource(admin: &Admin, location: &str, resource: &str, quota: &Value) {
    let body = json!({"name": resource, "capacity": 20, "quota": quota});
    admin.put(&format!("/locations/{location}/resources/{resource}"), &body).await.expect(201);
}

#[tokio::test]
async fn each_limit_refuses_by_name_and_says_what_is_booked() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.location("l").await;
    // On Monday, 3 June: two bookings of 45 minutes, the first time of which a third is refused, and the first that is another period.
    for (limit, most, dates, second, refused, next) in [
        ("bookingsPerDay", 2, "on 2030-06-03", 2 * HOUR, 15 * HOUR - 60, 15 * HOUR),
        ("minutesPerDay", 134, "on 2030-06-03", 2 * HOUR, 15 * HOUR - 60, 15 * HOUR),
        ("bookingsPerWeek", 2, "from 2030-06-03 to 2030-06-09", DAY, 6 * DAY, 7 * DAY),
        ("minutesPerWeek", 134, "from 2030-06-03 to 2030-06-09", 6 * DAY, 6 * DAY, 7 * DAY),
        ("bookingsPerMonth", 2, "from 2030-06-01 to 2030-06-30", 7 * DAY, 27 * DAY, 28 * DAY),
        ("minutesPerMonth", 134, "from 2030-06-01 to 2030-06-30", 20 * DAY, 21 * DAY, 28 * DAY),
    ] {
        resource(&admin, "l", limit, &json!({limit: most})).await;
        let book = |start: i64| ada.put("/users/{me}/bookings", &booking_of(limit, NINE + start, 45));
        book(0).await.expect(201);
        book(second).await.expect(201);
        let problem = book(refused).await.problem(409, "quota");
        let (used, more) = if limit.starts_with('b') { (2, 1) } else { (90, 45) };
        let detail = format!("The quota {limit} is {most}: the user has {used} {dates}, and asked for {more} more.");
        assert_eq!(problem["detail"], detail);
        let pointer = if limit.starts_with('b') { "/starttimeepochtime" } else { "/durationMinutes" };
        assert_eq!(problem["errors"], json!([{"pointer": pointer, "detail": detail}]));
        bob.put("/users/{me}/bookings", &booking_of(limit, NINE + refused, 45)).await.expect(201);
        book(next).await.expect(201);
    }
}

#[tokio::test]
async fn alternatives_are_times_at_which_the_quota_has_room() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"quota": {"bookingsPerDay": 1, "bookingsPerWeek": 2}, "slotGridMinutes": 60})).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    let problem = ada.book("b", "r", NINE + HOUR, 60).await.problem(409, "quota");
    let found = alternatives(&problem);
    assert_eq!(found[0], at("2030-06-03T22:00:00Z"), "the first minute of Tuesday in Berlin");
    ada.book("b", "r", found[0], 60).await.expect(201);
    let problem = ada.book("c", "r", NINE, 60).await.problem(409, "quota");
    let found = alternatives(&problem);
    assert_eq!(found.len(), 5);
    for start in &found {
        assert!(*start < at("2030-06-02T22:00:00Z") || *start >= at("2030-06-09T22:00:00Z"), "{start}");
        ada.put("/users/{me}/bookings?dryRun=true", &booking_of("r", *start, 60)).await.expect(201);
    }
    // What capacity refuses is not offered where the quota would refuse it.
    admin.book("d", "r", NINE + 7 * DAY, 60).await.expect(201);
    let problem = ada.book("c", "r", NINE + 7 * DAY, 60).await.problem(409, "capacity");
    assert_eq!(alternatives(&problem)[0], NINE + 7 * DAY - HOUR);
    let problem = ada.book("a", "r", NINE + 7 * DAY, 60).await.problem(409, "capacity");
    assert_eq!(alternatives(&problem)[0], NINE + 7 * DAY - HOUR, "moving gives the old date back");
}

#[tokio::test]
async fn days_weeks_and_months_are_those_of_the_location() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    // The first booking, the last minute and the first minute behind of its period.
    for (zone, limit, first, last, behind) in [
        // Clocks go forward: 23 hours.
        ("Europe/Berlin", "bookingsPerDay", "2030-03-30T23:00:00Z", "2030-03-31T21:59:00Z", "2030-03-31T22:00:00Z"),
        // Clocks go back: 25 hours.
        ("Europe/Berlin", "bookingsPerDay", "2030-10-26T22:00:00Z", "2030-10-27T22:59:00Z", "2030-10-27T23:00:00Z"),
        ("Asia/Kathmandu", "bookingsPerDay", "2030-06-02T18:15:00Z", "2030-06-03T18:14:00Z", "2030-06-03T18:15:00Z"),
        ("Asia/Kathmandu", "bookingsPerMonth", "2030-05-31T18:15:00Z", "2030-06-30T18:14:00Z", "2030-06-30T18:15:00Z"),
        // Clocks go back by half an hour on the Sunday.
        (
            "Australia/Lord_Howe",
            "bookingsPerWeek",
            "2030-03-31T13:00:00Z",
            "2030-04-07T13:29:00Z",
            "2030-04-07T13:30:00Z",
        ),
    ] {
        let (name, first) = (format!("{}-{first}", zone.replace('/', "-")), at(first));
        admin.put(&format!("/locations/{name}"), &json!({"name": zone, "timeZone": zone})).await.expect(201);
        resource(&admin, &name, &name, &json!({limit: 1})).await;
        let book = |id: &str, start: i64| ada.book(&format!("{name}-{id}"), &name, start, 30);
        book("b", first - 60).await.expect(201);
        book("a", first).await.expect(201);
        book("c", at(last)).await.problem(409, "quota");
        book("c", at(behind)).await.expect(201);
        assert_eq!(quota_item(&app, &ada, &name).await.unwrap().as_object().unwrap().len(), 3, "{zone}");
    }
}

#[tokio::test]
async fn moving_counts_where_the_booking_goes_and_no_longer_where_it_was() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    let quota = json!({"bookingsPerDay": 1, "minutesPerDay": 120});
    open(&admin, &json!({"quota": quota})).await;
    resource(&admin, "l", "s", &quota).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    ada.book("a", "r", NINE + HOUR, 120).await.expect(200);
    assert_eq!(quota_item(&app, &ada, "r").await, Some(json!({"2030-06-03": {"bookings": 1, "minutes": 120}})));
    ada.book("a", "r", NINE + HOUR, 121).await.problem(409, "quota");
    ada.book("a", "r", NINE + DAY, 60).await.expect(200);
    assert_eq!(quota_item(&app, &ada, "r").await, Some(json!({"2030-06-04": {"bookings": 1, "minutes": 60}})));
    ada.book("b", "r", NINE, 60).await.expect(201);
    ada.book("a", "r", NINE + HOUR, 60).await.problem(409, "quota");
    ada.book("a", "s", NINE + HOUR, 60).await.expect(200);
    assert_eq!(quota_item(&app, &ada, "s").await, Some(json!({"2030-06-03": {"bookings": 1, "minutes": 60}})));
    assert_eq!(quota_item(&app, &ada, "r").await, Some(json!({"2030-06-03": {"bookings": 1, "minutes": 60}})));
}

#[tokio::test]
async fn cancelling_gives_back_exactly_once_what_was_counted_whatever_the_rule_is_then() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    let quota = |most: i64| json!({"quota": {"bookingsPerDay": most}, "capacity": 9});
    open(&admin, &quota(2)).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    ada.book("b", "r", NINE, 60).await.expect(201);
    ada.book("c", "r", NINE, 60).await.problem(409, "quota");
    ada.cancel("a").await.empty(200);
    ada.cancel("a").await.empty(200);
    ada.book("c", "r", NINE, 60).await.expect(201);
    ada.book("d", "r", NINE, 60).await.problem(409, "quota");
    // Bookings that stay are not checked again, and what they counted goes with them also where the rule is gone.
    set(&admin, &quota(1)).await;
    ada.book("b", "r", NINE, 60).await.expect(200);
    set(&admin, &json!({"capacity": 9})).await;
    ada.book("e", "r", NINE, 60).await.expect(201);
    assert_eq!(quota_item(&app, &ada, "r").await.unwrap()["2030-06-03"]["bookings"], 2);
    ada.cancel("b").await.empty(200);
    admin.delete(&ada.path("/bookings/c")).await.empty(200);
    assert_eq!(quota_item(&app, &ada, "r").await, None);
    // What was booked without a quota does not count when one comes.
    set(&admin, &quota(1)).await;
    ada.book("f", "r", NINE, 60).await.expect(201);
    ada.cancel("e").await.empty(200);
    assert_eq!(quota_item(&app, &ada, "r").await.unwrap()["2030-06-03"]["bookings"], 1);
    admin.delete("/locations/l/resources/r?cascade=true").await.empty(200);
    assert_eq!(quota_item(&app, &ada, "r").await, None);
}

#[tokio::test]
async fn bookings_that_administrators_make_count_but_are_not_refused() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"quota": {"bookingsPerDay": 1}, "capacity": 9})).await;
    for id in ["a", "b"] {
        admin.put(&ada.path(&format!("/bookings/{id}")), &booking_of("r", NINE, 60)).await.expect(201);
    }
    assert_eq!(quota_item(&app, &ada, "r").await.unwrap()["2030-06-03"]["bookings"], 2);
    let refused = ada.book("c", "r", NINE, 60).await.problem(409, "quota");
    assert!(refused["detail"].as_str().unwrap().contains("the user has 2 on 2030-06-03"), "{refused}");
    ada.cancel("a").await.empty(200);
    ada.book("c", "r", NINE, 60).await.problem(409, "quota");
    ada.cancel("b").await.empty(200);
    ada.book("c", "r", NINE, 60).await.expect(201);
    admin.book("d", "r", NINE, 60).await.expect(201);
    assert_eq!(quota_item(&app, &admin, "r").await.unwrap()["2030-06-03"]["bookings"], 1, "their own are theirs");
}

#[tokio::test]
async fn several_resources_in_one_booking_count_in_the_quota_of_each_or_not_at_all() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"quota": {"bookingsPerDay": 3}, "capacity": 9})).await;
    resource(&admin, "l", "s", &json!({"bookingsPerDay": 1})).await;
    let both = |id: &str| {
        let mut body = booking_of("r", NINE, 60);
        body["additionalResources"] = json!([{"resourceID": "s", "units": 5}]);
        ada.put(&ada.path(&format!("/bookings/{id}")), &body)
    };
    both("a").await.expect(201);
    let count = json!({"2030-06-03": {"bookings": 1, "minutes": 60}});
    assert_eq!(quota_item(&app, &ada, "r").await, Some(count.clone()));
    assert_eq!(quota_item(&app, &ada, "s").await, Some(count.clone()), "units do not count");
    let problem = both("b").await.problem(409, "quota");
    assert_eq!(problem["errors"][0]["pointer"], "/additionalResources/0/resourceID");
    assert_eq!(quota_item(&app, &ada, "r").await, Some(count.clone()));
    // The move away from one of them gives that back alone.
    ada.book("a", "r", NINE, 60).await.expect(200);
    assert_eq!((quota_item(&app, &ada, "r").await, quota_item(&app, &ada, "s").await), (Some(count), None));
    both("b").await.expect(201);
    ada.cancel("b").await.empty(200);
    ada.cancel("a").await.empty(200);
    assert_eq!((quota_item(&app, &ada, "r").await, quota_item(&app, &ada, "s").await), (None, None));
}

#[tokio::test]
async fn a_rehearsal_is_refused_like_the_booking_and_counts_nothing() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"quota": {"minutesPerDay": 60}})).await;
    let rehearse = |minutes| ada.put("/users/{me}/bookings?dryRun=true", &booking_of("r", NINE, minutes));
    rehearse(60).await.expect(201);
    assert_eq!(quota_item(&app, &ada, "r").await, None);
    let problem = rehearse(90).await.problem(409, "quota");
    assert_eq!(alternatives(&problem)[0], NINE, "shorter, at the same time");
    ada.book("a", "r", NINE, 30).await.expect(201);
    rehearse(60).await.problem(409, "quota");
    assert_eq!(quota_item(&app, &ada, "r").await.unwrap()["2030-06-03"]["minutes"], 30);
}

#[tokio::test]
async fn another_resource_is_named_only_where_its_quota_has_room() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    open(&admin, &json!({})).await;
    for name in ["s", "t"] {
        resource(&admin, "l", name, &json!({"bookingsPerDay": 1})).await;
    }
    ada.book("a", "s", NINE + 5 * HOUR, 60).await.expect(201);
    bob.book("b", "r", NINE, 60).await.expect(201);
    let problem = ada.book("c", "r", NINE, 60).await.problem(409, "capacity");
    let named: Vec<&Value> = problem["alternativeResources"].as_array().unwrap().iter().collect();
    assert_eq!((named.len(), &named[0]["resourceID"]), (1, &json!("t")));
    // Moving to the other resource gives back what the booking counts there.
    let problem = ada.book("a", "r", NINE, 60).await.problem(409, "capacity");
    let named = problem["alternativeResources"].as_array().unwrap();
    assert_eq!(named.len(), 2, "{named:?}");
}
