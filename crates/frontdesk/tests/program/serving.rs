//! Being served: limits, signals, metrics.

use std::io::{Read, Write};

use rustix::process::Signal;

use crate::server::{EMAIL, PASSWORD, Server, get, place, printed, rest};

#[test]
fn health_is_answered_before_the_keys_are_made() {
    let place = place();
    let server = Server::spawn(place.path(), &[]);
    assert!(server.get("/health").starts_with("HTTP/1.1 200"));
    server.wait_for("ready");
    assert!(server.get("/ready").starts_with("HTTP/1.1 200"));
    server.stop();
}

#[test]
fn what_is_running_when_the_end_is_asked_for_is_finished() {
    let place = place();
    let mut server = Server::start(place.path());
    let token = printed(place.path(), &["token", "--email", EMAIL, "--password", PASSWORD]);
    let body = r#"{"name":"Harbour","timeZone":"UTC"}"#;
    let request = format!(
        "PUT /locations/l1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        token.trim(),
        body.len()
    );
    let mut running = server.send(&request);
    // The server asks for the body, so the request is running.
    let mut invitation = [0; 25];
    running.read_exact(&mut invitation).unwrap();
    assert!(invitation.starts_with(b"HTTP/1.1 100"));
    // One that has only been opened may still wait to be accepted, and is reset at the end.
    let mut idle = server.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut answered = Vec::new();
    while !answered.ends_with(b"Ok") {
        let mut byte = [0];
        idle.read_exact(&mut byte).unwrap();
        answered.extend(byte);
    }

    server.signal(Signal::TERM);
    server.wait_for("finishing what is running");
    running.write_all(body.as_bytes()).unwrap();
    let response = rest(running);
    assert!(response.starts_with("HTTP/1.1 201"), "{response}");
    assert_eq!(rest(idle), "");
    assert!(server.ended().success());
}

#[test]
fn a_second_signal_ends_at_once() {
    let place = place();
    let mut server = Server::start(place.path());
    let token = printed(place.path(), &["token", "--email", EMAIL, "--password", PASSWORD]);
    let head = format!(
        "PUT /locations/l1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
        token.trim()
    );
    let mut running = server.send(&head);
    running.read_exact(&mut [0; 25]).unwrap();
    server.signal(Signal::TERM);
    server.wait_for("finishing what is running");
    server.signal(Signal::INT);
    assert_eq!(server.ended().code(), Some(1));
}

#[test]
fn a_client_that_dawdles_over_its_header_is_cut_off() {
    let place = place();
    let server = Server::spawn(place.path(), &["--idle-seconds", "1"]);
    for start in ["", "GET /health HTTP/1.1\r\nHost: loc", "PRI * HTTP/2.0\r\n"] {
        let text = rest(server.send(start));
        assert!(!text.contains("200"), "{start}: {text}");
    }
    server.stop();
}

#[test]
fn metrics_are_on_the_main_address_or_on_one_of_their_own() {
    let place = place();
    let server = Server::spawn(place.path(), &["--service-name", "desk"]);
    let page = server.get("/metrics");
    assert!(page.contains("frontdesk_build_info{namespace=\"ServerlessWorkshop\",service=\"desk\""), "{page}");
    assert!(page.contains("process_start_time_seconds"), "{page}");
    server.stop();

    let server = Server::spawn(place.path(), &["--metrics-listen", "127.0.0.1:0"]);
    let metrics = server.wait_for("metrics are served");
    assert!(server.get("/metrics").starts_with("HTTP/1.1 404"));
    let address = metrics["address"].as_str().unwrap().strip_prefix("http://").unwrap();
    assert!(get(address.strip_suffix("/metrics").unwrap(), "/metrics").contains("frontdesk_build_info"));
    server.stop();
}

#[test]
fn every_request_has_a_line_unless_that_is_switched_off() {
    let place = place();
    let server = Server::spawn(place.path(), &["--access-log", "off"]);
    server.get("/health");
    server.signal(Signal::TERM);
    assert!(server.rest_of_log().iter().all(|line| line["routeKey"].is_null()));

    let server = Server::spawn(place.path(), &[]);
    server.get("/health");
    server.signal(Signal::TERM);
    let log = server.rest_of_log();
    let line = log.iter().find(|line| line["routeKey"] == "GET /health").unwrap().as_object().unwrap();
    let members =
        ["requestId", "ip", "requestTime", "httpMethod", "routeKey", "status", "protocol", "responseLength", "latency"];
    assert_eq!(line.keys().map(String::as_str).collect::<Vec<_>>().len(), members.len());
    assert!(members.iter().all(|member| line.contains_key(*member)), "{line:?}");
    assert_eq!((&line["status"], &line["ip"]), (&200.into(), &"127.0.0.1".into()));
}
