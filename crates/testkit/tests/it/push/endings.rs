//! How connections end: with the token, with the account, with the server.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::json;
use testkit::Machine;
use tokio::net::TcpStream;

use super::{Events, Socket, app, app_with, socket};
use crate::server::FRONTDESK;

#[tokio::test]
async fn a_connection_ends_with_its_token() {
    let app = app().await;
    let ada = app.user("ada").await;
    let mut socket = socket(&app, &ada).await;
    socket.follow("bookings", "me").await;
    let mut events = Events::open(&app.http, "bookings=me", &ada.tokens.id, None).await;
    events.expect("subscribed").await;
    app.clock.advance_seconds(60 * 60);
    let (code, reason) = socket.closed().await;
    assert_eq!(code, 4401);
    assert!(reason.contains("expired"), "{reason}");
    assert_eq!(events.expect("end").await.data["code"], "unauthorized");
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_connection_ends_when_the_account_is_disabled_or_signed_out_everywhere() {
    let app = app().await;
    for action in ["AdminDisableUser", "AdminUserGlobalSignOut"] {
        let (ada, bob) = (app.user(&format!("ada-{action}")).await, app.user(&format!("bob-{action}")).await);
        let (mut adas, mut bobs) = (socket(&app, &ada).await, socket(&app, &bob).await);
        let mut events = Events::open(&app.http, "bookings=me", &ada.tokens.id, None).await;
        events.expect("subscribed").await;
        app.cognito.admin_user(action, &ada.email).await.expect(200);
        assert_eq!(adas.closed().await.0, 4401, "{action}");
        events.expect("end").await;
        assert_eq!(bobs.ask(&json!({"action": "ping"})).await, json!({"type": "pong"}));
    }
}

#[tokio::test]
async fn a_server_that_stops_says_so_and_waits_for_nobody() {
    let app = app().await;
    let ada = app.user("ada").await;
    let mut sockets = Vec::new();
    for _ in 0..3 {
        sockets.push(socket(&app, &ada).await);
    }
    let mut events = Events::open(&app.http, "bookings=me", &ada.tokens.id, None).await;
    events.expect("subscribed").await;
    let client = async {
        for socket in &mut sockets {
            assert_eq!(socket.closed().await.0, 1001);
        }
        assert_eq!(events.expect("end").await.data["code"], "stopping");
        assert_eq!(events.next().await, None);
    };
    let (stopped, ()) = tokio::join!(app.stop(), client);
    assert!(stopped);
}

#[tokio::test]
async fn a_program_that_is_told_to_finish_does_though_clients_do_not() {
    let machine = Machine::new(FRONTDESK);
    let mut server = machine.serve(&[]).await;
    let ada = server.user("ada").await;
    let mut socket = Socket::open(&server.http, &ada.tokens.id).await;
    let silent = Socket::open(&server.http, &ada.tokens.id).await;
    socket.follow("bookings", "me").await;
    server.terminate();
    assert_eq!(socket.closed().await.0, 1001);
    assert!(server.ended().await.success());
    drop(silent);
}

#[tokio::test]
async fn a_web_socket_has_a_place_among_the_connections() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&["--max-connections", "2"]).await;
    // The client that signs in keeps the other place.
    let ada = server.user("ada").await;
    let mut socket = Socket::open(&server.http, &ada.tokens.id).await;
    let mut waiting = std::pin::pin!(Socket::open(&server.http, &ada.tokens.id));
    let waits = tokio::time::timeout(Duration::from_millis(300), &mut waiting).await;
    assert!(waits.is_err(), "served beyond the bound");
    assert_eq!(socket.ask(&json!({"action": "ping"})).await["type"], "pong");
    drop(socket);
    assert_eq!(waiting.await.ask(&json!({"action": "ping"})).await["type"], "pong");
}

#[tokio::test]
async fn a_stream_says_that_it_is_there() {
    let app = app_with(|pace| pace.keep_alive = Duration::from_millis(20)).await;
    let ada = app.user("ada").await;
    let mut events = Events::open(&app.http, "orders=me", &ada.tokens.id, None).await;
    events.expect("subscribed").await;
    assert!(tokio::time::timeout(Duration::from_millis(300), events.next()).await.is_err());
    ada.order("o").await.expect(200);
    events.next().await.unwrap();
    assert!(events.comments > 2, "{}", events.comments);
}

#[tokio::test]
async fn a_stream_goes_over_http_2_and_ends_with_the_server() {
    let app = app().await;
    let ada = app.user("ada").await;
    let stream = TokioIo::new(TcpStream::connect(app.http.host()).await.unwrap());
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(format!("{}/events?orders=me", app.http.base()));
    let request = request.header("authorization", &ada.tokens.id).body(Empty::<Bytes>::new()).unwrap();
    let mut body = client.send_request(request).await.unwrap().into_body();
    let mut text = String::new();
    let mut next = async |until: &str| {
        while !text.contains(until) {
            let frame = body.frame().await.unwrap().unwrap();
            text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
        }
    };
    next("event: subscribed").await;
    ada.order("o").await.expect(200);
    next("event: frontdesk.order.").await;
    let (stopped, ()) = tokio::join!(app.stop(), next("event: end"));
    assert!(stopped);
}
