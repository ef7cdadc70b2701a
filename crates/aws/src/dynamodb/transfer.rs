//! Whole tables out and in, item by item as they are.
//!
//! An import is made of batches of puts without conditions: sent again as often as need be, they change nothing. A batch that
//! DynamoDB finds wrong is sent once more item by item, because the answer does not say which one it was.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{PutRequest, ReturnConsumedCapacity, WriteRequest};
use domain::limits::PAGE_ITEMS;
use store::transfer::check;
use store::{Cursor, Export, Record, StoreError, Table};
use tokio::task::JoinSet;

use super::attempts::Attempts;
use super::capacity::Units;
use super::fault::Fault;
use super::items::import;
use super::{DynamoStore, unbuildable};

/// Items of one request (DynamoDB's `BatchWriteItem`).
const BATCH_ITEMS: usize = 25;
/// Bytes of bodies after which a request takes no further item, so that it is over within the time for one.
const BATCH_BYTES: usize = 512 * 1024;
/// Requests at the same time.
const PARALLEL: usize = 4;

/// What one request writes: its puts by the names of their tables.
type Puts = HashMap<String, Vec<WriteRequest>>;

impl DynamoStore {
    /// A page of a table, exact to the kind of every attribute.
    pub(super) async fn export_page(
        &self,
        table: Table,
        limit: usize,
        after: Option<Cursor>,
    ) -> Result<Export, StoreError> {
        let (items, next) = self.scan_items(table, limit, after, true).await?;
        let records = items.into_iter().map(|(cursor, item)| Record { key: cursor.key, item }).collect();
        Ok(Export { records, next })
    }

    /// Writes records, whatever is under their keys.
    pub(super) async fn import_records(&self, records: Vec<Record>) -> Result<(), StoreError> {
        check(&records)?;
        let mut running: JoinSet<Result<(), StoreError>> = JoinSet::new();
        for batch in batches(records) {
            if running.len() >= PARALLEL {
                ended(&mut running).await?;
            }
            let store = self.clone();
            running.spawn(async move { store.put_batch(&batch).await });
        }
        while !running.is_empty() {
            ended(&mut running).await?;
        }
        Ok(())
    }

    async fn put_batch(&self, batch: &[Record]) -> Result<(), StoreError> {
        let puts = batch.iter().map(|record| self.put_of(record)).collect::<Result<Vec<_>, _>>()?;
        let mut together = Puts::new();
        for (table, put) in puts.iter().cloned() {
            together.entry(table).or_default().push(put);
        }
        match self.put_all(together).await {
            Err(error) if is_about_an_item(&error) => {}
            outcome => return outcome,
        }
        for (record, (table, put)) in batch.iter().zip(puts) {
            let alone = self.put_all(Puts::from([(table, vec![put])])).await;
            alone.map_err(|error| record.key.refused(error))?;
        }
        Ok(())
    }

    fn put_of(&self, record: &Record) -> Result<(String, WriteRequest), StoreError> {
        let attributes = import(&record.key, &record.item).map_err(|error| record.key.refused(error))?;
        let put = PutRequest::builder().set_item(Some(attributes)).build().map_err(unbuildable)?;
        Ok((self.name(record.key.table), WriteRequest::builder().put_request(put).build()))
    }

    /// Sends puts until all are done. Patience begins anew whenever some of them were.
    async fn put_all(&self, mut puts: Puts) -> Result<(), StoreError> {
        let mut attempts = Attempts::lasting();
        loop {
            let request = self.client.batch_write_item().set_request_items(Some(puts.clone()));
            match request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await {
                Ok(output) => {
                    self.meter.add(Units::Write, output.consumed_capacity());
                    let left = output.unprocessed_items.unwrap_or_default();
                    if count(&left) == 0 {
                        return Ok(());
                    }
                    if count(&left) < count(&puts) {
                        attempts = Attempts::lasting();
                    }
                    puts = left;
                    attempts.again(Fault::Again("some items were left unprocessed".to_owned())).await?;
                }
                Err(error) => attempts.again(Fault::of(&error)).await?,
            }
        }
    }
}

async fn ended(running: &mut JoinSet<Result<(), StoreError>>) -> Result<(), StoreError> {
    let stopped = |_| StoreError::Unavailable("a batch was stopped".to_owned());
    running.join_next().await.map_or(Ok(()), |joined| joined.map_err(stopped)?)
}

fn is_about_an_item(error: &StoreError) -> bool {
    matches!(error, StoreError::TooLarge(_) | StoreError::Misuse(_) | StoreError::Corrupt(_))
}

fn count(puts: &Puts) -> usize {
    puts.values().map(Vec::len).sum()
}

fn batches(records: Vec<Record>) -> Vec<Vec<Record>> {
    let mut batches: Vec<Vec<Record>> = Vec::with_capacity(PAGE_ITEMS / BATCH_ITEMS);
    let mut bytes = usize::MAX;
    for record in records {
        let more = record.item.body.len() + record.item.private.as_ref().map_or(0, String::len);
        match batches.last_mut().filter(|batch| batch.len() < BATCH_ITEMS && bytes < BATCH_BYTES) {
            Some(batch) => {
                batch.push(record);
                bytes += more;
            }
            None => {
                batches.push(vec![record]);
                bytes = more;
            }
        }
    }
    batches
}
