//! Requests for bookings that are made later: how many are accepted a second, and how long it takes until they are made.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;

use crate::bookings::Slot;
use crate::compare::{Comparison, Figures};
use crate::http::{self, Connection};
use crate::load::{CLIENTS, Load};
use crate::options::Options;
use crate::product::{Product, Program};
use crate::rows::RESOURCES;
use crate::table::{Aim, Table};
use crate::{Outcome, process, progress, watch, writes};

/// How often a client asks what came of its request.
const POLL: Duration = Duration::from_millis(1);
/// The first number of the requests that end the lanes, and of those whose ends are awaited one by one.
const LAST: u64 = 50_000_000;
const AWAITED: u64 = 60_000_000;

/// Measures it, against bookings that are made at once.
pub(crate) async fn measure(program: &Program, options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    progress("requests for bookings");
    let product = program.start(&scratch.join("requests")).await?;
    product.furnish(RESOURCES).await?;
    let direct = program.start(&scratch.join("requests-limit")).await?;
    direct.furnish(RESOURCES).await?;
    let token = product.token.clone();
    let ask = move |number, buffer: &mut Vec<u8>| {
        http::request(buffer, "POST", "/book", &token, &Slot::new(number).request());
    };
    let mut accept = Load::new(product.address, product.id(), 200, ask);
    let figures = Comparison::run(options, &mut accept, &mut writes::load(&direct)).await?;
    table.compare("request of a booking, accepted / durable PUT of a booking", figures, Aim::Nothing);
    let start = watch::now();
    drain(&product).await?;
    table.plain("requests, until all of them have ended", &format!("{} ms", start.elapsed().as_millis()), "");
    let figures = await_each(&product, options.seconds()).await?;
    let latency = format!("{} / {} µs", figures.p50_micros, figures.p99_micros);
    let what = format!("request, from asking to completed, {CLIENTS} clients that wait for it, p50 / p99");
    table.plain(&what, &format!("{latency} ({}/s)", figures.rate), "");
    Ok(())
}

/// Waits for one more request of each resource: it ends behind all others.
async fn drain(product: &Product) -> Outcome {
    let mut asked = Vec::new();
    let mut client = Client::open(product.address, &product.token).await?;
    for number in 0..RESOURCES {
        asked.push(client.ask(LAST + number).await?);
    }
    for message in asked {
        client.wait_for(&message).await?;
    }
    Ok(())
}

/// Clients that ask, wait until it is done, and ask again.
async fn await_each(product: &Product, length: Duration) -> Outcome<Figures> {
    let next = Arc::new(AtomicU64::new(AWAITED));
    let (cpu, start) = (process::cpu_time(product.id())?, watch::now());
    let mut clients: JoinSet<Outcome<Vec<Duration>>> = JoinSet::new();
    for _ in 0..CLIENTS {
        let (mut client, next) = (Client::open(product.address, &product.token).await?, Arc::clone(&next));
        clients.spawn(async move {
            let mut durations = Vec::new();
            while start.elapsed() < length {
                let asked = watch::now();
                let message = client.ask(next.fetch_add(1, Ordering::Relaxed)).await?;
                client.wait_for(&message).await?;
                durations.push(asked.elapsed());
            }
            Ok(durations)
        });
    }
    let mut durations = Vec::new();
    while let Some(ended) = clients.join_next().await {
        durations.append(&mut ended??);
    }
    Ok(Figures::new(durations, start.elapsed(), process::cpu_time(product.id())?.saturating_sub(cpu)))
}

struct Client {
    connection: Connection,
    token: String,
    buffer: Vec<u8>,
}

impl Client {
    async fn open(address: SocketAddr, token: &str) -> Outcome<Self> {
        Ok(Self { connection: Connection::open(address).await?, token: token.to_owned(), buffer: Vec::new() })
    }

    /// Asks for the booking of a number, and returns the request's identifier.
    async fn ask(&mut self, number: u64) -> Outcome<String> {
        let answer = self.exchange("POST", "/book", &Slot::new(number).request()).await?;
        let message = answer.pointer("/PublishResponse/PublishResult/MessageId").and_then(Value::as_str);
        Ok(message.ok_or("a request without an identifier")?.to_owned())
    }

    async fn wait_for(&mut self, message: &str) -> Outcome {
        let path = format!("/query/{message}");
        loop {
            let answer = self.exchange("GET", &path, "").await?;
            match answer.pointer("/result").and_then(Value::as_str) {
                Some("booking completed") => return Ok(()),
                Some("booking still in the process") => tokio::time::sleep(POLL).await,
                _ => return Err(format!("a request ended otherwise: {answer}").into()),
            }
        }
    }

    async fn exchange(&mut self, method: &str, path: &str, body: &str) -> Outcome<Value> {
        self.buffer.clear();
        http::request(&mut self.buffer, method, path, &self.token, body);
        let response = self.connection.exchange(&self.buffer).await?;
        Ok(serde_json::from_slice(response.body)?)
    }
}
