//! The store that an instance works with: the embedded one, or DynamoDB.

use std::sync::Arc;

#[cfg(feature = "aws")]
use aws::dynamodb::DynamoStore;
use domain::Clock;
use store::records::{Records, RecordsTable};
use store::sqlite::{Options, SqliteStore};
use store::{Store, Transfer};

use crate::error::Outcome;

/// Where the store is.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a directory of this machine.
    Embedded(Options),
    /// On DynamoDB.
    #[cfg(feature = "aws")]
    DynamoDb(aws::dynamodb::Settings),
    /// Open already.
    Open(Backing),
}

impl Place {
    /// The flags that choose it.
    pub fn settings(&self) -> String {
        match self {
            Self::Embedded(_) | Self::Open(_) => "--store embedded".to_owned(),
            #[cfg(feature = "aws")]
            Self::DynamoDb(settings) if settings.table_prefix.is_empty() => "--store dynamodb".to_owned(),
            #[cfg(feature = "aws")]
            Self::DynamoDb(settings) => format!("--store dynamodb --table-prefix {}", settings.table_prefix),
        }
    }

    /// What the names of the product's own tables start with, where the store has any.
    pub fn table_prefix(&self) -> Vec<&str> {
        match self {
            Self::Embedded(_) | Self::Open(_) => Vec::new(),
            #[cfg(feature = "aws")]
            Self::DynamoDb(settings) => vec![&settings.table_prefix],
        }
    }

    /// Whether other processes may work on the same data. Who opened a store already knows that none does.
    pub const fn is_shared(&self) -> bool {
        !matches!(self, Self::Embedded(_) | Self::Open(_))
    }
}

/// An open store.
#[derive(Clone, Debug)]
pub enum Backing {
    /// Embedded in this process.
    Embedded(Arc<SqliteStore>),
    /// On DynamoDB.
    #[cfg(feature = "aws")]
    DynamoDb(Arc<DynamoStore>),
}

impl Backing {
    /// Opens the store. On DynamoDB tables that are missing, or have other keys or indexes, are an error that names them. Missing
    /// tables of the operator's own are made in the embedded store, and warned about on DynamoDB.
    pub async fn open(place: Place, records: &[RecordsTable], clock: Arc<dyn Clock>) -> Outcome<Self> {
        match place {
            Place::Embedded(options) => {
                let options = Options { records_tables: records.to_vec(), ..options };
                Ok(Self::Embedded(Arc::new(SqliteStore::open(options, clock)?)))
            }
            Place::Open(backing) => Ok(backing),
            #[cfg(feature = "aws")]
            Place::DynamoDb(settings) => {
                let store = DynamoStore::connect(settings, clock).await;
                store.check_tables().await?;
                for wrong in store.check_records_tables(records).await {
                    tracing::warn!("table operations: {wrong}");
                }
                Ok(Self::DynamoDb(Arc::new(store)))
            }
        }
    }

    /// The storage port.
    pub fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Embedded(store) => Arc::<SqliteStore>::clone(store),
            #[cfg(feature = "aws")]
            Self::DynamoDb(store) => Arc::<DynamoStore>::clone(store),
        }
    }

    /// The store with what moves all that it holds.
    pub fn transfer(&self) -> Arc<dyn Transfer> {
        match self {
            Self::Embedded(store) => Arc::<SqliteStore>::clone(store),
            #[cfg(feature = "aws")]
            Self::DynamoDb(store) => Arc::<DynamoStore>::clone(store),
        }
    }

    /// The tables of the operator's own.
    pub fn records(&self) -> Arc<dyn Records> {
        match self {
            Self::Embedded(store) => Arc::<SqliteStore>::clone(store),
            #[cfg(feature = "aws")]
            Self::DynamoDb(store) => Arc::<DynamoStore>::clone(store),
        }
    }

    /// Tables of the operator's own that hold something and that the store was not opened with. On DynamoDB nobody knows which
    /// those are.
    pub fn other_records_tables(&self) -> Outcome<Vec<String>> {
        match self {
            Self::Embedded(store) => Ok(store.other_records_tables()?),
            #[cfg(feature = "aws")]
            Self::DynamoDb(_) => Ok(Vec::new()),
        }
    }

    /// An error when one of these tables has another key than that. The embedded store is not opened with such a table.
    pub async fn check_records_keys(&self, tables: &[RecordsTable]) -> Outcome {
        match self {
            Self::Embedded(_) => {
                let _ = tables;
                Ok(())
            }
            #[cfg(feature = "aws")]
            Self::DynamoDb(store) => Ok(store.check_records_keys(tables).await?),
        }
    }

    /// The embedded store; an error that says what to do elsewhere.
    pub fn embedded(&self) -> Outcome<Arc<SqliteStore>> {
        match self {
            Self::Embedded(store) => Ok(Arc::clone(store)),
            #[cfg(feature = "aws")]
            Self::DynamoDb(_) => {
                let text = "this is for the embedded store; DynamoDB has point-in-time recovery and backups of its own";
                Err(store::StoreError::Open(text.to_owned()).into())
            }
        }
    }

    /// Ends when nothing can be written any more, and says why.
    pub async fn failed(&self) -> String {
        match self {
            Self::Embedded(store) => store.failed().await,
            #[cfg(feature = "aws")]
            Self::DynamoDb(_) => std::future::pending().await,
        }
    }

    /// Ends what is written and lets go of the files. May block.
    pub fn close(&self) {
        match self {
            Self::Embedded(store) => store.close(),
            #[cfg(feature = "aws")]
            Self::DynamoDb(_) => {}
        }
    }
}
