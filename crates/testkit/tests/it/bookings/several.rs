//! Several resources in one booking: a room and its equipment.

use serde_json::{Value, json};
use testkit::{Admin, Answer, Caller, HOUR, NINE, TestApp, User, booking_of};

/// A location with a room and two beamers.
async fn house(app: &TestApp) -> (Admin, User, User) {
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "room", 1).await;
    admin.resource("l", "beamer", 2).await;
    (admin, ada, bob)
}

async fn book(user: &User, booking: &str, start: i64, more: Value) -> Answer {
    let mut body = booking_of("room", start, 60);
    body["additionalResources"] = more;
    user.put(&user.path(&format!("/bookings/{booking}")), &body).await
}

/// Where a problem is.
fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect()
}

fn beamers(units: i64) -> Value {
    json!([{"resourceID": "beamer", "units": units}])
}

#[tokio::test]
async fn all_are_booked_moved_and_canceled_together() {
    let app = TestApp::start().await;
    let (_, ada, bob) = house(&app).await;
    let booking = book(&ada, "b", NINE, beamers(2)).await.json(201);
    assert_eq!(booking["additionalResources"], beamers(2));
    bob.book("c", "beamer", NINE + HOUR / 2, 60).await.problem(409, "capacity");
    book(&ada, "b", NINE + HOUR / 2, beamers(1)).await.expect(200);
    bob.book("c", "beamer", NINE + HOUR / 2, 60).await.expect(201);
    bob.book("d", "room", NINE + HOUR, 60).await.problem(409, "capacity");
    assert_eq!(ada.get("/users/{me}/bookings").await.array().len(), 1);
    ada.cancel("b").await.empty(200);
    bob.book("d", "room", NINE + HOUR, 60).await.expect(201);
}

#[tokio::test]
async fn nothing_is_booked_when_the_second_resource_is_taken() {
    let app = TestApp::start().await;
    let (_, ada, bob) = house(&app).await;
    book(&ada, "b", NINE, beamers(1)).await.expect(201);
    bob.book("c", "beamer", NINE + 2 * HOUR, 60).await.expect(201);
    let problem = book(&bob, "d", NINE + 2 * HOUR, beamers(2)).await.problem(409, "capacity");
    assert_eq!(pointers(&problem), ["/additionalResources/0/resourceID"]);
    assert_eq!(problem["conflicts"][0]["used"], 1);
    assert_eq!(problem["alternatives"][0]["starttimeepochtime"], NINE + HOUR, "an hour earlier both are free");
    ada.book("e", "room", NINE + 2 * HOUR, 60).await.expect(201);
    let problem = book(&ada, "b", NINE + 2 * HOUR, beamers(1)).await.problem(409, "capacity");
    assert_eq!(pointers(&problem), ["/resourceID"]);
    bob.book("f", "beamer", NINE, 60).await.expect(201);
    book(&bob, "g", NINE + HOUR, beamers(3)).await.problem(409, "capacity");
}

#[tokio::test]
async fn the_rules_of_each_bind_and_all_are_in_one_location() {
    let app = TestApp::start().await;
    let (admin, ada, _) = house(&app).await;
    let rules = json!({"name": "Beamer", "capacity": 2, "slotGridMinutes": 30, "cancellationNoticeMinutes": 60});
    admin.put("/locations/l/resources/beamer", &rules).await.expect(201);
    let problem = book(&ada, "b", NINE + 600, beamers(1)).await.problem(409, "slot-grid");
    assert_eq!(pointers(&problem)[..2], ["/additionalResources/0/resourceID", "/starttimeepochtime"]);
    assert_eq!(problem["alternatives"][0]["starttimeepochtime"], NINE);
    admin.resource("m", "far", 1).await;
    let far = book(&ada, "b", NINE, json!([{"resourceID": "far"}])).await.problem(409, "other-location");
    assert_eq!(pointers(&far), ["/additionalResources/0/resourceID"]);
    let absent = json!([{"resourceID": "beamer"}, {"resourceID": "none"}]);
    let absent = book(&ada, "b", NINE, absent).await.problem(404, "not-found");
    assert_eq!(pointers(&absent), ["/additionalResources/1/resourceID"]);
    book(&ada, "b", NINE, json!([{"resourceID": "room"}])).await.problem(400, "invalid");
    book(&ada, "b", NINE, beamers(2)).await.expect(201);
    app.clock.advance_seconds(NINE - app.now_seconds() - HOUR / 2);
    let ada = ada.signed_in_again(&app.cognito).await;
    let beamerless = booking_of("room", NINE, 60);
    ada.put("/users/{me}/bookings/b", &beamerless).await.problem(409, "cancellation-window");
    ada.cancel("b").await.problem(409, "cancellation-window");
    book(&ada, "b", NINE, beamers(2)).await.expect(200);
}

#[tokio::test]
async fn a_booking_is_listed_under_each_of_its_resources() {
    let app = TestApp::start().await;
    let (_, ada, bob) = house(&app).await;
    book(&ada, "b", NINE, beamers(2)).await.expect(201);
    let list = "/locations/l/resources/beamer/bookings";
    let outline = json!({"resourceID": "beamer", "locationID": "l", "starttimeepochtime": NINE,
        "endtimeepochtime": NINE + HOUR, "units": 2, "status": "CONFIRMED"});
    assert_eq!(bob.get(list).await.array(), std::slice::from_ref(&outline));
    let mut whole = outline;
    whole["bookingID"] = json!("b");
    whole["userID"] = json!(ada.sub);
    assert_eq!(ada.get(list).await.array(), [whole]);
    ada.get("/users/{me}/bookings/b%1Fbeamer").await.expect(400);
    ada.cancel("b").await.empty(200);
    assert_eq!(ada.get(list).await.array().len(), 0);
    assert_eq!(ada.get(&format!("{list}?status=all")).await.array()[0]["status"], "CANCELED");
}

#[tokio::test]
async fn a_client_cannot_pretend_that_a_booking_is_a_part_of_anothers() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = house(&app).await;
    book(&ada, "b", NINE, beamers(1)).await.expect(201);
    let mut body = booking_of("beamer", NINE + 2 * HOUR, 60);
    body["partOf"] = json!("b");
    body["ownerID"] = json!(ada.sub);
    bob.put("/users/{me}/bookings/c", &body).await.expect(201);
    let listed = admin.get("/locations/l/resources/beamer/bookings").await.array();
    assert_eq!((&listed[1]["bookingID"], &listed[1]["userID"]), (&json!("c"), &json!(bob.sub)));
}

#[tokio::test]
async fn deleting_one_of_the_resources_cancels_the_whole_booking() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = house(&app).await;
    book(&ada, "b", NINE, beamers(2)).await.expect(201);
    admin.delete("/locations/l/resources/beamer").await.problem(409, "bookings-to-come");
    admin.delete("/locations/l/resources/beamer?cascade=true").await.expect(200);
    assert_eq!(ada.get("/users/{me}/bookings/b").await.json(200)["status"], "CANCELED");
    bob.book("c", "room", NINE, 60).await.expect(201);
}
