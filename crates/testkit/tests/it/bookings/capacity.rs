//! The rule: never more units at once than the resource has.

use serde_json::json;
use testkit::{Caller, HOUR, MINUTE, NINE, TestApp, User, booking_of};

async fn units(user: &User, id: &str, start: i64, minutes: i64, units: i64) -> testkit::Answer {
    let mut body = booking_of("r", start, minutes);
    body["units"] = json!(units);
    user.put(&user.path(&format!("/bookings/{id}")), &body).await
}

#[tokio::test]
async fn one_unit_is_booked_once_at_a_time_and_neighbours_do_not_overlap() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 1).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    for (start, minutes) in [
        (NINE, 60),
        (NINE, 1),
        (NINE + HOUR - MINUTE, 1),
        (NINE - HOUR, 61),
        (NINE - HOUR, 600),
        (NINE + 10 * MINUTE, 10),
    ] {
        bob.book("b", "r", start, minutes).await.problem(409, "capacity");
    }
    bob.book("before", "r", NINE - HOUR, 60).await.expect(201);
    bob.book("behind", "r", NINE + HOUR, 60).await.expect(201);
}

#[tokio::test]
async fn units_add_up_where_bookings_overlap_and_only_there() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 5).await;
    units(&ada, "a", NINE, 60, 3).await.expect(201);
    units(&ada, "b", NINE + HOUR, 60, 4).await.expect(201);
    units(&ada, "c", NINE + 30 * MINUTE, 60, 2).await.problem(409, "capacity");
    units(&ada, "c", NINE + 30 * MINUTE, 60, 1).await.expect(201);
    units(&ada, "d", NINE, 30, 2).await.expect(201);
    units(&ada, "e", NINE, 31, 1).await.expect(409);
    units(&ada, "e", NINE + 30 * MINUTE, 30, 1).await.expect(201);
    units(&ada, "f", NINE + 90 * MINUTE, 30, 1).await.expect(201);
    units(&ada, "g", NINE + 90 * MINUTE, 30, 1).await.expect(409);
}

#[tokio::test]
async fn more_units_than_there_are_never_fit() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 2).await;
    let problem = units(&ada, "a", NINE, 60, 3).await.problem(409, "capacity");
    assert_eq!((&problem["errors"][0]["pointer"], problem.get("alternatives")), (&json!("/units"), None));
    units(&ada, "a", NINE, 60, 2).await.expect(201);
    admin.resource("l", "closed", 0).await;
    ada.book("b", "closed", NINE, 60).await.problem(409, "capacity");
}

#[tokio::test]
async fn a_booking_of_many_days_counts_on_each_of_them() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("long", "r", NINE, 3 * 24 * 60).await.expect(201);
    for hours in [0, 14, 15, 16, 39, 71] {
        ada.book("x", "r", NINE + hours * HOUR, 60).await.problem(409, "capacity");
    }
    ada.book("behind", "r", NINE + 72 * HOUR, 60).await.expect(201);
    ada.cancel("long").await.empty(200);
    ada.book("inside", "r", NINE + 39 * HOUR, 60).await.expect(201);
}

#[tokio::test]
async fn lowering_the_capacity_keeps_what_is_booked_and_refuses_more() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 3).await;
    for id in ["a", "b", "c"] {
        ada.book(id, "r", NINE, 60).await.expect(201);
    }
    admin.resource("l", "r", 1).await;
    assert_eq!(ada.get("/users/{me}/bookings").await.array().len(), 3);
    ada.book("d", "r", NINE, 60).await.problem(409, "capacity");
    ada.cancel("a").await.empty(200);
    ada.cancel("b").await.empty(200);
    ada.book("d", "r", NINE, 60).await.problem(409, "capacity");
    ada.cancel("c").await.empty(200);
    ada.book("d", "r", NINE, 60).await.expect(201);
}

#[tokio::test]
async fn capacity_binds_administrators_too() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    admin.book("b", "r", NINE, 60).await.problem(409, "capacity");
    admin.put(&ada.path("/bookings/c"), &booking_of("r", NINE, 60)).await.problem(409, "capacity");
}
