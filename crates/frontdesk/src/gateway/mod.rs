//! The OpenAPI document in the form that Amazon API Gateway reads: OpenAPI 3.0.1, with the integrations, the authorizer, what is
//! checked before anybody is called, and the gateway's own answers.
//!
//! `infra/sam/api.yaml` includes it, and it names that template's parameters and conditions. What the gateway refuses the interface
//! would refuse, too; the interface says more exactly why, so the gateway looks only for what is missing altogether.

mod answers;
mod booking;
mod integration;
mod models;

use serde_json::{Map, Value, json};

/// The methods that a path of an OpenAPI document can have here.
const METHODS: [&str; 4] = ["delete", "get", "post", "put"];
/// What the paths of an API have in common: an answer to preflight requests (WHATWG Fetch).
const PREFLIGHT: &str = "options";
/// How long an authorizer's answer is believed. It is coarse; the interface decides exactly, every time.
const AUTHORIZER_SECONDS: u32 = 300;

/// The document as it is checked in, but for the line feed at the file's end: indented JSON.
pub fn text() -> String {
    // Neither can fail: both are JSON already.
    let described = serde_json::to_value(api::openapi()).unwrap_or_default();
    serde_json::to_string_pretty(&document(&described)).unwrap_or_default()
}

fn document(described: &Value) -> Value {
    let mut paths = Map::new();
    for (path, item) in members(described, "/paths") {
        let mut operations: Map<String, Value> = members(item, "")
            .filter(|(method, _)| METHODS.contains(&method.as_str()))
            .map(|(method, operation)| (method.clone(), self::operation(described, path, method, operation)))
            .collect();
        operations.insert(PREFLIGHT.to_owned(), preflight(operations.values().next()));
        paths.insert(path.clone(), operations.into());
    }
    json!({
        "openapi": "3.0.1",
        "info": {
            "title": described.pointer("/info/title"),
            "description": described.pointer("/info/description"),
            "version": described.pointer("/info/version"),
        },
        "x-amazon-apigateway-api-key-source": "HEADER",
        "x-amazon-apigateway-request-validators": {
            "all": {"validateRequestBody": true, "validateRequestParameters": true},
        },
        "x-amazon-apigateway-request-validator": "all",
        "x-amazon-apigateway-gateway-responses": answers::all(),
        "paths": paths,
        "components": {"schemas": models::all(described), "securitySchemes": security_schemes()},
    })
}

fn operation(described: &Value, path: &str, method: &str, operation: &Value) -> Value {
    let mut made = Map::new();
    for member in ["operationId", "summary", "tags"] {
        made.insert(member.to_owned(), operation.get(member).cloned().unwrap_or_default());
    }
    let parameters: Vec<Value> = list(operation, "/parameters").iter().filter_map(parameter).collect();
    if !parameters.is_empty() {
        made.insert("parameters".to_owned(), parameters.into());
    }
    if let Some(model) = models::of(described, operation) {
        let content = json!({"application/json": {"schema": {"$ref": model}}});
        made.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
    }
    let (responses, integration) = if path == booking::PATH && method == booking::METHOD {
        (booking::responses(), booking::integration(path, operation))
    } else {
        (responses(operation), integration::of(path, method, operation))
    };
    made.insert("responses".to_owned(), responses);
    if !list(operation, "/security").is_empty() {
        let alone = json!([{"token": []}]);
        made.insert("security".to_owned(), either("NeedsApiKey", json!([{"token": [], "api_key": []}]), alone));
    }
    made.insert("x-amazon-apigateway-integration".to_owned(), integration);
    made.into()
}

/// Parameters of the path, which integrations name, and of the query. Headers are none of the gateway's business.
fn parameter(parameter: &Value) -> Option<Value> {
    let place = parameter.get("in")?.as_str()?;
    let is_known = matches!(place, "path" | "query");
    let made = json!({
        "name": parameter.get("name"), "in": place, "required": place == "path", "schema": {"type": "string"},
    });
    is_known.then_some(made)
}

fn responses(operation: &Value) -> Value {
    let of = |(status, response): (&String, &Value)| {
        let about = response.get("description").and_then(Value::as_str).unwrap_or("A problem (RFC 9457).");
        (status.clone(), json!({"description": about}))
    };
    members(operation, "/responses").map(of).collect::<Map<_, _>>().into()
}

/// Preflight requests are answered without waking anybody.
fn preflight(neighbour: Option<&Value>) -> Value {
    let text = json!({"schema": {"type": "string"}});
    let headers: Map<String, Value> = api::cross_origin().map(|(name, _)| (name.to_string(), text.clone())).collect();
    let values: Map<String, Value> =
        api::cross_origin().map(|(name, value)| (format!("method.response.header.{name}"), quoted(value))).collect();
    let parameters = neighbour.map_or(&[][..], |operation| list(operation, "/parameters"));
    let parameters: Vec<&Value> =
        parameters.iter().filter(|parameter| parameter.get("in") == Some(&"path".into())).collect();
    json!({
        "summary": "What browsers ask before they send a request",
        "parameters": parameters,
        "responses": {"204": {"description": "What may be sent.", "headers": headers}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": "{\"statusCode\": 204}"},
            "responses": {"default": {"statusCode": "204", "responseParameters": values}},
        },
    })
}

fn security_schemes() -> Value {
    json!({
        "token": {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": {
                "type": "token",
                "authorizerUri": integration::function("AuthorizerFunctionAlias"),
                "authorizerResultTtlInSeconds": AUTHORIZER_SECONDS,
            },
        },
        "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
    })
}

/// One or the other, by a condition of the template.
fn either(condition: &str, yes: Value, no: Value) -> Value {
    json!({"Fn::If": [condition, yes, no]})
}

/// A constant as mappings of API Gateway write it.
fn quoted(text: &str) -> Value {
    format!("'{text}'").into()
}

fn members<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value.pointer(pointer).and_then(Value::as_object).into_iter().flatten()
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text_at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests;
