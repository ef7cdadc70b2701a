//! Tables: keys, indexes, time to live, streams, and what the operator's data deserve.

use serde_json::Value;

use super::Templates;
use super::names::{items, members, resources, substituted, text, unequal};

const KIND: &str = "AWS::DynamoDB::Table";
/// The operator's own.
const NOT_OURS: &str = "RecordsTable";
const PREFIX: &str = "${TablePrefix}";

pub(super) fn compare(manifest: &Value, templates: &Templates) -> Vec<String> {
    let tables: Vec<(&str, &Value)> = resources(&templates.data, KIND)
        .filter(|(logical, _)| *logical != NOT_OURS)
        .map(|(_, table)| (substituted(&table["Properties"]["TableName"]).trim_start_matches(PREFIX), table))
        .collect();
    let known = items(manifest, "/tables");
    let mut found =
        unequal("the table", known.iter().map(|table| text(table, "/name")), tables.iter().map(|(name, _)| *name));
    for wanted in known {
        let name = text(wanted, "/name");
        let Some((_, table)) = tables.iter().find(|(there, _)| *there == name) else { continue };
        let (wanted, there) = (of_code(wanted), of_template(table));
        if wanted != there {
            found.push(format!("the table {name} is ({there}) instead of ({wanted})"));
        }
    }
    for (logical, table) in resources(&templates.data, KIND) {
        found.extend(unguarded(table).map(|what| format!("the table {logical} has no {what}")));
    }
    found
}

fn of_code(table: &Value) -> String {
    let key = |of: &Value| {
        let attribute = |name: &str| {
            let attribute = of.get(name)?;
            Some(format!("{} {}", text(attribute, "/name"), text(attribute, "/type")))
        };
        [attribute("partition_key"), attribute("sort_key")].into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let mut said = vec![key(table)];
    let mut indexes: Vec<String> = items(table, "/indexes")
        .iter()
        .map(|index| format!("index {} {} of {}", text(index, "/name"), key(index), text(index, "/projection")))
        .collect();
    indexes.sort();
    said.extend(indexes);
    said.push(format!("time to live {}", text(table, "/time_to_live")));
    said.extend(table.get("stream").and_then(Value::as_str).map(|view| format!("stream {view}")));
    said.join("; ")
}

fn of_template(table: &Value) -> String {
    let table = &table["Properties"];
    let key = |schema: &[Value]| {
        let of = |kind: &str| {
            let element = schema.iter().find(|element| text(element, "/KeyType") == kind)?;
            let name = text(element, "/AttributeName");
            let mut defined = items(table, "/AttributeDefinitions").iter();
            let attribute = defined.find(|attribute| text(attribute, "/AttributeName") == name);
            Some(format!("{name} {}", attribute.map_or("?", |attribute| text(attribute, "/AttributeType"))))
        };
        [of("HASH"), of("RANGE")].into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let mut said = vec![key(items(table, "/KeySchema"))];
    let index = |index: &Value| {
        let projection = text(index, "/Projection/ProjectionType");
        format!("index {} {} of {projection}", text(index, "/IndexName"), key(items(index, "/KeySchema")))
    };
    let mut indexes: Vec<String> = items(table, "/GlobalSecondaryIndexes").iter().map(index).collect();
    indexes.sort();
    said.extend(indexes);
    let life = &table["TimeToLiveSpecification"];
    let attribute = if life["Enabled"] == true { text(life, "/AttributeName") } else { "off" };
    said.push(format!("time to live {attribute}"));
    let view = table.pointer("/StreamSpecification/StreamViewType").and_then(Value::as_str);
    said.extend(view.map(|view| format!("stream {view}")));
    said.join("; ")
}

/// What keeps data from being lost or read, where it is not there.
fn unguarded(table: &Value) -> impl Iterator<Item = &'static str> {
    let table = &table["Properties"];
    let checks = [
        ("on-demand billing", text(table, "/BillingMode") == "PAY_PER_REQUEST"),
        (
            "recovery to a point in time",
            table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] == true,
        ),
        ("encryption by our own key", text(table, "/SSESpecification/KMSMasterKeyId/Fn::GetAtt/0") == "Key"),
        ("protection from deletion", members(table, "/DeletionProtectionEnabled").next().is_some()),
    ];
    checks.into_iter().filter(|(_, is_there)| !is_there).map(|(what, _)| what)
}
