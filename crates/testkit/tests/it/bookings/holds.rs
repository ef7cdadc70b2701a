//! Bookings that are held until they are confirmed.

use serde_json::{Value, json};
use testkit::{Admin, Caller, HOUR, MINUTE, NINE, TestApp, User, booking_of};

async fn room(app: &TestApp) -> (Admin, User, User) {
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 1).await;
    (admin, ada, bob)
}

fn held(start: i64, minutes: i64) -> Value {
    let mut wish = booking_of("r", start, 60);
    wish["hold"] = json!(minutes);
    wish
}

const B: &str = "/users/{me}/bookings/b";

#[tokio::test]
async fn a_booking_is_held_and_confirmed() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = room(&app).await;
    let (until, dry) = (json!("2030-01-01T12:10:00Z"), format!("{B}?dryRun=true"));
    assert_eq!(ada.put(&dry, &held(NINE, 10)).await.json(201)["expiresAt"], until);
    let booking = ada.put(B, &held(NINE, 10)).await.json(201);
    assert_eq!((&booking["status"], &booking["expiresAt"], booking.get("hold")), (&json!("HELD"), &until, None));
    bob.book("c", "r", NINE, 60).await.problem(409, "capacity");
    admin.book("c", "r", NINE, 60).await.problem(409, "capacity");
    let day = "from=2030-06-03T09:00:00Z&to=2030-06-03T10:00:00Z";
    let free = bob.get(&format!("/locations/l/resources/r/availability?{day}")).await;
    assert_eq!(free.json(200)["free"], json!([]));
    let shown = bob.get("/locations/l/resources/r/bookings").await.array();
    assert_eq!((shown.len(), &shown[0]["status"], shown[0].get("userID")), (1, &json!("HELD"), None));
    admin.post(&ada.path("/bookings/b/approve"), &json!({})).await.problem(409, "not-pending");
    ada.post(&ada.path("/bookings/b/check-in"), &json!({})).await.problem(409, "not-confirmed");

    let confirm = format!("{B}/confirm");
    ada.post(&confirm, &json!({})).if_match("\"1\"").await.problem(412, "precondition-failed");
    let confirmed = ada.post(&confirm, &json!({})).key("once").await.json(200);
    assert_eq!((&confirmed["status"], confirmed.get("expiresAt")), (&json!("CONFIRMED"), None));
    let again = ada.post(&confirm, &json!({})).key("once").await;
    assert_eq!((again.header("idempotent-replayed").is_some(), again.json(200)), (true, confirmed.clone()));
    assert_eq!(ada.post(&confirm, &json!({})).await.json(200), confirmed);
    ada.put(B, &held(NINE, 10)).await.problem(409, "not-held");
}

#[tokio::test]
async fn a_hold_that_ran_out_frees_its_units_and_is_never_confirmed() {
    let app = TestApp::start().await;
    let (_, ada, bob) = room(&app).await;
    ada.put(B, &held(NINE, 10)).await.expect(201);
    app.clock.advance_seconds(10 * MINUTE - 1);
    assert_eq!(ada.get(B).await.json(200)["status"], "HELD");
    bob.book("c", "r", NINE, 60).await.problem(409, "capacity");
    app.clock.advance_seconds(1);
    assert_eq!(ada.get(B).await.json(200)["status"], "EXPIRED", "before any timer runs");
    let confirm = format!("{B}/confirm");
    ada.post(&confirm, &json!({})).await.problem(409, "expired");
    bob.book("c", "r", NINE, 60).await.expect(201);
    app.instance.app.run_due(100).await.unwrap();
    ada.post(&confirm, &json!({})).await.problem(409, "expired");
    assert_eq!(ada.get("/users/{me}/bookings").await.array().len(), 0);
    assert_eq!(ada.get("/users/{me}/bookings?status=all").await.array()[0]["status"], "EXPIRED");
}

#[tokio::test]
async fn what_is_wrong_with_a_hold_is_said() {
    let app = TestApp::start().await;
    let (_, ada, bob) = room(&app).await;
    for minutes in [json!(0), json!(61), json!("10"), json!(0.5), json!(-1)] {
        let mut wish = held(NINE, 1);
        wish["hold"] = minutes;
        let problem = ada.put(B, &wish).await.problem(400, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/hold");
    }
    ada.put(B, &held(NINE, 60)).await.expect(201);
    bob.post(&ada.path("/bookings/b/confirm"), &json!({})).await.problem(403, "forbidden");
    bob.post("/users/{me}/bookings/b/confirm", &json!({})).await.problem(404, "not-found");
    bob.post("/users/{me}/bookings/none/confirm", &json!({})).await.problem(404, "not-found");
    ada.cancel("b").await.empty(200);
    ada.post("/users/{me}/bookings/b/confirm", &json!({})).await.problem(409, "booking-canceled");
    bob.book("c", "r", NINE, 60).await.expect(201);
}

#[tokio::test]
async fn a_request_that_is_fulfilled_later_may_hold() {
    let app = TestApp::start().await;
    let (_, ada, _) = room(&app).await;
    let answer = ada.post("/book", &held(NINE + HOUR, 30)).await.json(200);
    let message_id = answer["PublishResponse"]["PublishResult"]["MessageId"].as_str().unwrap().to_owned();
    app.instance.app.fulfil_waiting().await.unwrap();
    let ended = ada.get(&format!("/query/{message_id}")).await.json(200);
    let booking = format!("/users/{{me}}/bookings/{}", ended["bookingID"].as_str().unwrap());
    assert_eq!(ada.get(&booking).await.json(200)["status"], "HELD");
    ada.post(&format!("{booking}/confirm"), &json!({})).await.expect(200);
}
