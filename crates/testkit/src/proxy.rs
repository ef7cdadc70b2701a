//! A proxy in front of DynamoDB, or S3, that does what networks and busy services do. It delays, drops before and after
//! the server acted, repeats, answers with errors, and shows indexes as they were some writes ago. What it does is drawn from a
//! seed, or told.

mod lag;

use std::collections::BTreeMap;
use std::future::pending;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use reqwest::Client;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use lag::Lag;

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing bad.
    None,
    /// It takes a while to get there.
    Delay,
    /// It never gets there; the connection ends.
    DropBefore,
    /// It is carried out, but the answer never comes.
    DropAfter,
    /// It gets there twice.
    Repeat,
    /// The service fails before it does anything.
    ErrorBefore,
    /// The service fails after it has done everything.
    ErrorAfter,
    /// The table has no capacity left.
    Throttle,
    /// Another transaction is at work on one of the items.
    Conflict,
    /// The second half of a batch is left undone.
    Leave,
    /// An index is shown as it was some writes ago.
    Stale,
}

/// The faults other than [`Fault::None`]. The last is drawn apart, for queries of an index alone.
pub const FAULTS: [Fault; 10] = [
    Fault::Delay,
    Fault::DropBefore,
    Fault::DropAfter,
    Fault::Repeat,
    Fault::ErrorBefore,
    Fault::ErrorAfter,
    Fault::Throttle,
    Fault::Conflict,
    Fault::Leave,
    Fault::Stale,
];

/// An error of DynamoDB's, as it answers one.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// The name of the exception.
    pub code: &'static str,
    /// Its message.
    pub message: String,
    /// The reason for which a transaction was canceled, its own code; each of its items gets it.
    pub reason: Option<&'static str>,
}

impl Refusal {
    /// An error with status 400.
    pub fn new(code: &'static str, message: &str) -> Self {
        Self { status: 400, code, message: message.to_owned(), reason: None }
    }

    /// A canceled transaction.
    pub fn canceled(reason: &'static str) -> Self {
        Self { reason: Some(reason), ..Self::new("TransactionCanceledException", "Transaction cancelled") }
    }
}

/// A running proxy. Dropping it ends it.
pub struct Proxy {
    port: u16,
    plan: Arc<Plan>,
    task: JoinHandle<()>,
}

