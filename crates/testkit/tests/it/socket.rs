//! A client of WebSockets that knows nothing of the server's code. What it says and hears by each protocol is beside the tests of that.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use testkit::Http;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// No connection is needed for so long, whatever goes on coming over it.
const PATIENCE: Duration = Duration::from_secs(100);

/// A WebSocket, as its client has it.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The sub-protocol that the server chose.
    pub(crate) protocol: Option<String>,
    /// When the test fails that still waits for something.
    deadline: Instant,
}

impl Socket {
    /// At a path, with these headers; or the status of the refusal, and its problem.
    pub(crate) async fn connect(
        http: &Http,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, (u16, Value)> {
        let deadline = Instant::now() + PATIENCE;
        let address = format!("{}{path}", http.base().replacen("http", "ws", 1));
        let mut request = address.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match timeout_at(deadline, connect_async(request)).await.unwrap() {
            Ok((stream, answer)) => {
                let protocol = answer.headers().get("sec-websocket-protocol");
                let protocol = protocol.map(|protocol| protocol.to_str().unwrap().to_owned());
                Ok(Self { stream, protocol, deadline })
            }
            Err(Error::Http(answer)) => {
                let body = answer.body().as_deref().unwrap_or_default();
                Err((answer.status().as_u16(), serde_json::from_slice(body).unwrap_or_default()))
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Says something.
    pub(crate) async fn say(&mut self, what: &Value) {
        self.send(what.to_string()).await.unwrap();
    }

    /// Says whatever text.
    pub(crate) async fn send(&mut self, text: String) -> Result<(), Error> {
        self.put(Message::Text(text.into())).await
    }

    /// Asks whether the other end is there, by the protocol of all WebSockets.
    pub(crate) async fn ping(&mut self) -> Result<(), Error> {
        self.put(Message::Ping(Bytes::new())).await
    }

    /// Says something, and hears the answer.
    pub(crate) async fn ask(&mut self, what: &Value) -> Value {
        self.say(what).await;
        self.hear().await
    }

    /// What it is told next.
    pub(crate) async fn hear(&mut self) -> Value {
        match self.next().await {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).unwrap(),
            other => panic!("no message: {other:?}"),
        }
    }

    /// Says that it closes, by a code.
    pub(crate) async fn leave(&mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.put(Message::Close(Some(frame))).await.unwrap();
    }

    /// Reads on until the server closes it: the code, and the reason.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Some(Ok(Message::Close(Some(frame)))) => return (frame.code.into(), frame.reason.to_string()),
                Some(Ok(Message::Text(_))) => {}
                other => panic!("no close: {other:?}"),
            }
        }
    }

    /// Reads on until there is nothing more, however it ends: how many messages came.
    pub(crate) async fn rest(&mut self) -> usize {
        let mut messages = 0;
        while let Some(Ok(_)) = self.next().await {
            messages += 1;
        }
        messages
    }

    async fn put(&mut self, message: Message) -> Result<(), Error> {
        timeout_at(self.deadline, self.stream.send(message)).await.unwrap()
    }

    async fn next(&mut self) -> Option<Result<Message, Error>> {
        loop {
            let next = timeout_at(self.deadline, self.stream.next()).await.unwrap();
            if !matches!(next, Some(Ok(Message::Ping(_) | Message::Pong(_)))) {
                return next;
            }
        }
    }
}
