//! What a client of `graphql-transport-ws` may do, what becomes of one that does more, and how connections end: as those of `/ws`.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Caller, HOUR, NINE, TestApp};

use super::socket::Socket;

const MINE: &str = "subscription { myBookings { eventId } }";
const CALENDAR: &str = "subscription { resourceCalendar(resourceID: \"r\") { eventId booking { body } } }";

#[tokio::test]
async fn a_connection_has_so_many_operations() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut socket = Socket::of(&app, &ada).await;
    for number in 0..32 {
        let id = number.to_string();
        socket.subscribe(&id, MINE, &Value::Null).await;
        socket.data(&id).await;
    }
    socket.subscribe("one more", MINE, &Value::Null).await;
    let refused = socket.refused("one more").await;
    assert_eq!((&refused["code"], &refused["status"]), (&json!("too-many-subscriptions"), &json!(429)));
    // Neither is there room for one that would end at once.
    socket.subscribe("one more", "{ __typename }", &Value::Null).await;
    assert_eq!(socket.refused("one more").await["code"], "too-many-subscriptions");
    socket.say(&json!({"type": "complete", "id": "7"})).await;
    socket.subscribe("one more", MINE, &Value::Null).await;
    socket.data("one more").await;
    // Another connection has its own.
    let mut other = Socket::of(&app, &ada).await;
    other.subscribe("1", MINE, &Value::Null).await;
    other.data("1").await;
}

#[tokio::test]
async fn an_oversize_message_closes_with_1009_and_a_flood_with_1008() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut large = Socket::of(&app, &ada).await;
    let blank = |bytes: usize| format!("{{\"type\":\"ping\"{}}}", " ".repeat(bytes));
    large.send(blank(1_000_000)).await.unwrap();
    assert_eq!(large.hear().await["type"], "pong");
    large.send(blank(1_100_000)).await.unwrap();
    assert_eq!(large.closed().await.0, 1009);
    let mut flood = Socket::of(&app, &ada).await;
    for _ in 0..2_000 {
        if flood.send(blank(0)).await.is_err() {
            break;
        }
    }
    assert_eq!(flood.closed().await.0, 1008);
    // Pings of the protocol below count, too.
    let mut pings = Socket::of(&app, &ada).await;
    for _ in 0..2_000 {
        if pings.ping().await.is_err() {
            break;
        }
    }
    assert_eq!(pings.closed().await.0, 1008);
}

/// Bookings whose events are longer together than what a connection's two ends keep for it.
const LONG: i64 = 100;
const LENGTH: usize = 300 * 1024;

#[tokio::test]
async fn whoever_reads_nothing_is_cut_off_and_hinders_nobody() {
    let app = TestApp::with(|setup| setup.pace.patience = Duration::from_millis(500)).await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    let mut lazy = Socket::of(&app, &admin).await;
    lazy.subscribe("1", CALENDAR, &Value::Null).await;
    lazy.data("1").await;
    let mut keen = Socket::of(&app, &admin).await;
    keen.subscribe("1", CALENDAR, &Value::Null).await;
    keen.data("1").await;
    let reading = tokio::spawn(async move {
        let mut heard = 0;
        while heard < LONG {
            // The resource itself may still be told of.
            let told = keen.data("1").await;
            heard += i64::from(told["resourceCalendar"]["booking"]["body"]["story"].is_string());
        }
        keen
    });
    let ada = app.user("ada").await;
    let story = "x".repeat(LENGTH);
    for number in 0..LONG {
        let mut body = testkit::booking_of("r", NINE + number * HOUR, 60);
        body["story"] = json!(story);
        ada.put(&ada.path(&format!("/bookings/b{number}")), &body).await.expect(201);
    }
    let mut keen = reading.await.unwrap();
    // What had been sent can still be read, and then there is nothing more: not all that happened.
    let told = lazy.rest().await;
    assert!(told < usize::try_from(LONG).unwrap(), "{told}");
    assert!(keen.is_open().await);
}

#[tokio::test]
async fn a_connection_ends_when_the_account_is_disabled_or_signed_out_everywhere() {
    let app = TestApp::with(|setup| setup.pace.confirm = Duration::from_millis(50)).await;
    for action in ["AdminDisableUser", "AdminUserGlobalSignOut"] {
        let (ada, bob) = (app.user(&format!("ada-{action}")).await, app.user(&format!("bob-{action}")).await);
        let (mut adas, mut bobs) = (Socket::of(&app, &ada).await, Socket::of(&app, &bob).await);
        for socket in [&mut adas, &mut bobs] {
            socket.subscribe("1", MINE, &Value::Null).await;
            socket.data("1").await;
        }
        app.cognito.admin_user(action, &ada.email).await.expect(200);
        let (code, reason) = adas.closed().await;
        assert_eq!(code, 4403, "{action}");
        assert!(reason.starts_with("Forbidden: "), "{reason}");
        assert!(bobs.is_open().await, "{action}");
    }
}

#[tokio::test]
async fn a_connection_ends_with_its_token_though_its_client_only_listens() {
    let app = TestApp::with(|setup| setup.pace.confirm = Duration::from_millis(50)).await;
    let ada = app.user("ada").await;
    let mut socket = Socket::of(&app, &ada).await;
    socket.subscribe("1", MINE, &Value::Null).await;
    socket.data("1").await;
    app.clock.advance_seconds(60 * 60);
    let (code, reason) = socket.closed().await;
    assert_eq!(code, 4403);
    assert!(reason.contains("expired"), "{reason}");
}

#[tokio::test]
async fn a_server_that_stops_says_so() {
    let app = TestApp::start().await;
    let mut socket = Socket::of(&app, &app.user("ada").await).await;
    socket.subscribe("1", MINE, &Value::Null).await;
    socket.data("1").await;
    let client = async { assert_eq!(socket.closed().await.0, 1001) };
    let (stopped, ()) = tokio::join!(app.stop(), client);
    assert!(stopped);
}
