//! The README's sample payloads, on both stores.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Caller, TestApp};

const README: &str = include_str!("../../../../../README.md");

/// The events of the README's section, in its order.
fn samples() -> Vec<&'static str> {
    let (_, section) = README.split_once("\n## Table operations\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let samples = section.split("call POST /DynamoDBManager '").skip(1);
    samples.map(|sample| sample.split_once('\'').unwrap().0).collect()
}

/// What each sample is answered with: a result, or the class of the error.
fn answers() -> Vec<Result<Value, &'static str>> {
    let bob = json!({
        "id": "1", "name": "Bob", "visits": 0, "tags": {"$stringSet": ["new"]}, "photo": {"$binary": "aGVsbG8="},
    });
    let mut alice = bob.clone();
    alice["name"] = json!("Alice");
    alice["visits"] = json!(1);
    vec![
        Ok(json!({})),
        Ok(json!({"Item": bob})),
        Ok(json!({"Attributes": alice})),
        Err("ConditionalCheckFailedException"),
        Ok(json!({"Items": [{"id": "1", "visits": 1}], "Count": 1, "ScannedCount": 1})),
        Ok(json!({"Attributes": alice})),
        Ok(serde_json::from_str(r#"{"somekey1": "somevalue1", "somekey2": 1.50}"#).unwrap()),
        Ok(json!("pong")),
        Err("ValueError"),
    ]
}

async fn run(app: TestApp) {
    let admin = app.admin().await;
    let (samples, answers) = (samples(), answers());
    assert_eq!(samples.len(), answers.len());
    for (sample, wanted) in samples.into_iter().zip(answers) {
        let form = "application/x-www-form-urlencoded";
        let answer = admin.call(Method::POST, "/DynamoDBManager").header("content-type", form).body(sample).await;
        let mut shown: Value = serde_json::from_slice(&answer.body).unwrap();
        match wanted {
            Ok(result) => {
                if let Some(members) = shown.as_object_mut() {
                    members.shift_remove("ResponseMetadata");
                }
                assert_eq!((answer.status, shown), (200, result), "{sample}");
            }
            Err(class) => assert_eq!((answer.status < 500, &shown["errorType"]), (true, &json!(class)), "{sample}"),
        }
    }
}

#[tokio::test]
async fn the_samples_run_on_the_embedded_store() {
    run(TestApp::embedded(|_| {}).await).await;
}

#[tokio::test]
async fn the_samples_run_on_dynamodb() {
    run(TestApp::on_dynamodb().await).await;
}
