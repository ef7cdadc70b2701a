//! The sub-protocol `graphql-transport-ws`, as its clients speak it: its messages are written by hand.

use serde_json::{Value, json};
use testkit::{Http, TestApp, User};

pub(crate) use crate::socket::Socket;

/// What a client says that speaks it.
pub(crate) const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

impl Socket {
    /// With these headers; or the status of the refusal, and its problem.
    pub(crate) async fn graphql(http: &Http, headers: &[(&'static str, &str)]) -> Result<Self, (u16, Value)> {
        let socket = Self::connect(http, "/graphql", headers).await?;
        assert_eq!(socket.protocol.as_deref(), Some(PROTOCOL.1));
        Ok(socket)
    }

    /// As browsers do it: without a token so far.
    pub(crate) async fn bare(app: &TestApp) -> Self {
        Self::graphql(&app.http, &[PROTOCOL]).await.unwrap()
    }

    /// Of a user, who has said who it is.
    pub(crate) async fn of(app: &TestApp, user: &User) -> Self {
        let mut socket = Self::bare(app).await;
        let payload = json!({"Authorization": format!("Bearer {}", user.tokens.id)});
        let told = socket.ask(&json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(told, json!({"type": "connection_ack"}));
        socket
    }

    /// Begins an operation.
    pub(crate) async fn subscribe(&mut self, id: &str, document: &str, variables: &Value) {
        let payload = json!({"query": document, "variables": variables});
        self.say(&json!({"type": "subscribe", "id": id, "payload": payload})).await;
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

    /// Whether the server still answers.
    pub(crate) async fn is_open(&mut self) -> bool {
        self.ask(&json!({"type": "ping"})).await == json!({"type": "pong"})
    }
}
