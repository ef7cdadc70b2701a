//! Changes are pushed over `graphql-transport-ws`.

use serde_json::{Value, json};
use testkit::{Caller, HOUR, NINE, TestApp, User};

use super::socket::Socket;

const REQUEST: &str = "subscription($id: ID!) { bookingRequest(messageId: $id) {
    status confirmCode booking { status starttimeepochtime } reason { code alternatives { start } } } }";
const CHANGE: &str = "eventId reset type booking { bookingID userID title status starttimeepochtime } order { orderId status totalAmount }";

fn follow(field: &str) -> String {
    format!("subscription($after: ID) {{ change: {field} {{ {CHANGE} }} }}")
}

async fn ask(user: &User) -> Value {
    let wish = json!({"resourceID": "r", "starttimeepochtime": NINE, "durationMinutes": 60});
    let document = "mutation($b: BookingInput) { requestBooking(booking: $b) { messageId } }";
    let asked = user.graphql(document, &json!({"b": wish})).await.data();
    json!({"id": asked["requestBooking"]["messageId"]})
}

#[tokio::test]
async fn a_request_is_pushed_from_accepted_to_its_end() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let (adas, bobs) = (ask(&ada).await, ask(&bob).await);
    let (mut a, mut b) = (Socket::of(&app, &ada).await, Socket::of(&app, &bob).await);
    a.subscribe("1", REQUEST, &adas).await;
    b.subscribe("x", REQUEST, &bobs).await;
    for (socket, id) in [(&mut a, "1"), (&mut b, "x")] {
        assert_eq!(socket.data(id).await["bookingRequest"]["status"], "IN_PROCESS");
    }
    app.instance.app.fulfil_waiting().await.unwrap();
    let done = a.data("1").await["bookingRequest"].clone();
    assert_eq!((&done["status"], &done["booking"]["status"]), (&json!("COMPLETED"), &json!("CONFIRMED")));
    assert_eq!(done["confirmCode"].as_str().unwrap().len(), 36);
    a.complete("1").await;
    let refused = b.data("x").await["bookingRequest"].clone();
    assert_eq!((&refused["status"], &refused["reason"]["code"]), (&json!("REJECTED"), &json!("capacity")));
    assert!(refused["reason"]["alternatives"][0]["start"].is_string());
    b.complete("x").await;
    // What has ended is told at once, and another's not at all.
    a.subscribe("2", REQUEST, &adas).await;
    assert_eq!(a.data("2").await["bookingRequest"]["status"], "COMPLETED");
    a.complete("2").await;
    b.subscribe("y", REQUEST, &adas).await;
    let told = b.hear().await;
    assert!(told.to_string().contains("not-found"), "{told}");
}

#[tokio::test]
async fn changes_are_told_as_each_may_see_them() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let (mut a, mut b) = (Socket::of(&app, &ada).await, Socket::of(&app, &bob).await);
    let calendar = follow("resourceCalendar(resourceID: \"r\", after: $after)");
    a.subscribe("mine", &follow("myBookings(after: $after)"), &Value::Null).await;
    a.data("mine").await;
    b.subscribe("calendar", &calendar, &Value::Null).await;
    b.data("calendar").await;
    b.subscribe("mine", &follow("myBookings(after: $after)"), &Value::Null).await;
    b.data("mine").await;
    let mut wish = testkit::booking_of("r", NINE, 60);
    wish["title"] = json!("Secret");
    ada.put(&ada.path("/bookings/b"), &wish).await.expect(201);
    let seen = a.data("mine").await["change"].clone();
    assert_eq!((&seen["type"], &seen["reset"]), (&json!("frontdesk.booking.created"), &json!(false)));
    let whole = json!({"bookingID": "b", "userID": ada.sub, "title": "Secret", "status": "CONFIRMED", "starttimeepochtime": NINE});
    assert_eq!(seen["booking"], whole);
    let outline =
        json!({"bookingID": null, "userID": null, "title": null, "status": "CONFIRMED", "starttimeepochtime": NINE});
    assert_eq!(b.data("calendar").await["change"]["booking"], outline);
    ada.cancel("b").await.expect(200);
    assert_eq!(a.data("mine").await["change"]["booking"]["status"], "CANCELED");
    assert_eq!(b.data("calendar").await["change"]["booking"]["status"], "CANCELED");
    // Nothing of it was bob's own.
    bob.book("mine", "r", NINE + HOUR, 60).await.expect(201);
    for _ in 0..2 {
        let told = b.hear().await;
        assert_eq!(told["payload"]["data"]["change"]["booking"]["bookingID"], "mine", "{told}");
    }
}

#[tokio::test]
async fn orders_keep_their_digits() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut a = Socket::of(&app, &ada).await;
    a.subscribe("o", &follow("myOrders(after: $after)"), &Value::Null).await;
    a.data("o").await;
    let digits = "1234567890123456789012345678.9012345678";
    let order = json!({"restaurantId": 1, "totalAmount": digits, "orderItems": [{"id": 1, "name": "Tea", "price": "1", "quantity": 1}]});
    let place = "mutation($o: OrderInput!) { placeOrder(id: \"o\", order: $o) { status } }";
    // A mutation goes over the socket, too.
    a.subscribe("m", place, &json!({"o": order})).await;
    let mut told = [a.hear().await, a.hear().await, a.hear().await];
    told.sort_by_key(|told| (told["id"].to_string(), told["type"] == "complete"));
    assert_eq!(told[0]["payload"]["data"], json!({"placeOrder": {"status": "PLACED"}}));
    assert_eq!(told[1], json!({"type": "complete", "id": "m"}));
    assert_eq!(
        told[2]["payload"]["data"]["change"]["order"],
        json!({"orderId": "o", "status": "PLACED", "totalAmount": digits})
    );
}

#[tokio::test]
async fn a_subscription_goes_on_where_it_was_left_or_says_that_it_cannot() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 9).await;
    let ada = app.user("ada").await;
    let mine = follow("myBookings(after: $after)");
    let mut a = Socket::of(&app, &ada).await;
    a.subscribe("1", &mine, &Value::Null).await;
    let mut ids = vec![a.data("1").await["change"]["eventId"].clone()];
    for booking in ["b0", "b1", "b2"] {
        ada.book(booking, "r", NINE, 60).await.expect(201);
        ids.push(a.data("1").await["change"]["eventId"].clone());
    }
    drop(a);
    ada.book("b3", "r", NINE, 60).await.expect(201);
    for (place, id) in ids.iter().enumerate() {
        let mut again = Socket::of(&app, &ada).await;
        again.subscribe("2", &mine, &json!({"after": id})).await;
        assert_eq!(again.data("2").await["change"]["eventId"], *id);
        for booking in place..4 {
            let change = again.data("2").await["change"].clone();
            assert_eq!(change["booking"]["bookingID"], format!("b{booking}"));
            assert_eq!(change["reset"], false);
        }
    }
    let mut lost = Socket::of(&app, &ada).await;
    lost.subscribe("3", &mine, &json!({"after": "999999999"})).await;
    lost.data("3").await;
    assert_eq!(lost.data("3").await["change"]["reset"], true);
    ada.book("b4", "r", NINE, 60).await.expect(201);
    assert_eq!(lost.data("3").await["change"]["booking"]["bookingID"], "b4");
    lost.subscribe("4", &mine, &json!({"after": "x"})).await;
    let told = lost.hear().await;
    assert!(told.to_string().contains("/after"), "{told}");
}
