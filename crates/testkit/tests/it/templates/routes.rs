//! Routes: every operation is in the gateway's document, with the function that serves it, and asks for a token unless it is public.

use serde_json::Value;

use super::Templates;
use super::names::{items, members, text, unequal};

pub(super) fn compare(manifest: &Value, templates: &Templates) -> Vec<String> {
    let routes = items(manifest, "/routes");
    let name = |route: &Value| format!("{} {}", text(route, "/method"), text(route, "/path"));
    let wanted: Vec<String> = routes.iter().map(name).collect();
    let there: Vec<(String, &Value)> = members(&templates.document, "/paths")
        .flat_map(|(path, item)| {
            let operations = members(item, "").filter(|(method, _)| *method != "options");
            operations.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
        })
        .collect();
    let names = there.iter().map(|(name, _)| name.as_str());
    let mut found = unequal("the route", wanted.iter().map(String::as_str), names);
    for route in routes {
        let name = name(route);
        let Some((_, operation)) = there.iter().find(|(there, _)| *there == name) else { continue };
        if operation.get("security").is_none() != (route["public"] == true) {
            found.push(format!("the route {name} asks for a token, or does not, other than the code"));
        }
        if operation["operationId"] != route["operation"] {
            found.push(format!("the route {name} is the operation {}", operation["operationId"]));
        }
        let alias = alias(text(route, "/service"));
        if !operation["x-amazon-apigateway-integration"].to_string().contains(&format!("${{{alias}}}")) {
            found.push(format!("the route {name} is not served by {alias}"));
        }
    }
    found
}

/// The parameter that has the function of a part of the interface. The user pool is Cognito here; what is left of the embedded one's
/// routes is answered where everything is.
fn alias(service: &str) -> String {
    let function = match service {
        "all" | "identity" => "api",
        service => service,
    };
    format!("{}FunctionAlias", super::roles::capitalised(function))
}
