//! Log lines and metrics, by the names that the contract gives them.

use std::fs;

use serde_json::Value;
use testkit::{Caller, Machine, NINE, PASSWORD, fault};

use super::FRONTDESK;

#[tokio::test]
async fn log_lines_have_the_contracts_members() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    let line = server.logged("frontdesk listens").await;
    for name in ["level", "location", "message", "timestamp", "service"] {
        assert!(line[name].is_string(), "{name}: {line}");
    }
    assert_eq!(line["service"], "frontdesk");
}

#[tokio::test]
async fn every_request_has_an_access_line_with_the_contracts_members() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    let ada = server.user("ada").await;
    let answer = ada.get("/users/{me}").header("x-request-id", "find-me").await;
    let line = server.log_line(|line| line["requestId"] == "find-me").await;
    assert_eq!((&line["httpMethod"], &line["ip"]), (&"GET".into(), &"127.0.0.1".into()));
    assert!(line["routeKey"].as_str().unwrap().contains("/users/{userid}"), "{line}");
    assert_eq!(text(&line["status"]), "200");
    assert_eq!(text(&line["responseLength"]), answer.body.len().to_string());
    assert!(line["protocol"].as_str().unwrap().starts_with("HTTP/1.1"), "{line}");
    for name in ["requestTime", "latency"] {
        assert!(!line[name].is_null(), "{name}: {line}");
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[tokio::test]
async fn secrets_are_in_no_log_line() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&["--log-level", "trace"]).await;
    let ada = server.user("ada").await;
    let wrong = server.cognito().initiate(&ada.email, "Wrong-Secret-1").await;
    assert_eq!(fault(&wrong), "NotAuthorizedException");
    ada.get(&format!("/orders?token={}", "in-the-query")).header("x-request-id", "last").await.expect(200);
    server.log_line(|line| line["requestId"] == "last").await;
    let log = fs::read_to_string(machine.path("server.log")).unwrap();
    let key = server.cognito().key;
    let signature = ada.tokens.id.rsplit('.').next().unwrap();
    for secret in
        [PASSWORD, "Wrong-Secret-1", &ada.tokens.id, &ada.tokens.access, &ada.tokens.refresh, signature, &key.secret]
    {
        assert!(!log.contains(secret), "a secret is in the log");
    }
}

#[tokio::test]
async fn the_business_metrics_have_the_contracts_names() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&[]).await;
    let (admin, ada) = (server.admin().await, server.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    ada.book("c", "r", NINE, 60).await.expect(409);
    ada.order("o").await.expect(200);
    ada.order("o").await.expect(200);
    let page = server.anonymous().get("/metrics").plain().await.expect(200).text();
    for (name, value) in [
        ("ProcessedLocations", "1"),
        ("ProcessedResources", "1"),
        ("ProcessedBookings", "2"),
        ("BookingsErrors", "1"),
        ("SuccessfulOrder", "1"),
    ] {
        let line = page
            .lines()
            .find(|line| !line.starts_with('#') && line.contains(name))
            .unwrap_or_else(|| panic!("{name}: {page}"));
        assert!(line.contains("service=\"frontdesk\"") && line.ends_with(&format!(" {value}")), "{line}");
        assert!(line.contains("ServerlessWorkshop"), "{line}");
    }
    assert!(page.contains("OrderTotal"), "{page}");
    assert!(!page.contains(&ada.sub), "labels hold no ids");
    let forwarded = server.anonymous().get("/metrics").header("x-forwarded-for", "203.0.113.7").plain().await;
    assert!([401, 403, 404].contains(&forwarded.status), "{}", forwarded.status);
}
