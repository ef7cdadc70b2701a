//! Who may follow what: the same as may be read.

use serde_json::{Value, json};
use testkit::{Caller, NINE, TestApp, User};

use super::{Events, Socket, app, socket, subscribe};
use crate::requests::request;

/// What a refusal is like on both transports.
async fn refused(app: &TestApp, user: &User, (name, value): (&str, &str), (status, code): (u16, &str)) {
    let told = socket(app, user).await.ask(&subscribe(name, value)).await;
    assert_eq!(
        (&told["type"], &told["code"], &told["status"]),
        (&json!("error"), &json!(code), &json!(status)),
        "{told}"
    );
    for member in ["message", "connectionId", "requestId", "detail"] {
        assert!(told[member].is_string(), "{member}: {told}");
    }
    let query = format!("{name}={value}");
    let problem = Events::try_open(&app.http, &query, Some(&user.tokens.id), None).await.err().unwrap();
    assert_eq!((problem.0, &problem.1["code"]), (status, &json!(code)), "{problem:?}");
}

async fn follows(app: &TestApp, user: &User, name: &str, value: &str) {
    socket(app, user).await.follow(name, value).await;
    Events::open(&app.http, &format!("{name}={value}"), &user.tokens.id, None).await.expect("subscribed").await;
}

#[tokio::test]
async fn one_follows_what_is_ones_own_and_administrators_follow_everything() {
    let app = app().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let message = request(&ada, &json!({})).await;
    for (name, value) in [("bookings", "me"), ("orders", "me"), ("bookings", &*ada.sub), ("orders", &*ada.sub)] {
        follows(&app, &ada, name, value).await;
        follows(&app, &admin, name, value).await;
    }
    follows(&app, &ada, "message_id", &message).await;
    follows(&app, &admin, "message_id", &message).await;
    follows(&app, &bob, "resourceID", "r").await;
    for name in ["bookings", "orders"] {
        refused(&app, &bob, (name, &ada.sub), (403, "forbidden")).await;
        // Also when there is no such user.
        refused(&app, &bob, (name, "nobody"), (403, "forbidden")).await;
    }
    refused(&app, &bob, ("message_id", &message), (404, "not-found")).await;
    refused(&app, &bob, ("message_id", "none"), (404, "not-found")).await;
    refused(&app, &bob, ("resourceID", "none"), (404, "not-found")).await;
}

#[tokio::test]
async fn nobody_follows_without_a_token() {
    let app = app().await;
    let expired = app.user("ada").await.tokens.id;
    app.clock.advance_seconds(2 * 60 * 60);
    for token in [None, Some("a.b.c"), Some(expired.as_str())] {
        let problem = Socket::try_open(&app.http, "/ws", token).await.err().unwrap();
        assert_eq!((problem.0, &problem.1["code"]), (401, &json!("unauthorized")));
        let problem = Events::try_open(&app.http, "bookings=me", token, None).await.err().unwrap();
        assert_eq!((problem.0, &problem.1["code"]), (401, &json!("unauthorized")));
    }
}

#[tokio::test]
async fn what_is_none_for_a_web_socket_is_told_how() {
    let app = app().await;
    let ada = app.user("ada").await;
    ada.get("/ws").await.problem(426, "upgrade-required");
    app.anonymous().get("/ws").await.problem(401, "unauthorized");
}

#[tokio::test]
async fn bookings_and_orders_of_ones_own_come_whole() {
    let app = app().await;
    app.admin().await.resource("l", "r", 1).await;
    let ada = app.user("ada").await;
    let mut bookings = socket(&app, &ada).await;
    bookings.follow("bookings", "me").await;
    let mut both = Events::open(&app.http, "bookings=me&orders=me", &ada.tokens.id, None).await;
    let topics: Value = both.expect("subscribed").await.data["topics"].clone();
    assert_eq!(topics, json!([{"bookings": ada.sub}, {"orders": ada.sub}]));
    let booking = ada.book("b", "r", NINE, 60).await.json(201);
    assert_eq!(bookings.event().await.1["data"], booking);
    assert_eq!(both.next().await.unwrap().data["data"], booking);
    let order = ada.order("o").await.json(200);
    let pushed = both.next().await.unwrap();
    assert_eq!(pushed.data["data"]["data"], order, "{pushed:?}");
}
