//! Making and looking at tables of the operator's own. Their names are exact, without the prefix of the product's.

use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, ScalarAttributeType};
use store::StoreError;
use store::records::{KeyAttribute, RecordsTable};

use super::fault::Fault;
use super::schema::records_problems;
use super::tables::{Found, TableState, schema};
use super::{DynamoStore, unbuildable};

impl DynamoStore {
    /// Makes those of these tables that are missing, with on-demand billing and nothing but their keys. Returns the names of those
    /// that were made.
    pub async fn create_records_tables(&self, tables: &[RecordsTable]) -> Result<Vec<String>, StoreError> {
        let mut made = Vec::new();
        for table in tables {
            if self.describe(&table.name).await?.is_none() {
                self.create_records_table(table).await?;
                made.push(table.name.clone());
            }
        }
        Ok(made)
    }

    /// How each of these tables is, compared with the key that the operator gave for it.
    pub async fn describe_records_tables(&self, tables: &[RecordsTable]) -> Result<Vec<TableState>, StoreError> {
        let mut states = Vec::new();
        for table in tables {
            let found = self.describe(&table.name).await?;
            let problems =
                found.as_ref().map_or_else(|| vec!["is missing".to_owned()], |found| records_problems(table, found));
            let (name, exists) = (table.name.clone(), found.is_some());
            states.push(TableState { name, exists, problems, remarks: Vec::new() });
        }
        Ok(states)
    }

    /// What is wrong with these tables, each with what to do. The product works without them.
    pub async fn check_records_tables(&self, tables: &[RecordsTable]) -> Vec<String> {
        let mut wrong = Vec::new();
        for table in tables {
            match self.look_at(&table.name).await {
                Ok(Found::There(found)) => {
                    let problems = records_problems(table, &found);
                    wrong.extend((!problems.is_empty()).then(|| {
                        let problems = problems.join(", and ");
                        format!("the table {} {problems}; correct its key in --records-table {table}", table.name)
                    }));
                }
                Ok(Found::Missing) => wrong.push(format!(
                    "the table {} is missing; make it with `frontdesk tables create --records-table {table}`, or leave it out \
                     (--records-table)",
                    table.name
                )),
                Ok(Found::Denied(error)) | Err(error) => {
                    wrong.push(format!("the table {} is not checked: {error}", table.name));
                }
            }
        }
        wrong
    }

    /// An error when one of these tables has another key, or is not there yet or any longer. One that is missing is none, and one that
    /// may not be described is only warned about.
    pub async fn check_records_keys(&self, tables: &[RecordsTable]) -> Result<(), StoreError> {
        for table in tables {
            match self.look_at(&table.name).await? {
                Found::Missing => {}
                Found::Denied(error) => tracing::warn!(table = table.name, %error, "the table's key is not checked"),
                Found::There(found) => {
                    let problems = records_problems(table, &found);
                    if !problems.is_empty() {
                        let (name, problems) = (&table.name, problems.join(", and "));
                        let text = format!(
                            "the table {name} {problems}; nothing was written. Correct --records-table {table}"
                        );
                        return Err(StoreError::Open(text));
                    }
                }
            }
        }
        Ok(())
    }

    async fn create_records_table(&self, table: &RecordsTable) -> Result<(), StoreError> {
        let RecordsTable { name, partition, sort } = table;
        let define = |key: &KeyAttribute| {
            let kind = ScalarAttributeType::from(key.kind.as_str());
            AttributeDefinition::builder().attribute_name(&key.name).attribute_type(kind).build().map_err(unbuildable)
        };
        let attributes = std::iter::once(partition).chain(sort).map(define).collect::<Result<Vec<_>, _>>()?;
        let sort = sort.as_ref().map(|sort| sort.name.as_str());
        let create = self.client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
        let create = create.set_key_schema(Some(schema(&partition.name, sort)?));
        let created = create.set_attribute_definitions(Some(attributes)).send().await;
        created.map_err(|error| Fault::of(&error).about(&format!("table {name}")).into_error())?;
        self.wait_until_active(name).await
    }
}
