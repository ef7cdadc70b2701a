//! The tables themselves: made for development endpoints, described for everybody.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, StreamSpecification, StreamViewType, TableDescription, TableStatus, TimeToLiveSpecification,
};
use store::table::{Definition, SortAttribute};
use store::{StoreError, Table};

use super::attempts::Attempts;
use super::fault::Fault;
use super::items::time_to_live;
use super::{DynamoStore, unbuildable};

/// How often a table that is being made is looked at, and how long to wait between two looks.
const LOOKS: usize = 120;
const BETWEEN_LOOKS: std::time::Duration = std::time::Duration::from_millis(250);

/// What is there under a table's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableState {
    /// The name, with the prefix.
    pub name: String,
    /// Whether it is there.
    pub exists: bool,
    /// What is not as it should be; empty when all is well.
    pub problems: Vec<String>,
}

impl DynamoStore {
    /// Makes the tables that are missing: on-demand billing, indexes, time to live, and a stream of the events. Returns the names
    /// of those that were made.
    pub async fn create_tables(&self) -> Result<Vec<String>, StoreError> {
        let mut made = Vec::new();
        for table in Table::ALL {
            if self.describe(table).await?.is_none() {
                self.create(table).await?;
                made.push(self.name(table));
            }
        }
        Ok(made)
    }

    /// How each table is, compared with how it should be.
    pub async fn describe_tables(&self) -> Result<Vec<TableState>, StoreError> {
        let mut states = Vec::new();
        for table in Table::ALL {
            let found = self.describe(table).await?;
            let exists = found.is_some();
            let problems = match found {
                None => vec!["is missing".to_owned()],
                Some(found) => problems(table.definition(), &found),
            };
            states.push(TableState { name: self.name(table), exists, problems });
        }
        Ok(states)
    }

    async fn describe(&self, table: Table) -> Result<Option<TableDescription>, StoreError> {
        let mut attempts = Attempts::new();
        loop {
            match self.client.describe_table().table_name(self.name(table)).send().await {
                Ok(output) => return Ok(output.table),
                Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
                    return Ok(None);
                }
                Err(error) => attempts.again(Fault::of(&error)).await?,
            }
        }
    }

    async fn create(&self, table: Table) -> Result<(), StoreError> {
        let definition = table.definition();
        let mut create = self
            .client
            .create_table()
            .table_name(self.name(table))
            .billing_mode(BillingMode::PayPerRequest)
            .set_key_schema(Some(schema(definition.partition, sort(definition).map(|(name, _)| name))?))
            .set_attribute_definitions(Some(attributes(definition)?));
        for index in definition.indexes {
            let all = Projection::builder().projection_type(ProjectionType::All).build();
            let index = GlobalSecondaryIndex::builder()
                .index_name(index.name)
                .set_key_schema(Some(schema(index.partition, index.sort)?))
                .projection(all)
                .build()
                .map_err(unbuildable)?;
            create = create.global_secondary_indexes(index);
        }
        if table == Table::Events {
            let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewImage);
            create = create.stream_specification(stream.build().map_err(unbuildable)?);
        }
        create.send().await.map_err(|error| Fault::of(&error).into_error())?;
        self.wait_until_active(table).await?;
        let life = TimeToLiveSpecification::builder().enabled(true).attribute_name(time_to_live(definition));
        let life = life.build().map_err(unbuildable)?;
        let update = self.client.update_time_to_live().table_name(self.name(table)).time_to_live_specification(life);
        update.send().await.map(drop).map_err(|error| Fault::of(&error).into_error())
    }

    async fn wait_until_active(&self, table: Table) -> Result<(), StoreError> {
        for _ in 0..LOOKS {
            let found = self.describe(table).await?;
            if found.is_some_and(|found| found.table_status == Some(TableStatus::Active)) {
                return Ok(());
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(StoreError::Unavailable(format!("the table {} is still being made; try again later", self.name(table))))
    }
}

const fn sort(definition: &Definition) -> Option<(&'static str, ScalarAttributeType)> {
    match definition.sort {
        Some(SortAttribute::Text(name)) => Some((name, ScalarAttributeType::S)),
        Some(SortAttribute::Number(name)) => Some((name, ScalarAttributeType::N)),
        None => None,
    }
}

fn schema(partition: &str, sort: Option<&str>) -> Result<Vec<KeySchemaElement>, StoreError> {
    let element = |name: &str, kind: KeyType| {
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build().map_err(unbuildable)
    };
    let partition = std::iter::once(element(partition, KeyType::Hash));
    partition.chain(sort.map(|name| element(name, KeyType::Range))).collect()
}

/// The attributes of the key and of the indexes, each once.
fn attributes(definition: &Definition) -> Result<Vec<AttributeDefinition>, StoreError> {
    let mut kinds = vec![(definition.partition, ScalarAttributeType::S)];
    kinds.extend(sort(definition));
    for index in definition.indexes {
        kinds.push((index.partition, ScalarAttributeType::S));
        kinds.extend(index.sort.map(|name| (name, ScalarAttributeType::N)));
    }
    kinds.sort_by_key(|(name, _)| *name);
    kinds.dedup_by_key(|(name, _)| *name);
    let define = |(name, kind): (&str, ScalarAttributeType)| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().map_err(unbuildable)
    };
    kinds.into_iter().map(define).collect()
}

fn problems(definition: &Definition, found: &TableDescription) -> Vec<String> {
    let mut problems = Vec::new();
    let wanted = (definition.partition, sort(definition).map(|(name, _)| name));
    if names(found.key_schema()) != wanted {
        problems.push(format!("has the key {:?} instead of {wanted:?}", names(found.key_schema())));
    }
    for index in definition.indexes {
        let there = found.global_secondary_indexes().iter().find(|there| there.index_name() == Some(index.name));
        match there.map(|there| names(there.key_schema())) {
            None => problems.push(format!("has no index {}", index.name)),
            Some(key) if key != (index.partition, index.sort) => {
                problems.push(format!("has an index {} with the key {key:?}", index.name));
            }
            Some(_) => {}
        }
    }
    if found.table_status != Some(TableStatus::Active) {
        let status = found.table_status.as_ref().map_or("in no state", TableStatus::as_str);
        problems.push(format!("is not active but {status}"));
    }
    problems
}

fn names(schema: &[KeySchemaElement]) -> (&str, Option<&str>) {
    let name =
        |kind: &KeyType| schema.iter().find(|element| element.key_type == *kind).map(KeySchemaElement::attribute_name);
    (name(&KeyType::Hash).unwrap_or_default(), name(&KeyType::Range))
}
