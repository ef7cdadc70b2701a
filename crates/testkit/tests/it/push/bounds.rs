//! What a client may do, and what becomes of one that does more: the others hear nothing of it.

use std::time::Duration;

use serde_json::json;
use testkit::{Caller, HOUR, NINE, TestApp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Events, app, app_with, socket, subscribe};

#[tokio::test]
async fn a_mistake_is_explained_and_closes_nothing() {
    let app = app().await;
    let ada = app.user("ada").await;
    let mut socket = socket(&app, &ada).await;
    for (text, code) in [
        ("{}", "unknown-action"),
        (r#"{"action": "fly"}"#, "unknown-action"),
        (r#"{"action": 7}"#, "unknown-action"),
        ("", "invalid"),
        ("[1]", "invalid"),
        ("{\"action\":", "invalid"),
        (r#"{"action": "subscribe"}"#, "invalid"),
        (r#"{"action": "subscribe", "orders": "me", "bookings": "me"}"#, "invalid"),
        (r#"{"action": "subscribe", "resourceID": 7}"#, "invalid"),
        (r#"{"action": "subscribe", "resourceID": ""}"#, "invalid"),
        (r#"{"action": "unsubscribe", "resourceID": "r"}"#, "not-found"),
        // A name that means something else to the JSON library.
        (r#"{"action": "ping", "$serde_json::private::RawValue": "[[[["}"#, "invalid"),
    ] {
        socket.send(text.to_owned()).await.unwrap();
        let told = socket.hear().await;
        assert_eq!((&told["type"], &told["code"]), (&json!("error"), &json!(code)), "{text}: {told}");
        for member in ["message", "connectionId", "requestId", "detail"] {
            assert!(told[member].is_string(), "{member}: {told}");
        }
    }
    assert_eq!(socket.ask(&json!({"action": "ping"})).await, json!({"type": "pong"}));
    let problem = Events::try_open(&app.http, "", Some(&ada.tokens.id), None).await.err().unwrap();
    assert_eq!((problem.0, &problem.1["code"]), (400, &json!("invalid")));
}

#[tokio::test]
async fn who_takes_leave_is_answered() {
    let app = app().await;
    let ada = app.user("ada").await;
    let mut socket = socket(&app, &ada).await;
    socket.leave(1000).await;
    assert_eq!(socket.closed().await.0, 1000);
}

#[tokio::test]
async fn an_oversize_message_closes_with_1009_and_a_flood_with_1008() {
    let app = app().await;
    let ada = app.user("ada").await;
    let mut large = socket(&app, &ada).await;
    let blank = |bytes: usize| format!("{{\"action\":\"ping\"{}}}", " ".repeat(bytes));
    large.send(blank(30 * 1024)).await.unwrap();
    assert_eq!(large.hear().await["type"], "pong");
    large.send(blank(40 * 1024)).await.unwrap();
    assert_eq!(large.closed().await.0, 1009);
    let mut flood = socket(&app, &ada).await;
    for _ in 0..2_000 {
        if flood.send(blank(0)).await.is_err() {
            break;
        }
    }
    assert_eq!(flood.closed().await.0, 1008);
}

#[tokio::test]
async fn a_connection_has_so_many_subscriptions() {
    let app = app().await;
    let admin = app.admin().await;
    let mut socket = socket(&app, &admin).await;
    for number in 0..32 {
        socket.follow("bookings", &format!("user-{number}")).await;
    }
    // The same once more is none more.
    socket.follow("bookings", "user-7").await;
    let told = socket.ask(&subscribe("orders", "me")).await;
    assert_eq!((&told["code"], &told["status"]), (&json!("too-many-subscriptions"), &json!(429)));
    socket.ask(&json!({"action": "unsubscribe", "bookings": "user-7"})).await;
    socket.follow("orders", "me").await;
    let many: Vec<String> = (0..33).map(|number| format!("bookings=user-{number}")).collect();
    let problem = Events::try_open(&app.http, &many.join("&"), Some(&admin.tokens.id), None).await.err().unwrap();
    assert_eq!(problem.0, 400);
}

/// Bookings whose events are longer together than what a connection's two ends keep for it.
const LONG: i64 = 100;
const LENGTH: usize = 300 * 1024;

/// Books, with much to tell of it.
async fn fill(app: &TestApp) {
    let ada = app.user("talker").await;
    let story = "x".repeat(LENGTH);
    for number in 0..LONG {
        let start = NINE + number * HOUR;
        let body = json!({"resourceID": "r", "starttimeepochtime": start, "durationMinutes": 60, "story": story});
        ada.put(&ada.path(&format!("/bookings/b{number}")), &body).await.expect(201);
    }
}

#[tokio::test]
async fn whoever_reads_nothing_is_cut_off_and_hinders_nobody() {
    let app = app_with(|pace| pace.patience = Duration::from_millis(500)).await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    let mut lazy = socket(&app, &admin).await;
    lazy.follow("resourceID", "r").await;
    let request = format!(
        "GET /events?resourceID=r HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\n\r\n",
        app.http.host(),
        admin.tokens.id
    );
    let mut stream = TcpStream::connect(app.http.host()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut keen = socket(&app, &admin).await;
    keen.follow("resourceID", "r").await;
    let reading = tokio::spawn(async move {
        let mut heard = 0;
        while heard < LONG {
            // The resource itself may still be told of.
            let (_, event) = keen.event().await;
            heard += i64::from(event["data"]["story"].is_string());
        }
        keen
    });
    fill(&app).await;
    let mut keen = reading.await.unwrap();
    // What had been sent can still be read, and then there is nothing more: not all that happened.
    let all = u64::try_from(LONG).unwrap() * u64::try_from(LENGTH).unwrap();
    let mut sent = Vec::new();
    let patience = Duration::from_secs(30);
    let _ = tokio::time::timeout(patience, stream.read_to_end(&mut sent)).await.unwrap();
    assert!(sent.starts_with(b"HTTP/1.1 200") && u64::try_from(sent.len()).unwrap() < all, "{}", sent.len());
    let events = lazy.rest().await;
    assert!(events < usize::try_from(LONG).unwrap(), "{events}");
    assert_eq!(keen.ask(&json!({"action": "ping"})).await["type"], "pong");
}
