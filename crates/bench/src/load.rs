//! Load: so many clients that each send a request, wait for its answer, and send the next.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::compare::{Figures, Side};
use crate::http::Connection;
use crate::process::cpu_time;
use crate::{Outcome, watch};

/// How many clients there are.
pub(crate) const CLIENTS: usize = 64;

/// Writes the request of a number.
type Request = dyn Fn(u64, &mut Vec<u8>) + Send + Sync;

/// A server, and what it is asked. No number comes twice.
#[derive(Clone)]
pub(crate) struct Load {
    server: SocketAddr,
    pid: u32,
    status: u16,
    /// Answers with this other status are counted, not measured.
    tolerated: Option<u16>,
    refused: Arc<AtomicU64>,
    clients: usize,
    request: Arc<Request>,
    next: Arc<AtomicU64>,
}

impl Load {
    /// Load on the server that is this process; each answer must have this status.
    pub(crate) fn new(
        server: SocketAddr,
        pid: u32,
        status: u16,
        request: impl Fn(u64, &mut Vec<u8>) + Send + Sync + 'static,
    ) -> Self {
        Self {
            server,
            pid,
            status,
            tolerated: None,
            refused: Arc::default(),
            clients: CLIENTS,
            request: Arc::new(request),
            next: Arc::default(),
        }
    }

    /// The same, but by one client.
    pub(crate) fn alone(self) -> Self {
        Self { clients: 1, ..self }
    }

    /// The same, but an answer may have this status, too.
    pub(crate) fn tolerating(self, status: u16) -> Self {
        Self { tolerated: Some(status), ..self }
    }

    /// How many answers had the status that is tolerated.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// The same, but the first request has this number.
    pub(crate) fn starting_at(self, number: u64) -> Self {
        Self { next: Arc::new(AtomicU64::new(number)), ..self }
    }

    /// Sends the first `count` requests, and returns when all are answered.
    pub(crate) async fn count(&self, count: u64) -> Outcome {
        let goes_on = move |number, _| number < count;
        self.run(goes_on).await.map(|_| ())
    }

    /// The durations of all exchanges; `goes_on` is asked before each, with its number and the time.
    async fn run(&self, goes_on: impl Fn(u64, Instant) -> bool + Clone + Send + 'static) -> Outcome<Vec<Duration>> {
        let mut clients = JoinSet::new();
        for connection in self.connect().await? {
            clients.spawn(self.clone().client(connection, goes_on.clone()));
        }
        let mut durations = Vec::new();
        while let Some(ended) = clients.join_next().await {
            durations.append(&mut ended??);
        }
        Ok(durations)
    }

    async fn connect(&self) -> Outcome<Vec<Connection>> {
        let mut connections = Vec::with_capacity(self.clients);
        for _ in 0..self.clients {
            connections.push(Connection::open(self.server).await?);
        }
        Ok(connections)
    }

    async fn client(
        self,
        mut connection: Connection,
        goes_on: impl Fn(u64, Instant) -> bool,
    ) -> Outcome<Vec<Duration>> {
        let mut durations = Vec::new();
        let mut buffer = Vec::new();
        let mut sent = watch::now();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if !goes_on(number, sent) {
                return Ok(durations);
            }
            buffer.clear();
            (self.request)(number, &mut buffer);
            let response = connection.exchange(&buffer).await?;
            if Some(response.status) == self.tolerated {
                self.refused.fetch_add(1, Ordering::Relaxed);
                sent = watch::now();
                continue;
            }
            if response.status != self.status {
                let body = String::from_utf8_lossy(response.body);
                return Err(format!("{} instead of {}: {body}", response.status, self.status).into());
            }
            let answered = watch::now();
            durations.push(answered - sent);
            sent = answered;
        }
    }
}

impl Side for Load {
    async fn measure(&mut self, length: Duration) -> Outcome<Figures> {
        let (cpu, start) = (cpu_time(self.pid)?, watch::now());
        let durations = self.run(move |_, now| now < start + length).await?;
        Ok(Figures::new(durations, start.elapsed(), cpu_time(self.pid)?.saturating_sub(cpu)))
    }
}
