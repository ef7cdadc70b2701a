//! Events: from the stream of their table into the log, and from there to a topic.

use std::time::Duration;

use serde_json::{Value, json};
use store::log;
use testkit::order_of;

use super::gateway::{Client, Form};
use super::{Cloud, batch, failed};

const MESSAGE: &str = include_str!("recorded/message.json");
const DESTINATION: &str = include_str!("recorded/destination.json");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_get_into_the_log_and_to_the_topics_subscribers() {
    let cloud = Cloud::start().await;
    let (topic, orders) = cloud.moto.topic("events", &json!({"aggregate": ["order"]})).await;
    let archive = cloud.machine.path("archive");
    let settings = [("FRONTDESK_TOPIC", topic.as_str()), ("FRONTDESK_ARCHIVE", archive.to_str().unwrap())];
    let (api, relay) = tokio::join!(cloud.function("api", &[]), cloud.function("relay", &settings));
    let root = cloud.token("root", &["apiAdmins"]).await;
    let root = Client { function: &api, form: Form::Rest, token: &root };
    for order in ["o", "p"] {
        root.send("POST", "/orders", &order_of(order)).await.json(200);
    }
    root.send("PUT", "/locations/l", &json!({"name": "Lobby"})).await.json(201);
    let records = cloud.stream("events").await;
    let store = cloud.store();
    assert_eq!(log::ends(&store).await.unwrap().head, 0, "nobody has relayed yet");
    // One that names no event fails alone: the others are in the log all the same.
    let mut poisoned = records[0].clone();
    poisoned["dynamodb"]["Keys"] = json!({"aggregate": {"S": "order/x"}});
    poisoned["dynamodb"]["SequenceNumber"] = "7".into();
    let answer = relay.answer(&batch(&[&[poisoned][..], &records].concat())).await;
    assert_eq!(failed(&answer), ["7"]);
    let page = log::read(&store, 0, 100).await.unwrap();
    assert_eq!((page.events.len(), page.ends.head), (3, 3));
    let kinds: Vec<String> = cloud.moto.received(&orders).await.iter().map(kind).collect();
    assert_eq!(kinds, ["frontdesk.order.placed"; 2], "what the filter lets through");
    assert_eq!(archived(&archive), 1, "one file, within the call");
    // Again: everything is done already, and nothing is delivered twice.
    assert!(failed(&relay.answer(&batch(&records)).await).is_empty());
    assert_eq!(log::ends(&store).await.unwrap().head, 3);
    assert!(cloud.moto.received(&orders).await.is_empty());
}

fn kind(event: &Value) -> String {
    event["type"].as_str().unwrap_or_else(|| panic!("{event}")).to_owned()
}

/// How many files there are.
fn archived(directory: &std::path::Path) -> usize {
    let folders = std::fs::read_dir(directory).unwrap().map(|folder| folder.unwrap().path());
    folders.map(|folder| std::fs::read_dir(folder).unwrap().count()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_call_has_no_time_for_is_left_for_the_clock() {
    let cloud = Cloud::start().await;
    let topic = cloud.moto.topic("events", &json!({})).await;
    let settings = [("FRONTDESK_TOPIC", topic.0.as_str())];
    let api = cloud.function("api", &[]).await;
    let (relay, schedule) = tokio::join!(cloud.function("relay", &settings), cloud.function("schedule", &settings));
    let ada = cloud.token("ada", &[]).await;
    Client { function: &api, form: Form::Rest, token: &ada }.send("POST", "/orders", &order_of("o")).await.json(200);
    let records = cloud.stream("events").await;
    let answer = relay.call_within(Duration::from_millis(1_000), &batch(&records)).await.unwrap();
    assert!(failed(&answer).is_empty(), "{answer}");
    assert!(cloud.moto.received(&topic.1).await.is_empty());
    let event: Value = serde_json::from_str(include_str!("recorded/schedule.json")).unwrap();
    schedule.answer(&event).await;
    assert_eq!(cloud.moto.received(&topic.1).await.len(), records.len());
}

#[tokio::test]
async fn what_functions_gave_up_is_written_down() {
    let cloud = Cloud::start().await;
    let failure = cloud.function("failure", &[]).await;
    let mut message: Value = serde_json::from_str(MESSAGE).unwrap();
    let mut secret = message.clone();
    message["body"] = DESTINATION.into();
    secret["body"] = json!({"caller": "ada", "body": {"guest": "hush"}}).to_string().into();
    assert!(failed(&failure.answer(&batch(&[message, secret])).await).is_empty());
    let is_whole = |log: &Vec<Value>| log.iter().any(|line| line["DeadLetters"] == 2);
    let log = testkit::poll::until("the last lines", async || Some(failure.log()).filter(is_whole)).await;
    let letters: Vec<&Value> = log.iter().filter(|line| line["message"] == "a dead letter").collect();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0]["condition"], "RetryAttemptsExhausted");
    assert_eq!(letters[0]["first"], "800000000003126276362");
    assert!(!format!("{log:?}").contains("hush"), "what was in it is nobody's business here");
}
