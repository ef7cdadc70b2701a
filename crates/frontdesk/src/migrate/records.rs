//! Tables of the operator's own, moved by the operations of DynamoDB: read with Scan, written with PutItem.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use store::records::{Call, Fault, Operation, Outcome as Answered, Records, RecordsTable};
use store::{Digest, StoreError};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Side;
use crate::error::{Error, Outcome};

/// Items that are written at the same time.
const PARALLEL: usize = 32;
/// How long an item is put again and again, which changes nothing, before the store counts as gone or too slow. It is as long as items
/// of other tables are tried.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long to wait before the second attempt; then twice as long each time, up to the longest pause.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

const MISSING: &str = "ResourceNotFoundException";

/// An item, or the key of one.
pub(super) type Attributes = Map<String, Value>;

/// A page of a table.
#[derive(Default)]
pub(super) struct Page {
    /// Its items.
    pub(super) items: Vec<Attributes>,
    /// The last key that was read; absent when nothing follows.
    pub(super) next: Option<Attributes>,
}

/// An error when the target lacks a table. The names of those that the source lacks, in which nothing can be.
pub(super) async fn check(from: &Side, to: &Side, tables: &[RecordsTable]) -> Outcome<Vec<String>> {
    let mut missing = Vec::new();
    for table in tables {
        if scan(from.records.as_ref(), table, 1, None).await?.is_err_and(|fault| fault.kind == MISSING) {
            missing.push(table.name.clone());
        }
        page(to.records.as_ref(), table, 1, None).await?;
    }
    Ok(missing)
}

/// An error when something is in one of the tables.
pub(super) async fn check_empty(target: &dyn Records, tables: &[RecordsTable]) -> Outcome {
    for table in tables {
        let page = page(target, table, 1, None).await?;
        if !page.items.is_empty() || page.next.is_some() {
            return Err(Error::Command(format!(
                "the target is not empty: something is in {}, a table of yours. Leave that table out with --records-table, or \
                 choose a target where it is empty",
                table.name
            )));
        }
    }
    Ok(())
}

/// A page of a table, with what was written before; nothing of a table that the source lacks.
pub(super) async fn export(
    from: &dyn Records,
    table: &RecordsTable,
    limit: usize,
    after: Option<Attributes>,
) -> Outcome<Page> {
    match scan(from, table, limit, after).await? {
        Err(fault) if fault.kind == MISSING => Ok(Page::default()),
        read => read.map_err(|fault| refused(table, &fault)),
    }
}

async fn page(records: &dyn Records, table: &RecordsTable, limit: usize, after: Option<Attributes>) -> Outcome<Page> {
    scan(records, table, limit, after).await?.map_err(|fault| refused(table, &fault))
}

fn refused(table: &RecordsTable, fault: &Fault) -> Error {
    let advice = if fault.kind == MISSING {
        format!("; make it with `frontdesk tables create --records-table {table}`, or leave it out (--records-table)")
    } else {
        String::new()
    };
    Error::Command(format!("the table {}: {fault}{advice}", table.name))
}

async fn scan(
    records: &dyn Records,
    table: &RecordsTable,
    limit: usize,
    after: Option<Attributes>,
) -> Outcome<Result<Page, Fault>> {
    let mut parameters =
        Map::from_iter([("Limit".to_owned(), Value::from(limit)), ("ConsistentRead".to_owned(), Value::Bool(true))]);
    parameters.extend(after.map(|after| ("ExclusiveStartKey".to_owned(), Value::Object(after))));
    let mut response = match call(records, Operation::Scan, table, parameters).await? {
        Ok(response) => response.members()?,
        Err(fault) => return Ok(Err(fault)),
    };
    let unreadable = || StoreError::Corrupt(format!("a page of the table {} cannot be read", table.name));
    let Some(Value::Array(items)) = response.shift_remove("Items") else { return Err(unreadable().into()) };
    let object = |value| if let Value::Object(members) = value { Ok(members) } else { Err(unreadable()) };
    let next = response.shift_remove("LastEvaluatedKey").map(object).transpose()?;
    Ok(Ok(Page { items: items.into_iter().map(object).collect::<Result<_, _>>()?, next }))
}

