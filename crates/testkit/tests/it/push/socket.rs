//! A client of WebSockets.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use testkit::Http;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Nothing takes so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A WebSocket, as its client has it.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// With a token.
    pub(crate) async fn open(http: &Http, token: &str) -> Self {
        Self::try_open(http, "/ws", Some(token)).await.unwrap()
    }

    /// At a path, perhaps with a token; or the status of the refusal, and its problem.
    pub(crate) async fn try_open(http: &Http, path: &str, token: Option<&str>) -> Result<Self, (u16, Value)> {
        let address = format!("{}{path}", http.base().replacen("http", "ws", 1));
        let mut request = address.into_client_request().unwrap();
        if let Some(token) = token {
            request.headers_mut().insert("authorization", HeaderValue::from_str(token).unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Self(stream)),
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
        self.0.send(Message::Text(text.into())).await
    }

    /// Says something, and hears the answer.
    pub(crate) async fn ask(&mut self, what: &Value) -> Value {
        self.say(what).await;
        self.hear().await
    }

    /// Follows something from now on: what it is told.
    pub(crate) async fn follow(&mut self, name: &str, value: &str) -> Value {
        let told = self.ask(&super::subscribe(name, value)).await;
        assert_eq!(told["type"], "subscribed", "{told}");
        told
    }

    /// What it is told next.
    pub(crate) async fn hear(&mut self) -> Value {
        match self.next().await {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).unwrap(),
            other => panic!("no message: {other:?}"),
        }
    }

    /// The next event, and its id.
    pub(crate) async fn event(&mut self) -> (String, Value) {
        let told = self.hear().await;
        assert_eq!(told["type"], "event", "{told}");
        (told["eventId"].as_str().unwrap().to_owned(), told["event"].clone())
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

    /// Says that it closes, by a code.
    pub(crate) async fn leave(&mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.0.send(Message::Close(Some(frame))).await.unwrap();
    }

    /// Reads on until there is nothing more, however it ends: how many messages came.
    pub(crate) async fn rest(&mut self) -> usize {
        let mut messages = 0;
        while let Some(Ok(_)) = self.next().await {
            messages += 1;
        }
        messages
    }

    async fn next(&mut self) -> Option<Result<Message, Error>> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap();
            if !matches!(next, Some(Ok(Message::Ping(_) | Message::Pong(_)))) {
                return next;
            }
        }
    }
}
