//! Values and their types as Python writes them: the messages that clients of the original know are Python's.

use serde_json::Value;

/// Bytes of a value that are shown.
const SHOWN_BYTES: usize = 200;

/// The name of a value's class.
pub(super) fn class(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if is_whole(number.as_str()) => "int",
        Value::Number(_) => "float",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// Whether a JSON number is an `int`.
pub(super) fn is_whole(number: &str) -> bool {
    !number.contains(['.', 'e', 'E'])
}

/// A value as text, `str(value)`, of bounded length.
pub(super) fn text(value: &Value) -> String {
    if let Value::String(text) = value {
        return cut(text.clone(), SHOWN_BYTES);
    }
    let mut shown = String::new();
    write(value, &mut shown);
    cut(shown, SHOWN_BYTES)
}

/// A text of at most so many bytes, with an ellipsis in place of the rest.
pub(super) fn cut(mut text: String, bytes: usize) -> String {
    if text.len() > bytes {
        let end = (0..=bytes).rev().find(|&end| text.is_char_boundary(end)).unwrap_or_default();
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Appends `repr(value)`, until enough is shown.
fn write(value: &Value, shown: &mut String) {
    match value {
        _ if shown.len() > SHOWN_BYTES => {}
        Value::Null => shown.push_str("None"),
        Value::Bool(true) => shown.push_str("True"),
        Value::Bool(false) => shown.push_str("False"),
        Value::Number(number) => shown.push_str(number.as_str()),
        Value::String(text) => quote(text, shown),
        Value::Array(items) => {
            shown.push('[');
            for (index, item) in items.iter().enumerate().take(SHOWN_BYTES) {
                shown.push_str(if index > 0 { ", " } else { "" });
                write(item, shown);
            }
            shown.push(']');
        }
        Value::Object(map) => {
            shown.push('{');
            for (index, (name, item)) in map.iter().enumerate().take(SHOWN_BYTES) {
                shown.push_str(if index > 0 { ", " } else { "" });
                quote(name, shown);
                shown.push_str(": ");
                write(item, shown);
            }
            shown.push('}');
        }
    }
}

fn quote(text: &str, shown: &mut String) {
    let mark = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    shown.push(mark);
    for character in text.chars().take(SHOWN_BYTES) {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            character if character == mark || character == '\\' => shown.extend(['\\', character]),
            character => shown.push(character),
        }
    }
    shown.push(mark);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_shown_as_python_shows_them() {
        // What CPython 3.12 prints for `str(value)` and `type(value).__name__`.
        for (value, shown, name) in [
            (json!(null), "None", "NoneType"),
            (json!(true), "True", "bool"),
            (json!(5), "5", "int"),
            (json!(1.5), "1.5", "float"),
            (json!("it's"), "it's", "str"),
            (json!([1, null, "x", "it's", "a\\b\n"]), r#"[1, None, 'x', "it's", 'a\\b\n']"#, "list"),
            (json!({"a": {"b": false}}), "{'a': {'b': False}}", "dict"),
        ] {
            assert_eq!((text(&value).as_str(), class(&value)), (shown, name));
        }
    }

    #[test]
    fn what_is_shown_is_bounded() {
        let long = json!(vec![vec!["ä".repeat(1_000); 1_000]; 100]);
        assert!(text(&long).len() <= SHOWN_BYTES + '…'.len_utf8());
        assert_eq!(cut("ää".to_owned(), 3), "ä…");
    }
}
