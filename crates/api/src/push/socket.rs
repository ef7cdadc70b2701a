//! A WebSocket: one task that hears its client, tells it what happens, and waits for nothing else. See `message` for the protocol.

use std::pin::pin;
use std::time::Duration;

use app::{Delivery, Failure, Topic};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use domain::limits::{PUSH_MESSAGE_BYTES, PUSH_SUBSCRIPTIONS};
use domain::{Kind, Refusal};
use identity::{AuthError, Caller};
use tokio::time::{Instant, timeout};
use tungstenite::Error as Broken;

use super::message::{Told, Wish, error, pong};
use super::pace::Allowance;
use super::subscription::{may_follow, standing, viewer};
use super::subscriptions::Subscriptions;
use super::{Counted, ended, event, stopping, ticks};
use crate::connection::Connection;
use crate::problem::Problem;
use crate::state::Shared;

/// Bytes that are read, and written, at once: idle connections are many.
const BUFFER_BYTES: usize = 2 * 1024;
/// How long the end of a connection may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// What an open WebSocket is served with.
pub(crate) struct Session {
    state: Shared,
    caller: Caller,
    /// Names the connection in errors and in the log.
    id: String,
    connection: Option<Connection>,
    subscriptions: Subscriptions,
    /// Messages that were heard.
    heard: u64,
    allowance: Allowance,
    _counted: Counted,
}

/// Why a WebSocket ends.
#[derive(Debug)]
enum End {
    /// Its client is gone, or reads nothing.
    Gone,
    /// Its client takes its leave.
    Left,
    /// The server stops.
    Stopping,
    /// The caller is not believed any more.
    SignedOut(AuthError),
    /// Its client says too much, or what cannot be understood.
    Faulty(u16, &'static str),
    /// Events cannot be read.
    Failed(Failure),
}

/// What happens next.
enum Step {
    Heard(Option<Result<Message, axum::Error>>),
    Delivered(Topic, Result<Delivery, Failure>),
    Confirm,
    Ping,
    Stop,
}

impl Session {
    pub(crate) fn new(state: Shared, caller: Caller, connection: Option<Connection>) -> Self {
        let id = state.ids.random().to_string();
        let (subscriptions, allowance) = (Subscriptions::default(), Allowance::new(Instant::now()));
        let _counted = Counted::new("websocket");
        Self { state, caller, id, connection, subscriptions, heard: 0, allowance, _counted }
    }

    /// Sets bounds to what will be read and kept.
    pub(crate) fn bounded(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
        let upgrade = upgrade.read_buffer_size(BUFFER_BYTES).write_buffer_size(BUFFER_BYTES);
        upgrade.max_message_size(PUSH_MESSAGE_BYTES).max_frame_size(PUSH_MESSAGE_BYTES)
    }

