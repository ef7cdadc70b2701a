//! Topics and queues of moto's.

use reqwest::Method;
use serde_json::{Value, json};

use crate::Moto;

impl Moto {
    /// A new topic, and a queue that gets what the filter lets through: the topic's ARN and the queue's URL.
    pub async fn topic(&self, name: &str, filter: &Value) -> (String, String) {
        let created = self.sns(&[("Action", "CreateTopic"), ("Name", name)]).await;
        let topic = between(&created, "<TopicArn>", "</TopicArn>").to_owned();
        let queue = self.sqs("CreateQueue", json!({"QueueName": format!("{name}-queue")})).await;
        let queue = queue["QueueUrl"].as_str().unwrap().to_owned();
        let attributes = json!({"QueueUrl": queue, "AttributeNames": ["QueueArn"]});
        let attributes = self.sqs("GetQueueAttributes", attributes).await;
        let (filter, endpoint) = (filter.to_string(), attributes["Attributes"]["QueueArn"].as_str().unwrap());
        self.sns(&[
            ("Action", "Subscribe"),
            ("TopicArn", &topic),
            ("Protocol", "sqs"),
            ("Endpoint", endpoint),
            ("Attributes.entry.1.key", "RawMessageDelivery"),
            ("Attributes.entry.1.value", "true"),
            ("Attributes.entry.2.key", "FilterPolicy"),
            ("Attributes.entry.2.value", &filter),
        ])
        .await;
        (topic, queue)
    }

    /// The events that wait in a queue; they are gone then.
    pub async fn received(&self, queue: &str) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let page = self.sqs("ReceiveMessage", json!({"QueueUrl": queue, "MaxNumberOfMessages": 10})).await;
            let Some(messages) = page["Messages"].as_array().filter(|messages| !messages.is_empty()) else {
                return events;
            };
            for message in messages {
                events.push(serde_json::from_str(message["Body"].as_str().unwrap()).unwrap());
                let delete = json!({"QueueUrl": queue, "ReceiptHandle": message["ReceiptHandle"]});
                self.sqs("DeleteMessage", delete).await;
            }
        }
    }

    async fn sns(&self, parameters: &[(&str, &str)]) -> String {
        let form: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let body = format!("{}&Version=2010-03-31", form.join("&"));
        self.ask("sns", "application/x-www-form-urlencoded", None, body).await
    }

    async fn sqs(&self, action: &str, body: Value) -> Value {
        let target = format!("AmazonSQS.{action}");
        let text = self.ask("sqs", "application/x-amz-json-1.0", Some(&target), body.to_string()).await;
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    async fn ask(&self, service: &str, kind: &str, target: Option<&str>, body: String) -> String {
        let scope = format!("AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/{service}/aws4_request");
        let authorization = format!("{scope}, SignedHeaders=host, Signature=none");
        let mut call = self.http().call(Method::POST, "/").authorization(&authorization).header("content-type", kind);
        if let Some(target) = target {
            call = call.header("x-amz-target", target);
        }
        call.body(body).plain().await.expect(200).text()
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split_once(end).unwrap().0
}

/// A value of a form (WHATWG URL, `application/x-www-form-urlencoded`).
fn encoded(value: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    value.bytes().map(byte).collect()
}
