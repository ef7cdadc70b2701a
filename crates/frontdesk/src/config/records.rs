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

/// Tables of the operator's own that a migration takes along.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Table operations")]
pub struct MovedArgs {
    /// Table of yours to take along, written as for serve; repeat it, or put commas between; none takes none along [default: of an
    /// embedded store all that hold something, of DynamoDB lambda-apigateway:id]
    #[arg(
        long = "records-table",
        env = "FRONTDESK_RECORDS_TABLE",
        value_name = "TABLE",
        value_delimiter = ',',
        value_parser = choice
    )]
    chosen: Vec<Choice>,

    /// Table of yours that stays in the embedded store, by its name; repeat it
    #[arg(long, value_name = "NAME")]
    pub leave_behind: Vec<String>,
}

impl MovedArgs {
    /// The tables that are named, if any are; errors as those of [`RecordsArgs::tables`].
    pub fn tables(&self, prefixes: &[&str]) -> Outcome<Option<Vec<RecordsTable>>> {
        if self.chosen.is_empty() {
            return Ok(None);
        }
        chosen(&self.chosen, prefixes).map(Some)
    }
}

fn choice(text: &str) -> Result<Choice, String> {
    let text = text.trim();
    let advice = match text {
        "none" => return Ok(Choice::None),
        "" => "it is empty; name a table (name:pk), say none to turn table operations off, or leave the setting out",
        _ if text.eq_ignore_ascii_case("none") => "write none in small letters to turn table operations off",
        _ if text.starts_with("arn:") => {
            "this is an ARN; give the table's name, which stands behind table/ there, and its key: name:pk"
        }
        _ if !text.contains(':') => {
            return Err(format!("it has no key; write {text}:pk with the name of its partition key for pk"));
        }
        _ => return table(text),
    };
    Err(advice.to_owned())
}

fn table(text: &str) -> Result<Choice, String> {
    text.parse().map(Choice::Table).map_err(|error: store::records::InvalidTable| error.to_string())
}

impl RecordsArgs {
    /// The tables; an error when they contradict each other, or the tables of the product, which have one of these prefixes.
    pub fn tables(&self, prefixes: &[&str]) -> Outcome<Vec<RecordsTable>> {
        chosen(&self.chosen, prefixes)
    }
}

fn chosen(choices: &[Choice], prefixes: &[&str]) -> Outcome<Vec<RecordsTable>> {
    let mut tables = Vec::with_capacity(choices.len());
    for choice in choices {
        match choice {
            Choice::Table(table) => tables.push(table.clone()),
            Choice::None if choices.len() == 1 => {}
            Choice::None => return Err(refused("none stands alone".to_owned())),
        }
    }
    check(&tables, prefixes)?;
    Ok(tables)
}

/// An error when tables contradict each other, or the tables of the product, which have one of these prefixes.
pub fn check(tables: &[RecordsTable], prefixes: &[&str]) -> Outcome {
    if tables.len() > TABLES {
        return Err(refused(format!("at most {TABLES} tables, not {}", tables.len())));
    }
    let mut names = BTreeSet::new();
    for RecordsTable { name, .. } in tables {
        if !names.insert(name) {
            return Err(refused(format!("the table {name} is named twice")));
        }
        if is_of_the_product(name, prefixes) {
            return Err(refused(format!("{name} is a table of frontdesk's own; choose another name")));
        }
    }
    Ok(())
}

fn refused(why: String) -> Error {
    Error::Usage(format!("--records-table: {why}"))
}

/// Whether a table of the product has that name, with one of these prefixes or without any.
fn is_of_the_product(name: &str, prefixes: &[&str]) -> bool {
    let bare = prefixes.iter().filter_map(|prefix| name.strip_prefix(prefix)).chain([name]);
    bare.into_iter().any(|bare| Table::ALL.iter().any(|table| table.definition().name == bare))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser, Debug)]
    struct Only {
        #[command(flatten)]
        records: RecordsArgs,
    }

    fn tables(arguments: &[&str], prefixes: &[&str]) -> Result<String, String> {
        let arguments = arguments.iter().flat_map(|table| ["--records-table", table]);
        let only =
            Only::try_parse_from(["frontdesk"].into_iter().chain(arguments)).map_err(|error| error.to_string())?;
        let tables = only.records.tables(prefixes).map_err(|error| error.to_string())?;
        Ok(tables.iter().map(RecordsTable::to_string).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn tables_are_repeated_or_put_between_commas_or_none() {
        for (given, wanted) in [
            (&[][..], "lambda-apigateway:id"),
            (&["notes:owner:at=N", "a.b_c:k=B"], "notes:owner:at=N a.b_c:k=B"),
            (&["notes:owner,files:id"], "notes:owner files:id"),
            (&[" notes:owner , files:id "], "notes:owner files:id"),
            (&["none"], ""),
            (&["desk-notes:id", "Users:id"], "desk-notes:id Users:id"),
        ] {
            assert_eq!(tables(given, &["desk-"]).as_deref(), Ok(wanted), "{given:?}");
        }
    }

    #[test]
    fn what_contradicts_itself_or_the_product_is_refused() {
        for (given, word) in [
            (&["notes"][..], "write notes:pk"),
            (&[""], "say none to turn"),
            (&["notes:id,"], "say none to turn"),
            (&["NONE"], "small letters"),
            (&["arn:aws:dynamodb:us-east-1:123456789012:table/notes"], "the table's name"),
            (&["n:id"], "name of a table"),
            (&["notes:id", "notes:id:at"], "notes is named twice"),
            (&["notes:id", "none"], "none stands alone"),
            (&["bookings:id"], "bookings is a table of frontdesk's own"),
            (&["desk-keys:id"], "desk-keys is a table of frontdesk's own"),
        ] {
            let error = tables(given, &["desk-"]).unwrap_err();
            assert!(error.contains("--records-table") && error.contains(word), "{given:?}: {error}");
        }
        assert!(tables(&["desk-keys:id"], &[]).is_ok(), "another prefix is in force, or none");
        let many: Vec<String> = (0..=TABLES).map(|number| format!("table{number}:id")).collect();
        assert!(tables(&[&many.join(",")], &[]).unwrap_err().contains("at most 100"));
    }
}
