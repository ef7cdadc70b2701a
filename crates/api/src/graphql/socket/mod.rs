//! GraphQL over a WebSocket, with the sub-protocol `graphql-transport-ws` (github.com/enisdenjo/graphql-ws, PROTOCOL.md). Browsers, which
//! cannot send headers, send the token with `connection_init`.

mod message;
mod operations;

use std::pin::pin;
use std::time::Duration;

use async_graphql::{Response, ServerError};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use domain::limits::{BODY_BYTES, PUSH_SUBSCRIPTIONS};
use domain::{Kind, Refusal, json};
use identity::{Action, AuthError, Caller as Believed};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep_until, timeout};

use super::{Asked, Outcome, error_of};
use crate::caller::Caller;
use crate::connection::Connection;
use crate::problem::Problem;
use crate::push::{Allowance, Counted, ended, stopping, ticks};
use crate::state::Shared;
use message::{Heard, Said, errors};
use operations::Operations;

/// The name of the sub-protocol.
pub(crate) const PROTOCOL: &str = "graphql-transport-ws";

/// Bytes that are read, and written, at once: idle connections are many.
const BUFFER_BYTES: usize = 2 * 1024;

/// How long the end of a connection may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// What an open WebSocket is served with.
pub(crate) struct Socket {
    state: Shared,
    /// Whom the handshake's token belongs to, if it had one.
    caller: Option<Believed>,
    /// Whether the client has said who it is.
    acknowledged: bool,
    /// Names the connection in errors and in the log.
    id: String,
    connection: Option<Connection>,
    operations: Operations,
    /// Messages that were heard.
    heard: u64,
    allowance: Allowance,
    _counted: Counted,
}

/// Why a WebSocket ends.
enum End {
    /// Its client is gone, or reads nothing.
    Gone,
    /// Its client takes its leave.
    Left,
    /// The server stops.
    Stopping,
    /// By the protocol: a code, and what is said with it.
    Closed(u16, String),
}

enum Step {
    Heard(Option<Result<Message, axum::Error>>),
    Answered(String, Option<Response>),
    Late,
    Confirm,
    Ping,
    Stop,
}

impl Socket {
    pub(crate) fn new(state: Shared, caller: Option<Believed>, connection: Option<Connection>) -> Self {
        let id = state.ids.random().to_string();
        let (operations, allowance) = (Operations::default(), Allowance::new(Instant::now()));
        let _counted = Counted::new("graphql");
        Self { state, caller, acknowledged: false, id, connection, operations, heard: 0, allowance, _counted }
    }

    /// Sets bounds to what will be read and kept.
    pub(crate) fn bounded(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
        let upgrade = upgrade.read_buffer_size(BUFFER_BYTES).write_buffer_size(BUFFER_BYTES);
        upgrade.max_message_size(BODY_BYTES).max_frame_size(BODY_BYTES)
    }

    /// Serves it until it ends.
    pub(crate) async fn run(mut self, mut socket: WebSocket) {
        let end = self.serve(&mut socket).await;
        let (code, reason) = match end {
            End::Gone => return self.ended(None, "gone"),
            End::Left => (None, "left".to_owned()),
            End::Stopping => (Some(1001), "the server stops; connect again".to_owned()),
            End::Closed(code, reason) => (Some(code), reason),
        };
        self.ended(code, &reason);
        let farewell = async {
            if let Some(code) = code {
                socket.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await?;
            }
            // What still comes is not heard any more; reading answers a client that closes.
            while let Some(Ok(_)) = socket.recv().await {}
            Ok::<(), axum::Error>(())
        };
        let _ = timeout(FAREWELL, farewell).await;
    }

    fn ended(&self, code: Option<u16>, reason: &str) {
        tracing::info!(connectionId = self.id, messages = self.heard, code, reason, "a GraphQL WebSocket ended");
    }

    async fn serve(&mut self, socket: &mut WebSocket) -> End {
        let pace = self.state.pace;
        let mut stop = pin!(stopping(self.connection.clone()));
        let mut late = pin!(sleep_until(Instant::now() + pace.init));
        let (mut confirm, mut ping) = (ticks(pace.confirm), ticks(pace.ping));
        let mut alive = true;
        loop {
            let step = tokio::select! {
                () = &mut stop => Step::Stop,
                () = &mut late, if !self.acknowledged => Step::Late,
                received = socket.recv() => Step::Heard(received),
                (id, response) = self.operations.next() => Step::Answered(id, response),
                _ = confirm.tick() => Step::Confirm,
                _ = ping.tick() => Step::Ping,
            };
            let message = match step {
                Step::Stop => Err(End::Stopping),
                Step::Late => Err(End::Closed(4408, "Connection initialisation timeout".to_owned())),
                Step::Heard(received) => {
                    alive = true;
                    self.hear(received).await
                }
                Step::Answered(id, response) => Ok(Some(self.answer(&id, response))),
                Step::Confirm => self.confirm().await.map(|()| None),
                Step::Ping if alive => {
                    alive = false;
                    Ok(Some(Message::Ping("".into())))
                }
                Step::Ping => Err(End::Gone),
            };
            let message = match message {
                Ok(None) => continue,
                Ok(Some(message)) => message,
                Err(end) => return end,
            };
            let sent = tokio::select! {
                sent = timeout(pace.patience, socket.send(message)) => sent,
                () = &mut stop => return End::Stopping,
            };
            if !matches!(sent, Ok(Ok(()))) {
                return End::Gone;
            }
        }
    }

