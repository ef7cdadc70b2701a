//! The protocol of `/ws`, as its clients speak it.

use serde_json::Value;
use testkit::Http;

pub(crate) use crate::socket::Socket;

impl Socket {
    /// With a token.
    pub(crate) async fn open(http: &Http, token: &str) -> Self {
        Self::try_open(http, "/ws", Some(token)).await.unwrap()
    }

    /// At a path, perhaps with a token; or the status of the refusal, and its problem.
    pub(crate) async fn try_open(http: &Http, path: &str, token: Option<&str>) -> Result<Self, (u16, Value)> {
        let headers: Vec<_> = token.map(|token| ("authorization", token)).into_iter().collect();
        Self::connect(http, path, &headers).await
    }

    /// Follows something from now on: what it is told.
    pub(crate) async fn follow(&mut self, name: &str, value: &str) -> Value {
        let told = self.ask(&super::subscribe(name, value)).await;
        assert_eq!(told["type"], "subscribed", "{told}");
        told
    }

    /// The next event, and its id.
    pub(crate) async fn event(&mut self) -> (String, Value) {
        let told = self.hear().await;
        assert_eq!(told["type"], "event", "{told}");
        (told["eventId"].as_str().unwrap().to_owned(), told["event"].clone())
    }
}
