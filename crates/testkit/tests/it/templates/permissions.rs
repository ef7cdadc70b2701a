//! Permissions: what policies name is there, no action is a pattern, and only what belongs to no resource is allowed on all.

use serde_json::Value;

use super::Templates;
use super::names::{items, members, resources, substituted, text};

/// Actions that belong to no resource that could be named: traces, and the token by which a registry is read.
const ON_ALL: [&str; 3] = ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "ecr:GetAuthorizationToken"];
const TABLE: &str = ":table/${TablePrefix}";

pub(super) fn compare(manifest: &Value, templates: &Templates) -> Vec<String> {
    let mut found = Vec::new();
    for (template, (role, resource)) in templates.nested().into_iter().flat_map(roles) {
        for statement in items(resource, "/Properties/Policies").iter().flat_map(statements) {
            let actions = one_or_more(&statement["Action"]);
            let named = one_or_more(&statement["Resource"]);
            let patterns = actions.iter().filter_map(|action| action.as_str()).filter(|action| action.contains('*'));
            found.extend(patterns.map(|action| format!("{template}: {role} may do {action}, a pattern")));
            let on_all = named.iter().any(|resource| resource.as_str() == Some("*"));
            let allowed = |action: &&Value| action.as_str().is_some_and(|action| ON_ALL.contains(&action));
            let unbound = actions.iter().filter(|action| on_all && !allowed(action));
            found.extend(unbound.map(|action| format!("{template}: {role} may do {action} to everything")));
            let unknown = named.iter().filter(|resource| !exists(manifest, substituted(resource)));
            found.extend(unknown.map(|resource| format!("{template}: {role} names {resource}, which there is not")));
        }
    }
    found
}

type Found<'a> = (&'static str, (&'a str, &'a Value));

fn roles<'a>((name, template): (&'static str, &'a Value)) -> impl Iterator<Item = Found<'a>> {
    resources(template, "AWS::IAM::Role").map(move |role| (name, role))
}

fn statements(policy: &Value) -> &[Value] {
    items(policy, "/PolicyDocument/Statement")
}

fn one_or_more(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())
}

/// Whether the code has the table and the index, if it is one of ours.
fn exists(manifest: &Value, resource: &str) -> bool {
    let Some((_, rest)) = resource.split_once(TABLE) else { return true };
    let (name, below) = rest.split_once('/').unwrap_or((rest, ""));
    let Some(table) = items(manifest, "/tables").iter().find(|table| text(table, "/name") == name) else {
        return false;
    };
    match below.split_once('/') {
        None => below.is_empty(),
        Some(("index", index)) => items(table, "/indexes").iter().any(|known| text(known, "/name") == index),
        Some(("stream", _)) => members(table, "").any(|(member, _)| member == "stream"),
        Some(_) => false,
    }
}
