//! Server-sent events (WHATWG HTML, section 9.2): one task that follows the topics and writes into the body of the answer, as much as
//! the client takes.

use std::convert::Infallible;
use std::pin::pin;

use app::{Delivery, Notice, Subscription, Topic};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use domain::Refusal;
use domain::limits::PUSH_SUBSCRIPTIONS;
use futures_util::stream;
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{HeaderName, HeaderValue};
use identity::Caller;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::message::RESET;
use super::subscription::{Label, NAMES, may_follow, position, standing, topic, viewer};
use super::{Counted, ended, event, stopping, ticks};
use crate::connection::Connection;
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::state::Shared;

const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Has proxies pass on what comes when it comes (nginx).
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
const NO: HeaderValue = HeaderValue::from_static("no");

/// A stream of events that is being opened.
pub(crate) struct Stream {
    state: Shared,
    caller: Caller,
    connection: Option<Connection>,
    id: String,
    topics: Vec<Topic>,
    subscription: Subscription,
    /// What it begins with.
    beginning: Bytes,
}

/// Why a stream ends.
enum End {
    /// Its client is gone.
    Gone,
    /// Its client reads nothing.
    Stuck,
    /// It has been told why.
    Told(&'static str),
}

impl Stream {
    /// Subscribes to what the parameters name, from the position that the request names on.
    pub(crate) async fn open(
        state: Shared,
        caller: Caller,
        connection: Option<Connection>,
        (parameters, headers): (&Parameters, &HeaderMap),
    ) -> Result<Self, Box<Problem>> {
        let topics = topics(parameters, &caller)?;
        let after = after(parameters, headers)?;
        for topic in &topics {
            may_follow(&state, &caller, topic)?;
        }
        let subscription = state.app.subscribe(topics.clone(), after).await?;
        let id = state.ids.random().to_string();
        let mut beginning = subscribed(&topics, subscription.position());
        for topic in &topics {
            // Read after the subscription has begun, so that the end of a request cannot fall in between.
            let standing = standing(&state, &caller, topic, &id).await?;
            beginning.push_str(&standing.map(|state| block(None, "state", &state.to_string())).unwrap_or_default());
        }
        Ok(Self { state, caller, connection, id, topics, subscription, beginning: beginning.into() })
    }

    /// The answer, whose body goes on as long as the client wants it, and is signed in.
    pub(crate) fn respond(self) -> Response {
        let (sender, mut receiver) = mpsc::channel(1);
        tokio::spawn(self.run(sender));
        let body =
            stream::poll_fn(move |context| receiver.poll_recv(context).map(|bytes| bytes.map(Ok::<Bytes, Infallible>)));
        let mut response = Response::new(Body::from_stream(body));
        response.headers_mut().insert(CONTENT_TYPE, EVENT_STREAM);
        response.headers_mut().insert(BUFFERING, NO);
        response
    }

    async fn run(mut self, sender: mpsc::Sender<Bytes>) {
        let _counted = Counted::new("sse");
        let end = match self.serve(&sender).await {
            End::Gone => "gone",
            End::Told(why) => why,
            End::Stuck => {
                if let Some(connection) = &self.connection {
                    connection.cut();
                }
                "stuck"
            }
        };
        tracing::info!(connectionId = self.id, end, "a stream of events ended");
    }

