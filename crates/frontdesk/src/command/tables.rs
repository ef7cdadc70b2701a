//! `frontdesk tables …`: the tables on DynamoDB.

use std::sync::Arc;

use aws::dynamodb::{DynamoStore, Settings, TableState};
use clap::{Args, Subcommand};
use store::records::RecordsTable;
use tokio::runtime;

use crate::ambient::SystemClock;
use crate::config::records::RecordsArgs;
use crate::config::values;
use crate::error::{Error, Outcome};
use crate::migrate::refuse_unfinished;
use crate::terminal;

#[derive(Subcommand, Debug)]
pub(super) enum TablesCommand {
    /// Make the tables that are missing: on-demand billing, indexes, time to live, a stream of the events
    Create(TablesArgs),
    /// Compare the tables with what they should be; exit with 1 when something is not right
    Describe(TablesArgs),
}

/// Endpoint, region and credentials are the AWS SDK's settings (AWS_ENDPOINT_URL_DYNAMODB, AWS_REGION, …).
#[derive(Args, Debug)]
pub(super) struct TablesArgs {
    /// What the names of the tables start with
    #[arg(long, env = "FRONTDESK_TABLE_PREFIX", value_name = "PREFIX", default_value = "", hide_default_value = true, value_parser = values::table_prefix)]
    table_prefix: String,

    #[command(flatten)]
    records: RecordsArgs,
}

pub(super) fn run(command: TablesCommand) -> Outcome {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Error::runtime("the threads cannot be started"))?;
    runtime.block_on(async {
        match command {
            TablesCommand::Create(args) => create(&Tables::of(args).await?).await,
            TablesCommand::Describe(args) => describe(&Tables::of(args).await?).await,
        }
    })
}

/// The product's tables, and those of the operator's own.
struct Tables {
    store: DynamoStore,
    records: Vec<RecordsTable>,
}

impl Tables {
    async fn of(args: TablesArgs) -> Outcome<Self> {
        let records = args.records.tables(&[&args.table_prefix])?;
        let store = DynamoStore::connect(Settings { table_prefix: args.table_prefix }, Arc::new(SystemClock)).await;
        Ok(Self { store, records })
    }

    async fn describe(&self) -> Outcome<Vec<TableState>> {
        let mut states = self.store.describe_tables().await?;
        states.extend(self.store.describe_records_tables(&self.records).await?);
        Ok(states)
    }
}

async fn create(tables: &Tables) -> Outcome {
    let mut made = tables.store.create_tables().await?;
    made.extend(tables.store.create_records_tables(&tables.records).await?);
    for name in &made {
        terminal::print(&format!("{name}: created"))?;
    }
    if made.is_empty() {
        terminal::print("all tables are there")?;
    }
    // Those that were there may be of something else.
    let wrong = tables.describe().await?.into_iter().filter(|table| !table.problems.is_empty());
    let wrong: Vec<String> = wrong.map(|table| format!("{} {}", table.name, table.problems.join("; "))).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Error::Command(format!("not all tables can be worked with: {}", wrong.join("; "))))
}

async fn describe(tables: &Tables) -> Outcome {
    let mut wrong: usize = 0;
    for table in tables.describe().await? {
        let good = table.problems.is_empty();
        wrong = wrong.saturating_add(usize::from(!good));
        let said = [table.problems, table.remarks].concat();
        let state = if said.is_empty() { "as it should be".to_owned() } else { said.join("; ") };
        terminal::print(&format!("{}: {state}", table.name))?;
    }
    if wrong == 0 {
        return refuse_unfinished(&tables.store).await;
    }
    let text = "`frontdesk tables create` makes missing ones; of others choose another --table-prefix, correct \
                --records-table, or remove them";
    Err(Error::Command(format!("{wrong} tables cannot be worked with: {text}")))
}
