//! Requests byte by byte, for what a well-behaved client would never send.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Http;

/// The most that is read of an answer.
const ANSWER_BYTES: u64 = 4 * 1024 * 1024;

/// An answer as it came over the wire.
#[derive(Clone, Debug)]
pub struct RawAnswer {
    /// The status.
    pub status: u16,
    /// Everything that came.
    pub text: String,
}

/// Sends these bytes and reads until the server closes the connection (ask for that with `Connection: close`). None when the
/// connection ended without an answer.
pub async fn exchange(http: &Http, request: &[u8]) -> Option<RawAnswer> {
    let mut stream = TcpStream::connect(http.host()).await.unwrap();
    // A server that has refused already may have closed its side.
    let _ = stream.write_all(request).await;
    let mut bytes = Vec::new();
    let _ = stream.take(ANSWER_BYTES).read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some(RawAnswer { status, text })
}

/// Sends a request with this target exactly as it is written.
pub async fn target(http: &Http, method: &str, target: &str, token: &str) -> RawAnswer {
    let host = http.host();
    let head =
        format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: {token}\r\n\r\n");
    exchange(http, head.as_bytes()).await.unwrap_or_else(|| panic!("{method} {target}: no answer"))
}