    async fn serve(&mut self, sender: &mpsc::Sender<Bytes>) -> End {
        let pace = self.state.pace;
        let mut stop = pin!(stopping(self.connection.clone()));
        let (mut confirm, mut keep_alive) = (ticks(pace.confirm), ticks(pace.keep_alive));
        let mut text = std::mem::take(&mut self.beginning);
        let mut last = None;
        loop {
            if !text.is_empty() {
                match timeout(pace.patience, sender.send(text)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return End::Gone,
                    Err(_) => return End::Stuck,
                }
            }
            if let Some(why) = last {
                return End::Told(why);
            }
            text = tokio::select! {
                () = &mut stop => {
                    last = Some("stopping");
                    farewell("stopping", "The server stops; connect again.").into()
                }
                () = sender.closed() => return End::Gone,
                delivery = self.subscription.next() => match delivery {
                    Ok(delivery) => self.tell(delivery).await,
                    Err(error) => {
                        let error = &error as &(dyn std::error::Error + 'static);
                        tracing::warn!(error, connectionId = self.id, "events cannot be read for the moment");
                        last = Some("failed");
                        farewell("unavailable", "Events cannot be read for the moment; connect again.").into()
                    }
                },
                _ = confirm.tick() => match ended(self.state.identity.confirm(&self.caller).await) {
                    None => Bytes::new(),
                    Some(error) => {
                        last = Some("signed out");
                        farewell("unauthorized", &format!("You are not signed in: {error}.")).into()
                    }
                },
                _ = keep_alive.tick() => Bytes::from_static(b":\n\n"),
            };
        }
    }

    async fn tell(&self, delivery: Delivery) -> Bytes {
        match delivery {
            Delivery::Event(notice) => self.event(&notice).into(),
            Delivery::Reset { head } => {
                let mut text =
                    block(Some(head), "reset", &json!({"lastEventId": head.to_string(), "detail": RESET}).to_string());
                for topic in &self.topics {
                    let standing = standing(&self.state, &self.caller, topic, &self.id).await.ok().flatten();
                    text.push_str(&standing.map(|state| block(None, "state", &state.to_string())).unwrap_or_default());
                }
                text.into()
            }
        }
    }

    fn event(&self, notice: &Notice) -> String {
        let shown = event::shown(notice, viewer(&self.state, &self.caller), &self.topics);
        shown.map(|event| block(Some(notice.position), &notice.kind, event.get())).unwrap_or_default()
    }
}

fn topics(parameters: &Parameters, caller: &Caller) -> Result<Vec<Topic>, Refusal> {
    let mut topics = Vec::new();
    for (name, value) in NAMES.iter().flat_map(|name| parameters.all(name).map(move |value| (*name, value))) {
        let topic = topic(name, value, caller)?;
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    if topics.is_empty() || topics.len() > PUSH_SUBSCRIPTIONS {
        let detail = format!(
            "Name what to follow by the parameters `message_id`, `resourceID`, `bookings` and `orders`, 1 to {PUSH_SUBSCRIPTIONS} times."
        );
        return Err(Refusal::invalid("?", detail));
    }
    Ok(topics)
}

/// The header is of a client that connects again, and knows more than the address that it was given at first.
fn after(parameters: &Parameters, headers: &HeaderMap) -> Result<Option<i64>, Refusal> {
    let header = headers.get(&LAST_EVENT_ID).map(|header| header.to_str().unwrap_or("?")).filter(|id| !id.is_empty());
    let (pointer, text) = match (header, parameters.text("lastEventId")) {
        (Some(header), _) => ("Last-Event-ID", header),
        (None, Some(parameter)) => ("?lastEventId", parameter),
        (None, None) => return Ok(None),
    };
    position(pointer, text).map(Some)
}

fn subscribed(topics: &[Topic], position: i64) -> String {
    let labels: Vec<Label> = topics.iter().map(Label::of).collect();
    let told = json!({"lastEventId": position.to_string(), "topics": labels});
    block(Some(position), "subscribed", &told.to_string())
}

fn farewell(code: &str, detail: &str) -> String {
    let told: Value = json!({"code": code, "detail": detail});
    block(None, "end", &told.to_string())
}

/// An event of the stream. Between the tokens of JSON a line break is as good as a space.
fn block(id: Option<i64>, kind: &str, data: &str) -> String {
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    format!("{id}event: {kind}\ndata: {}\n\n", data.replace(['\r', '\n'], " "))
}
