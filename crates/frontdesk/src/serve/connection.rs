//! One connection: HTTP/1.1, or HTTP/2 when the client opens with its preface (RFC 9113, section 3.4).

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::Service as HyperService;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::Service as _;

use super::metrics::Page;

const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Bytes of a request's header that are buffered. Hyper takes what has come at once, and so a little more: `api` counts exactly.
const BUFFER_BYTES: usize = api::HEADER_BYTES;
/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 250;
/// How long a client may take to answer a ping (HTTP/2).
const PING: Duration = Duration::from_secs(20);

/// What every connection is served with.
#[derive(Clone)]
pub(super) struct Front {
    /// The interface.
    pub(super) router: Router,
    /// The metrics' page, where this listener serves it.
    pub(super) metrics: Option<Page>,
    /// How long a connection may go without a complete request header.
    pub(super) idle: Duration,
}

impl Front {
    /// Serves a connection until it ends or, once the watcher says so, until what runs on it is answered.
    pub(super) async fn serve(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        watcher: Watcher,
        mut stop: watch::Receiver<bool>,
    ) {
        let idle = self.idle;
        let mut start = [0; PREFACE.len()];
        // A client that has sent nothing yet is bound by no protocol's time limit, and owed nothing.
        let peeked = tokio::select! {
            peeked = tokio::time::timeout(idle, stream.peek(&mut start)) => peeked,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let Ok(Ok(length)) = peeked else { return };
        let service = Peer { front: self, peer };
        let io = TokioIo::new(stream);
        let ended = if length == PREFACE.len() && start == *PREFACE {
            watcher.watch(http2(idle).serve_connection(io, service)).await
        } else {
            watcher.watch(http1(idle).serve_connection(io, service)).await
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, error = &error as &(dyn std::error::Error + 'static), "a connection broke");
        }
    }
}

fn http1(idle: Duration) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(idle).max_buf_size(BUFFER_BYTES);
    builder
}

fn http2(idle: Duration) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.timer(TokioTimer::new()).keep_alive_interval(idle).keep_alive_timeout(PING);
    builder.max_concurrent_streams(STREAMS).max_header_list_size(u32::try_from(BUFFER_BYTES).unwrap_or(u32::MAX));
    builder
}

/// The interface as one peer sees it.
struct Peer {
    front: Front,
    peer: SocketAddr,
}

impl HyperService<Request<Incoming>> for Peer {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let page = self.front.metrics.as_ref().filter(|page| page.answers(&request, self.peer));
        let mut router = page.map_or(&self.front.router, |page| &page.router).clone();
        request.extensions_mut().insert(ConnectInfo(self.peer));
        router.call(request)
    }
}
