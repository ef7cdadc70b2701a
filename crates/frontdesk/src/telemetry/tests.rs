//! Tests of what log lines look like.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use tracing::subscriber::with_default;

use super::*;

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(1_617_278_400_045).unwrap()
    }
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn written(style: Style, directives: &str, events: impl FnOnce()) -> String {
    let output = Written::default();
    let (lines, guard) = Lines::start(output.clone()).unwrap();
    let log = Log::new(style, "front \"desk\"", Arc::new(Fixed), lines);
    let filter = EnvFilter::builder().parse(directives).unwrap();
    with_default(Registry::default().with(filter).with(log), events);
    drop(guard);
    let bytes = output.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[derive(Debug, thiserror::Error)]
#[error("outer")]
struct Outer(#[source] io::Error);

#[test]
fn a_line_of_json_has_the_contracts_members() {
    let line = line!() + 2;
    let text = written(Style::Json, "info", || {
        tracing::warn!(orderId = "a\"b\n", quantity = 2_u64, less = -1_i64, yes = true, ratio = 0.5, "placed {}", 7);
    });
    let expected = format!(
        r#"{{"level":"WARN","location":"frontdesk::telemetry::tests:{line}","timestamp":"2021-04-01T12:00:00.045Z","#
    ) + r#""service":"front \"desk\"","message":"placed 7","orderId":"a\"b\n","quantity":2,"less":-1,"yes":true,"ratio":0.5}"#
        + "\n";
    assert_eq!(text, expected);
}

#[test]
fn an_access_line_has_its_own_members_only() {
    let text = written(Style::Json, "info,access=info", || {
        tracing::info!(
            target: "access",
            requestId = "r1",
            ip = Option::<&str>::None,
            routeKey = %format_args!("GET {}", "/users/{userid}"),
            status = 200_u16,
            responseLength = Some(12_u64),
            latency = 0.25,
        );
    });
    let expected =
        r#"{"requestId":"r1","routeKey":"GET /users/{userid}","status":200,"responseLength":12,"latency":0.25}"#;
    assert_eq!(text, format!("{expected}\n"));
}

#[test]
fn errors_come_with_their_causes() {
    let error = Outer(io::Error::other("inner"));
    let text = written(Style::Json, "info", || {
        tracing::error!(error = &error as &(dyn std::error::Error + 'static), "failed");
    });
    assert!(text.ends_with("\"message\":\"failed\",\"error\":\"outer: inner\"}\n"), "{text}");
}

#[test]
fn lines_for_people_are_plain_and_safe() {
    let text = written(Style::Pretty { colours: false }, "info", || {
        tracing::info!(name = "a\u{1b}[2Jb", count = 3, "hello\nworld");
    });
    assert_eq!(text, "2021-04-01T12:00:00.045Z  INFO hello\\nworld name=a\\u{1b}[2Jb count=3\n");
    let text = written(Style::Pretty { colours: true }, "info", || tracing::error!("no"));
    assert_eq!(text, "\u{1b}[2m2021-04-01T12:00:00.045Z\u{1b}[0m \u{1b}[31mERROR\u{1b}[0m no\n");
}

#[test]
fn levels_and_targets_are_filtered() {
    let events = || {
        tracing::debug!("quiet");
        tracing::info!(target: "access", status = 200);
        tracing::warn!("loud");
    };
    let text = written(Style::Json, "warn,access=off", events);
    assert_eq!(text.lines().count(), 1, "{text}");
    let text = written(Style::Json, "warn,access=info", events);
    assert_eq!(text.lines().count(), 2, "{text}");
}
