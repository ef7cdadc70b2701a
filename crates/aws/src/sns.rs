//! A topic of Amazon SNS to which every event is published, for subscribers that choose by a filter.

use std::fmt;
use std::time::Duration;

use app::Notice;
use app::events::{Delivered, Pipeline, PipelineDelivery, Setback};
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_sns::Client;
use aws_sdk_sns::error::{BuildError, ProvideErrorMetadata};
use aws_sdk_sns::types::{BatchResultErrorEntry, MessageAttributeValue, PublishBatchRequestEntry};
use domain::spread::hash;
use tokio::sync::OnceCell;

use crate::causes::causes;

/// How long one request over the wire may take.
const REQUEST: Duration = Duration::from_secs(10);
/// Messages of one request, and bytes of all its messages, at most (SNS's limits).
const MESSAGES: usize = 10;
const BYTES: usize = 256 * 1024;
/// Bytes of a message's attributes, at most, with which its own are counted.
const ATTRIBUTES: usize = 1024;
/// Characters of a message group's name, at most.
const GROUP: usize = 128;

/// A topic.
pub struct Topic {
    arn: String,
    client: OnceCell<Client>,
}

impl fmt::Debug for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Topic").field("arn", &self.arn).finish_non_exhaustive()
    }
}

/// What became of a request.
enum Published {
    /// So many of its messages are published, counted from the first; the next one is not.
    Some(usize, Setback),
    All,
    /// SNS refuses the request as it is, whatever is in it.
    Invalid(String),
}

impl Topic {
    /// The topic of that ARN. Credentials and endpoint (`AWS_ENDPOINT_URL_SNS`, else AWS) come from the SDK's default chains when something
    /// is published for the first time.
    pub fn new(arn: &str) -> Self {
        Self { arn: arn.to_owned(), client: OnceCell::new() }
    }

    async fn client(&self) -> &Client {
        let connect = async || {
            let timeouts = TimeoutConfig::builder().operation_attempt_timeout(REQUEST).build();
            let region = self.arn.split(':').nth(3).unwrap_or_default().to_owned();
            let loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts);
            Client::new(&loader.region(Region::new(region)).load().await)
        };
        self.client.get_or_init(connect).await
    }

    /// Whether the topic keeps messages of one group in their order.
    fn is_ordered(&self) -> bool {
        self.arn.ends_with(".fifo")
    }

    /// How many of the events one request may have. Of one aggregate it has no two where the topic keeps an order: the second could be
    /// taken although the first one was not.
    fn fitting(&self, events: &[Notice]) -> usize {
        let mut bytes: usize = 0;
        let mut count: usize = 0;
        for event in events.iter().take(MESSAGES) {
            bytes = bytes.saturating_add(event.event.len()).saturating_add(ATTRIBUTES);
            let earlier = events.iter().take(count);
            let is_second = self.is_ordered() && earlier.into_iter().any(|one| one.aggregate == event.aggregate);
            if count > 0 && (bytes > BYTES || is_second) {
                break;
            }
            count = count.saturating_add(1);
        }
        count
    }

    async fn publish(&self, events: &[Notice]) -> Published {
        if let [event] = events
            && event.event.len().saturating_add(ATTRIBUTES) > BYTES
        {
            let reason = format!("the event has {} bytes; SNS takes {BYTES} with the attributes", event.event.len());
            return Published::Some(0, Setback::Fail(reason));
        }
        let entries = events.iter().enumerate().map(|(number, event)| self.entry(number, event)).collect();
        let entries: Vec<PublishBatchRequestEntry> = match entries {
            Ok(entries) => entries,
            Err(error) => return Published::Some(0, Setback::Halt(BuildError::to_string(&error))),
        };
        let request = self.client().await.publish_batch().topic_arn(&self.arn);
        match request.set_publish_batch_request_entries(Some(entries)).send().await {
            Ok(output) => settled(events.len(), output.failed()),
            Err(error) => match error.code() {
                Some("InvalidParameter" | "ParameterValueInvalid" | "BatchRequestTooLong" | "ValidationError") => {
                    Published::Invalid(causes(&error))
                }
                _ => Published::Some(0, Setback::Halt(causes(&error))),
            },
        }
    }

    fn entry(&self, number: usize, event: &Notice) -> Result<PublishBatchRequestEntry, BuildError> {
        let text = |value: &str| MessageAttributeValue::builder().data_type("String").string_value(value).build();
        let kind = event.aggregate.split('/').next().unwrap_or_default();
        let mut entry = PublishBatchRequestEntry::builder().id(number.to_string()).message(&event.event);
        entry = entry.message_attributes("type", text(&event.kind)?).message_attributes("aggregate", text(kind)?);
        if self.is_ordered() {
            let again = format!("{}-{}", event.position, event.sequence);
            entry = entry.message_group_id(group(&event.aggregate)).message_deduplication_id(again);
        }
        entry.build()
    }
}

