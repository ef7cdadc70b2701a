//! Requests that are no proper HTTP, and clients that do not finish theirs.

use testkit::raw::exchange;
use testkit::{Caller, Machine, TestApp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::FRONTDESK;

#[tokio::test]
async fn what_is_no_http_is_refused_and_the_server_goes_on() {
    let app = TestApp::start().await;
    let host = app.http.host();
    let header = |text: &str| {
        format!("GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{text}\r\n\r\n").into_bytes()
    };
    let requests = [
        b"\r\n\r\n\r\n\r\n".to_vec(),
        b"hello\r\n\r\n".to_vec(),
        b"GET /health\r\n\r\n".to_vec(),
        b"GET /health HTTP/9.9\r\n\r\n".to_vec(),
        b"GET  /health HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        vec![0; 1_000],
        vec![b'A'; 200_000],
        header("Bad Name: x"),
        header("X: a\0b"),
        header(&format!("X: {}", "y".repeat(300_000))),
        header(&"X: y\r\n".repeat(500)),
        format!("POST /orders HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n").into_bytes(),
        format!("POST /orders HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{{}}")
            .into_bytes(),
        format!(
            "POST /orders HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n"
        )
        .into_bytes(),
    ];
    for request in requests {
        let shown = String::from_utf8_lossy(&request[..request.len().min(60)]).into_owned();
        if let Some(answer) = closing(&app, &request).await {
            assert!((400..500).contains(&answer), "{shown}: {answer}");
        }
        assert_eq!(app.anonymous().get("/health").await.text(), "Ok", "{shown}");
    }
}

/// The status of the answer to bytes behind which the client closes its side.
async fn closing(app: &TestApp, request: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(app.http.host()).await.unwrap();
    let _ = stream.write_all(request).await;
    let _ = stream.shutdown().await;
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

#[tokio::test]
async fn a_huge_header_is_a_client_error() {
    let app = TestApp::start().await;
    let head = format!("GET /orders HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", app.http.host());
    for size in [300_000, 1_000_000] {
        let request = format!("{head}Authorization: {}\r\n\r\n", "x".repeat(size));
        if let Some(answer) = exchange(&app.http, request.as_bytes()).await {
            assert_eq!(answer.status, 431, "{}", answer.text);
        }
    }
    let request = format!("{head}Authorization: {}\r\n\r\n", "x".repeat(66_000));
    let answer = exchange(&app.http, request.as_bytes()).await.unwrap();
    assert_eq!(answer.status, 431, "{}", answer.text);
    assert!(answer.text.contains("header-too-large"), "{}", answer.text);
    let request = format!("{head}Authorization: {}\r\n\r\n", "x".repeat(30_000));
    assert_eq!(exchange(&app.http, request.as_bytes()).await.unwrap().status, 401);
}

#[tokio::test]
async fn a_length_with_chunks_does_not_smuggle_a_second_request() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let (host, token, path) = (app.http.host(), &ada.tokens.id, ada.path(""));
    let hidden = format!(
        "PUT {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\nContent-Length: 17\r\n\r\n{{\"name\":\"hidden\"}}"
    );
    let body = format!("0\r\n\r\n{hidden}");
    let head = format!(
        "POST /orders HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n",
        body.len()
    );
    let request = format!("{head}Authorization: {token}\r\n\r\n{body}");
    closing(&app, request.as_bytes()).await;
    assert_eq!(ada.get("/users/{me}").await.json(200).get("name"), None);
}

#[tokio::test]
async fn a_client_that_never_finishes_its_header_is_let_go() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&["--idle-seconds", "1"]).await;
    for start in [&b""[..], b"GET /orders HTTP/1.1\r\nHost: x\r\n", b"PRI * HTTP/2.0\r\n"] {
        let mut stream = TcpStream::connect(server.http.host()).await.unwrap();
        stream.write_all(start).await.unwrap();
        let mut bytes = Vec::new();
        let ended = tokio::time::timeout(std::time::Duration::from_secs(20), stream.read_to_end(&mut bytes)).await;
        assert!(ended.is_ok(), "{start:?}: the connection is still open");
    }
    assert_eq!(server.anonymous().get("/health").await.text(), "Ok");
}
