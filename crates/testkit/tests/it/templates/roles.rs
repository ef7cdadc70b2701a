//! Roles: each has a function with the source that calls it, and the settings that it reads.

use serde_json::Value;

use super::Templates;
use super::names::{items, members, resources, substituted, text, unequal};

const FUNCTION: &str = "AWS::Serverless::Function";
/// Settings of `serve` that are none of a function: where it listens, its directory, how log lines look.
const OF_SERVE: [&str; 3] = ["FRONTDESK_LISTEN", "FRONTDESK_DATA", "FRONTDESK_LOG_FORMAT"];

pub(super) fn compare(manifest: &Value, templates: &Templates) -> Vec<String> {
    let roles = items(manifest, "/roles");
    let functions: Vec<(&str, &Value)> = resources(&templates.functions, FUNCTION).collect();
    let of = |function: &Value| text(function, "/Properties/Environment/Variables/FRONTDESK_ROLE").to_owned();
    let there: Vec<String> = functions.iter().map(|(_, function)| of(function)).collect();
    let wanted = roles.iter().map(|role| text(role, "/role"));
    let mut found = unequal("the role", wanted, there.iter().map(String::as_str));
    for (name, function) in &functions {
        let Some(role) = roles.iter().find(|role| text(role, "/role") == of(function)) else { continue };
        found.extend(settings(role, function, templates).map(|what| format!("{name} {what}")));
        found.extend(deployment(function).map(|what| format!("{name} {what}")));
        found.extend(source(&role["source"], function, templates).map(|what| format!("{name} {what}")));
    }
    found.extend(services(manifest, &functions));
    found.extend(containers(manifest, templates));
    found
}

/// `dead letters` as `DeadLetters` and the like.
pub(super) fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn settings<'a>(role: &'a Value, function: &'a Value, templates: &'a Templates) -> impl Iterator<Item = String> {
    let shared = members(&templates.functions, "/Globals/Function/Environment/Variables");
    let own = members(function, "/Properties/Environment/Variables");
    let set: Vec<&str> = shared.chain(own).map(|(name, _)| name).collect();
    let (known, required) = (items(role, "/environment/known"), items(role, "/environment/required"));
    let unread: Vec<String> = set
        .iter()
        .filter(|name| !known.iter().any(|known| known == **name))
        .map(|name| format!("sets {name}, which its role does not read"))
        .collect();
    let unset: Vec<String> = required
        .iter()
        .filter_map(Value::as_str)
        .filter(|name| !set.contains(name))
        .map(|name| format!("does not set {name}"))
        .collect();
    unread.into_iter().chain(unset)
}

/// A deployment that would refer to a function that there is not: SAM leaves the function's condition away unless it is told.
fn deployment(function: &Value) -> Option<&'static str> {
    let deployment = function.pointer("/Properties/DeploymentPreference")?;
    let is_alike = function.get("Condition").is_none() || deployment["PassthroughCondition"] == true;
    (!is_alike).then_some("is deployed although there may be no such function")
}

/// What is wrong with what calls the function.
fn source(source: &Value, function: &Value, templates: &Templates) -> impl Iterator<Item = String> {
    let events: Vec<&Value> = members(function, "/Properties/Events").map(|(_, event)| event).collect();
    let kind = text(source, "/kind");
    let (wanted, properties) = match kind {
        "api-gateway" | "authorizer" => (0, None),
        _ => (1, events.first().map(|event| &event["Properties"])),
    };
    let mut found = Vec::new();
    if events.len() != wanted {
        found.push(format!("has {} event sources instead of {wanted}", events.len()));
    }
    let Some(properties) = properties else { return found.into_iter() };
    let is_fitting = match kind {
        "dynamodb-stream" => follows(text(source, "/table"), text(properties, "/Stream/Ref"), templates),
        "sqs-fifo" | "sqs" => empties(kind == "sqs-fifo", text(properties, "/Queue/Ref"), templates),
        "schedule" => !text(properties, "/ScheduleExpression").is_empty(),
        _ => false,
    };
    if !is_fitting {
        found.push(format!("is called by something other than {kind} {}", text(source, "/table")));
    }
    let reports = items(properties, "/FunctionResponseTypes").iter().any(|kind| kind == "ReportBatchItemFailures");
    if reports != (source["partial_batch_responses"] == true) {
        found.push("is taken at its word about which records failed, or is not, other than the code".to_owned());
    }
    let pattern: Value =
        serde_json::from_str(text(properties, "/FilterCriteria/Filters/0/Pattern")).unwrap_or_default();
    if pattern.get("eventName") != source.get("event_names") {
        found.push(format!("is called for {pattern} instead of {}", source["event_names"]));
    }
    found.into_iter()
}

/// Whether a parameter of the functions is the stream of a table.
fn follows(table: &str, parameter: &str, templates: &Templates) -> bool {
    let stream = &templates.data["Outputs"][parameter]["Value"]["Fn::GetAtt"];
    let resource = &templates.data["Resources"][text(stream, "/0")]["Properties"]["TableName"];
    text(stream, "/1") == "StreamArn" && substituted(resource) == format!("${{TablePrefix}}{table}")
}

/// Whether a parameter of the functions is a queue of the events, in order or not.
fn empties(in_order: bool, parameter: &str, templates: &Templates) -> bool {
    let output = &templates.events["Outputs"][parameter]["Value"];
    let attribute = output.pointer("/Fn::If/1").unwrap_or(output);
    let queue = &templates.events["Resources"][text(attribute, "/Fn::GetAtt/0")];
    text(queue, "/Type") == "AWS::SQS::Queue" && (queue["Properties"]["FifoQueue"] == true) == in_order
}

/// Parts of the interface: all of them but the user pool, which is Cognito, have a function.
fn services(manifest: &Value, functions: &[(&str, &Value)]) -> Vec<String> {
    let services =
        functions.iter().map(|(_, function)| text(function, "/Properties/Environment/Variables/FRONTDESK_SERVICE"));
    let there: Vec<&str> = services.filter(|name| !name.is_empty()).collect();
    let known = items(manifest, "/services").iter().filter_map(Value::as_str).filter(|name| *name != "identity");
    unequal("the part", known, there)
}

/// Settings of the containers: what any role reads, and what is `serve`'s.
fn containers(manifest: &Value, templates: &Templates) -> Vec<String> {
    let definition = &templates.fargate["Resources"]["TaskDefinition"]["Properties"];
    let set = items(definition, "/ContainerDefinitions/0/Environment").iter().map(|variable| text(variable, "/Name"));
    let known = |name: &str| {
        let mut roles = items(manifest, "/roles").iter();
        OF_SERVE.contains(&name)
            || roles.any(|role| items(role, "/environment/known").iter().any(|known| known == name))
    };
    let unread = set.filter(|name| name.starts_with("FRONTDESK_") && !known(name));
    unread.map(|name| format!("the container sets {name}, which nothing reads")).collect()
}
