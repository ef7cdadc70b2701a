//! Metrics and alarms: what the dashboard and the alarms name is what the code counts; every function, table and queue has its alarms.

use serde_json::Value;

use super::Templates;
use super::names::{all, items, resources, substituted, text, unequal};

const ALARM: &str = "AWS::CloudWatch::Alarm";
const NAMESPACE: &str = "${MetricsNamespace}";

pub(super) fn compare(manifest: &Value, templates: &Templates) -> Vec<String> {
    let mut found = business(manifest, templates);
    found.extend(namespaces(manifest, templates));
    let alarms: Vec<(&str, &Value)> = resources(&templates.observability, ALARM).collect();
    let names: Vec<&str> = alarms
        .iter()
        .map(|(_, alarm)| substituted(&alarm["Properties"]["AlarmName"]).trim_start_matches("${NamePrefix}-"))
        .collect();
    let wanted = wanted(manifest, templates);
    found.extend(unequal("the alarm", wanted.iter().map(String::as_str), names));
    for (name, alarm) in alarms {
        if text(alarm, "/Properties/AlarmActions/0/Ref") != "AlarmsTopic" {
            found.push(format!("the alarm {name} tells nobody"));
        }
        let subject = named_in(alarm);
        let said = substituted(&alarm["Properties"]["AlarmName"]);
        if let Some(subject) = subject.filter(|subject| !said.contains(*subject)) {
            found.push(format!("the alarm {name} is called {said} and looks at {subject}"));
        }
    }
    found
}

/// Each business metric is on the dashboard by the dimension that the code gives it, and no other is.
fn business(manifest: &Value, templates: &Templates) -> Vec<String> {
    let body = substituted(&templates.observability["Resources"]["Dashboard"]["Properties"]["DashboardBody"]);
    let Ok(dashboard) = serde_json::from_str::<Value>(body) else { return vec!["the dashboard is no JSON".to_owned()] };
    let shown: Vec<&Value> = all(&dashboard).into_iter().filter(|value| text(value, "/0") == NAMESPACE).collect();
    let alarmed = resources(&templates.observability, ALARM)
        .filter(|(_, alarm)| text(alarm, "/Properties/Namespace/Ref") == "MetricsNamespace")
        .map(|(_, alarm)| text(alarm, "/Properties/MetricName"));
    let known = || items(manifest, "/metrics/names").iter().map(|metric| text(metric, "/name"));
    let names = shown.iter().map(|metric| text(metric, "/1")).chain(alarmed);
    let mut found = unequal("the metric", known(), names);
    let dimension = text(manifest, "/metrics/dimensions/0");
    let otherwise = shown.iter().filter(|metric| text(metric, "/2") != dimension);
    found.extend(otherwise.map(|metric| format!("the metric {} is not looked for by {dimension}", text(metric, "/1"))));
    found
}

/// Whoever names the namespace has the code's default.
fn namespaces(manifest: &Value, templates: &Templates) -> Vec<String> {
    let wanted = text(manifest, "/metrics/default_namespace");
    let all = templates.nested().into_iter().chain([("template", &templates.root)]);
    let declared =
        all.filter_map(|(name, template)| Some((name, template.pointer("/Parameters/MetricsNamespace/Default")?)));
    declared
        .filter(|(_, default)| *default != wanted)
        .map(|(name, default)| format!("{name} has the metrics' namespace {default} instead of {wanted}"))
        .collect()
}

/// The alarms that there must be, by name.
fn wanted(manifest: &Value, templates: &Templates) -> Vec<String> {
    let functions = resources(&templates.functions, "AWS::Serverless::Function");
    let functions = functions.map(|(_, function)| substituted(&function["Properties"]["FunctionName"]));
    let functions = functions.map(|name| name.trim_start_matches("${NamePrefix}-"));
    let of_functions = functions.flat_map(|name| [format!("{name}-errors"), format!("{name}-throttles")]);
    let tables = items(manifest, "/tables").iter().map(|table| format!("table-{}-throttles", text(table, "/name")));
    let streams = items(manifest, "/roles").iter().filter(|role| text(role, "/source/kind") == "dynamodb-stream");
    let behind = streams.map(|role| format!("{}-behind", text(role, "/role")));
    let others = [
        "api-5xx",
        "api-latency-p99",
        "bookings-age",
        "failures-age",
        "failures",
        "bookings-dead-letters",
        "failures-dead-letters",
        "subscription-dead-letters",
        "containers-cpu",
        "orders-stop",
    ];
    of_functions.chain(tables).chain(behind).chain(others.map(str::to_owned)).collect()
}

/// The function or the table that an alarm looks at, if it is about one.
fn named_in(alarm: &Value) -> Option<&str> {
    let dimensions = items(alarm, "/Properties/Dimensions")
        .iter()
        .chain(items(alarm, "/Properties/Metrics/1/MetricStat/Metric/Dimensions"));
    let mut subjects = dimensions.filter(|dimension| matches!(text(dimension, "/Name"), "FunctionName" | "TableName"));
    let subject = substituted(subjects.next()?.get("Value")?);
    let name = subject.trim_start_matches("${NamePrefix}-").trim_start_matches("${TablePrefix}");
    Some(name)
}
