//! Who is called for an operation: a function, or the containers behind the VPC link.

use serde_json::{Map, Value, json};

use super::{either, list, text_at};

/// How long the gateway waits for an answer; it allows no more.
const MILLISECONDS: u32 = 29_000;

/// The function's part of the interface, by the operation's tag, as `FRONTDESK_SERVICE` divides it: the parameter of the template that has
/// the function's ARN.
pub(super) fn alias(operation: &Value) -> &'static str {
    match text_at(operation, "/tags/0") {
        "users" => "UsersFunctionAlias",
        "orders" => "OrdersFunctionAlias",
        "locations" | "resources" | "bookings" => "SpacesFunctionAlias",
        "requests" => "RequestsFunctionAlias",
        "tables" => "RecordsFunctionAlias",
        _ => "ApiFunctionAlias",
    }
}

/// Where a function is called, by the parameter that has its ARN.
pub(super) fn function(alias: &str) -> Value {
    let uri = format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{alias}}}/invocations"
    );
    json!({"Fn::Sub": uri})
}

/// Passes requests on as they are.
pub(super) fn of(path: &str, method: &str, operation: &Value) -> Value {
    let functions = json!({
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": function(alias(operation)),
        "passthroughBehavior": "when_no_match",
        "timeoutInMillis": MILLISECONDS,
    });
    let parameters = list(operation, "/parameters").iter().filter(|parameter| text_at(parameter, "/in") == "path");
    let parameters: Map<String, Value> = parameters
        .map(|parameter| text_at(parameter, "/name"))
        .map(|name| (format!("integration.request.path.{name}"), format!("method.request.path.{name}").into()))
        .collect();
    let containers = json!({
        "type": "http_proxy",
        "httpMethod": method.to_uppercase(),
        "uri": {"Fn::Sub": format!("${{ContainersURL}}{path}")},
        "connectionType": "VPC_LINK",
        "connectionId": {"Ref": "VpcLink"},
        "requestParameters": parameters,
        "passthroughBehavior": "when_no_match",
        "timeoutInMillis": MILLISECONDS,
    });
    either("OnContainers", containers, functions)
}
