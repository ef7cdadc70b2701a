//! One connection: HTTP/1.1, or HTTP/2 when the client opens with its preface (RFC 9113, section 3.4).

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::time::Duration;

use api::Connection;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::Service as HyperService;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
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
    /// Serves a connection until it ends or, once it is to stop, until what runs on it is answered. What was upgraded runs on by
    /// itself, and keeps the connection's place.
    pub(super) async fn serve(self, stream: TcpStream, peer: SocketAddr, connection: Connection) {
        let idle = self.idle;
        let mut start = [0; PREFACE.len()];
        // A client that has sent nothing yet is bound by no protocol's time limit, and owed nothing.
        let peeked = tokio::select! {
            peeked = tokio::time::timeout(idle, stream.peek(&mut start)) => peeked,
            () = connection.stopping() => return,
        };
        let Ok(Ok(length)) = peeked else { return };
        let service = Peer { front: self, peer, connection: connection.clone() };
        let io = TokioIo::new(stream);
        let ended = if length == PREFACE.len() && start == *PREFACE {
            let serving = http2(idle).serve_connection(io, service);
            run(serving, |serving| serving.graceful_shutdown(), &connection).await
        } else {
            let serving = http1(idle).serve_connection(io, service).with_upgrades();
            run(serving, |serving| serving.graceful_shutdown(), &connection).await
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, error = &error as &(dyn std::error::Error + 'static), "a connection broke");
        }
    }
}

/// Serves until the end, which is sooner when the connection is to stop, and at once when it is to be cut off.
async fn run<C>(serving: C, finish: impl FnOnce(Pin<&mut C>), connection: &Connection) -> hyper::Result<()>
where
    C: Future<Output = hyper::Result<()>>,
{
    let mut serving = pin!(serving);
    tokio::select! {
        ended = &mut serving => return ended,
        () = connection.stopping() => finish(serving.as_mut()),
        () = connection.to_be_cut() => return Ok(()),
    }
    tokio::select! {
        ended = serving => ended,
        () = connection.to_be_cut() => Ok(()),
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
    connection: Connection,
}

impl HyperService<Request<Incoming>> for Peer {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let page = self.front.metrics.as_ref().filter(|page| page.answers(&request, self.peer));
        let mut router = page.map_or(&self.front.router, |page| &page.router).clone();
        request.extensions_mut().insert(ConnectInfo(self.peer));
        request.extensions_mut().insert(self.connection.clone());
        router.call(request)
    }
}
