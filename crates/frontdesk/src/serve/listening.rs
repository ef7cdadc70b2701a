//! Accepting connections, a bounded number at once, until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use api::Connection;
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use super::connection::Front;
use super::metrics::Page;
use crate::error::{Error, Outcome};

/// How long accepting pauses when it fails, which it does when the process has no file descriptors left.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a connection may idle unless configured otherwise.
const IDLE: Duration = Duration::from_secs(75);
/// Connections at once unless configured otherwise.
const CONNECTIONS: usize = 4096;

/// What is served, and to how many.
pub struct Service {
    front: Front,
    connections: usize,
}

impl Service {
    /// That interface, within the default limits.
    pub fn new(router: Router) -> Self {
        Self { front: Front { router, metrics: None, idle: IDLE }, connections: CONNECTIONS }
    }

    /// Other limits: connections at once, and how long one may go without a complete request header.
    #[must_use]
    pub fn limits(mut self, connections: usize, idle: Duration) -> Self {
        self.connections = connections;
        self.front.idle = idle;
        self
    }

    /// The metrics too.
    #[must_use]
    pub(super) fn metrics(mut self, page: Option<Page>) -> Self {
        self.front.metrics = page;
        self
    }
}

/// A listener at work.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Takes an address; connections wait until [`Listening::start`].
pub async fn bind(address: SocketAddr) -> Outcome<TcpListener> {
    TcpListener::bind(address).await.map_err(|source| Error::Listen { address, source })
}

impl Listening {
    /// Serves the connections of a listener.
    pub fn start(listener: TcpListener, service: Service) -> Outcome<Self> {
        let address = listener.local_addr().map_err(Error::runtime("the listener has no address"))?;
        let stop = watch::Sender::new(false);
        let task = tokio::spawn(accept(listener, service, stop.subscribe()));
        Ok(Self { address, stop, task })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts nothing more, finishes what is running, and says whether that was done within the limit. What is not is cut off.
    pub async fn finish(mut self, limit: Duration) -> bool {
        self.stop.send_replace(true);
        let finished = tokio::time::timeout(limit, &mut self.task).await.is_ok();
        self.task.abort();
        finished
    }
}

async fn accept(listener: TcpListener, service: Service, stop: watch::Receiver<bool>) {
    let all = u32::try_from(service.connections.min(Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
    let places = Arc::new(Semaphore::new(usize::try_from(all).unwrap_or(Semaphore::MAX_PERMITS)));
    let mut stopped = stop.clone();
    let accepting = async {
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    // Without it small answers wait for acknowledgements of earlier ones.
                    let _ = stream.set_nodelay(true);
                    let connection = Connection::new(stop.clone(), place);
                    tokio::spawn(service.front.clone().serve(stream, peer, connection));
                }
                Err(error) => {
                    tracing::warn!(%error, "connections cannot be accepted for the moment");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        () = accepting => {}
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
    drop(listener);
    // Every connection has given its place back once it has ended, and so has what goes on by itself after an upgrade.
    let _ = places.acquire_many(all).await;
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use axum::routing::get;
    use hyper::client::conn::{http1, http2};
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use tokio::net::TcpStream;

    use super::*;

    async fn listening(connections: usize) -> Listening {
        let router = Router::new().route("/", get(async || "here"));
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        Listening::start(listener, Service::new(router).limits(connections, IDLE)).unwrap()
    }

    async fn connect(listening: &Listening) -> TokioIo<TcpStream> {
        TokioIo::new(TcpStream::connect(listening.address()).await.unwrap())
    }

    fn request() -> Request<Body> {
        Request::get("http://localhost/").body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn both_versions_of_http_are_spoken() {
        let listening = listening(10).await;
        let (mut one, connection) = http1::handshake(connect(&listening).await).await.unwrap();
        tokio::spawn(connection);
        assert_eq!(one.send_request(request()).await.unwrap().status(), 200);
        let (mut two, connection) = http2::handshake(TokioExecutor::new(), connect(&listening).await).await.unwrap();
        tokio::spawn(connection);
        assert_eq!(two.send_request(request()).await.unwrap().status(), 200);
        assert!(listening.finish(Duration::from_secs(10)).await);
    }

    #[tokio::test]
    async fn a_connection_beyond_the_bound_waits_for_a_place() {
        let listening = listening(1).await;
        let (mut first, connection) = http1::handshake(connect(&listening).await).await.unwrap();
        let held = tokio::spawn(connection);
        assert_eq!(first.send_request(request()).await.unwrap().status(), 200);
        let (mut second, connection) = http1::handshake(connect(&listening).await).await.unwrap();
        tokio::spawn(connection);
        let mut waiting = std::pin::pin!(second.send_request(request()));
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("served beyond the bound"),
            response = first.send_request(request()) => assert_eq!(response.unwrap().status(), 200),
        }
        drop(first);
        held.await.unwrap().unwrap();
        assert_eq!(waiting.await.unwrap().status(), 200);
    }
}
