//! The sub-protocol: who is let in, what closes a connection, what is refused.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Caller, TestApp};

use super::socket::{PROTOCOL, Socket};

const MINE: &str = "subscription { myBookings { eventId } }";

#[tokio::test]
async fn only_a_web_socket_with_the_sub_protocol_is_opened() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    app.anonymous().get("/graphql").await.problem(401, "unauthorized");
    ada.get("/graphql").await.problem(426, "upgrade-required");
    for headers in [&[][..], &[("sec-websocket-protocol", "graphql-ws")]] {
        let (status, problem) = Socket::graphql(&app.http, headers).await.err().unwrap();
        assert_eq!((status, &problem["code"]), (400, &json!("invalid")), "{problem}");
    }
    let (status, problem) = Socket::graphql(&app.http, &[PROTOCOL, ("authorization", "nonsense")]).await.err().unwrap();
    assert_eq!((status, &problem["code"]), (401, &json!("unauthorized")));
    // A client that can send headers need not say it again.
    let mut socket = Socket::graphql(&app.http, &[PROTOCOL, ("authorization", &ada.tokens.id)]).await.unwrap();
    assert_eq!(socket.ask(&json!({"type": "connection_init"})).await, json!({"type": "connection_ack"}));
}

#[tokio::test]
async fn what_the_protocol_forbids_closes_the_connection() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let subscribe = json!({"type": "subscribe", "id": "1", "payload": {"query": MINE}});
    let init = json!({"type": "connection_init", "payload": {"authorization": ada.tokens.access}});
    for (said, code) in [
        (vec![json!({"type": "nonsense"})], 4400),
        (vec![json!([])], 4400),
        (vec![json!({"type": "subscribe", "payload": {}})], 4400),
        (vec![subscribe.clone()], 4401),
        (vec![json!({"type": "connection_init"})], 4403),
        (vec![json!({"type": "connection_init", "payload": {"Authorization": "Bearer x"}})], 4403),
        (vec![init.clone(), subscribe.clone(), subscribe.clone()], 4409),
        (vec![init.clone(), init.clone()], 4429),
    ] {
        let mut socket = Socket::bare(&app).await;
        for said in &said {
            socket.say(said).await;
        }
        let (closed, reason) = socket.closed().await;
        assert_eq!(closed, code, "{said:?} {reason}");
        assert!(!reason.is_empty());
    }
}

#[tokio::test]
async fn who_never_says_who_it_is_is_not_waited_for() {
    let app = TestApp::with(|setup| setup.pace.init = Duration::from_millis(50)).await;
    let mut slow = Socket::bare(&app).await;
    assert_eq!(slow.closed().await.0, 4408);
}

#[tokio::test]
async fn who_takes_leave_is_answered() {
    let app = TestApp::start().await;
    let mut socket = Socket::of(&app, &app.user("ada").await).await;
    socket.leave(1000).await;
    assert_eq!(socket.closed().await.0, 1000);
}

#[tokio::test]
async fn a_connection_ends_with_its_token() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut socket = Socket::of(&app, &ada).await;
    socket.subscribe("1", MINE, &Value::Null).await;
    socket.data("1").await;
    app.clock.advance_seconds(60 * 60);
    socket.subscribe("2", MINE, &Value::Null).await;
    let (code, reason) = socket.closed().await;
    assert_eq!(code, 4403);
    assert!(reason.contains("expired"), "{reason}");
}

#[tokio::test]
async fn what_is_refused_ends_one_operation_only() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut socket = Socket::of(&app, &ada).await;
    for (document, code) in [
        ("{ broken", "invalid"),
        ("{ none }", "invalid"),
        ("subscription { a: myBookings { eventId } b: myOrders { eventId } }", "invalid"),
        ("{ a { a { a { a { a { a { a { a { a { a { a { a { a } } } } } } } } } } } } }", "too-complex"),
    ] {
        socket.subscribe("1", document, &Value::Null).await;
        assert_eq!(socket.refused("1").await["code"], code, "{document}");
    }
    socket.say(&json!({"type": "subscribe", "id": "1", "payload": {"query": 1}})).await;
    assert_eq!(socket.refused("1").await["errors"][0]["pointer"], "/query");
    socket.say(&json!({"type": "subscribe", "id": "1", "payload": [{"query": "{ __typename }"}]})).await;
    assert_eq!(socket.refused("1").await["code"], "invalid");
    // An identifier is free again once its operation is over.
    for _ in 0..2 {
        socket.subscribe("1", "{ __typename }", &Value::Null).await;
        assert_eq!(socket.data("1").await, json!({"__typename": "Query"}));
        socket.complete("1").await;
    }
    let pong = socket.ask(&json!({"type": "ping", "payload": {"n": 1}})).await;
    assert_eq!(pong, json!({"type": "pong", "payload": {"n": 1}}));
}
