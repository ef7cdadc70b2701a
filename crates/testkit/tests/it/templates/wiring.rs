//! What holds the templates together: parameters and outputs of nested stacks, the tag of everything, and the outputs that are promised.

use serde_json::Value;

use super::Templates;
use super::names::{items, members, resources, text, unequal};
use super::roles::capitalised;

const NESTED: &str = "AWS::Serverless::Application";
/// Outputs that people and programs go by, besides the tables' names.
const PROMISED: [&str; 11] = [
    "APIEndpoint",
    "OrdersServiceEndpoint",
    "UserPool",
    "UserPoolClient",
    "UserPoolAdminGroupName",
    "CognitoLoginURL",
    "CognitoAuthCommand",
    "AlarmsTopic",
    "DashboardURL",
    "AccessLogs",
    "EventsTopic",
];

pub(super) fn compare(manifest: &Value, templates: &Templates) -> Vec<String> {
    let mut found = Vec::new();
    for (name, resource) in members(&templates.root, "/Resources") {
        if text(resource, "/Type") != NESTED || text(resource, "/Properties/Tags/Stack/Ref") != "AWS::StackName" {
            found.push(format!("{name} is no stack with the tag `Stack`"));
        }
    }
    for (name, template) in templates.nested() {
        let Some((_, resource)) = resources(&templates.root, NESTED)
            .find(|(_, resource)| text(resource, "/Properties/Location").trim_end_matches(".yaml") == name)
        else {
            found.push(format!("nothing uses {name}.yaml"));
            continue;
        };
        found.extend(parameters(name, template, resource));
    }
    found.extend(outputs(manifest, templates));
    found
}

/// Parameters that a template does not know, or needs and does not get.
fn parameters(name: &str, template: &Value, resource: &Value) -> Vec<String> {
    let given: Vec<&str> = members(resource, "/Properties/Parameters").map(|(parameter, _)| parameter).collect();
    let known: Vec<(&str, &Value)> = members(template, "/Parameters").collect();
    let unknown = given.iter().filter(|given| !known.iter().any(|(known, _)| known == *given));
    let missing = known
        .iter()
        .filter(|(known, parameter)| parameter.get("Default").is_none() && !given.contains(known))
        .map(|(known, _)| format!("{name}.yaml does not get {known}"));
    unknown.map(|given| format!("{name}.yaml has no parameter {given}")).chain(missing).collect()
}

/// Outputs of nested stacks that there are not, and promised ones that are missing.
fn outputs(manifest: &Value, templates: &Templates) -> Vec<String> {
    let tables = items(manifest, "/tables").iter().map(|table| match text(table, "/name") {
        "deadletters" => "DeadLettersTable".to_owned(),
        name => format!("{}Table", capitalised(name)),
    });
    let promised: Vec<String> = tables.chain(PROMISED.map(str::to_owned)).collect();
    let there: Vec<&str> = members(&templates.root, "/Outputs").map(|(name, _)| name).collect();
    let kept = there.iter().copied().filter(|name| promised.iter().any(|promised| promised == name));
    let mut found = unequal("the output", promised.iter().map(String::as_str), kept);
    for value in super::names::all(&templates.root) {
        let (stack, attribute) = (text(value, "/Fn::GetAtt/0"), text(value, "/Fn::GetAtt/1"));
        let Some(output) = attribute.strip_prefix("Outputs.") else { continue };
        let location = text(&templates.root["Resources"][stack], "/Properties/Location").trim_end_matches(".yaml");
        let nested = templates.nested().into_iter().find(|(name, _)| *name == location);
        if nested.is_none_or(|(_, template)| template["Outputs"].get(output).is_none()) {
            found.push(format!("{stack} has no output {output}"));
        }
    }
    found
}