    /// Serves it until it ends.
    pub(crate) async fn run(mut self, mut socket: WebSocket) {
        let end = self.serve(&mut socket).await;
        tracing::info!(connectionId = self.id, messages = self.heard, end = end.name(), "a WebSocket ended");
        if let End::Failed(error) = &end {
            let error = error as &(dyn std::error::Error + 'static);
            tracing::warn!(error, connectionId = self.id, "events cannot be read for the moment");
        }
        if let End::Gone = end {
            return;
        }
        let farewell = async {
            if let Some(frame) = end.frame() {
                socket.send(Message::Close(Some(frame))).await?;
            }
            // What still comes is not heard any more; reading answers a client that closes.
            while let Some(Ok(_)) = socket.recv().await {}
            Ok::<(), axum::Error>(())
        };
        let _ = timeout(FAREWELL, farewell).await;
    }

    async fn serve(&mut self, socket: &mut WebSocket) -> End {
        let pace = self.state.pace;
        let mut stop = pin!(stopping(self.connection.clone()));
        let (mut confirm, mut ping) = (ticks(pace.confirm), ticks(pace.ping));
        let mut alive = true;
        loop {
            let step = tokio::select! {
                () = &mut stop => Step::Stop,
                received = socket.recv() => Step::Heard(received),
                (topic, delivery) = self.subscriptions.next() => Step::Delivered(topic, delivery),
                _ = confirm.tick() => Step::Confirm,
                _ = ping.tick() => Step::Ping,
            };
            let messages = match step {
                Step::Stop => Err(End::Stopping),
                Step::Heard(received) => {
                    alive = true;
                    self.hear(received).await
                }
                Step::Delivered(topic, delivery) => self.tell(&topic, delivery).await,
                Step::Confirm => match ended(self.state.identity.confirm(&self.caller).await) {
                    Some(error) => Err(End::SignedOut(error)),
                    None => Ok(Vec::new()),
                },
                Step::Ping if alive => {
                    alive = false;
                    Ok(vec![Message::Ping("".into())])
                }
                Step::Ping => Err(End::Gone),
            };
            let messages = match messages {
                Ok(messages) => messages,
                Err(end) => return end,
            };
            for message in messages {
                let sent = tokio::select! {
                    sent = timeout(pace.patience, socket.send(message)) => sent,
                    () = &mut stop => return End::Stopping,
                };
                if !matches!(sent, Ok(Ok(()))) {
                    return End::Gone;
                }
            }
        }
    }

    /// What is answered to what came.
    async fn hear(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<Vec<Message>, End> {
        let message = match received {
            Some(Ok(message)) => message,
            Some(Err(error)) => return Err(End::of(error)),
            None => return Err(End::Gone),
        };
        if !self.allowance.take(Instant::now()) {
            return Err(End::Faulty(1008, "too many messages; send fewer of them"));
        }
        self.heard = self.heard.saturating_add(1);
        let text = match message {
            Message::Close(_) => return Err(End::Left),
            // Answered by the protocol itself.
            Message::Ping(_) | Message::Pong(_) => return Ok(Vec::new()),
            message => message.into_data(),
        };
        let answered = match Wish::read(&text, &self.caller) {
            Ok(wish) => self.grant(wish).await,
            Err(problem) => Err(problem),
        };
        let texts = answered.unwrap_or_else(|problem| {
            if let Some(cause) = &problem.cause {
                tracing::error!(requestId = self.request_id(), rule = %problem.rule, "{cause}");
            }
            vec![error(&problem, &self.id, &self.request_id())]
        });
        Ok(texts.into_iter().map(Message::from).collect())
    }

    /// Does what is wished for, and says what that comes to.
    async fn grant(&mut self, wish: Wish) -> Result<Vec<String>, Box<Problem>> {
        match wish {
            Wish::Ping => Ok(vec![pong()]),
            Wish::Unsubscribe(topic) => {
                if self.subscriptions.remove(&topic) {
                    Ok(vec![Told::unsubscribed(&topic).text()])
                } else {
                    Err(Refusal::not_found("subscription").into())
                }
            }
            Wish::Subscribe(topic, after) => {
                may_follow(&self.state, &self.caller, &topic)?;
                if self.subscriptions.others(&topic) >= PUSH_SUBSCRIPTIONS {
                    let detail = format!(
                        "A connection has at most {PUSH_SUBSCRIPTIONS} subscriptions; end one, or open another."
                    );
                    return Err(Refusal::new(Kind::Busy, "too-many-subscriptions", detail).into());
                }
                let subscription = self.state.app.subscribe(vec![topic.clone()], after).await?;
                // Read after the subscription has begun, so that the end of a request cannot fall in between.
                let state = standing(&self.state, &self.caller, &topic, &self.request_id()).await?;
                let subscribed = Told::subscribed(&topic, subscription.position()).text();
                self.subscriptions.add(topic.clone(), subscription);
                Ok([subscribed].into_iter().chain(state.map(|state| Told::state(&topic, &state).text())).collect())
            }
        }
    }

    /// What the client is told of a delivery.
    async fn tell(&mut self, topic: &Topic, delivery: Result<Delivery, Failure>) -> Result<Vec<Message>, End> {
        let texts = match delivery.map_err(End::Failed)? {
            Delivery::Event(notice) => {
                let topics = std::slice::from_ref(topic);
                let shown = event::shown(&notice, viewer(&self.state, &self.caller), topics);
                shown.map(|event| Told::event(topic, notice.position, &event).text()).into_iter().collect()
            }
            Delivery::Reset { head } => {
                let mut texts = vec![Told::reset(topic, head).text()];
                let state = standing(&self.state, &self.caller, topic, &self.request_id()).await;
                texts.extend(state.ok().flatten().map(|state| Told::state(topic, &state).text()));
                texts
            }
        };
        Ok(texts.into_iter().map(Message::from).collect())
    }

    /// Names the message that was heard last.
    fn request_id(&self) -> String {
        format!("{}/{}", self.id, self.heard)
    }
}

impl End {
    /// Of a connection on which something came that is no message.
    fn of(error: axum::Error) -> Self {
        match error.into_inner().downcast_ref::<Broken>() {
            Some(Broken::Capacity(_)) => Self::Faulty(1009, "the message is too big; 32 KiB are allowed"),
            Some(Broken::Utf8(_)) => Self::Faulty(1007, "the text is not UTF-8"),
            Some(Broken::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)) => Self::Gone,
            Some(Broken::Protocol(_)) => Self::Faulty(1002, "this is not the WebSocket protocol"),
            _ => Self::Gone,
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Left => "left",
            Self::Stopping => "stopping",
            Self::SignedOut(_) => "signed out",
            Self::Faulty(..) => "faulty",
            Self::Failed(_) => "failed",
        }
    }

    /// What the client is told; none when it left, or would not hear it.
    fn frame(&self) -> Option<CloseFrame> {
        let (code, reason) = match self {
            Self::Gone | Self::Left => return None,
            Self::Stopping => (1001, "the server stops; connect again".to_owned()),
            Self::SignedOut(error) => (4401, error.to_string()),
            Self::Faulty(code, reason) => (*code, (*reason).to_owned()),
            Self::Failed(_) => (1013, "events cannot be read for the moment; connect again".to_owned()),
        };
        Some(CloseFrame { code, reason: reason.into() })
    }
}
