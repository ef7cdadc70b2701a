//! Push: WebSockets and server-sent events, by clients that know nothing of the server's code.

mod bounds;
mod calendar;
mod endings;
mod events;
mod requests;
mod resume;
mod rights;
mod socket;
mod tickets;

use std::time::Duration;

use api::Pace;
use serde_json::{Value, json};
use testkit::{Caller, TestApp, User};

pub(crate) use events::{Event, Events};
pub(crate) use socket::Socket;

/// An application that looks after its connections so often that a test need not wait.
async fn app() -> TestApp {
    app_with(|pace| {
        pace.confirm = Duration::from_millis(50);
        pace.ping = Duration::from_millis(400);
        pace.keep_alive = Duration::from_millis(200);
    })
    .await
}

/// An application with other times.
async fn app_with(change: impl FnOnce(&mut Pace)) -> TestApp {
    TestApp::with(|setup| change(&mut setup.pace)).await
}

/// A WebSocket of a user.
async fn socket(app: &TestApp, user: &User) -> Socket {
    Socket::open(&app.http, &user.tokens.id).await
}

/// A ticket of a user.
async fn ticket(user: &User) -> String {
    let answer = user.call(reqwest::Method::POST, "/ws/tickets").await.expect(201);
    answer.json(201)["ticket"].as_str().unwrap().to_owned()
}

/// What a client says to follow something.
fn subscribe(name: &str, value: &str) -> Value {
    json!({"action": "subscribe", name: value})
}
