//! A proxy between the store and DynamoDB that does what networks and busy services do: it delays, drops before and after the server
//! acted, repeats, and answers with errors. What it does is drawn from a seed.

use std::future::pending;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
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
}

/// The faults other than [`Fault::None`].
pub(crate) const FAULTS: [Fault; 9] = [
    Fault::Delay,
    Fault::DropBefore,
    Fault::DropAfter,
    Fault::Repeat,
    Fault::ErrorBefore,
    Fault::ErrorAfter,
    Fault::Throttle,
    Fault::Conflict,
    Fault::Leave,
];

/// A running proxy. Dropping it ends it.
pub(crate) struct Proxy {
    port: u16,
    plan: Arc<Plan>,
    task: JoinHandle<()>,
}

struct Plan {
    upstream: String,
    client: Client<HttpConnector, Full<Bytes>>,
    seed: AtomicU64,
    /// Of a hundred requests so many meet a fault.
    percent: AtomicU64,
    counts: Mutex<[usize; FAULTS.len()]>,
    requests: AtomicUsize,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// A proxy in front of a server.
    pub(crate) async fn start(upstream: String, seed: u64, percent: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = Client::builder(TokioExecutor::new()).build_http();
        let plan = Plan {
            upstream,
            client,
            seed: AtomicU64::new(seed),
            percent: AtomicU64::new(percent),
            counts: Mutex::default(),
            requests: AtomicUsize::new(0),
        };
        let plan = Arc::new(plan);
        let task = tokio::spawn(accept(listener, Arc::clone(&plan)));
        Self { port, plan, task }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How often each of [`FAULTS`] was met, and how many requests there were.
    pub(crate) fn counts(&self) -> (Vec<(Fault, usize)>, usize) {
        let counts = *self.plan.counts.lock().unwrap();
        (FAULTS.into_iter().zip(counts).collect(), self.plan.requests.load(Ordering::Relaxed))
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

impl Plan {
    async fn answer(&self, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        self.requests.fetch_add(1, Ordering::Relaxed);
        match self.draw(target) {
            Fault::None => self.forward(&parts, body).await,
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
            Fault::ErrorBefore => Ok(error(500, "InternalServerError", "")),
            Fault::ErrorAfter => {
                self.forward(&parts, body).await?;
                Ok(error(500, "InternalServerError", ""))
            }
            Fault::Throttle => Ok(error(400, "ProvisionedThroughputExceededException", "")),
            Fault::Leave => self.leave(&parts, &body).await,
            Fault::Conflict => {
                let reasons = r#","CancellationReasons":[{"Code":"TransactionConflict","Message":"busy"}]"#;
                Ok(error(400, "TransactionCanceledException", reasons))
            }
        }
    }

    async fn leave(&self, parts: &http::request::Parts, body: &Bytes) -> io::Result<Response<Full<Bytes>>> {
        let mut request: Value = serde_json::from_slice(body)?;
        let mut left = serde_json::Map::new();
        for (table, puts) in request["RequestItems"].as_object_mut().unwrap() {
            let puts = puts.as_array_mut().unwrap();
            left.insert(table.clone(), puts.split_off(puts.len() / 2).into());
        }
        request["RequestItems"].as_object_mut().unwrap().retain(|_, puts| puts != &json!([]));
        if request["RequestItems"] != json!({}) {
            let answer = self.forward(parts, Bytes::from(request.to_string())).await?;
            if answer.status() != StatusCode::OK {
                return Ok(answer);
            }
        }
        Ok(answer(200, json!({"UnprocessedItems": left}).to_string()))
    }

    async fn forward(&self, parts: &http::request::Parts, body: Bytes) -> io::Result<Response<Full<Bytes>>> {
        let mut request =
            Request::builder().method(parts.method.clone()).uri(format!("{}{}", self.upstream, parts.uri));
        for (name, value) in parts.headers.iter().filter(|(name, _)| *name != http::header::CONTENT_LENGTH) {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(body)).map_err(io::Error::other)?;
        let (parts, body) = self.client.request(request).await.map_err(io::Error::other)?.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        Ok(Response::from_parts(parts, Full::new(body)))
    }

    fn draw(&self, target: &str) -> Fault {
        if self.number() % 100 >= self.percent.load(Ordering::Relaxed) {
            return Fault::None;
        }
        let position = usize::try_from(self.number()).unwrap_or(0) % FAULTS.len();
        let fits = match FAULTS[position] {
            Fault::Conflict => target.contains("Transact"),
            Fault::Leave => target.contains("BatchWriteItem"),
            _ => true,
        };
        if !fits {
            return Fault::None;
        }
        self.counts.lock().unwrap()[position] += 1;
        FAULTS[position]
    }

    /// The next number of the seed (SplitMix64).
    fn number(&self) -> u64 {
        let state = self.seed.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) >> 1
    }
}

fn error(status: u16, code: &str, more: &str) -> Response<Full<Bytes>> {
    let body = format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"injected"{more}}}"#);
    answer(status, body)
}

fn answer(status: u16, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/x-amz-json-1.0"));
    response
}