struct Plan {
    upstream: String,
    client: Client,
    seed: AtomicU64,
    /// Of a hundred requests so many meet a fault.
    percent: AtomicU64,
    counts: Mutex<[usize; FAULTS.len()]>,
    /// How many there were of each target.
    requests: Mutex<BTreeMap<String, usize>>,
    refused: AtomicUsize,
    /// What requests whose target has this part are told instead of being passed on.
    told: Mutex<Option<(&'static str, Refusal)>>,
    /// What all requests meet whose target has this part.
    met: Mutex<Option<(&'static str, Fault)>>,
    lag: Lag,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// A proxy in front of a server. Of a hundred requests so many meet a fault; none with 0.
    pub async fn start(upstream: String, seed: u64, percent: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let plan = Plan {
            upstream,
            client: Client::new(),
            seed: AtomicU64::new(seed),
            percent: AtomicU64::new(percent),
            counts: Mutex::default(),
            requests: Mutex::default(),
            refused: AtomicUsize::new(0),
            told: Mutex::default(),
            met: Mutex::default(),
            lag: Lag::default(),
        };
        let plan = Arc::new(plan);
        let task = tokio::spawn(accept(listener, Arc::clone(&plan)));
        Self { port, plan, task }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How often each of [`FAULTS`] was met, and how many requests there were.
    pub fn counts(&self) -> (Vec<(Fault, usize)>, usize) {
        let counts = *self.plan.counts.lock().unwrap();
        (FAULTS.into_iter().zip(counts).collect(), self.requests_of(""))
    }

    /// How many requests there were whose target has this part.
    pub fn requests_of(&self, part: &str) -> usize {
        let requests = self.plan.requests.lock().unwrap();
        requests.iter().filter(|(target, _)| target.contains(part)).map(|(_, count)| count).sum()
    }

    /// From now on every request whose target has this part (`Transact`, say; all have the empty one) gets this answer.
    pub fn tell(&self, target: &'static str, refusal: Refusal) {
        *self.plan.told.lock().unwrap() = Some((target, refusal));
    }

    /// From now on every request whose target has this part meets this.
    pub fn meet(&self, target: &'static str, fault: Fault) {
        *self.plan.met.lock().unwrap() = Some((target, fault));
    }

    /// How many requests were refused because it was told to.
    pub fn told(&self) -> usize {
        self.plan.refused.load(Ordering::Relaxed)
    }

    /// Requests are passed on again.
    pub fn relent(&self) {
        *self.plan.told.lock().unwrap() = None;
        *self.plan.met.lock().unwrap() = None;
    }

    /// From now on of a hundred looks at an index so many may be late, by up to so many writes.
    pub fn lag(&self, percent: u64, writes: u64) {
        self.plan.lag.set(percent, writes);
    }
}

async fn accept(listener: TcpListener, plan: Arc<Plan>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let plan = Arc::clone(&plan);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let plan = Arc::clone(&plan);
                async move { plan.answer(request).await }
            });
            // A dropped connection is what some of the faults are.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

type Answer = io::Result<Response<Full<Bytes>>>;

impl Plan {
    async fn answer(&self, request: Request<Incoming>) -> Answer {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let target = target(&parts);
        *self.requests.lock().unwrap().entry(target.to_owned()).or_default() += 1;
        let told = self.told.lock().unwrap().clone().filter(|(part, _)| target.contains(part));
        if let Some((_, refusal)) = told {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Ok(error(&refusal, items(&body)));
        }
        let index = Lag::query(target, &body);
        if let Some(old) = index.and_then(|index| self.lag.old(&index, self.number(), self.number())) {
            self.count(FAULTS.len() - 1);
            return Ok(answer(200, old));
        }
        match self.draw(target) {
            Fault::None | Fault::Stale => self.forward(&parts, body).await,
            Fault::Delay => {
                // The delay is what is wanted; nothing waits for it to be over.
                let _ = tokio::time::timeout(Duration::from_millis(self.number() % 30), pending::<()>()).await;
                self.forward(&parts, body).await
            }
            Fault::DropBefore => Err(io::Error::other("dropped before")),
            Fault::DropAfter => {
                self.forward(&parts, body).await?;
                Err(io::Error::other("dropped after"))
            }
            Fault::Repeat => {
                self.forward(&parts, body.clone()).await?;
                self.forward(&parts, body).await
            }
            Fault::ErrorBefore => Ok(broken()),
            Fault::ErrorAfter => {
                self.forward(&parts, body).await?;
                Ok(broken())
            }
            Fault::Throttle => Ok(error(&Refusal::new("ProvisionedThroughputExceededException", "injected"), 0)),
            Fault::Leave => self.leave(&parts, &body).await,
            Fault::Conflict => Ok(error(&Refusal::canceled("TransactionConflict"), items(&body))),
        }
    }

    async fn leave(&self, parts: &Parts, body: &Bytes) -> Answer {
        let mut request: Value = serde_json::from_slice(body)?;
        let mut left = Map::new();
        for (table, puts) in request["RequestItems"].as_object_mut().unwrap() {
            let puts = puts.as_array_mut().unwrap();
            left.insert(table.clone(), puts.split_off(puts.len() / 2).into());
        }
        request["RequestItems"].as_object_mut().unwrap().retain(|_, puts| *puts != json!([]));
        if request["RequestItems"] != json!({}) {
            let answer = self.forward(parts, Bytes::from(request.to_string())).await?;
            if answer.status() != StatusCode::OK {
                return Ok(answer);
            }
        }
        Ok(answer(200, Bytes::from(json!({"UnprocessedItems": left}).to_string())))
    }

    async fn forward(&self, parts: &Parts, body: Bytes) -> Answer {
        let index = Lag::query(target(parts), &body);
        let seen_at = self.lag.writes();
        let request = self.client.request(parts.method.clone(), format!("{}{}", self.upstream, parts.uri));
        let mut headers = parts.headers.clone();
        headers.remove(CONTENT_LENGTH);
        let answer = request.headers(headers).body(body).send().await.map_err(io::Error::other)?;
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        let body = answer.bytes().await.map_err(io::Error::other)?;
        let response = response.body(Full::new(body.clone())).map_err(io::Error::other)?;
        if response.status().is_success() {
            self.lag.passed(target(parts), index, seen_at, &body);
        }
        Ok(response)
    }

    fn draw(&self, target: &str) -> Fault {
        if let Some((_, met)) = self.met.lock().unwrap().filter(|(part, _)| target.contains(part)) {
            self.count(FAULTS.iter().position(|fault| *fault == met).unwrap());
            return met;
        }
        if self.number() % 100 >= self.percent.load(Ordering::Relaxed) {
            return Fault::None;
        }
        let position = usize::try_from(self.number()).unwrap_or(0) % (FAULTS.len() - 1);
        let fits = match FAULTS[position] {
            Fault::Conflict => target.contains("Transact"),
            Fault::Leave => target.contains("BatchWriteItem"),
            _ => true,
        };
        if !fits {
            return Fault::None;
        }
        self.count(position);
        FAULTS[position]
    }

    fn count(&self, position: usize) {
        self.counts.lock().unwrap()[position] += 1;
    }

    /// The next number of the seed (SplitMix64).
    fn number(&self) -> u64 {
        let state = self.seed.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) >> 1
    }
}

/// What is asked for: `DynamoDB_20120810.GetItem`, say; of other services the method.
fn target(parts: &Parts) -> &str {
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    target.unwrap_or_else(|| parts.method.as_str())
}

/// The items of a transaction.
fn items(body: &[u8]) -> usize {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    request["TransactItems"].as_array().map_or(0, Vec::len)
}

fn broken() -> Response<Full<Bytes>> {
    error(&Refusal { status: 500, ..Refusal::new("InternalServerError", "injected") }, 0)
}

fn error(refusal: &Refusal, items: usize) -> Response<Full<Bytes>> {
    let mut body = json!({
        "__type": format!("com.amazonaws.dynamodb.v20120810#{}", refusal.code), "message": refusal.message,
    });
    if let Some(reason) = refusal.reason {
        let reason = json!({"Code": reason, "Message": refusal.message});
        body["CancellationReasons"] = Value::from(vec![reason; items]);
    }
    answer(refusal.status, Bytes::from(body.to_string()))
}

fn answer(status: u16, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    response
}
