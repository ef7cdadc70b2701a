//! A minimal HTTP/1.1 client (RFC 9112): one request at a time on a connection that stays open, responses with a Content-Length.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;

/// Room for a response, in bytes.
const RESPONSE_BYTES: usize = 16 * 1024;

/// A connection that stays open.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    input: Vec<u8>,
}

/// A response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Response<'a> {
    /// The status.
    pub(crate) status: u16,
    /// Status line and headers, without the empty line.
    pub(crate) head: &'a str,
    /// The body.
    pub(crate) body: &'a [u8],
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, input: Vec::with_capacity(RESPONSE_BYTES) })
    }

    /// Sends a request and waits for its response.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Outcome<Response<'_>> {
        self.stream.write_all(request).await?;
        self.input.clear();
        let mut frame = None;
        loop {
            self.input.reserve(RESPONSE_BYTES);
            if self.stream.read_buf(&mut self.input).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if frame.is_none() {
                frame = Frame::of(&self.input)?;
            }
            if let Some(frame) = frame.as_ref().filter(|frame| self.input.len() >= frame.end()) {
                return frame.response(&self.input);
            }
        }
    }
}

/// Where the parts of a response are.
struct Frame {
    status: u16,
    head: usize,
    body: usize,
}

impl Frame {
    /// The frame of what has arrived, once the head is complete.
    fn of(input: &[u8]) -> Outcome<Option<Self>> {
        let Some(head) = input.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
        let text = std::str::from_utf8(input.get(..head).unwrap_or_default())?;
        let status =
            text.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("a response without a status")?;
        let length = text.split("\r\n").filter_map(|line| line.split_once(':'));
        let mut length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let body = length.next().ok_or("a response without Content-Length")?.1.trim().parse()?;
        Ok(Some(Self { status, head, body }))
    }

    const fn end(&self) -> usize {
        self.head + 4 + self.body
    }

    fn response<'a>(&self, input: &'a [u8]) -> Outcome<Response<'a>> {
        let head = std::str::from_utf8(input.get(..self.head).unwrap_or_default())?;
        Ok(Response { status: self.status, head, body: input.get(self.head + 4..self.end()).unwrap_or_default() })
    }
}

/// Writes a request with a token and perhaps a JSON body.
pub(crate) fn request(buffer: &mut Vec<u8>, method: &str, path: &str, token: &str, body: &str) {
    let parts = [method, " ", path, " HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ", token, "\r\n"];
    parts.iter().for_each(|part| buffer.extend_from_slice(part.as_bytes()));
    if !body.is_empty() {
        let length = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        buffer.extend_from_slice(length.as_bytes());
    }
    buffer.extend_from_slice(b"\r\n");
    buffer.extend_from_slice(body.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_framed_by_its_length() {
        let input = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nx: y\r\n\r\n{}";
        assert!(Frame::of(&input[..40]).unwrap().is_none());
        let frame = Frame::of(input).unwrap().unwrap();
        assert_eq!((frame.status, frame.end()), (201, input.len()));
        assert_eq!(frame.response(input).unwrap().body, b"{}");
        assert!(Frame::of(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
