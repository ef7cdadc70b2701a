//! A request for a booking, from accepted to its end.

use serde_json::{Value, json};
use testkit::{Caller, NINE, TestApp};

use super::{Events, Socket, app, socket};
use crate::requests::request;

async fn fulfil(app: &TestApp) -> usize {
    app.instance.app.fulfil_waiting().await.unwrap()
}

const ACCEPTED: &str = "frontdesk.request.accepted";

/// The event of the end; that of the beginning may come before it, where it was relayed after the subscription began.
async fn end(socket: &mut Socket) -> Value {
    loop {
        let (_, event) = socket.event().await;
        if event["type"] != ACCEPTED {
            return event;
        }
    }
}

#[tokio::test]
async fn a_request_is_pushed_from_accepted_to_completed_over_both_transports() {
    let app = app().await;
    app.admin().await.resource("l", "r", 1).await;
    let ada = app.user("ada").await;
    let wish = json!({"resourceID": "r", "starttimeepochtime": NINE, "durationMinutes": 60});
    let message = request(&ada, &wish).await;
    let mut socket = socket(&app, &ada).await;
    let mut events = Events::open(&app.http, &format!("message_id={message}"), &ada.tokens.id, None).await;

    let waits = json!({"result": "booking still in the process", "message_id": message});
    let told = socket.follow("message_id", &message).await;
    assert_eq!(told["message_id"], json!(message));
    assert_eq!(socket.hear().await, json!({"type": "state", "message_id": message, "state": waits}));
    assert_eq!(events.expect("subscribed").await.id, events.last_event_id);
    assert_eq!(events.expect("state").await.data, waits);

    assert_eq!(fulfil(&app).await, 1);
    let done = ada.get(&format!("/query/{message}")).await.json(200);
    assert_eq!(done["result"], "booking completed");
    let pushed = end(&mut socket).await;
    assert_eq!((&pushed["type"], &pushed["data"]), (&json!("frontdesk.request.completed"), &done));
    let streamed = loop {
        let event = events.next().await.unwrap();
        if event.data["type"] != ACCEPTED {
            break event;
        }
    };
    assert_eq!(streamed.data, pushed);
    for member in ["specversion", "id", "source", "subject", "time", "datacontenttype", "aggregate"] {
        assert!(pushed[member].is_string(), "{member}: {pushed}");
    }

    // Whoever comes late is told so at once.
    let mut late = Socket::open(&app.http, &ada.tokens.access).await;
    late.follow("message_id", &message).await;
    assert_eq!(late.hear().await["state"], done);
}

#[tokio::test]
async fn a_rejection_comes_with_its_reason() {
    let app = app().await;
    app.admin().await.resource("l", "r", 1).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let wish = json!({"resourceID": "r", "starttimeepochtime": NINE, "durationMinutes": 60});
    request(&ada, &wish).await;
    let message = request(&bob, &wish).await;
    let mut socket = socket(&app, &bob).await;
    socket.follow("message_id", &message).await;
    socket.hear().await;
    assert_eq!(fulfil(&app).await, 2);
    let pushed = end(&mut socket).await;
    assert_eq!(pushed["data"]["result"], "booking rejected");
    let reason = &pushed["data"]["reason"];
    assert_eq!((&reason["code"], &reason["status"]), (&json!("capacity"), &json!(409)));
    let shown = bob.get(&format!("/query/{message}")).await.json(200);
    assert_eq!(shown["reason"]["request_id"], reason["request_id"], "that of the request that asked");
    assert!(!reason["alternatives"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn an_end_is_never_missed_whenever_one_subscribes() {
    let app = app().await;
    let ada = app.user("ada").await;
    for _ in 0..20 {
        let message = request(&ada, &json!({})).await;
        let mut socket = socket(&app, &ada).await;
        let wish = super::subscribe("message_id", &message);
        let (ended, ()) = tokio::join!(fulfil(&app), socket.say(&wish));
        assert_eq!(ended, 1);
        assert_eq!(socket.hear().await["type"], "subscribed");
        let told = socket.hear().await;
        if told["state"]["result"] == "booking still in the process" {
            assert_eq!(end(&mut socket).await["data"]["result"], "booking completed");
        } else {
            assert_eq!(told["state"]["result"], "booking completed");
        }
    }
}
