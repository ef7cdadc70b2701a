//! Requests that are fulfilled later: accepted by the interface or through a queue, fulfilled as the stream says.

use serde_json::{Value, json};
use store::{Key, Table};
use testkit::{Function, NINE, booking_of, claims};

use super::gateway::{Client, Form};
use super::{Cloud, batch, failed};

const MESSAGE: &str = include_str!("recorded/message.json");

/// A message of a FIFO queue.
fn message(id: &str, group: &str, body: &str) -> Value {
    let mut message: Value = serde_json::from_str(MESSAGE).unwrap();
    message["messageId"] = id.into();
    message["attributes"]["MessageGroupId"] = group.into();
    message["body"] = body.into();
    message
}

async fn state(api: &Function, token: &str, id: &str) -> String {
    let client = Client { function: api, form: Form::Rest, token };
    client.get(&format!("/query/{id}")).await.json(200)["result"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_fulfilled_as_the_stream_says() {
    let cloud = Cloud::start().await;
    let api = cloud.function("api", &[]).await;
    let fulfilment = cloud.function("fulfilment", &[]).await;
    let (ada, root) = (cloud.token("ada", &[]).await, cloud.token("root", &["apiAdmins"]).await);
    let root = Client { function: &api, form: Form::Rest, token: &root };
    root.send("PUT", "/locations/l", &json!({"name": "Lobby"})).await.json(201);
    root.send("PUT", "/locations/l/resources/r", &json!({"name": "Room"})).await.json(201);
    let client = Client { function: &api, form: Form::Rest, token: &ada };
    let mut ids = Vec::new();
    for body in [booking_of("r", NINE, 60), booking_of("r", NINE, 60), json!({"guest": "one"})] {
        let answer = client.send("POST", "/book", &body).await.json(200);
        ids.push(answer["PublishResponse"]["PublishResult"]["MessageId"].as_str().unwrap().to_owned());
    }
    assert_eq!(state(&api, &ada, &ids[0]).await, "booking still in the process");
    let records = cloud.stream("queue").await;
    assert_eq!(records.iter().filter(|record| record["eventName"] == "INSERT").count(), 3);
    let answer = fulfilment.answer(&batch(&records)).await;
    assert!(failed(&answer).is_empty(), "{answer}");
    let states = ["booking completed", "booking rejected", "booking completed"];
    for (id, expected) in ids.iter().zip(states) {
        assert_eq!(state(&api, &ada, id).await, expected);
    }
    // The same records once more change nothing, and one that names no lane is said to have failed.
    assert!(failed(&fulfilment.answer(&batch(&records)).await).is_empty());
    let mut poisoned = records[0].clone();
    poisoned["dynamodb"]["Keys"] = json!({});
    poisoned["dynamodb"]["SequenceNumber"] = "7".into();
    let answer = fulfilment.answer(&batch(&[records[1].clone(), poisoned])).await;
    assert_eq!(failed(&answer), ["7"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_through_a_queue_is_stored_once() {
    let cloud = Cloud::start().await;
    let queue = cloud.function("queue", &[]).await;
    let (api, schedule) = tokio::join!(cloud.function("api", &[]), cloud.function("schedule", &[]));
    let ada = cloud.token("ada", &[]).await;
    let me = claims(&ada)["sub"].as_str().unwrap().to_owned();
    let asked = json!({"caller": me, "groups": "", "body": {"guest": "one"}}).to_string();
    // As a topic hands it on: the client was told the topic's identifier.
    let told = "6f1c7a52-3c8c-4d7f-8f0a-0a4a0e2f9d11";
    let envelope = json!({"Type": "Notification", "MessageId": told, "TopicArn": "arn", "Message": asked}).to_string();
    let records = [
        message("m1", "a", &envelope),
        message("m2", "b", "not even JSON"),
        message("m3", "b", &asked),
        message("m4", "c", &asked),
    ];
    let answer = queue.answer(&batch(&records)).await;
    assert_eq!(failed(&answer), ["m2", "m3"], "what is behind a message of its group waits with it");
    // Those that are done come again when their deletion is lost.
    assert!(failed(&queue.answer(&batch(&records[..1])).await).is_empty());
    let store = cloud.store();
    use store::Store as _;
    let key = |id: &str| Key::new(Table::Requests, id);
    assert!(store.get(&key("m4")).await.unwrap().is_some() && store.get(&key("m3")).await.unwrap().is_none());
    assert_eq!(cloud.stream("queue").await.len(), 2, "each waits once");
    assert_eq!(state(&api, &ada, told).await, "booking still in the process");
    // Nobody follows the stream: the clock finds what was left behind.
    let event: Value = serde_json::from_str(include_str!("recorded/schedule.json")).unwrap();
    let done = schedule.answer(&event).await;
    assert_eq!(done["requests"], 2, "{done}");
    assert_eq!(state(&api, &ada, told).await, "booking completed");
}
