//! Push: thousands of WebSockets that hear nothing, and five hundred changes a second that reach those who follow them. Clients and clock
//! are this process's: a change is timed from the reply of its commit to its event's arrival.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::bookings::Slot;
use crate::compare::Figures;
use crate::http::{self, Connection};
use crate::options::Options;
use crate::product::{Product, Program};
use crate::rows::{RESOURCES, booking_id, resource};
use crate::table::Table;
use crate::{Outcome, process, progress, watch};

/// Who follows every change.
const FOLLOWERS: usize = 4;
/// Who changes something, each once in so long: 500 changes a second together.
const WRITERS: u64 = 10;
const PERIOD: Duration = Duration::from_millis(20);
/// How long the last events may take.
const PATIENCE: Duration = Duration::from_secs(20);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// When each change was acknowledged, and when its event arrived at one of its followers.
#[derive(Default)]
struct Times {
    replied: Mutex<HashMap<String, Instant>>,
    heard: Mutex<Vec<(String, Instant)>>,
}

/// Opens the idle ones, then changes what the others follow.
pub(crate) async fn measure(program: &Program, options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    progress("push");
    let program = program.with("FRONTDESK_MAX_CONNECTIONS", "20000");
    let product = program.start(&scratch.join("push")).await?;
    product.furnish(RESOURCES).await?;
    let [before, _] = process::memory(product.id())?;
    let mut clients = JoinSet::new();
    // A resource that nobody books here.
    let quiet = json!({"action": "subscribe", "resourceID": resource(RESOURCES - 1)});
    for _ in 0..options.sockets() {
        let mut socket = follow(&product, &quiet).await?;
        clients.spawn(async move { while let Some(Ok(_)) = socket.next().await {} });
    }
    let [after, _] = process::memory(product.id())?;
    let idle = clients.len() as u64;
    let each = after.saturating_sub(before).checked_div(idle).unwrap_or(0);
    table.plain(&format!("push, {idle} idle WebSockets"), &format!("{each} KiB of memory each"), "");
    let times = Arc::new(Times::default());
    for _ in 0..FOLLOWERS {
        let socket = follow(&product, &json!({"action": "subscribe", "bookings": "me"})).await?;
        clients.spawn(listen(socket, Arc::clone(&times)));
    }
    let (cpu, start) = (process::cpu_time(product.id())?, watch::now());
    change(&product, options.seconds() * 5, &times).await?;
    let elapsed = start.elapsed();
    let cpu = process::cpu_time(product.id())?.saturating_sub(cpu);
    let durations = settle(&times).await?;
    let changes = times.replied.lock().unwrap_or_else(PoisonError::into_inner).len();
    let figures = Figures::new(durations, elapsed, cpu);
    let rate = (changes as u128 * 1_000).checked_div(elapsed.as_millis()).unwrap_or(0);
    let latency = format!("{} / {} µs", figures.p50_micros, figures.p99_micros);
    table.plain("push, from commit to client, p50 / p99", &latency, "");
    let busy = cpu.as_millis().saturating_mul(100).checked_div(elapsed.as_millis()).unwrap_or(0);
    let load = format!("{rate} changes/s to {FOLLOWERS} followers, {busy} % of one core");
    table.plain(&format!("push, meanwhile, beside {idle} idle ones"), &load, "");
    if clients.len() as u64 == idle + FOLLOWERS as u64 && clients.try_join_next().is_none() {
        return Ok(());
    }
    Err("a WebSocket was closed".into())
}

/// A WebSocket of the administrator's that follows something.
async fn follow(product: &Product, wish: &Value) -> Outcome<Socket> {
    let mut request = format!("ws://{}/ws", product.address).into_client_request()?;
    request.headers_mut().insert("authorization", HeaderValue::from_str(&product.token)?);
    let (mut socket, _) = connect_async(request).await?;
    socket.send(Message::Text(wish.to_string().into())).await?;
    let answer = socket.next().await.ok_or("a WebSocket ended")??.into_text()?;
    if answer.contains("\"subscribed\"") { Ok(socket) } else { Err(format!("no subscription: {answer}").into()) }
}

async fn listen(mut socket: Socket, times: Arc<Times>) {
    while let Some(Ok(message)) = socket.next().await {
        let now = watch::now();
        let Message::Text(text) = message else { continue };
        let told: Value = serde_json::from_str(&text).unwrap_or_default();
        if let Some(id) = told.pointer("/event/data/bookingID").and_then(Value::as_str) {
            times.heard.lock().unwrap_or_else(PoisonError::into_inner).push((id.to_owned(), now));
        }
    }
}

/// Makes bookings at an even pace.
async fn change(product: &Product, length: Duration, times: &Arc<Times>) -> Outcome {
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (address, token, path) = (product.address, product.token.clone(), product.bookings());
        writers.spawn(write(address, token, path, (writer, length), Arc::clone(times)));
    }
    while let Some(written) = writers.join_next().await {
        written??;
    }
    Ok(())
}

async fn write(
    address: SocketAddr,
    token: String,
    path: String,
    (writer, length): (u64, Duration),
    times: Arc<Times>,
) -> Outcome {
    let mut connection = Connection::open(address).await?;
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (start, mut buffer) = (watch::now(), Vec::new());
    for step in 0.. {
        ticks.tick().await;
        if start.elapsed() >= length {
            break;
        }
        // No booking is of the last resource.
        let number = step * WRITERS + writer;
        let slot = Slot::new(number / (RESOURCES - 1) * RESOURCES + number % (RESOURCES - 1));
        let id = booking_id(number);
        buffer.clear();
        http::request(&mut buffer, "PUT", &format!("{path}/{id}"), &token, &slot.request());
        let status = connection.exchange(&buffer).await?.status;
        let now = watch::now();
        if status != 201 {
            return Err(format!("{status} instead of 201").into());
        }
        times.replied.lock().unwrap_or_else(PoisonError::into_inner).insert(id, now);
    }
    Ok(())
}

/// Waits until every follower has heard of every change: how long each event took behind the reply.
async fn settle(times: &Times) -> Outcome<Vec<Duration>> {
    let replied = times.replied.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let all = async {
        let mut looks = interval(Duration::from_millis(5));
        while times.heard.lock().unwrap_or_else(PoisonError::into_inner).len() < replied.len() * FOLLOWERS {
            looks.tick().await;
        }
    };
    if timeout(PATIENCE, all).await.is_err() {
        return Err("events are missing".into());
    }
    let heard = times.heard.lock().unwrap_or_else(PoisonError::into_inner);
    // An event may arrive before the reply to who caused it.
    let took = |(id, now): &(String, Instant)| Some(now.saturating_duration_since(*replied.get(id)?));
    Ok(heard.iter().filter_map(took).collect())
}
