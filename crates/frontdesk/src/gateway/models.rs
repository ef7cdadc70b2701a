//! What the gateway looks for in bodies: members that are required, and of which kind they are, no more. Exact numbers, lengths and
//! formats are the interface's to judge, which names every mistake; the gateway's validator reads JSON Schema draft 4, not all that
//! OpenAPI 3.1 says.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{list, members, text_at};

const SCHEMAS: &str = "#/components/schemas/";
/// Of these the problem documents say no more than the gateway can. The others have errors of a form of their own, or take any body.
const CHECKED: [&str; 4] = ["orders", "locations", "resources", "bookings"];

/// The reference to the model of an operation's body, if it has one.
pub(super) fn of<'a>(described: &'a Value, operation: &'a Value) -> Option<&'a str> {
    let reference = operation.pointer("/requestBody/content/application~1json/schema/$ref")?.as_str()?;
    let is_checked = CHECKED.contains(&text_at(operation, "/tags/0")) && requires(schema(described, reference)?);
    is_checked.then_some(reference)
}

/// The models of all bodies, and what they consist of.
pub(super) fn all(described: &Value) -> Value {
    let operations = members(described, "/paths").flat_map(|(_, item)| members(item, ""));
    let mut waiting: Vec<String> =
        operations.filter_map(|(_, operation)| of(described, operation)).map(str::to_owned).collect();
    let mut known = BTreeSet::new();
    let mut models = Map::new();
    while let Some(reference) = waiting.pop() {
        if !known.insert(reference.clone()) {
            continue;
        }
        let (Some(name), Some(schema)) = (reference.strip_prefix(SCHEMAS), schema(described, &reference)) else {
            continue;
        };
        models.insert(name.to_owned(), coarse(schema, &mut waiting));
    }
    models.sort_keys();
    models.into()
}

fn schema<'a>(described: &'a Value, reference: &str) -> Option<&'a Value> {
    described.pointer(reference.strip_prefix('#')?)
}

/// Whether a body without any member does not do.
fn requires(schema: &Value) -> bool {
    !list(schema, "/required").is_empty() || list(schema, "/allOf").iter().any(requires)
}

/// What must be there, and its kind. Numbers stay numbers: `1.0` is a whole one, which validators do not agree on.
fn coarse(schema: &Value, waiting: &mut Vec<String>) -> Value {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        waiting.push(reference.to_owned());
        return json!({"$ref": reference});
    }
    let all: Vec<Value> = list(schema, "/allOf").iter().map(|part| coarse(part, waiting)).collect();
    if !all.is_empty() {
        return json!({"allOf": all});
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => object(schema, waiting),
        Some("array") => {
            json!({"type": "array", "items": coarse(schema.get("items").unwrap_or(&Value::Null), waiting)})
        }
        Some("integer" | "number") => json!({"type": "number"}),
        Some(kind @ ("string" | "boolean")) => json!({"type": kind}),
        _ => json!({}),
    }
}

fn object(schema: &Value, waiting: &mut Vec<String>) -> Value {
    let required = list(schema, "/required");
    if required.is_empty() {
        return json!({"type": "object"});
    }
    let properties: Map<String, Value> = members(schema, "/properties")
        .filter(|(name, _)| required.iter().any(|required| required.as_str() == Some(name.as_str())))
        .map(|(name, property)| (name.clone(), coarse(property, waiting)))
        .collect();
    json!({"type": "object", "required": required, "properties": properties})
}
