//! The event of a table operation, `{"operation", "tableName", "payload"}`, read in the order in which the original looks at it.

use std::fmt;

use domain::json::{RESERVED_TEXT, has_reserved_text};
use domain::limits::{RECORDS_NESTING, RECORDS_VALUES};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use store::records::{Fault, Operation};

use super::{python, raised};
use crate::Failure;

/// What is asked for.
#[derive(Debug)]
pub(super) enum Event {
    /// The payload back, as it was sent.
    Echo(String),
    /// Whether anybody is there.
    Ping,
    /// Something of a table.
    Operate(Asked),
}

/// An operation of a table, whose parameters are not checked yet.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) operation: Operation,
    /// What stands for the table's name; none when the event names no table.
    pub(super) table: Option<Value>,
    pub(super) payload: Map<String, Value>,
}

impl Event {
    /// Reads a body.
    pub(super) fn read(body: &[u8]) -> Result<Self, Failure> {
        if body.trim_ascii_start().first() != Some(&b'{') {
            return Err(no_object(serde_json::from_slice(body).map_err(raised::no_event)?).into());
        }
        let members: Members<'_> = serde_json::from_slice(body).map_err(raised::no_event)?;
        let no_operation = "`operation` is missing: create, read, update, delete, list, echo or ping.";
        let operation = members.operation.ok_or_else(|| raised::missing("operation", no_operation))?;
        let operation = value(operation)?;
        let table = members.table_name.map(value).transpose()?;
        if table.as_ref().is_some_and(Value::is_null) {
            return Err(raised::unset_table().into());
        }
        let asked = match operation.as_str() {
            Some("create") => Operation::PutItem,
            Some("read") => Operation::GetItem,
            Some("update") => Operation::UpdateItem,
            Some("delete") => Operation::DeleteItem,
            Some("list") => Operation::Scan,
            Some("echo") => return Ok(Self::Echo(members.payload.map_or("null", RawValue::get).to_owned())),
            Some("ping") => return Ok(Self::Ping),
            _ => return Err(raised::unrecognized(&operation).into()),
        };
        let payload = payload(asked, members.payload)?;
        Ok(Self::Operate(Asked { operation: asked, table, payload }))
    }
}

/// The members of an event that mean something, not parsed yet. Of one that comes twice the last counts.
#[derive(Default)]
struct Members<'e> {
    operation: Option<&'e RawValue>,
    table_name: Option<&'e RawValue>,
    payload: Option<&'e RawValue>,
}

#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Name {
    Operation,
    #[serde(rename = "tableName")]
    Table,
    Payload,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut event: A) -> Result<Members<'de>, A::Error> {
        let mut members = Members::default();
        while let Some(name) = event.next_key()? {
            match name {
                Name::Operation => members.operation = Some(event.next_value()?),
                Name::Table => members.table_name = Some(event.next_value()?),
                Name::Payload => members.payload = Some(event.next_value()?),
                Name::Other => _ = event.next_value::<IgnoredAny>()?,
            }
        }
        Ok(members)
    }
}

/// An event that is no object cannot be asked for its operation.
fn no_object(event: &RawValue) -> domain::Refusal {
    raised::type_error(match event.get().as_bytes().first() {
        Some(b'[') => "list indices must be integers or slices, not str".to_owned(),
        Some(b'"') => "string indices must be integers, not 'str'".to_owned(),
        _ => {
            let class = serde_json::from_str(event.get()).map_or("int", |value| python::class(&value));
            format!("'{class}' object is not subscriptable")
        }
    })
}

/// The parameters of an operation, by name.
fn payload(operation: Operation, payload: Option<&RawValue>) -> Result<Map<String, Value>, Failure> {
    let raw = payload.unwrap_or(RawValue::NULL);
    let extent = Extent::of(raw);
    if extent.levels > RECORDS_NESTING {
        // DynamoDB's answer to values that are nested too deep for any parser.
        let message = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond \
                       supported limit";
        return Err(raised::fault(operation, Fault::validation(message), None));
    }
    match extent.value(raw)? {
        Value::Object(map) => Ok(map),
        other => {
            let class = python::class(&other);
            let mut refusal = raised::type_error(format!("argument after ** must be a mapping, not {class}"));
            refusal.detail = format!("`payload` must be an object with the parameters of {}.", operation.name());
            Err(refusal.into())
        }
    }
}

/// Parses a part of the event, unless it is beyond the limits.
fn value(raw: &RawValue) -> Result<Value, domain::Refusal> {
    Extent::of(raw).value(raw)
}

/// How much there is in a JSON text, found without building anything.
struct Extent {
    /// Values at the most.
    values: usize,
    /// Levels of objects and arrays.
    levels: usize,
}

impl Extent {
    /// Parses what has this extent, unless it is beyond the limits.
    fn value(&self, raw: &RawValue) -> Result<Value, domain::Refusal> {
        if self.levels > RECORDS_NESTING {
            return Err(raised::unreadable(format_args!("it is nested deeper than {RECORDS_NESTING} levels")));
        }
        if self.values > RECORDS_VALUES {
            return Err(raised::too_large(format!("The event has a part of more than {RECORDS_VALUES} values.")));
        }
        if has_reserved_text(raw.get().as_bytes()) {
            return Err(raised::unreadable(RESERVED_TEXT));
        }
        serde_json::from_str(raw.get()).map_err(raised::unreadable)
    }

