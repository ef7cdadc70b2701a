//! A client of server-sent events (WHATWG HTML, section 9.2.6), by the standard's own rules.

use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::Value;
use testkit::Http;
use tokio::time::{Instant, timeout_at};

/// No stream is needed for so long, whatever goes on coming over it.
const PATIENCE: Duration = Duration::from_secs(100);

/// A stream of events, as its client has it.
pub(crate) struct Events {
    response: Response,
    /// What came and is no whole event yet.
    text: String,
    /// The last event's id.
    pub(crate) last_event_id: String,
    /// How many comments came.
    pub(crate) comments: usize,
    /// When the test fails that still waits for something.
    deadline: Instant,
}

/// An event of a stream.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) data: Value,
}

impl Events {
    /// What that query follows, from behind an event on if there is one.
    pub(crate) async fn open(http: &Http, query: &str, token: &str, last: Option<&str>) -> Self {
        Self::try_open(http, query, Some(token), last).await.unwrap()
    }

    /// The same, or the status of the refusal and its problem.
    pub(crate) async fn try_open(
        http: &Http,
        query: &str,
        token: Option<&str>,
        last: Option<&str>,
    ) -> Result<Self, (u16, Value)> {
        let mut request = Client::new().get(format!("{}/events?{query}", http.base()));
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let deadline = Instant::now() + PATIENCE;
        let response = timeout_at(deadline, request.send()).await.unwrap().unwrap();
        let status = response.status().as_u16();
        if status != 200 {
            return Err((status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()));
        }
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Ok(Self { response, text: String::new(), last_event_id: String::new(), comments: 0, deadline })
    }

    /// The next event; none when the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                if let Some(event) = self.dispatch(&block) {
                    return Some(event);
                }
            }
            let chunk = timeout_at(self.deadline, self.response.chunk()).await.unwrap().unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event that is of this kind, which it must be.
    pub(crate) async fn expect(&mut self, kind: &str) -> Event {
        let event = self.next().await.unwrap();
        assert_eq!(event.kind, kind, "{event:?}");
        event
    }

    fn dispatch(&mut self, block: &str) -> Option<Event> {
        let (mut kind, mut data) = (String::new(), Vec::new());
        for line in block.lines() {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "" => self.comments += 1,
                "id" => self.last_event_id = value.to_owned(),
                "event" => kind = value.to_owned(),
                "data" => data.push(value),
                _ => panic!("{line}"),
            }
        }
        if data.is_empty() {
            return None;
        }
        let data = serde_json::from_str(&data.join("\n")).unwrap();
        Some(Event { id: self.last_event_id.clone(), kind, data })
    }
}