    /// Ends with the token.
    async fn confirm(&mut self) -> Result<(), End> {
        let Some(caller) = &self.caller else { return Ok(()) };
        match ended(self.state.identity.confirm(caller).await) {
            Some(error) => Err(forbidden(&error)),
            None => Ok(()),
        }
    }

    /// What is answered to what came.
    async fn hear(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<Option<Message>, End> {
        let message = match received {
            Some(Ok(message)) => message,
            Some(Err(_)) => return Err(End::Closed(1009, "a message is broken, or has more than 1 MiB".to_owned())),
            None => return Err(End::Gone),
        };
        if !self.allowance.take(Instant::now()) {
            return Err(End::Closed(1008, "too many messages; send fewer of them".to_owned()));
        }
        self.heard = self.heard.saturating_add(1);
        let text = match message {
            Message::Close(_) => return Err(End::Left),
            // Answered by the protocol itself.
            Message::Ping(_) | Message::Pong(_) => return Ok(None),
            message => message.into_data(),
        };
        let heard = Heard::read(&text).map_err(|wrong| End::Closed(4400, wrong.to_owned()))?;
        match heard {
            Heard::Init(payload) => self.init(&payload).await.map(|()| Some(Said::ConnectionAck.text().into())),
            Heard::Ping(payload) => Ok(Some(Said::Pong { payload }.text().into())),
            Heard::Pong => Ok(None),
            Heard::Complete(id) => {
                self.operations.remove(&id);
                Ok(None)
            }
            Heard::Subscribe(id, payload) => self.subscribe(id, &payload).await,
        }
    }

    async fn init(&mut self, payload: &Map<String, Value>) -> Result<(), End> {
        if self.acknowledged {
            return Err(End::Closed(4429, "Too many initialisation requests".to_owned()));
        }
        let named = payload.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let token = named.and_then(|(_, token)| token.as_str());
        if let Some(token) = token {
            self.caller = Some(self.state.identity.caller(token).await.map_err(|error| forbidden(&error))?);
        }
        let Some(caller) = &self.caller else { return Err(forbidden(&AuthError::Missing)) };
        if !self.state.identity.authorize(caller.principal(), Action::OpenPush, None) {
            return Err(End::Closed(4403, "Forbidden".to_owned()));
        }
        self.acknowledged = true;
        Ok(())
    }

    /// Begins an operation.
    async fn subscribe(&mut self, id: String, payload: &RawValue) -> Result<Option<Message>, End> {
        let believed = match &self.caller {
            Some(caller) if self.acknowledged => caller.clone(),
            _ => return Err(End::Closed(4401, "Unauthorized".to_owned())),
        };
        // The token may have ended since it was looked at.
        self.confirm().await?;
        if self.operations.has(&id) {
            return Err(End::Closed(4409, format!("Subscriber for {id} already exists")));
        }
        let caller = Caller::believed(&believed, &format!("{}/{}", self.id, self.heard));
        let responses = self.room().and_then(|()| Ok(Asked::read(json::object(payload.get().as_bytes())?)?));
        let responses = match responses {
            Ok(asked) => super::follow(&self.state, &caller, asked),
            Err(problem) => Err(error_of(problem)),
        };
        match responses {
            Ok(responses) => {
                self.operations.add(id, responses);
                Ok(None)
            }
            Err(error) => Ok(Some(self.refused(&id, error))),
        }
    }

    fn room(&self) -> Result<(), Box<Problem>> {
        if self.operations.count() < PUSH_SUBSCRIPTIONS {
            return Ok(());
        }
        let detail = format!("A connection has at most {PUSH_SUBSCRIPTIONS} operations; end one, or open another.");
        Err(Refusal::new(Kind::Busy, "too-many-subscriptions", detail).into())
    }

    fn refused(&self, id: &str, error: ServerError) -> Message {
        let outcome = Outcome::refused(error, &self.request_id());
        error_message(id, &outcome)
    }

    /// What the client is told of a response, or of the end of its operation.
    fn answer(&mut self, id: &str, response: Option<Response>) -> Message {
        let Some(response) = response else { return Said::Complete { id }.text().into() };
        let outcome = Outcome::of(response, &self.request_id(), false);
        if !outcome.executed() {
            // An error ends the operation: nothing may follow it.
            self.operations.remove(id);
            return error_message(id, &outcome);
        }
        match serde_json::from_str(outcome.text()) {
            Ok(payload) => Said::Next { id, payload }.text().into(),
            Err(_) => Said::Complete { id }.text().into(),
        }
    }

    /// Names the message that was heard last.
    fn request_id(&self) -> String {
        format!("{}/{}", self.id, self.heard)
    }
}

fn error_message(id: &str, outcome: &Outcome) -> Message {
    match errors(outcome.text()) {
        Some(payload) => Said::Error { id, payload: &payload }.text().into(),
        None => Said::Complete { id }.text().into(),
    }
}

/// Clients of the protocol try again after 4403, with a new token.
fn forbidden(error: &AuthError) -> End {
    End::Closed(4403, format!("Forbidden: {error}"))
}
