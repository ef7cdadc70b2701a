//! `frontdesk migrate`.

mod tables;

use std::path::{self, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use store::records::RecordsTable;
use store::sqlite::{self, Options};
use tokio::runtime;
use tokio::time::Instant;

use crate::ambient::SystemClock;
use crate::backing::{Backing, Place};
use crate::config::records::MovedArgs;
use crate::error::{Error, Outcome};
use crate::migrate::{Comparison, Progress, Side, Stage, is_begun, migrate};
use crate::terminal;
use tables::Tables;

/// How often progress is told.
const TELL: Duration = Duration::from_secs(2);

#[derive(Args, Debug)]
pub(super) struct MigrateArgs {
    /// What to copy: sqlite:DIR or dynamodb[:TABLE_PREFIX]
    #[arg(long, value_name = "STORE", value_parser = Location::parse)]
    from: Location,

    /// Where to: the same forms; it must be empty, or hold what an earlier run of the same migration has copied
    #[arg(long, value_name = "STORE", value_parser = Location::parse)]
    to: Location,

    /// Every server on either side is stopped. Needed where DynamoDB is involved, which cannot be locked
    #[arg(long)]
    servers_stopped: bool,

    #[command(flatten)]
    records: MovedArgs,
}

impl MigrateArgs {
    /// What the names of the product's tables start with, on each side that is DynamoDB.
    fn prefixes(&self) -> Vec<&str> {
        [&self.from, &self.to].into_iter().filter_map(Location::table_prefix).collect()
    }
}

/// Where a store is.
#[derive(Clone, Debug)]
enum Location {
    Sqlite(PathBuf),
    #[cfg(feature = "aws")]
    DynamoDb(aws::dynamodb::Settings),
}

impl Location {
    fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(':').unwrap_or((text, "")) {
            ("sqlite", directory) if !directory.is_empty() => Ok(Self::Sqlite(directory.into())),
            #[cfg(feature = "aws")]
            ("dynamodb", prefix) => {
                let table_prefix = crate::config::values::table_prefix(prefix)?;
                Ok(Self::DynamoDb(aws::dynamodb::Settings { table_prefix }))
            }
            _ => Err("sqlite:DIR, or dynamodb:TABLE_PREFIX (dynamodb alone where there is no prefix)".to_owned()),
        }
    }

    const fn is_locked(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    fn table_prefix(&self) -> Option<&str> {
        match self {
            Self::Sqlite(_) => None,
            #[cfg(feature = "aws")]
            Self::DynamoDb(settings) => Some(&settings.table_prefix),
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Sqlite(directory) => Place::Embedded(Options::new(directory)),
            #[cfg(feature = "aws")]
            Self::DynamoDb(settings) => Place::DynamoDb(settings.clone()),
        }
    }

    /// The name under which the migration knows the store, from wherever it is run.
    fn name(&self) -> Outcome<String> {
        Ok(match self {
            Self::Sqlite(directory) => {
                let absolute = path::absolute(directory).map_err(Error::file("find", directory))?;
                format!("sqlite:{}", absolute.canonicalize().unwrap_or(absolute).display())
            }
            #[cfg(feature = "aws")]
            Self::DynamoDb(settings) => format!("dynamodb:{}", settings.table_prefix),
        })
    }
}

pub(super) fn run(args: &MigrateArgs) -> Outcome {
    check(args)?;
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(Error::runtime("the threads cannot be started"))?;
    let (tables, comparison) = runtime.block_on(async {
        let tables = Tables::of(args).await?;
        // A key that is wrong is found before there is a file of the target's.
        let from = open(&args.from, &tables.moved).await?;
        let to = open(&args.to, &tables.moved).await?;
        let outcome = between(args, &tables.moved, &from, &to).await;
        from.close();
        to.close();
        outcome.map(|comparison| (tables, comparison))
    })?;
    print(&comparison)?;
    if comparison.is_equal() {
        terminal::print("Both stores hold the same.")?;
        return terminal::print(&tables.told());
    }
    Err(Error::Command(format!(
        "the stores differ in {}: something has changed since it was copied. The target stays marked as unfinished. Stop every \
         server, empty the target and start anew (where only sessions or idempotency differ, running this again may do)",
        comparison.different().join(", ")
    )))
}

/// Opens a store; an error when a table there has another key than was given.
async fn open(location: &Location, tables: &[RecordsTable]) -> Outcome<Backing> {
    let backing = Backing::open(location.place(), tables, Arc::new(SystemClock)).await?;
    backing.check_records_keys(tables).await?;
    Ok(backing)
}

fn check(args: &MigrateArgs) -> Outcome {
    let MigrateArgs { from, to, servers_stopped, .. } = args;
    args.records.tables(&args.prefixes())?;
    if from.name()? == to.name()? {
        return Err(Error::Usage("--from and --to name the same store".to_owned()));
    }
    let locked = from.is_locked() && to.is_locked();
    if !locked && !servers_stopped {
        let text =
            "DynamoDB cannot be locked: stop every server that uses these tables, and say so with --servers-stopped";
        return Err(Error::Usage(text.to_owned()));
    }
    match from {
        Location::Sqlite(directory) if !sqlite::is_there(directory) => {
            let text = format!("there is no database in {}; name the data directory of a server", directory.display());
            Err(Error::Usage(text))
        }
        _ => Ok(()),
    }
}

async fn between(args: &MigrateArgs, tables: &[RecordsTable], from: &Backing, to: &Backing) -> Outcome<Comparison> {
    let (from, to) = (Side::new(args.from.name()?, from), Side::new(args.to.name()?, to));
    let mut told = Instant::now();
    let mut tell = |progress: Progress<'_>| {
        if told.elapsed() >= TELL {
            told = Instant::now();
            let doing = if progress.stage == Stage::Copying { "copying" } else { "comparing" };
            terminal::note(&format!("{doing} {}: {} items", progress.table, progress.items));
        }
    };
    let ended = migrate(&from, &to, tables, &SystemClock, &mut tell).await;
    if ended.is_err() && is_begun(&to, &from.name, tables).await {
        terminal::note(
            "What is copied stays in the target. When the cause is removed, the same command goes on from there.",
        );
    }
    ended
}

fn print(comparison: &Comparison) -> Outcome {
    let line = |table: &str, side: &str, digest: store::Digest| {
        terminal::print(&format!("{table:<12} {side} {:>10} items  {digest}", digest.items()))
    };
    for compared in &comparison.tables {
        line(&compared.table, "source", compared.from)?;
        line("", "target", compared.to)?;
    }
    let (from, to) = comparison.total();
    line("all", "source", from)?;
    line("", "target", to)?;
    comparison.missing.iter().try_for_each(|name| terminal::print(&format!("The source has no table {name}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_have_names() {
        assert!(
            matches!(Location::parse("sqlite:data").unwrap(), Location::Sqlite(path) if path.to_str() == Some("data"))
        );
        for wrong in ["", "sqlite", "sqlite:", "data", "postgres:x"] {
            assert!(Location::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[cfg(feature = "aws")]
    #[test]
    fn tables_have_a_prefix_or_none() {
        for (text, prefix) in [("dynamodb", ""), ("dynamodb:", ""), ("dynamodb:desk-", "desk-")] {
            assert!(
                matches!(Location::parse(text).unwrap(), Location::DynamoDb(it) if it.table_prefix == prefix),
                "{text}"
            );
        }
        assert!(Location::parse("dynamodb:a/b").is_err());
    }
}
