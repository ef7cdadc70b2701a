//! The document that is checked in is what the code makes, and API Gateway can read it.

use std::fs;
use std::path::Path;

use super::*;

fn made() -> Value {
    serde_json::from_str(&text()).unwrap()
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let of_path = |(path, item): (&String, &Value)| {
        let operations = item.as_object().unwrap().iter();
        operations.map(|(method, made)| (path.clone(), method.clone(), made.clone())).collect::<Vec<_>>()
    };
    members(document, "/paths").flat_map(of_path).collect()
}

fn each<'a>(value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
    for (name, member) in members(value, "") {
        found.push((name, member));
        each(member, found);
    }
    value.as_array().into_iter().flatten().for_each(|item| each(item, found));
}

#[test]
fn the_checked_in_document_is_the_codes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/sam/openapi.json");
    let checked_in = fs::read_to_string(file).unwrap_or_default();
    assert!(
        checked_in.trim_end() == text(),
        "infra/sam/openapi.json is not what the code says: run `cargo xtask openapi`"
    );
}

#[test]
fn every_operation_is_integrated_and_guarded_as_the_interface_guards_it() {
    let described = serde_json::to_value(api::openapi()).unwrap();
    let document = made();
    for (path, item) in described["paths"].as_object().unwrap() {
        let integrated = &document["paths"][path];
        assert_eq!(
            integrated.as_object().unwrap().len(),
            item.as_object().unwrap().len() + 1,
            "{path}: one is OPTIONS"
        );
        for (method, operation) in item.as_object().unwrap() {
            let made = &integrated[method];
            assert_eq!(made["operationId"], operation["operationId"], "{method} {path}");
            assert!(made["x-amazon-apigateway-integration"].is_object(), "{method} {path}");
            let is_public = list(operation, "/security").is_empty();
            assert_eq!(made["security"].is_null(), is_public, "{method} {path}");
        }
    }
}

/// Each of these makes API Gateway refuse a document, or overlook what it says.
#[test]
fn nothing_is_said_that_api_gateway_does_not_understand() {
    let document = made();
    let mut found = Vec::new();
    each(&document["components"]["schemas"], &mut found);
    let known = ["type", "required", "properties", "items", "allOf", "$ref"];
    for (name, member) in found {
        let is_property = member.is_object() && !matches!(name, "items" | "properties");
        assert!(known.contains(&name) || is_property, "{name}");
        assert!(name != "type" || member.is_string(), "{member}: no lists of types");
    }
    assert_eq!(document["openapi"], "3.0.1");
    for (name, _) in members(&document, "/components/schemas") {
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name}");
    }
    for (path, _) in members(&document, "/paths") {
        for segment in path.split('/') {
            let whole = !segment.contains(['{', '}']) || segment.starts_with('{') && segment.ends_with('}');
            assert!(whole, "{path}");
        }
    }
}

#[test]
fn references_lead_somewhere_and_path_parameters_are_declared() {
    let document = made();
    let mut found = Vec::new();
    each(&document, &mut found);
    let references = found.iter().filter(|(name, _)| *name == "$ref");
    assert!(references.clone().count() > 0);
    for (_, reference) in references {
        assert!(document.pointer(reference.as_str().unwrap().trim_start_matches('#')).is_some(), "{reference}");
    }
    for (path, method, made) in operations(&document) {
        let declared = list(&made, "/parameters").iter().filter(|parameter| parameter["in"] == "path").count();
        assert_eq!(declared, path.matches('{').count(), "{method} {path}");
    }
}

#[test]
fn the_gateway_looks_only_for_what_is_missing() {
    let document = made();
    let body = |path: &str, method: &str| document["paths"][path][method].get("requestBody").cloned();
    assert!(body("/users/{userid}/bookings", "put").is_some() && body("/orders", "post").is_some());
    for (path, method) in
        [("/", "post"), ("/book", "post"), ("/graphql", "post"), ("/DynamoDBManager", "post"), ("/users", "post")]
    {
        assert_eq!(body(path, method), None, "{path} takes what has another form, or any");
    }
    let booking = &document["components"]["schemas"]["BookingRequest"];
    let wanted = json!({
        "type": "object", "required": ["resourceID", "starttimeepochtime"],
        "properties": {"resourceID": {"type": "string"}, "starttimeepochtime": {"type": "number"}},
    });
    assert_eq!(booking, &wanted);
}

#[test]
fn the_gateways_own_answers_are_problems() {
    let document = made();
    for (kind, answer) in members(&document, "/x-amazon-apigateway-gateway-responses") {
        let template = text_at(answer, "/responseTemplates/application~1json");
        let filled = template.replace("$context.error.messageString", "\"No.\"");
        let problem: Value =
            serde_json::from_str(&filled).unwrap_or_else(|error| panic!("{kind}: {error}: {template}"));
        assert_eq!(problem["type"], format!("urn:frontdesk:problem:{}", problem["code"].as_str().unwrap()), "{kind}");
        let status = answer["statusCode"].as_str().unwrap_or_default();
        assert_eq!(problem["status"].as_u64().map_or_else(String::new, |status| status.to_string()), status, "{kind}");
        assert_eq!(answer["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"], "'*'", "{kind}");
    }
}

#[test]
fn a_direct_request_carries_who_asks_and_what_for() {
    let document = made();
    let direct = &document["paths"]["/book"]["post"]["x-amazon-apigateway-integration"]["Fn::If"];
    assert_eq!(direct[0], "IsDirect");
    let request = direct[1]["requestTemplates"]["application/json"]["Fn::Sub"].as_str().unwrap();
    for part in [
        "Action=Publish",
        "${BookingsTopic}",
        "MessageGroupId=",
        "$context.authorizer.sub",
        "$context.requestId",
        "caller",
        "groups",
        "body",
    ] {
        assert!(request.contains(part), "{part}");
    }
    assert_eq!(request.matches("${").count(), 1, "CloudFormation replaces nothing else");
}
