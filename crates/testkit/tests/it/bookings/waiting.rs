//! Bookings that wait in line for units.

use serde_json::{Value, json};
use testkit::{Admin, Caller, HOUR, NINE, TestApp, User, booking_of};

/// A room that Ada has at nine.
async fn room(app: &TestApp) -> (Admin, User, User) {
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 1).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    (admin, ada, bob)
}

fn patient(start: i64) -> Value {
    let mut wish = booking_of("r", start, 60);
    wish["waitlist"] = json!(true);
    wish
}

const B: &str = "/users/{me}/bookings/b";

#[tokio::test]
async fn who_waits_is_granted_what_is_canceled() {
    let app = TestApp::start().await;
    let (_, ada, bob) = room(&app).await;
    let cyd = app.user("cyd").await;
    assert_eq!(bob.put(&format!("{B}?dryRun=true"), &patient(NINE)).await.json(201)["status"], "WAITING");
    let waiting = bob.put(B, &patient(NINE)).key("once").await.json(201);
    assert_eq!((&waiting["status"], &waiting["waitingSince"]), (&json!("WAITING"), &json!("2030-01-01T12:00:00.000Z")));
    assert_eq!((&waiting["expiresAt"], waiting.get("waitlist")), (&json!("2030-06-03T09:00:00Z"), None));
    assert_eq!(bob.put(B, &patient(NINE)).key("once").await.json(201), waiting);
    cyd.put("/users/{me}/bookings/c", &patient(NINE)).await.expect(201);
    bob.post(&format!("{B}/confirm"), &json!({})).await.problem(409, "not-held");
    bob.post(&format!("{B}/check-in"), &json!({})).await.problem(409, "not-confirmed");
    ada.cancel("a").await.empty(200);
    let granted = bob.get(B).await.json(200);
    assert_eq!((&granted["status"], granted.get("waitingSince")), (&json!("CONFIRMED"), None));
    assert_eq!(cyd.get("/users/{me}/bookings/c").await.json(200)["status"], "WAITING");
    bob.put(B, &booking_of("r", NINE + HOUR, 60)).await.expect(200);
    assert_eq!(cyd.get("/users/{me}/bookings/c").await.json(200)["status"], "CONFIRMED", "a move gives up, too");
}

#[tokio::test]
async fn others_do_not_see_who_waits() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = room(&app).await;
    bob.put(B, &patient(NINE)).await.expect(201);
    let list = "/locations/l/resources/r/bookings";
    for (path, seen) in [(list.to_owned(), 1), (format!("{list}?status=all"), 1)] {
        assert_eq!(ada.get(&path).await.array().len(), seen, "{path}");
        assert_eq!(bob.get(&path).await.array().len(), seen + 1, "{path}");
        assert_eq!(admin.get(&path).await.array().len(), seen + 1, "{path}");
    }
    assert_eq!(bob.get("/users/{me}/bookings").await.array()[0]["status"], "WAITING");
    let day = "from=2030-06-03T08:00:00Z&to=2030-06-03T10:00:00Z&busy=true";
    let shown = bob.get(&format!("/locations/l/resources/r/availability?{day}")).await.json(200);
    assert_eq!(shown["free"].as_array().unwrap().len(), 1, "{shown}");
    bob.cancel("b").await.empty(200);
    ada.cancel("a").await.empty(200);
    assert_eq!(bob.get(B).await.json(200)["status"], "CANCELED");
}

#[tokio::test]
async fn nobody_waits_beyond_the_start_or_for_what_will_never_be() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = room(&app).await;
    let mut two = patient(NINE);
    two["units"] = json!(2);
    bob.put(B, &two).await.problem(409, "capacity");
    for (member, value) in [("waitlist", json!("yes")), ("hold", json!(10)), ("durationMinutes", json!(20_000))] {
        let mut wish = patient(NINE);
        wish[member] = value;
        assert_eq!(bob.put(B, &wish).await.problem(400, "invalid")["errors"][0]["pointer"], "/waitlist");
    }
    bob.put(B, &patient(NINE)).await.expect(201);
    admin.delete("/locations/l/resources/r").await.problem(409, "bookings-to-come");
    let wait = NINE - app.now_seconds();
    app.clock.advance_seconds(wait);
    let bob = bob.signed_in_again(&app.cognito).await;
    assert_eq!(bob.get(B).await.json(200)["status"], "EXPIRED");
    ada.signed_in_again(&app.cognito).await.cancel("a").await.empty(200);
    assert_eq!(bob.get(B).await.json(200)["status"], "EXPIRED");
    bob.put(B, &patient(NINE + HOUR)).await.problem(409, "expired");
    app.instance.app.run_due(100).await.unwrap();
    assert_eq!(bob.get(B).await.json(200)["status"], "EXPIRED");
}

#[tokio::test]
async fn a_request_that_is_fulfilled_later_may_wait() {
    let app = TestApp::start().await;
    let (_, ada, bob) = room(&app).await;
    let answer = bob.post("/book", &patient(NINE)).await.json(200);
    let message_id = answer["PublishResponse"]["PublishResult"]["MessageId"].as_str().unwrap().to_owned();
    app.instance.app.fulfil_waiting().await.unwrap();
    let ended = bob.get(&format!("/query/{message_id}")).await.json(200);
    let booking = format!("/users/{{me}}/bookings/{}", ended["bookingID"].as_str().unwrap());
    assert_eq!(bob.get(&booking).await.json(200)["status"], "WAITING");
    ada.cancel("a").await.empty(200);
    assert_eq!(bob.get(&booking).await.json(200)["status"], "CONFIRMED");
}
