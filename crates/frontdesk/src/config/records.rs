//! Which tables of the operator's own table operations may work on.

use std::collections::BTreeSet;

use clap::Args;
use store::Table;
use store::records::RecordsTable;

use crate::error::{Error, Outcome};

/// Tables of the operator's own at most.
const TABLES: usize = 100;

/// Tables of the operator's own.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Table operations")]
pub struct RecordsArgs {
    /// Table of yours for table operations: name:pk or name:pk:sk, its exact name and its key's attributes (strings; with =N or =B
    /// behind them numbers or bytes). Repeat it, or put commas between; none turns table operations off
    #[arg(
        long = "records-table",
        env = "FRONTDESK_RECORDS_TABLE",
        value_name = "TABLE",
        value_delimiter = ',',
        default_value = "lambda-apigateway:id",
        value_parser = choice
    )]
    chosen: Vec<Choice>,
}

/// What one value of the flag says.
#[derive(Clone, Debug)]
enum Choice {
    None,
    Table(RecordsTable),
}

fn choice(text: &str) -> Result<Choice, String> {
    if text == "none" {
        return Ok(Choice::None);
    }
    text.parse().map(Choice::Table).map_err(|error: store::records::InvalidTable| error.to_string())
}

impl RecordsArgs {
    /// The tables; an error when they contradict each other, or the tables of the product, which have one of these prefixes.
    pub fn tables(&self, prefixes: &[&str]) -> Outcome<Vec<RecordsTable>> {
        let mut tables = Vec::with_capacity(self.chosen.len());
        for choice in &self.chosen {
            match choice {
                Choice::Table(table) => tables.push(table.clone()),
                Choice::None if self.chosen.len() == 1 => {}
                Choice::None => return Err(refused("none stands alone".to_owned())),
            }
        }
        if tables.len() > TABLES {
            return Err(refused(format!("at most {TABLES} tables, not {}", tables.len())));
        }
        let mut names = BTreeSet::new();
        for RecordsTable { name, .. } in &tables {
            if !names.insert(name) {
                return Err(refused(format!("the table {name} is named twice")));
            }
            if is_of_the_product(name, prefixes) {
                return Err(refused(format!("{name} is a table of frontdesk's own; choose another name")));
            }
        }
        Ok(tables)
    }
}

fn refused(why: String) -> Error {
    Error::Usage(format!("--records-table: {why}"))
}

/// Whether a table of the product has that name, with one of these prefixes or without any.
fn is_of_the_product(name: &str, prefixes: &[&str]) -> bool {
    let bare = prefixes.iter().filter_map(|prefix| name.strip_prefix(prefix)).chain([name]);
    bare.into_iter().any(|bare| Table::ALL.iter().any(|table| table.definition().name == bare))
}
