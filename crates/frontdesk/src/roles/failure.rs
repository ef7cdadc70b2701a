//! Writes down what other functions gave up: the facts that say where to look, and nothing of what was in it.

use lambda_http::Context;
use lambda_http::lambda_runtime::Diagnostic;
use serde::Deserialize;
use serde_json::Value;

use super::batch::{Batch, Failed, Message};
use super::calls::Answer;

/// Writes failures down.
pub(super) struct Failures;

/// What Lambda sends to an on-failure destination.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Destination {
    request_context: Value,
    response_context: Value,
    /// The place in a stream where the records are.
    #[serde(rename = "DDBStreamBatchInfo")]
    stream: Value,
}

impl Answer for Failures {
    type Event = Batch<Message>;
    type Reply = Failed;

    async fn answer(&self, batch: Batch<Message>, _: Context) -> Result<Failed, Diagnostic> {
        for message in &batch.records {
            write_down(message);
            metrics::counter!("DeadLetters").increment(1);
        }
        Ok(Failed::default())
    }
}

fn write_down(message: &Message) {
    let known: Destination = serde_json::from_str(&message.body).unwrap_or_default();
    let text = |value: &Value, name: &str| match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let (of_request, of_response) = (&known.request_context, &known.response_context);
    tracing::error!(
        message_id = message.message_id,
        group = message.group(),
        function = text(of_request, "functionArn"),
        condition = text(of_request, "condition"),
        attempts = text(of_request, "approximateInvokeCount"),
        function_error = text(of_response, "functionError"),
        stream = text(&known.stream, "streamArn"),
        shard = text(&known.stream, "shardId"),
        first = text(&known.stream, "startSequenceNumber"),
        last = text(&known.stream, "endSequenceNumber"),
        records = text(&known.stream, "batchSize"),
        "a dead letter"
    );
}
