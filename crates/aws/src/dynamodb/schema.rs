//! What a table should be like, and how one that is there differs.

use aws_sdk_dynamodb::types::{
    GlobalSecondaryIndexDescription, IndexStatus, KeySchemaElement, KeyType, ProjectionType, ScalarAttributeType,
    StreamViewType, TableDescription, TableStatus,
};
use store::Table;
use store::records::{KeyAttribute, RecordsTable};
use store::table::{Definition, IndexDefinition, SortAttribute};

/// The sort attribute of a table.
pub(super) const fn sort(definition: &Definition) -> Option<(&'static str, ScalarAttributeType)> {
    match definition.sort {
        Some(SortAttribute::Text(name)) => Some((name, ScalarAttributeType::S)),
        Some(SortAttribute::Number(name)) => Some((name, ScalarAttributeType::N)),
        None => None,
    }
}

/// What keeps the product from working with a table.
pub(super) fn problems(definition: &Definition, found: &TableDescription) -> Vec<String> {
    let mut problems = Vec::new();
    problems.extend(key_problem(&key(definition.partition, sort(definition)), found));
    for index in definition.indexes {
        let there = found.global_secondary_indexes().iter().find(|there| there.index_name() == Some(index.name));
        problems.extend(index_problem(index, found, there));
    }
    problems.extend(status_problem(found));
    problems
}

/// What keeps table operations from working as the operator has it. Whatever else the table has is the operator's business.
pub(super) fn records_problems(table: &RecordsTable, found: &TableDescription) -> Vec<String> {
    let element = |key: &KeyAttribute| format!("{} {}", key.name, key.kind.as_str());
    let wanted: Vec<String> = std::iter::once(&table.partition).chain(&table.sort).map(element).collect();
    key_problem(&wanted.join(", "), found).into_iter().chain(status_problem(found)).collect()
}

fn key_problem(wanted: &str, found: &TableDescription) -> Option<String> {
    let there = key_of(found, found.key_schema());
    let text = || format!("has the key ({there}) instead of ({wanted}); a key cannot be changed, only made anew");
    (there != wanted).then(text)
}

fn status_problem(found: &TableDescription) -> Option<String> {
    match &found.table_status {
        Some(TableStatus::Active | TableStatus::Updating) => None,
        status => Some(format!("is {}", status.as_ref().map_or("in no state", TableStatus::as_str))),
    }
}

/// What the product can work with, although it should be otherwise.
pub(super) fn remarks(table: Table, found: &TableDescription, time_to_live: Option<&str>) -> Vec<String> {
    let mut remarks = Vec::new();
    let wanted = super::items::time_to_live(table.definition());
    match time_to_live {
        Some(there) if there == wanted => {}
        Some(there) => remarks.push(format!("has its time to live on {there} instead of {wanted}")),
        None => remarks.push(format!("has no time to live on {wanted}, so that what has expired stays")),
    }
    if let Some(view) = stream(table) {
        let there = found.stream_specification().filter(|stream| stream.stream_enabled);
        let there = there.map(|stream| stream.stream_view_type().map_or("no view", StreamViewType::as_str));
        match there {
            None => remarks.push(format!("has no stream ({view})")),
            Some(there) if there != view => remarks.push(format!("has a stream of {there} instead of {view}")),
            Some(_) => {}
        }
    }
    remarks
}

/// What the stream of a table carries, where functions follow it: events as they are, of requests that wait only that they do.
pub const fn stream(table: Table) -> Option<&'static str> {
    match table {
        Table::Events => Some("NEW_IMAGE"),
        Table::Queue => Some("KEYS_ONLY"),
        _ => None,
    }
}

fn index_problem(
    index: &IndexDefinition,
    table: &TableDescription,
    found: Option<&GlobalSecondaryIndexDescription>,
) -> Option<String> {
    let name = index.name;
    let wanted = key(index.partition, index.sort.map(|name| (name, ScalarAttributeType::N)));
    let Some(found) = found else { return Some(format!("has no index {name} with the key ({wanted})")) };
    let there = key_of(table, found.key_schema());
    if there != wanted {
        return Some(format!("has an index {name} with the key ({there}) instead of ({wanted})"));
    }
    let projection = found.projection().and_then(|projection| projection.projection_type());
    if projection.is_some_and(|projection| *projection != ProjectionType::All) {
        return Some(format!("has an index {name} without all attributes (projection ALL)"));
    }
    match &found.index_status {
        None | Some(IndexStatus::Active | IndexStatus::Updating) => None,
        Some(status) => Some(format!("has an index {name} that is {}", status.as_str())),
    }
}

fn key(partition: &str, sort: Option<(&str, ScalarAttributeType)>) -> String {
    let sort = sort.map(|(name, kind)| format!(", {name} {}", kind.as_str())).unwrap_or_default();
    format!("{partition} S{sort}")
}

/// A key as [`key`] writes it: names with their types, the partition first.
fn key_of(table: &TableDescription, schema: &[KeySchemaElement]) -> String {
    let of = |kind: KeyType| schema.iter().find(move |element| element.key_type == kind);
    let elements = [of(KeyType::Hash), of(KeyType::Range)].into_iter().flatten();
    let described = elements.map(|element| {
        let name = element.attribute_name();
        let kind = table.attribute_definitions().iter().find(|attribute| attribute.attribute_name() == name);
        format!("{name} {}", kind.map_or("?", |kind| kind.attribute_type.as_str()))
    });
    described.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::{AttributeDefinition, Projection};

    use super::*;

    fn element(name: &str, kind: KeyType) -> KeySchemaElement {
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
    }

    fn resources(
        kind: ScalarAttributeType,
        shown: ProjectionType,
        index: IndexStatus,
        table: TableStatus,
    ) -> Vec<String> {
        let attribute = |name: &str, kind: &ScalarAttributeType| {
            AttributeDefinition::builder().attribute_name(name).attribute_type(kind.clone()).build().unwrap()
        };
        let index = GlobalSecondaryIndexDescription::builder()
            .index_name("locationIDGSI")
            .index_status(index)
            .key_schema(element("locationID", KeyType::Hash))
            .projection(Projection::builder().projection_type(shown).build());
        let found = TableDescription::builder()
            .table_status(table)
            .key_schema(element("resourceID", KeyType::Hash))
            .attribute_definitions(attribute("resourceID", &kind))
            .attribute_definitions(attribute("locationID", &ScalarAttributeType::S))
            .global_secondary_indexes(index.build());
        problems(Table::Resources.definition(), &found.build())
    }

    #[test]
    fn what_keeps_the_product_from_working_is_told() {
        use {IndexStatus as Index, ProjectionType as Shown, ScalarAttributeType as Kind, TableStatus as Status};
        assert!(resources(Kind::S, Shown::All, Index::Active, Status::Active).is_empty());
        assert!(
            resources(Kind::S, Shown::All, Index::Updating, Status::Updating).is_empty(),
            "it can be used meanwhile"
        );
        for (found, words) in [
            (
                resources(Kind::N, Shown::All, Index::Active, Status::Active),
                "the key (resourceID N) instead of (resourceID S)",
            ),
            (resources(Kind::S, Shown::KeysOnly, Index::Active, Status::Active), "without all attributes"),
            (resources(Kind::S, Shown::All, Index::Creating, Status::Active), "locationIDGSI that is CREATING"),
            (resources(Kind::S, Shown::All, Index::Active, Status::Deleting), "is DELETING"),
        ] {
            assert!(found.len() == 1 && found[0].contains(words), "{found:?}");
        }
    }
}
