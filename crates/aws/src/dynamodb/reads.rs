//! Exact reads: one item, or many of one moment.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::types::{Get, ReturnConsumedCapacity, TransactGetItem};
use domain::limits::READ_KEYS;
use store::{Key, StoreError};

use super::attempts::Attempts;
use super::capacity::Units;
use super::fault::Fault;
use super::items::{Stored, key_attributes};
use super::{DynamoStore, unbuildable};

impl DynamoStore {
    /// What is under a key.
    pub(super) async fn load_one(&self, key: &Key) -> Result<Stored, StoreError> {
        key.check()?;
        let mut attempts = Attempts::new();
        loop {
            let get = self.client.get_item().table_name(self.name(key.table)).consistent_read(true);
            let get = get.return_consumed_capacity(ReturnConsumedCapacity::Total);
            match get.set_key(Some(key_attributes(key))).send().await {
                Ok(output) => {
                    self.meter.add(Units::Read, output.consumed_capacity());
                    return Stored::decode(key, output.item);
                }
                Err(error) => attempts.again(self.fault([key.table], &error)).await?,
            }
        }
    }

    /// What is under many keys at one moment, in their order.
    pub(super) async fn load(&self, keys: &[Key]) -> Result<Vec<Stored>, StoreError> {
        if keys.len() > READ_KEYS {
            return Err(StoreError::Misuse(format!(
                "at most {READ_KEYS} keys can be read at once, not {}",
                keys.len()
            )));
        }
        let mut distinct: Vec<&Key> = keys.iter().collect();
        distinct.sort();
        distinct.dedup();
        let found: HashMap<&Key, Stored> = match distinct.as_slice() {
            [] => HashMap::new(),
            [only] => HashMap::from([(*only, self.load_one(only).await?)]),
            several => several.iter().copied().zip(self.load_together(several).await?).collect(),
        };
        Ok(keys.iter().map(|key| found.get(key).cloned().unwrap_or(Stored::Absent)).collect())
    }

    async fn load_together(&self, keys: &[&Key]) -> Result<Vec<Stored>, StoreError> {
        let gets: Vec<TransactGetItem> = keys.iter().map(|key| self.transact_get(key)).collect::<Result<_, _>>()?;
        let mut attempts = Attempts::new();
        loop {
            let get = self.client.transact_get_items().set_transact_items(Some(gets.clone()));
            match get.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await {
                Ok(output) => {
                    self.meter.add(Units::Read, output.consumed_capacity());
                    let responses = output.responses.unwrap_or_default();
                    let items = responses.into_iter().map(|response| response.item);
                    return keys.iter().zip(items).map(|(key, item)| Stored::decode(key, item)).collect();
                }
                Err(error) => {
                    let busy =
                        error.as_service_error().is_some_and(TransactGetItemsError::is_transaction_canceled_exception);
                    let fault = if busy { canceled(error.as_service_error()) } else { Fault::of(&error) };
                    attempts.again(fault.about(&self.names(keys.iter().map(|key| key.table)))).await?;
                }
            }
        }
    }

    fn transact_get(&self, key: &Key) -> Result<TransactGetItem, StoreError> {
        key.check()?;
        let get = Get::builder().table_name(self.name(key.table)).set_key(Some(key_attributes(key)));
        Ok(TransactGetItem::builder().get(get.build().map_err(unbuildable)?).build())
    }
}

/// A read of many that was canceled: another transaction was writing some of them, or there was no capacity.
fn canceled(error: Option<&TransactGetItemsError>) -> Fault {
    let Some(TransactGetItemsError::TransactionCanceledException(canceled)) = error else {
        return Fault::Again("a read was canceled".to_owned());
    };
    let invalid = canceled.cancellation_reasons().iter().find(|reason| reason.code() == Some("ValidationError"));
    match invalid {
        Some(reason) => super::fault::invalid(reason.message().unwrap_or_default()).into(),
        None => Fault::Again(canceled.message().unwrap_or("a read was canceled").to_owned()),
    }
}
