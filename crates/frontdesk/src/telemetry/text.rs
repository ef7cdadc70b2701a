//! What an event looks like: a line of JSON for programs, a line of text for people at a terminal.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::io::Write as _;

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata};

/// The target of access-log lines, which consist of their own fields only.
pub const ACCESS: &str = "access";

/// What a line is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// JSON, one object a line.
    Json,
    /// Text; with colours or without.
    Pretty {
        /// Whether to use ANSI colours.
        colours: bool,
    },
}

/// A line in the making; kept from one event to the next, so that none of them allocates.
#[derive(Default)]
pub(super) struct Line {
    bytes: Vec<u8>,
    scratch: String,
}

/// What every line says.
#[derive(Clone, Copy)]
pub(super) struct Always<'a> {
    pub(super) service: &'a str,
    /// Members of JSON lines, each with a comma before it.
    pub(super) function: &'a str,
}

impl Line {
    /// The event as a line, its line break included.
    pub(super) fn format(&mut self, style: Style, always: Always<'_>, now: Timestamp, event: &Event<'_>) -> &[u8] {
        self.bytes.clear();
        match style {
            Style::Json => self.json(always, now, event),
            Style::Pretty { colours } => self.pretty(colours, now, event),
        }
        self.bytes.push(b'\n');
        &self.bytes
    }

    fn json(&mut self, always: Always<'_>, now: Timestamp, event: &Event<'_>) {
        let metadata = event.metadata();
        self.bytes.push(b'{');
        if metadata.target() != ACCESS {
            self.json_head(always.service, now, metadata);
            self.bytes.extend_from_slice(always.function.as_bytes());
        }
        event.record(&mut Json(self));
        self.bytes.push(b'}');
    }

    fn json_head(&mut self, service: &str, now: Timestamp, metadata: &Metadata<'_>) {
        let module = metadata.module_path().unwrap_or_else(|| metadata.target());
        let line = metadata.line().unwrap_or_default();
        // Writing to a vector cannot fail.
        let _ = write!(
            self.bytes,
            r#""level":"{}","location":"{module}:{line}","timestamp":"{now:.3}","service":"#,
            metadata.level()
        );
        self.json_string(service);
    }

    fn json_string(&mut self, text: &str) {
        quote(&mut self.bytes, text);
    }

    fn pretty(&mut self, colours: bool, now: Timestamp, event: &Event<'_>) {
        let metadata = event.metadata();
        let (paint, dim, plain) =
            if colours { (colour(*metadata.level()), "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
        let _ = write!(self.bytes, "{dim}{now:.3}{plain} {paint}{:>5}{plain}", metadata.level());
        if metadata.target() == ACCESS {
            self.bytes.extend_from_slice(b" access");
        }
        event.record(&mut Pretty { line: self, dim, plain });
    }
}

/// Appends a text as a string of JSON. Few texts have anything to be escaped, and to see that takes less than to look for where.
fn quote(bytes: &mut Vec<u8>, text: &str) {
    let stands = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    // Without an end before the last byte, so that many are looked at at once.
    if text.bytes().fold(true, |all, byte| all & stands(byte)) {
        bytes.push(b'"');
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(b'"');
    } else {
        // Writing to a vector cannot fail.
        let _ = serde_json::to_writer(bytes, text);
    }
}

const fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG | Level::TRACE => "\x1b[36m",
    }
}

/// Writes fields as members of an object.
struct Json<'a>(&'a mut Line);

impl Json<'_> {
    fn name(&mut self, field: &Field) {
        if self.0.bytes.last() != Some(&b'{') {
            self.0.bytes.push(b',');
        }
        let name = field.name();
        self.0.json_string(name.strip_prefix("r#").unwrap_or(name));
        self.0.bytes.push(b':');
    }

    fn integer(&mut self, field: &Field, value: impl itoa::Integer) {
        self.name(field);
        self.0.bytes.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }
}

impl Visit for Json<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.name(field);
        self.0.json_string(value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.integer(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.integer(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.integer(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.integer(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.name(field);
        self.0.bytes.extend_from_slice(if value { b"true" } else { b"false" });
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.name(field);
        let _ = serde_json::to_writer(&mut self.0.bytes, &value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.name(field);
        let text = chain(value);
        self.0.json_string(&text);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.name(field);
        let Line { bytes, scratch } = &mut *self.0;
        scratch.clear();
        let _ = write!(scratch, "{value:?}");
        quote(bytes, scratch);
    }
}

/// Writes the message, and fields as `name=value`.
struct Pretty<'a> {
    line: &'a mut Line,
    dim: &'static str,
    plain: &'static str,
}

impl Visit for Pretty<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.record_debug(field, &format_args!("{}", chain(value)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let Line { bytes, scratch } = &mut *self.line;
        scratch.clear();
        let _ = write!(scratch, "{value:?}");
        bytes.push(b' ');
        if field.name() != "message" {
            let _ = write!(bytes, "{}{}={}", self.dim, field.name(), self.plain);
        }
        // What a client sent must not move the cursor or colour the screen.
        for part in scratch.split_inclusive(char::is_control) {
            let mut chars = part.chars();
            match chars.next_back() {
                Some(last) if last.is_control() => {
                    let _ = write!(bytes, "{}{}", chars.as_str(), last.escape_default());
                }
                _ => bytes.extend_from_slice(part.as_bytes()),
            }
        }
    }
}

/// An error with what caused it, in one line.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    let mut text = String::new();
    for (depth, cause) in causes.take(16).enumerate() {
        let _ = write!(text, "{}{cause}", if depth == 0 { "" } else { ": " });
    }
    text
}
