//! Going on where one was: nothing is missed and nothing comes twice, from any id; or one is told to read anew.

use serde_json::{Value, json};
use testkit::{HOUR, NINE, TestApp, User};

use super::{Event, Events, app, socket};

const CHANGES: i64 = 20;

/// Changes of bookings of a user, some of them in vain and some not of the resource that is followed.
async fn change(app: &TestApp, ada: &User) {
    let bob = app.user("bob").await;
    for number in 0..CHANGES {
        let (name, start) = (format!("b{number}"), NINE + number * HOUR);
        ada.book(&name, "r", start, 60).await.expect(201);
        bob.book(&format!("other-{name}"), "s", start, 60).await.expect(201);
        if number % 3 == 0 {
            ada.cancel(&name).await.expect(200);
        }
    }
}

#[tokio::test]
async fn whoever_reconnects_from_any_id_misses_nothing() {
    let app = app().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    admin.resource("l", "s", 1).await;
    let ada = app.user("ada").await;
    let mut events = Events::open(&app.http, "resourceID=r", &ada.tokens.id, None).await;
    let start = events.expect("subscribed").await.id;
    change(&app, &ada).await;
    let count = usize::try_from(CHANGES + (CHANGES + 2) / 3).unwrap();
    let mut all = Vec::new();
    while all.len() < count {
        all.push(events.next().await.unwrap());
    }
    let ids: Vec<i64> = all.iter().map(|event| event.id.parse().unwrap()).collect();
    assert!(ids.is_sorted_by(|one, other| one < other), "{ids:?}");
    let beginnings = [start].into_iter().chain(all.iter().map(|event| event.id.clone()));
    for (missing, id) in beginnings.enumerate() {
        let rest = &all[missing..];
        resume(&app, &ada, &id, rest).await;
    }
}

/// Goes on from an id, on both transports and in both ways to name it, while the next event happens.
async fn resume(app: &TestApp, ada: &User, id: &str, rest: &[Event]) {
    let mut header = Events::open(&app.http, "resourceID=r", &ada.tokens.id, Some(id)).await;
    let query = format!("resourceID=r&lastEventId={id}");
    let mut parameter = Events::open(&app.http, &query, &ada.tokens.id, None).await;
    for events in [&mut header, &mut parameter] {
        assert_eq!(events.expect("subscribed").await.id, id);
        for event in rest {
            assert_eq!(events.next().await.as_ref(), Some(event));
        }
    }
    let mut socket = socket(app, ada).await;
    for id in [json!(id), json!(id.parse::<i64>().unwrap())] {
        let told = socket.ask(&json!({"action": "subscribe", "resourceID": "r", "lastEventId": id})).await;
        assert_eq!(told["type"], "subscribed", "{told}");
        for event in rest {
            assert_eq!(socket.event().await, (event.id.clone(), event.data.clone()));
        }
        let told = socket.ask(&json!({"action": "unsubscribe", "resourceID": "r"})).await;
        assert_eq!(told, json!({"type": "unsubscribed", "resourceID": "r"}));
    }
}

#[tokio::test]
async fn an_id_that_is_none_of_ours_leads_to_a_reset() {
    let app = app().await;
    app.admin().await.resource("l", "r", 1).await;
    let ada = app.user("ada").await;
    let mut socket = socket(&app, &ada).await;
    let far = "9000000000";
    socket.ask(&json!({"action": "subscribe", "resourceID": "r", "lastEventId": far})).await;
    let reset = socket.hear().await;
    assert_eq!((&reset["type"], &reset["resourceID"]), (&json!("reset"), &json!("r")), "{reset}");
    let mut events = Events::open(&app.http, "resourceID=r", &ada.tokens.id, Some(far)).await;
    events.expect("subscribed").await;
    assert_eq!(events.expect("reset").await.data["lastEventId"], reset["lastEventId"]);
    ada.book("b", "r", NINE, 60).await.expect(201);
    assert_eq!(events.next().await.unwrap().data, socket.event().await.1);
    for bad in [json!("x"), json!(-1), json!(1.5), json!([1])] {
        let told = socket.ask(&json!({"action": "subscribe", "resourceID": "r", "lastEventId": bad})).await;
        assert_eq!((&told["code"], &told["errors"][0]["pointer"]), (&json!("invalid"), &json!("/lastEventId")));
    }
    let problem: (u16, Value) =
        Events::try_open(&app.http, "resourceID=r", Some(&ada.tokens.id), Some("x")).await.err().unwrap();
    assert_eq!(problem.0, 400);
}
