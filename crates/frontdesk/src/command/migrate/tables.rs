//! Which tables of the operator's own a migration takes along, and which stay.

use std::sync::Arc;

use store::records::{InvalidTable, RecordsTable};

use super::{Location, MigrateArgs};
use crate::ambient::SystemClock;
use crate::backing::Backing;
use crate::config::records::check;
use crate::error::{Error, Outcome};

/// The key that a table has unless another one is named.
#[cfg(feature = "aws")]
const DEFAULT: &str = "lambda-apigateway:id";

/// Tables of the operator's own.
pub(super) struct Tables {
    /// Those that are copied.
    pub(super) moved: Vec<RecordsTable>,
    /// What is to be said of those that are not.
    others: String,
}

impl Tables {
    /// An error when the source holds a table of which nothing was said.
    pub(super) async fn of(args: &MigrateArgs) -> Outcome<Self> {
        let prefixes = args.prefixes();
        let left = &args.records.leave_behind;
        let given = args.records.tables(&prefixes)?;
        #[cfg(feature = "aws")]
        if let Location::DynamoDb(_) = args.from {
            if !left.is_empty() {
                let text = "--leave-behind is for a source that is embedded; on DynamoDB only tables that are named are copied";
                return Err(Error::Usage(text.to_owned()));
            }
            return Self::of_dynamodb(given, prefixes.len() == 2);
        }
        let there = in_use(&args.from).await?;
        if let Some(unknown) = left.iter().find(|name| !there.iter().any(|table| table.name == **name)) {
            return Err(Error::Usage(format!(
                "--leave-behind {unknown}: the source holds no such table; it has {}",
                list(&there)
            )));
        }
        let stays = |table: &RecordsTable| left.contains(&table.name);
        let moved = given.unwrap_or_else(|| there.iter().filter(|table| !stays(table)).cloned().collect());
        if let Some(table) = moved.iter().find(|table| stays(table)) {
            return Err(Error::Usage(format!("{} is to be copied and to be left behind; say one of both", table.name)));
        }
        check(&moved, &prefixes)?;
        let named = |table: &RecordsTable| stays(table) || moved.iter().any(|moved| moved.name == table.name);
        let unnamed: Vec<RecordsTable> = there.iter().filter(|table| !named(table)).cloned().collect();
        if !unnamed.is_empty() {
            return Err(Error::Usage(format!(
                "the source holds tables of yours that --records-table does not name: {}. Name them too, or say --leave-behind NAME \
                 for each that is to stay; nothing was copied",
                list(&unnamed)
            )));
        }
        let left: Vec<RecordsTable> = there.into_iter().filter(stays).collect();
        let others =
            if left.is_empty() { String::new() } else { format!(" Left behind in the source: {}.", list(&left)) };
        Ok(Self { moved, others })
    }

    /// Names on DynamoDB are exact: both sides there have the same tables, which stay.
    #[cfg(feature = "aws")]
    fn of_dynamodb(given: Option<Vec<RecordsTable>>, both: bool) -> Outcome<Self> {
        if both {
            return Ok(Self { moved: Vec::new(), others: " They stay where they are.".to_owned() });
        }
        let default = || DEFAULT.parse().map(|table| vec![table]);
        let moved = given.map_or_else(default, Ok).map_err(|error: InvalidTable| Error::Usage(error.to_string()))?;
        let others = " Others that you may have on DynamoDB were not: --records-table names them.".to_owned();
        Ok(Self { moved, others })
    }

    /// Which were copied, and what is known of the others.
    pub(super) fn told(&self) -> String {
        let copied = if self.moved.is_empty() { "none".to_owned() } else { list(&self.moved) };
        format!("Tables of yours that were copied: {copied}.{}", self.others)
    }
}

/// The tables of an embedded store that hold something.
async fn in_use(location: &Location) -> Outcome<Vec<RecordsTable>> {
    let backing = Backing::open(location.place(), &[], Arc::new(SystemClock)).await?;
    let texts = backing.other_records_tables();
    backing.close();
    let read = |text: String| text.parse().map_err(|error: InvalidTable| Error::Command(error.to_string()));
    texts?.into_iter().map(read).collect()
}

fn list(tables: &[RecordsTable]) -> String {
    let names: Vec<String> = tables.iter().map(RecordsTable::to_string).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
