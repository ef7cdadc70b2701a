//! What the code needs of AWS: roles, tables, routes, metrics. Templates are compared with it.

use serde::Serialize;
use store::Table;
use store::table::{Definition, SortAttribute};

use super::{Role, Source};
use crate::telemetry::BUSINESS_METRICS;

/// What the code needs of AWS.
#[derive(Debug, Serialize)]
pub struct Manifest {
    version: &'static str,
    roles: Vec<RoleEntry>,
    tables: Vec<TableEntry>,
    services: Vec<&'static str>,
    routes: Vec<RouteEntry>,
    metrics: Metrics,
}

#[derive(Debug, Serialize)]
struct RoleEntry {
    role: &'static str,
    source: SourceEntry,
    environment: Environment,
}

#[derive(Debug, Serialize)]
struct Environment {
    required: Vec<&'static str>,
    /// All that it reads, the required ones among them.
    known: Vec<String>,
}

#[derive(Debug, Serialize)]
struct SourceEntry {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<&'static str>,
    /// Of the records, which ones it is called for.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_names: Option<[&'static str; 1]>,
    /// Whether it answers with the records that failed (`ReportBatchItemFailures`).
    partial_batch_responses: bool,
}

#[derive(Debug, Serialize)]
struct TableEntry {
    /// Behind the table prefix.
    name: &'static str,
    partition_key: Attribute,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_key: Option<Attribute>,
    indexes: Vec<IndexEntry>,
    time_to_live: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Attribute {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Debug, Serialize)]
struct IndexEntry {
    name: &'static str,
    partition_key: Attribute,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_key: Option<Attribute>,
    projection: &'static str,
}

#[derive(Debug, Serialize)]
struct RouteEntry {
    method: &'static str,
    path: String,
    operation: String,
    service: &'static str,
    public: bool,
}

#[derive(Debug, Serialize)]
struct Metrics {
    default_namespace: &'static str,
    dimensions: [&'static str; 1],
    names: Vec<Metric>,
}

#[derive(Debug, Serialize)]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

impl Manifest {
    /// That of this build.
    pub fn of_code() -> Self {
        let services = api::Service::ALL.map(api::Service::as_str).to_vec();
        let names = BUSINESS_METRICS.into_iter().map(|name| Metric { name, unit: "Count" }).collect();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            roles: Role::ALL.into_iter().map(RoleEntry::of).collect(),
            tables: Table::ALL.into_iter().map(TableEntry::of).collect(),
            services,
            routes: api::operations().into_iter().map(RouteEntry::of).collect(),
            metrics: Metrics { default_namespace: "ServerlessWorkshop", dimensions: ["service"], names },
        }
    }

    /// As it is printed: indented JSON.
    pub fn text(&self) -> String {
        // Nothing in it can fail to serialise.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl RoleEntry {
    fn of(role: Role) -> Self {
        let environment = Environment { required: role.required(), known: role.variables() };
        Self { role: role.as_str(), source: SourceEntry::of(role.source()), environment }
    }
}

impl SourceEntry {
    fn of(source: Source) -> Self {
        let plain =
            |kind, partial_batch_responses| Self { kind, table: None, event_names: None, partial_batch_responses };
        match source {
            Source::Api => plain("api-gateway", false),
            Source::Authorizer => plain("authorizer", false),
            Source::Queue => plain("sqs-fifo", true),
            Source::Schedule => plain("schedule", false),
            Source::Failures => plain("sqs", true),
            Source::Stream(table) => Self {
                table: Some(table.definition().name),
                event_names: Some(["INSERT"]),
                ..plain("dynamodb-stream", true)
            },
        }
    }
}

impl TableEntry {
    fn of(table: Table) -> Self {
        let definition: &Definition = table.definition();
        let text = |name| Attribute { name, kind: "S" };
        let number = |name| Attribute { name, kind: "N" };
        let indexes = definition.indexes.iter().map(|index| IndexEntry {
            name: index.name,
            partition_key: text(index.partition),
            sort_key: index.sort.map(number),
            projection: "ALL",
        });
        Self {
            name: definition.name,
            partition_key: text(definition.partition),
            sort_key: definition.sort.as_ref().map(|sort| match *sort {
                SortAttribute::Text(name) => text(name),
                SortAttribute::Number(name) => number(name),
            }),
            indexes: indexes.collect(),
            time_to_live: aws::dynamodb::time_to_live(definition),
            stream: aws::dynamodb::stream(table),
        }
    }
}

impl RouteEntry {
    fn of(operation: api::Operation) -> Self {
        let api::Operation { method, path, id, service, is_public } = operation;
        Self { method, path, operation: id, service: service.as_str(), public: is_public }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_manifest_says_what_templates_are_compared_with() {
        let manifest: Value = serde_json::from_str(&Manifest::of_code().text()).unwrap();
        let named = |list: &str, key: &str, name: &str| {
            let list = manifest[list].as_array().unwrap();
            list.iter().find(|entry| entry[key] == name).unwrap_or_else(|| panic!("{name}")).clone()
        };
        let bookings = named("tables", "name", "bookings");
        assert_eq!(bookings["indexes"][1]["sort_key"]["type"], "N");
        assert_eq!(named("tables", "name", "events")["stream"], "NEW_IMAGE");
        assert_eq!(named("roles", "role", "fulfilment")["source"]["table"], "queue");
        assert_eq!(named("routes", "operation", "GetHealth")["public"], true);
        assert_eq!(manifest["metrics"]["names"].as_array().unwrap().len(), BUSINESS_METRICS.len());
    }

    #[test]
    fn streams_are_those_that_roles_follow() {
        let followed = |table: Table| Role::ALL.into_iter().any(|role| role.source() == Source::Stream(table));
        for table in Table::ALL {
            assert_eq!(aws::dynamodb::stream(table).is_some(), followed(table), "{table:?}");
        }
    }
}