    fn of(raw: &RawValue) -> Self {
        let (mut extent, mut level, mut in_text, mut escaped) = (Self { values: 1, levels: 0 }, 0_usize, false, false);
        for byte in raw.get().bytes() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = !in_text,
                _ if in_text => {}
                b',' => extent.values = extent.values.saturating_add(1),
                b'{' | b'[' => {
                    extent.values = extent.values.saturating_add(1);
                    level = level.saturating_add(1);
                    extent.levels = extent.levels.max(level);
                }
                b'}' | b']' => level = level.saturating_sub(1),
                _ => {}
            }
        }
        extent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> (String, String) {
        match Event::read(body.as_bytes()) {
            Err(Failure::Refused(refusal)) => {
                let raised = refusal.raised.unwrap();
                (raised.error_type, raised.error_message)
            }
            other => panic!("{body}: {other:?}"),
        }
    }

    /// What CPython 3.12 raises for the original's code.
    #[test]
    fn events_are_refused_as_python_does() {
        for (body, class, text) in [
            ("{}", "KeyError", "'operation'"),
            ("[]", "TypeError", "list indices must be integers or slices, not str"),
            ("\"x\"", "TypeError", "string indices must be integers, not 'str'"),
            ("5", "TypeError", "'int' object is not subscriptable"),
            ("null", "TypeError", "'NoneType' object is not subscriptable"),
            (r#"{"operation":"x"}"#, "ValueError", "Unrecognized operation \"x\""),
            (r#"{"operation":"Create"}"#, "ValueError", "Unrecognized operation \"Create\""),
            (r#"{"operation":null}"#, "ValueError", "Unrecognized operation \"None\""),
            (r#"{"operation":[1]}"#, "TypeError", "unhashable type: 'list'"),
            (r#"{"operation":"x","tableName":null}"#, "ValueError", "Required parameter name not set"),
            (
                r#"{"operation":"list","tableName":"t"}"#,
                "TypeError",
                "argument after ** must be a mapping, not NoneType",
            ),
            (
                r#"{"operation":"list","tableName":"t","payload":[1]}"#,
                "TypeError",
                "argument after ** must be a mapping, not list",
            ),
        ] {
            assert_eq!(refused(body), (class.to_owned(), text.to_owned()), "{body}");
        }
        for body in ["", " ", "{", "{\"operation\":\"echo\",\"payload\":}", "{} x", "\u{feff}{}", "operation=ping"] {
            assert_eq!(refused(body).0, "Runtime.UnmarshalError", "{body}");
        }
    }

    #[test]
    fn what_is_no_event_is_told_what_to_send() {
        for body in ["", "operation=ping", "operation=list&tableName=x"] {
            let Err(Failure::Refused(refusal)) = Event::read(body.as_bytes()) else { panic!("{body}") };
            assert!(refusal.detail.contains("send JSON such as {\"operation\""), "{}", refusal.detail);
        }
    }

    #[test]
    fn an_event_may_name_no_table() {
        let read = |body: &str| match Event::read(body.as_bytes()) {
            Ok(Event::Operate(asked)) => asked.table,
            other => panic!("{other:?}"),
        };
        assert_eq!(read(r#"{"operation":"list","payload":{}}"#), None);
        assert_eq!(read(r#"{"operation":"list","tableName":"t","payload":{}}"#), Some("t".into()));
    }

    #[test]
    fn of_members_that_come_twice_the_last_counts() {
        let body = r#"{"operation":"list","x":{},"payload":1,"oper\u0061tion":"echo","payload":[2]}"#;
        assert!(matches!(Event::read(body.as_bytes()), Ok(Event::Echo(text)) if text == "[2]"));
    }

    #[test]
    fn an_echo_is_what_was_sent_however_deep() {
        for payload in ["1E+05", "{\"b\":1.10,\"a\":[]}", &format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))] {
            let body = format!("{{\"operation\":\"echo\",\"payload\":{payload}}}");
            let Ok(Event::Echo(text)) = Event::read(body.as_bytes()) else { panic!("{payload}") };
            assert_eq!(text, payload);
        }
        assert!(matches!(Event::read(br#"{"operation":"echo"}"#), Ok(Event::Echo(text)) if text == "null"));
    }

    #[test]
    fn names_that_mean_something_else_to_the_json_library_are_refused() {
        for name in ["$serde_json::private::Number", r"\u0024serde_json::private::RawValue"] {
            let body = format!(
                "{{\"operation\":\"create\",\"tableName\":\"t\",\"payload\":{{\"Item\":{{\"id\":{{\"{name}\":\"1\"}}}}}}}}"
            );
            assert_eq!(refused(&body).0, "Runtime.UnmarshalError");
            let renamed = format!(
                "{{\"operation\":\"update\",\"tableName\":\"t\",\"payload\":{{\"ExpressionAttributeNames\":{{\"#n\":\"{name}\"}}}}}}"
            );
            assert_eq!(refused(&renamed).0, "Runtime.UnmarshalError");
        }
    }

    #[test]
    fn what_is_large_or_deep_is_refused_before_it_is_built() {
        let create = |payload: &str| format!("{{\"operation\":\"create\",\"tableName\":\"t\",\"payload\":{payload}}}");
        let deep = create(&format!("{{\"Item\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)));
        let (class, text) = refused(&deep);
        assert_eq!(class, "ClientError");
        assert!(
            text.starts_with("An error occurred (ValidationException) when calling the PutItem operation: Nesting")
        );
        let many = create(&format!("[{}0]", "0,".repeat(RECORDS_VALUES)));
        assert_eq!(refused(&many).0, "RequestTooLargeException");
        let operation = format!("{{\"operation\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(refused(&operation).0, "Runtime.UnmarshalError");
        // Within texts nothing counts.
        let text = create(&format!("{{\"Item\":\"{}\\\"[\"}}", "[,{".repeat(200_000)));
        assert!(Event::read(text.as_bytes()).is_ok());
    }
}
