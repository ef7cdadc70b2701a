//! Paths that mean to lead elsewhere. They are sent as they are written, which an ordinary client would not do.

use testkit::raw::{self, RawAnswer};
use testkit::{Caller, NINE, TestApp, User, booking_of};

async fn get(user: &User, target: &str) -> RawAnswer {
    raw::target(&user.http, "GET", target, &user.tokens.id).await
}

#[track_caller]
fn refused(target: &str, answer: &RawAnswer) {
    assert!((400..500).contains(&answer.status), "{target}: {}", answer.text);
    for secret in ["root:", "frontdesk.db", "panicked", "sqlite"] {
        assert!(!answer.text.contains(secret), "{target}: {}", answer.text);
    }
}

#[tokio::test]
async fn dots_slashes_and_escapes_lead_to_nobody_elses_things() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 1).await;
    bob.book("b", "r", NINE, 60).await.expect(201);
    let (me, other) = (&ada.sub, &bob.sub);
    for target in [
        format!("/users/{me}/../{other}"),
        format!("/users/{me}/../../users/{other}"),
        format!("/users/{me}/%2e%2e/{other}"),
        format!("/users/{me}%2F..%2F{other}"),
        format!("/users/{me}/..%2f{other}"),
        format!("/users/{me}/bookings/../../{other}/bookings/b"),
        format!("/users/{me}/bookings/..%2F..%2F{other}%2Fbookings%2Fb"),
        format!("/users/{me}/bookings/%2e%2e"),
        format!("/users/{me}/bookings/b%00"),
        format!("/users/{other}%00"),
        format!("/users/{me}%00{other}"),
        format!("/users/%00{me}"),
        format!("/users//{other}"),
        format!("//users/{other}"),
        format!("/users/{other}/"),
        format!("/users/{other};a=b"),
        format!("/./users/{other}"),
        format!("/USERS/{other}"),
        format!("/users%2F{other}"),
        "/users/%2e%2e%2f%2e%2e%2fetc%2fpasswd".to_owned(),
        "/users/..%c0%af..%c0%afetc".to_owned(),
        "/docs/../../../../etc/passwd".to_owned(),
        "/docs/%2e%2e/%2e%2e/etc/passwd".to_owned(),
        "/docs/..%2f..%2fetc%2fpasswd".to_owned(),
        "/docs/%00".to_owned(),
        "/docs/%zz".to_owned(),
        "/..".to_owned(),
        "/%2e%2e".to_owned(),
        "/%".to_owned(),
        "/\\users".to_owned(),
        "users".to_owned(),
        "http://evil.example.com/nowhere".to_owned(),
        "*".to_owned(),
    ] {
        refused(&target, &get(&ada, &target).await);
    }
    assert_eq!(get(&ada, &format!("/users/{me}")).await.status, 200);
}

#[tokio::test]
async fn ids_that_cannot_be_decoded_or_printed_are_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.resource("l", "r", 1).await;
    let long = "x".repeat(256);
    for id in ["%ff", "%c3%28", "%00", "a%0Ab", "%7f", "%zz", "%2", "%", "a%", &long] {
        for method in ["GET", "DELETE"] {
            let target = format!("/locations/{id}");
            refused(&target, &raw::target(&admin.http, method, &target, &admin.tokens.id).await);
        }
        for (target, body) in [
            (format!("/locations/{id}"), "{\"name\":\"A\"}".to_owned()),
            (format!("/locations/l/resources/{id}"), "{\"name\":\"A\"}".to_owned()),
            (format!("/users/{id}"), "{}".to_owned()),
            (admin.path(&format!("/bookings/{id}")), booking_of("r", NINE, 60).to_string()),
        ] {
            let head = format!("PUT {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", admin.http.host());
            let request =
                format!("{head}Authorization: {}\r\nContent-Length: {}\r\n\r\n{body}", admin.tokens.id, body.len());
            let answer = raw::exchange(&admin.http, request.as_bytes()).await.unwrap();
            assert_eq!(answer.status, 400, "{target}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn odd_ids_are_ids_like_others() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let ids = [
        ("a%2Fb", "a/b"),
        ("%2e%2e", ".."),
        ("%C3%BC", "ü"),
        ("a%20b", "a b"),
        ("%25", "%"),
        ("a+b", "a+b"),
        ("'%22%3B", "'\";"),
        ("%F0%9F%8F%A0", "🏠"),
        ("null", "null"),
        ("__proto__", "__proto__"),
        ("a%3Fb%23c", "a?b#c"),
    ];
    for (written, id) in ids {
        let body = "{\"name\":\"A\"}";
        let head = format!("PUT /locations/{written} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", admin.http.host());
        let request =
            format!("{head}Authorization: {}\r\nContent-Length: {}\r\n\r\n{body}", admin.tokens.id, body.len());
        let made = raw::exchange(&admin.http, request.as_bytes()).await.unwrap();
        assert_eq!(made.status, 201, "{written}: {}", made.text);
        assert!(
            made.text.contains(&format!("\"locationID\":{}", serde_json::Value::from(id))),
            "{written}: {}",
            made.text
        );
        assert_eq!(
            raw::target(&admin.http, "GET", &format!("/locations/{written}"), &admin.tokens.id).await.status,
            200
        );
    }
    let list = admin.get("/locations").await.json(200);
    assert_eq!(list["items"].as_array().unwrap().len(), ids.len());
}

#[tokio::test]
async fn queries_that_cannot_be_read_are_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for target in ["/orders?limit=%ff", "/orders?limit=%zz", "/orders?cursor=%00", "/orders?limit=1%00"] {
        refused(target, &get(&ada, target).await);
    }
    let long = format!("/orders?x={}", "y".repeat(20_000));
    assert!(get(&ada, &long).await.status < 500);
    // The server may close the connection on what it has not read, which can cost the client the answer.
    let head = format!("GET /orders?x={} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "y".repeat(200_000));
    if let Some(answer) = raw::exchange(&ada.http, head.as_bytes()).await {
        refused("a target of 200,000 bytes", &answer);
    }
}
