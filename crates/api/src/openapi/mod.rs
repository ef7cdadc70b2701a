//! The OpenAPI 3.1 document, from the routes.

mod complete;

use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Info, InfoBuilder, License, OpenApi, OpenApiBuilder, Server};

use crate::routes;
use crate::state::BasePath;

const DESCRIPTION: &str = "Users, spaces, bookings and orders.\n\nSend the ID or access token of a signed-in user in \
    `Authorization`, with or without `Bearer`. Errors are problem details (RFC 9457). Stored items have an `ETag`; a write \
    with `If-Match` is done only if the item still has it. `POST` and `PUT` take an `Idempotency-Key`: repeating a request \
    under the same key within 24 hours returns the first response. Bodies are JSON, whatever their `Content-Type`.";

const TAGS: [(&str, &str); 11] = [
    ("users", "Profiles of users."),
    ("orders", "Orders: placed by users, acknowledged by administrators."),
    ("locations", "Where resources are."),
    ("resources", "What can be booked, and when it is free."),
    ("bookings", "Times at which units of a resource are taken."),
    ("tables", "Tables of the operator's own, with the semantics of Amazon DynamoDB."),
    ("requests", "Bookings that are asked for and made later."),
    ("push", "Changes, told to those whom they concern."),
    ("graphql", "The same by GraphQL."),
    ("identity", "The user pool and what tokens are verified with."),
    ("service", "The service itself."),
];

/// The document for a service at the root, always the same for the same code.
pub fn openapi() -> OpenApi {
    let tags = TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build());
    let mut document = OpenApiBuilder::new().info(info()).servers(Some([Server::new("/")])).tags(Some(tags)).build();
    document.merge(routes::all().into_openapi());
    complete::complete(&mut document);
    document
}

/// The document for a service under a base path.
pub(crate) fn served_under(base_path: &BasePath) -> OpenApi {
    let mut document = openapi();
    if !base_path.as_str().is_empty() {
        document.servers = Some(vec![Server::new(base_path.as_str())]);
    }
    document
}

/// The document as it is checked in, but for the line feed at the file's end: indented JSON.
pub fn openapi_text() -> String {
    text(&openapi())
}

/// Any such document as text.
pub(crate) fn text(document: &OpenApi) -> String {
    // Nothing in it can fail to serialise.
    document.to_pretty_json().unwrap_or_default()
}

fn info() -> Info {
    let mut license = License::new("MIT OR Apache-2.0");
    license.identifier = Some("MIT OR Apache-2.0".to_owned());
    InfoBuilder::new()
        .title("frontdesk")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(license))
        .build()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use serde_json::Value;

    use super::*;

    fn document() -> Value {
        serde_json::to_value(openapi()).unwrap()
    }

    #[cfg(feature = "graphql")]
    #[test]
    fn the_checked_in_document_is_the_codes() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
        let checked_in = fs::read_to_string(file).unwrap_or_default();
        assert!(
            checked_in.trim_end() == openapi_text(),
            "docs/openapi.json is not what the code says: run `cargo xtask openapi`"
        );
    }

    #[cfg(feature = "graphql")]
    #[test]
    fn every_operation_is_described_and_has_its_own_name() {
        let mut names = Vec::new();
        for (path, item) in document()["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let place = format!("{method} {path}");
                assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{place}");
                names.push(operation["operationId"].as_str().unwrap_or_else(|| panic!("{place}")).to_owned());
            }
        }
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!((names.len(), count), (50, 50));
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(map) => {
                    found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                    map.values().for_each(|value| references(value, found));
                }
                Value::Array(items) => items.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let document = document();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(!found.is_empty());
        for reference in found {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
    }

    #[test]
    fn every_error_is_a_problem() {
        for (path, item) in document()["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                for (status, response) in operation["responses"].as_object().unwrap() {
                    let problem =
                        response["$ref"].is_string() || response["content"]["application/problem+json"].is_object();
                    let cognito = path == "/" && status == "400";
                    assert!(status.as_str() < "400" || problem || cognito, "{method} {path} {status}");
                }
            }
        }
    }

    #[test]
    fn bodies_have_examples() {
        let document = document();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let Some(content) = operation["requestBody"]["content"].as_object() else { continue };
                let reference = content.values().next().unwrap()["schema"]["$ref"].as_str().unwrap();
                let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
                assert!(schema["examples"][0].is_object(), "{method} {path}");
            }
        }
    }
}