/// The first message that was not taken.
fn settled(count: usize, failed: &[BatchResultErrorEntry]) -> Published {
    let place = |entry: &BatchResultErrorEntry| entry.id().parse::<usize>().unwrap_or(0).min(count);
    let Some(first) = failed.iter().min_by_key(|entry| place(entry)) else { return Published::All };
    let reason = format!("{}: {}", first.code(), first.message().unwrap_or("without a message"));
    let setback = if first.sender_fault() { Setback::Fail(reason) } else { Setback::Retry(reason) };
    Published::Some(place(first), setback)
}

/// The name of an aggregate's group, of the characters that SNS takes.
fn group(aggregate: &str) -> String {
    if aggregate.len() <= GROUP && aggregate.bytes().all(|byte| byte.is_ascii_graphic()) {
        aggregate.to_owned()
    } else {
        format!("{:08x}", hash(aggregate))
    }
}

impl Pipeline for Topic {
    fn name(&self) -> &str {
        "topic"
    }

    fn deliver<'a>(&'a self, events: &'a [Notice]) -> PipelineDelivery<'a> {
        Box::pin(async move {
            let mut done: usize = 0;
            let mut singly_until: usize = 0;
            while let Some(rest) = events.get(done..).filter(|rest| !rest.is_empty()) {
                let count = if done < singly_until { 1 } else { self.fitting(rest) };
                let some = rest.get(..count).unwrap_or(rest);
                match self.publish(some).await {
                    Published::All => done = done.saturating_add(some.len()),
                    Published::Some(more, setback) => return Delivered::until(done.saturating_add(more), setback),
                    Published::Invalid(reason) if some.len() == 1 => {
                        return Delivered::until(done, Setback::Fail(reason));
                    }
                    // One of them is what SNS does not take.
                    Published::Invalid(_) => singly_until = done.saturating_add(some.len()),
                }
            }
            Delivered::all(events)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn notice(aggregate: &str, bytes: usize) -> Notice {
        Notice {
            position: 1,
            kind: "frontdesk.order.placed".to_owned(),
            aggregate: aggregate.to_owned(),
            subject: "o".to_owned(),
            sequence: 1,
            time: String::new(),
            data: RawValue::NULL.to_owned(),
            event: "x".repeat(bytes),
            concerns: Vec::new(),
        }
    }

    #[test]
    fn a_request_has_what_fits_and_of_an_aggregate_one_where_there_is_an_order() {
        let plain = Topic::new("arn:aws:sns:us-east-1:1:events");
        let ordered = Topic::new("arn:aws:sns:us-east-1:1:events.fifo");
        let of = |names: &[&str], bytes: usize| names.iter().map(|name| notice(name, bytes)).collect::<Vec<_>>();
        let events = of(&["a", "b", "a", "c"], 10);
        assert_eq!((plain.fitting(&events), ordered.fitting(&events)), (4, 2));
        assert_eq!(plain.fitting(&of(&["a"; 30], 10)), MESSAGES);
        assert_eq!(plain.fitting(&of(&["a", "b", "c"], 100 * 1024)), 2);
        assert_eq!(plain.fitting(&of(&["a", "b"], BYTES)), 1, "one is always tried");
    }

    #[test]
    fn the_first_message_that_was_not_taken_counts() {
        let failed = |id: &str, sender: bool| {
            BatchResultErrorEntry::builder().id(id).code("C").sender_fault(sender).build().unwrap()
        };
        assert!(matches!(settled(3, &[]), Published::All));
        let outcome = settled(3, &[failed("2", true), failed("1", false)]);
        assert!(matches!(outcome, Published::Some(1, Setback::Retry(_))));
        assert!(matches!(settled(3, &[failed("0", true)]), Published::Some(0, Setback::Fail(_))));
    }

    #[test]
    fn groups_have_names_that_sns_takes() {
        assert_eq!(group("order/u/o"), "order/u/o");
        for wrong in ["order/ü/o".to_owned(), "a b".to_owned(), "x".repeat(200)] {
            assert_eq!(group(&wrong).len(), 8);
        }
    }
}
