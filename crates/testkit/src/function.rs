//! The program as a function of AWS Lambda: a process that asks an emulator of the Lambda Runtime API for calls
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::collections::HashMap;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use domain::Clock;
use frontdesk::ambient::SystemClock;
use hyper::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::{Machine, poll};

/// What every function is called.
const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:frontdesk";
/// The trace of every call.
const TRACE: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
/// How long a call may take.
const CALL: Duration = Duration::from_secs(30);

/// A function that runs. Dropping it kills it.
pub struct Function {
    child: Mutex<Child>,
    log: PathBuf,
    calls: mpsc::Sender<Call>,
    init_error: watch::Receiver<Option<Value>>,
    emulator: JoinHandle<()>,
}

/// A call that waits for the function, or for its answer.
struct Call {
    event: String,
    lasts: Duration,
    answer: oneshot::Sender<Result<Value, Value>>,
}

/// What the emulator knows.
struct Emulator {
    calls: AsyncMutex<mpsc::Receiver<Call>>,
    answers: Mutex<HashMap<String, oneshot::Sender<Result<Value, Value>>>>,
    count: Mutex<u64>,
    init_error: watch::Sender<Option<Value>>,
}

impl Function {
    /// Starts the command as a function of that name, with a log of its own.
    pub async fn start(machine: &Machine, name: &str, mut command: Command) -> Self {
        let (calls, waiting) = mpsc::channel(100);
        let (init_error, reported) = watch::channel(None);
        let emulator =
            Emulator { calls: AsyncMutex::new(waiting), answers: Mutex::default(), count: Mutex::new(0), init_error };
        let (address, emulator) = emulator.serve().await;
        let log = machine.path(&format!("{name}.log"));
        let file = File::create(&log).unwrap();
        command
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("_HANDLER", "bootstrap");
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let child = Mutex::new(command.spawn().unwrap());
        Self { child, log, calls, init_error: reported, emulator }
    }

    /// What the function answers to an event, or with which error it fails.
    pub async fn call(&self, event: &Value) -> Result<Value, Value> {
        self.call_within(CALL, event).await
    }

    /// The same for a call that may take so long.
    pub async fn call_within(&self, lasts: Duration, event: &Value) -> Result<Value, Value> {
        let (answer, mut answered) = oneshot::channel();
        self.calls.send(Call { event: event.to_string(), lasts, answer }).await.unwrap();
        poll::until("the answer of a function", async || match answered.try_recv() {
            Ok(answer) => Some(answer),
            Err(oneshot::error::TryRecvError::Empty) => {
                assert!(self.ended().is_none(), "the function ended:\n{}", self.text());
                None
            }
            Err(oneshot::error::TryRecvError::Closed) => panic!("the call was lost:\n{}", self.text()),
        })
        .await
    }

    /// What the function answers; it must not fail.
    pub async fn answer(&self, event: &Value) -> Value {
        self.call(event).await.unwrap_or_else(|error| panic!("{error}\n{}", self.text()))
    }

    /// With what the function reports that there will be none.
    pub async fn init_error(&self) -> Value {
        poll::until("the error of init", async || self.init_error.borrow().clone()).await
    }

    /// How it ended, once it has.
    pub fn ended(&self) -> Option<ExitStatus> {
        self.child.lock().unwrap().try_wait().unwrap()
    }

    /// Its log lines so far.
    pub fn log(&self) -> Vec<Value> {
        self.text().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        // It may have ended already.
        let _ = child.kill();
        let _ = child.wait();
        self.emulator.abort();
    }
}

impl Emulator {
    async fn serve(self) -> (SocketAddr, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let at = |path: &str| format!("/2018-06-01/runtime/{path}");
        let router = Router::new()
            .route(&at("invocation/next"), get(next))
            .route(&at("invocation/{id}/response"), post(response))
            .route(&at("invocation/{id}/error"), post(error))
            .route(&at("init/error"), post(init_error))
            .with_state(Arc::new(self));
        (address, tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }))
    }

    fn finish(&self, id: &str, answer: Result<Value, Value>) -> StatusCode {
        match self.answers.lock().unwrap().remove(id) {
            // Whoever called may have stopped waiting.
            Some(waiting) => drop(waiting.send(answer)),
            None => return StatusCode::BAD_REQUEST,
        }
        StatusCode::ACCEPTED
    }
}

/// The next call, once there is one.
async fn next(State(emulator): State<Arc<Emulator>>) -> Response {
    let Some(call) = emulator.calls.lock().await.recv().await else { return std::future::pending().await };
    let id = {
        let mut count = emulator.count.lock().unwrap();
        *count += 1;
        format!("00000000-0000-4000-8000-{:012}", *count)
    };
    emulator.answers.lock().unwrap().insert(id.clone(), call.answer);
    let deadline = SystemClock.now().as_millisecond() + i64::try_from(call.lasts.as_millis()).unwrap();
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", ARN.to_owned()),
        ("lambda-runtime-trace-id", TRACE.to_owned()),
    ];
    (headers, call.event).into_response()
}

async fn response(State(emulator): State<Arc<Emulator>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    emulator.finish(&id, Ok(read(&body)))
}

async fn error(State(emulator): State<Arc<Emulator>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    emulator.finish(&id, Err(read(&body)))
}

async fn init_error(State(emulator): State<Arc<Emulator>>, body: Bytes) -> StatusCode {
    emulator.init_error.send_replace(Some(read(&body)));
    StatusCode::ACCEPTED
}

fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(body)))
}
