//! The tables themselves: made for development endpoints, described for everybody.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, StreamSpecification, TableDescription, TableStatus, TimeToLiveSpecification,
};
use store::table::Definition;
use store::{StoreError, Table};

use super::attempts::Attempts;
use super::fault::Fault;
use super::items::time_to_live;
use super::schema::{problems, remarks, sort, stream};
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
    /// What keeps the product from working with it; empty when all is well.
    pub problems: Vec<String>,
    /// What should be otherwise, although the product works with it.
    pub remarks: Vec<String>,
}

/// What a look at a table found.
pub(super) enum Found {
    There(Box<TableDescription>),
    Missing,
    /// The credentials may not look.
    Denied(StoreError),
}

impl DynamoStore {
    /// Makes the tables that are missing: on-demand billing, indexes, time to live, and streams of the events and of
    /// the requests that wait. Returns the names
    /// of those that were made.
    pub async fn create_tables(&self) -> Result<Vec<String>, StoreError> {
        let mut made = Vec::new();
        for table in Table::ALL {
            if self.describe(&self.name(table)).await?.is_none() {
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
            let found = self.describe(&self.name(table)).await?;
            let exists = found.is_some();
            let (problems, remarks) = match found {
                None => (vec!["is missing".to_owned()], Vec::new()),
                Some(found) => {
                    let time_to_live = self.time_to_live(table).await?;
                    (problems(table.definition(), &found), remarks(table, &found, time_to_live.as_deref()))
                }
            };
            states.push(TableState { name: self.name(table), exists, problems, remarks });
        }
        Ok(states)
    }

    /// An error that names every table that the product cannot work with, and what to do. Credentials that may not describe tables
    /// are no reason not to start.
    pub async fn check_tables(&self) -> Result<(), StoreError> {
        let mut wrong = Vec::new();
        let mut missing = false;
        for table in Table::ALL {
            match self.look_at(&self.name(table)).await? {
                Found::There(found) => wrong.extend(self.listed(table, &problems(table.definition(), &found))),
                Found::Missing => {
                    missing = true;
                    wrong.push(format!("{} is missing", self.name(table)));
                }
                Found::Denied(error) => {
                    tracing::warn!(%error, "the tables are not checked");
                    return Ok(());
                }
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let advice = if missing {
            "make missing ones with `frontdesk tables create`, or correct the table prefix, the region and the endpoint"
        } else {
            "`frontdesk tables describe` compares them with what they should be"
        };
        Err(StoreError::Open(format!(
            "these tables on DynamoDB are not as they should be: {}; {advice}",
            wrong.join("; ")
        )))
    }

    fn listed(&self, table: Table, problems: &[String]) -> Option<String> {
        (!problems.is_empty()).then(|| format!("{} {}", self.name(table), problems.join(", and ")))
    }

    /// The table of that name, if there is one.
    pub(super) async fn describe(&self, name: &str) -> Result<Option<TableDescription>, StoreError> {
        match self.look_at(name).await? {
            Found::There(found) => Ok(Some(*found)),
            Found::Missing => Ok(None),
            Found::Denied(error) => Err(error),
        }
    }

    /// What is there under that name.
    pub(super) async fn look_at(&self, name: &str) -> Result<Found, StoreError> {
        let about = format!("table {name}");
        let mut attempts = Attempts::new();
        loop {
            match self.client.describe_table().table_name(name).send().await {
                Ok(output) => return Ok(output.table.map_or(Found::Missing, |table| Found::There(Box::new(table)))),
                Err(error) if error.code() == Some("ResourceNotFoundException") => return Ok(Found::Missing),
                Err(error) if error.code() == Some("AccessDeniedException") => {
                    return Ok(Found::Denied(Fault::of(&error).about(&about).into_error()));
                }
                Err(error) => attempts.again(Fault::of(&error).about(&about)).await?,
            }
        }
    }

    /// The attribute that ends the life of a table's items. Nothing on an endpoint that knows of no such thing.
    async fn time_to_live(&self, table: Table) -> Result<Option<String>, StoreError> {
        let described = self.client.describe_time_to_live().table_name(self.name(table)).send().await;
        match described {
            Ok(output) => Ok(output.time_to_live_description.and_then(|description| description.attribute_name)),
            Err(error) if error.code() == Some("UnknownOperationException") => Ok(None),
            Err(error) => Err(self.fault([table], &error).into_error()),
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
        if let Some(view) = stream(table) {
            let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(view.into());
            create = create.stream_specification(stream.build().map_err(unbuildable)?);
        }
        create.send().await.map_err(|error| self.fault([table], &error).into_error())?;
        self.wait_until_active(&self.name(table)).await?;
        let life = TimeToLiveSpecification::builder().enabled(true).attribute_name(time_to_live(definition));
        let life = life.build().map_err(unbuildable)?;
        let update = self.client.update_time_to_live().table_name(self.name(table)).time_to_live_specification(life);
        update.send().await.map(drop).map_err(|error| self.fault([table], &error).into_error())
    }

    /// Waits for a table that is being made.
    pub(super) async fn wait_until_active(&self, name: &str) -> Result<(), StoreError> {
        for _ in 0..LOOKS {
            let found = self.describe(name).await?;
            if found.is_some_and(|found| found.table_status == Some(TableStatus::Active)) {
                return Ok(());
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(StoreError::Unavailable(format!("the table {name} is still being made; try again later")))
    }
}

/// The key of a table or of an index.
pub(super) fn schema(partition: &str, sort: Option<&str>) -> Result<Vec<KeySchemaElement>, StoreError> {
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