async fn call(
    records: &dyn Records,
    operation: Operation,
    table: &RecordsTable,
    mut parameters: Map<String, Value>,
) -> Outcome<Answered> {
    parameters.insert("TableName".to_owned(), table.name.as_str().into());
    Ok(records.call(Call { operation, table: table.clone(), parameters }).await?)
}

/// Writes items, whatever is under their keys, and returns when all are durable. So many of the table were written before.
pub(super) async fn import(to: &Side, table: &RecordsTable, items: Vec<Attributes>, before: u64) -> Outcome {
    let mut running: JoinSet<Outcome> = JoinSet::new();
    for (item, number) in items.into_iter().zip(before.saturating_add(1)..) {
        if running.len() >= PARALLEL {
            ended(&mut running).await?;
        }
        let (records, table) = (Arc::clone(&to.records), table.clone());
        running.spawn(async move { put(records.as_ref(), &table, item, number).await });
    }
    while !running.is_empty() {
        ended(&mut running).await?;
    }
    Ok(())
}

async fn ended(running: &mut JoinSet<Outcome>) -> Outcome {
    let stopped = |_| Error::Command("writing was stopped".to_owned());
    running.join_next().await.map_or(Ok(()), |joined| joined.map_err(stopped)?)
}

async fn put(records: &dyn Records, table: &RecordsTable, item: Attributes, number: u64) -> Outcome {
    let parameters = Map::from_iter([("Item".to_owned(), Value::Object(item))]);
    let (started, mut pause) = (Instant::now(), PAUSE);
    loop {
        let error = match call(records, Operation::PutItem, table, parameters.clone()).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(fault)) if fault.is_busy() => refused(table, &fault),
            Ok(Err(fault)) => return Err(not_held(table, number, &fault)),
            // To put the same item again changes nothing.
            Err(error @ Error::Store(StoreError::Unavailable(_) | StoreError::Unknown(_))) => error,
            Err(error) => return Err(error),
        };
        if started.elapsed() >= PATIENCE {
            return Err(error);
        }
        tokio::time::sleep(pause).await;
        pause = LONGEST_PAUSE.min(pause.saturating_mul(2));
    }
}

/// An item that the target refuses. Its key is the operator's data and is not for the terminal.
fn not_held(table: &RecordsTable, number: u64, fault: &Fault) -> Error {
    Error::Command(format!(
        "the item {number} of the table {}, counted in the order of a Scan of the source, cannot be stored: {fault}",
        table.name
    ))
}

/// The digest of a table.
pub(super) async fn digest(
    records: &dyn Records,
    table: &RecordsTable,
    limit: usize,
    tell: &mut (dyn FnMut(u64) + Send),
) -> Outcome<Digest> {
    let (mut digest, mut after) = (Digest::default(), None);
    loop {
        let page = export(records, table, limit, after).await?;
        for item in page.items {
            digest.add_attributes(item);
        }
        tell(digest.items());
        after = page.next;
        if after.is_none() {
            return Ok(digest);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use store::port::Answer;

    use super::*;

    /// A table that is busy twice, and then refuses what it is asked for.
    struct Busy(AtomicUsize);

    impl Records for Busy {
        fn call(&self, _: Call) -> Answer<'_, Answered> {
            let fault = match self.0.fetch_add(1, Ordering::Relaxed) {
                0 => return Box::pin(async { Err(StoreError::Unavailable("for a moment".to_owned())) }),
                1 => Fault::new("ProvisionedThroughputExceededException", "Too much."),
                _ => Fault::validation("No."),
            };
            Box::pin(async { Ok(Err(fault)) })
        }
    }

    #[tokio::test]
    async fn an_item_is_tried_again_while_the_target_is_busy() {
        let (busy, table) = (Busy(AtomicUsize::new(0)), "things:id".parse().unwrap());
        let item = serde_json::json!({"id": {"S": "a"}, "secret": {"S": "pencil"}});
        let Value::Object(item) = item else { panic!("no item") };
        let text = put(&busy, &table, item, 1).await.unwrap_err().to_string();
        assert_eq!(busy.0.load(Ordering::Relaxed), 3);
        assert!(text.contains("cannot be stored: ValidationException: No.") && !text.contains("pencil"), "{text}");
    }
}
