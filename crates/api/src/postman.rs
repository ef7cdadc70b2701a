//! A Postman collection (format 2.1) from the OpenAPI document: a folder for each tag, and in it a request for each operation, or for
//! each of an operation's examples. Other sample bodies are the schemas'.

use serde_json::{Map, Value, json};

const FORMAT: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/// The collection as it is checked in, but for the line feed at the file's end: indented JSON.
pub fn postman_text() -> String {
    // Neither can fail: both are JSON already.
    let document = serde_json::to_value(crate::openapi()).unwrap_or_default();
    serde_json::to_string_pretty(&collection(&document)).unwrap_or_default()
}

fn collection(document: &Value) -> Value {
    let tags = list(document, "/tags");
    let folders: Vec<Value> = tags.iter().map(|tag| folder(document, tag)).collect();
    json!({
        "info": {
            "name": document.pointer("/info/title"),
            "description": document.pointer("/info/description"),
            "schema": FORMAT,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [
            {"key": "baseUrl", "value": "http://127.0.0.1:8080", "type": "string"},
            {"key": "token", "value": "", "type": "string"},
            {"key": "userid", "value": "", "type": "string"},
        ],
        "item": folders,
    })
}

fn folder(document: &Value, tag: &Value) -> Value {
    let name = text_at(tag, "/name");
    let mut items = Vec::new();
    for (path, operations) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            if text_at(operation, "/tags/0") == name {
                items.extend(requests(document, path, method, operation));
            }
        }
    }
    json!({"name": name, "description": tag.get("description"), "item": items})
}

fn requests(document: &Value, path: &str, method: &str, operation: &Value) -> Vec<Value> {
    let summary = text_at(operation, "/summary");
    let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
    let examples = content.and_then(|content| content.values().next()?.get("examples")?.as_object());
    let Some(examples) = examples else {
        return vec![item(summary, path, method, operation, body(document, operation))];
    };
    let request = |example: &Value| {
        let name = format!("{summary}: {}", text_at(example, "/summary"));
        item(&name, path, method, operation, example.get("value").and_then(raw))
    };
    examples.values().map(request).collect()
}

fn item(name: &str, path: &str, method: &str, operation: &Value, body: Option<Value>) -> Value {
    let mut request = Map::new();
    request.insert("method".into(), method.to_uppercase().into());
    request.insert("header".into(), headers(operation).into());
    request.insert("url".into(), url(path, operation));
    request.insert("description".into(), text_at(operation, "/description").into());
    if list(operation, "/security").is_empty() {
        request.insert("auth".into(), json!({"type": "noauth"}));
    }
    if let Some(body) = body {
        request.insert("body".into(), body);
    }
    json!({"name": name, "request": request, "response": []})
}

/// Headers that must be sent are on, the others are there to be switched on.
fn headers(operation: &Value) -> Vec<Value> {
    let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
    let kind = content.and_then(|content| content.keys().next());
    let kind = kind.map(|kind| json!({"key": "Content-Type", "value": kind}));
    let sent = parameters(operation, "header").map(|parameter| {
        json!({
            "key": parameter.get("name"),
            "value": example(parameter),
            "description": parameter.get("description"),
            "disabled": parameter.get("required") != Some(&Value::Bool(true)),
        })
    });
    kind.into_iter().chain(sent).collect()
}

fn url(path: &str, operation: &Value) -> Value {
    let segments: Vec<String> = path.split('/').skip(1).map(segment).collect();
    let query: Vec<Value> = parameters(operation, "query")
        .map(|parameter| {
            json!({
                "key": parameter.get("name"), "value": example(parameter), "description": parameter.get("description"),
                "disabled": true,
            })
        })
        .collect();
    let variables: Vec<Value> = parameters(operation, "path")
        .map(|parameter| {
            let name = text_at(parameter, "/name");
            let value = Some(example(parameter)).filter(|example| !example.is_empty());
            // Without an example it is a variable of the collection.
            let value = value.unwrap_or_else(|| format!("{{{{{name}}}}}"));
            json!({"key": name, "value": value, "description": parameter.get("description")})
        })
        .collect();
    json!({
        "raw": format!("{{{{baseUrl}}}}/{}", segments.join("/")),
        "host": ["{{baseUrl}}"],
        "path": segments,
        "query": query,
        "variable": variables,
    })
}

/// `{name}` as Postman writes it: `:name`.
fn segment(segment: &str) -> String {
    let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    name.map_or_else(|| segment.to_owned(), |name| format!(":{name}"))
}

fn body(document: &Value, operation: &Value) -> Option<Value> {
    let content = operation.pointer("/requestBody/content")?.as_object()?.values().next()?;
    let reference = text_at(content, "/schema/$ref");
    let sample = document.pointer(reference.trim_start_matches('#'))?.pointer("/examples/0")?;
    raw(sample)
}

fn raw(sample: &Value) -> Option<Value> {
    let raw = serde_json::to_string_pretty(sample).ok()?;
    Some(json!({"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}))
}

fn parameters<'a>(operation: &'a Value, place: &'a str) -> impl Iterator<Item = &'a Value> {
    list(operation, "/parameters").iter().filter(move |parameter| text_at(parameter, "/in") == place)
}

/// The parameter's example as text, which is what Postman sends.
fn example(parameter: &Value) -> String {
    match parameter.get("example") {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        // Postman's own variable: a new identifier for every request.
        None if text_at(parameter, "/name") == "Idempotency-Key" => "{{$guid}}".to_owned(),
        None => String::new(),
    }
}

fn text_at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_checked_in_collection_is_the_codes() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/postman.json");
        let checked_in = fs::read_to_string(file).unwrap_or_default();
        assert!(
            checked_in.trim_end() == postman_text(),
            "docs/postman.json is not what the code says: run `cargo xtask openapi`"
        );
    }

    #[test]
    fn every_operation_is_a_request_in_a_folder() {
        let collection: Value = serde_json::from_str(&postman_text()).unwrap();
        let folders = list(&collection, "/item");
        let requests: Vec<_> = folders.iter().flat_map(|folder| list(folder, "/item")).collect();
        assert_eq!(requests.len(), 50 + 6, "an operation has seven examples");
        let booking = requests.iter().find(|item| text_at(item, "/name") == "Book or reschedule").unwrap();
        assert_eq!(booking["request"]["url"]["raw"], "{{baseUrl}}/users/:userid/bookings/:bookingID");
        let sample: Value = serde_json::from_str(text_at(booking, "/request/body/raw")).unwrap();
        assert_eq!(sample["resourceID"], "room-314");
        let list = requests.iter().find(|item| text_at(item, "/name") == "Work on a table: A page of items").unwrap();
        let sample: Value = serde_json::from_str(text_at(list, "/request/body/raw")).unwrap();
        assert_eq!((&sample["operation"], &sample["payload"]["Limit"]), (&json!("list"), &json!(10)));
    }
}
