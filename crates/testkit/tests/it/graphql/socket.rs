//! A client of `graphql-transport-ws`, which writes its messages by hand.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use testkit::{Http, TestApp, User};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Nothing takes so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection, as its client has it.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// With these headers; or the status of the refusal, and its problem.
    pub(crate) async fn open(http: &Http, headers: &[(&'static str, &str)]) -> Result<Self, (u16, Value)> {
        let address = format!("{}/graphql", http.base().replacen("http", "ws", 1));
        let mut request = address.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((stream, answer)) => {
                assert_eq!(answer.headers()["sec-websocket-protocol"], "graphql-transport-ws");
                Ok(Self(stream))
            }
            Err(Error::Http(answer)) => {
                let body = answer.body().as_deref().unwrap_or_default();
                Err((answer.status().as_u16(), serde_json::from_slice(body).unwrap_or_default()))
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// As browsers do it: without a token so far.
    pub(crate) async fn bare(app: &TestApp) -> Self {
        Self::open(&app.http, &[("sec-websocket-protocol", "graphql-transport-ws")]).await.unwrap()
    }

    /// Of a user, who has said who it is.
    pub(crate) async fn of(app: &TestApp, user: &User) -> Self {
        let mut socket = Self::bare(app).await;
        let payload = json!({"Authorization": format!("Bearer {}", user.tokens.id)});
        let told = socket.ask(&json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(told, json!({"type": "connection_ack"}));
        socket
    }

    pub(crate) async fn say(&mut self, what: &Value) {
        self.0.send(Message::Text(what.to_string().into())).await.unwrap();
    }

    pub(crate) async fn ask(&mut self, what: &Value) -> Value {
        self.say(what).await;
        self.hear().await
    }

    /// Begins an operation.
    pub(crate) async fn subscribe(&mut self, id: &str, document: &str, variables: &Value) {
        let payload = json!({"query": document, "variables": variables});
        self.say(&json!({"type": "subscribe", "id": id, "payload": payload})).await;
    }

    pub(crate) async fn hear(&mut self) -> Value {
        match self.next().await {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).unwrap(),
            other => panic!("no message: {other:?}"),
        }
    }

    /// The data of the next response of an operation.
    pub(crate) async fn data(&mut self, id: &str) -> Value {
        let told = self.hear().await;
        assert_eq!((&told["type"], &told["id"]), (&json!("next"), &json!(id)), "{told}");
        assert_eq!(told["payload"].get("errors"), None, "{told}");
        told["payload"]["data"].clone()
    }

    /// The problem of an operation that was refused.
    pub(crate) async fn refused(&mut self, id: &str) -> Value {
        let told = self.hear().await;
        assert_eq!((&told["type"], &told["id"]), (&json!("error"), &json!(id)), "{told}");
        told["payload"][0]["extensions"].clone()
    }

    pub(crate) async fn complete(&mut self, id: &str) {
        assert_eq!(self.hear().await, json!({"type": "complete", "id": id}));
    }

    /// Closes it.
    pub(crate) async fn leave(&mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.0.send(Message::Close(Some(frame))).await.unwrap();
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

    async fn next(&mut self) -> Option<Result<Message, Error>> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap();
            if !matches!(next, Some(Ok(Message::Ping(_) | Message::Pong(_)))) {
                return next;
            }
        }
    }
}
