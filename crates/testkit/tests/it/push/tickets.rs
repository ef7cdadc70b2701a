//! Tickets: one use, half a minute, and in no log.

use std::fs;

use reqwest::Method;
use serde_json::json;
use testkit::{Caller, Machine, is_timestamp};

use super::{Events, Socket, app, ticket};
use crate::server::FRONTDESK;

#[tokio::test]
async fn a_ticket_lets_its_owner_in_once() {
    let app = app().await;
    let ada = app.user("ada").await;
    let answer = ada.call(Method::POST, "/ws/tickets").await.json(201);
    assert!(is_timestamp(&answer["expiresAt"]), "{answer}");
    let path = format!("/ws?ticket={}", answer["ticket"].as_str().unwrap());
    let mut socket = Socket::try_open(&app.http, &path, None).await.unwrap();
    assert_eq!(socket.follow("bookings", "me").await["bookings"], json!(ada.sub));
    let again = Socket::try_open(&app.http, &path, None).await.err().unwrap();
    assert_eq!((again.0, &again.1["code"]), (401, &json!("unauthorized")));

    let query = format!("orders=me&ticket={}", ticket(&ada).await);
    Events::try_open(&app.http, &query, None, None).await.unwrap().expect("subscribed").await;
    assert_eq!(Events::try_open(&app.http, &query, None, None).await.err().unwrap().0, 401);
}

#[tokio::test]
async fn of_many_who_show_a_ticket_at_once_one_gets_in() {
    let app = app().await;
    let path = format!("/ws?ticket={}", ticket(&app.user("ada").await).await);
    let open = || Socket::try_open(&app.http, &path, None);
    let opened = tokio::join!(open(), open(), open(), open());
    let opened = [opened.0.is_ok(), opened.1.is_ok(), opened.2.is_ok(), opened.3.is_ok()];
    assert_eq!(opened.into_iter().filter(|opened| *opened).count(), 1);
}

#[tokio::test]
async fn a_ticket_is_good_for_half_a_minute_and_for_nothing_else() {
    let app = app().await;
    let ada = app.user("ada").await;
    let (late, revoked) = (ticket(&ada).await, ticket(&ada).await);
    for other in ["", "x", &ada.tokens.refresh, &ada.tokens.id] {
        let refused = Socket::try_open(&app.http, &format!("/ws?ticket={other}"), None).await.err().unwrap();
        assert_eq!(refused.0, 401, "{other}");
    }
    app.anonymous().call(Method::POST, &format!("/ws/tickets?ticket={late}")).await.problem(401, "unauthorized");
    app.anonymous().get(&format!("/orders?ticket={late}")).await.problem(401, "unauthorized");
    app.anonymous().call(Method::POST, "/ws/tickets").await.problem(401, "unauthorized");
    // Not used up by what is no WebSocket.
    app.anonymous().get(&format!("/ws?ticket={late}")).await.problem(426, "upgrade-required");
    app.cognito.admin_user("AdminUserGlobalSignOut", &ada.email).await.expect(200);
    for ticket in [&late, &revoked] {
        assert_eq!(Socket::try_open(&app.http, &format!("/ws?ticket={ticket}"), None).await.err().unwrap().0, 401);
    }
    let ada = ada.signed_in_again(&app.cognito).await;
    let late = ticket(&ada).await;
    app.clock.advance_seconds(30);
    assert_eq!(Socket::try_open(&app.http, &format!("/ws?ticket={late}"), None).await.err().unwrap().0, 401);
}

#[tokio::test]
async fn no_log_shows_a_ticket_or_a_token() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&["--log-level", "trace"]).await;
    let ada = server.user("ada").await;
    let (first, second) = (ticket(&ada).await, ticket(&ada).await);
    let mut socket = Socket::try_open(&server.http, &format!("/ws?ticket={first}"), None).await.unwrap();
    socket.follow("bookings", "me").await;
    Socket::try_open(&server.http, &format!("/ws?ticket={first}"), None).await.err().unwrap();
    let query = format!("orders=me&ticket={second}");
    Events::try_open(&server.http, &query, None, None).await.unwrap().expect("subscribed").await;
    let line = server.log_line(|line| line["routeKey"] == "GET /ws" && line["status"] == 101).await;
    assert_eq!(line["httpMethod"], "GET");
    server.log_line(|line| line["routeKey"] == "GET /events" && line["status"] == 200).await;
    drop(socket);
    server.logged("a WebSocket ended").await;
    let log = fs::read_to_string(machine.path("server.log")).unwrap();
    for secret in [&first, &second, &ada.tokens.id] {
        assert!(!log.contains(secret.as_str()), "a secret is in the log");
    }
}
