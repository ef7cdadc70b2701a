//! The command line: what can be asked for, and who does it.

#[cfg(feature = "lambda")]
mod aws;
mod backup;
mod config_check;
mod events;
mod health;
mod load;
mod migrate;
mod openapi;
mod person;
mod send;
#[cfg(feature = "aws")]
mod tables;
mod token;
mod users;
mod zones;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::ServeArgs;
use crate::config::environment;
use crate::error::Outcome;
#[cfg(feature = "lambda")]
use crate::roles;
use crate::serve;

/// Users, spaces, bookings and orders from one command.
///
/// Without a command it serves, with the options below. Every option can be given as a variable, too.
#[derive(Parser, Debug)]
#[command(name = "frontdesk", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve until SIGTERM or SIGINT (the default)
    Serve(Box<ServeArgs>),
    /// Sign a user in and print an ID token
    Token(token::TokenArgs),
    /// Manage users
    #[command(subcommand)]
    User(users::UserCommand),
    /// Look after time zones
    #[command(subcommand)]
    Tz(zones::ZoneCommand),
    /// Look at the event log and its pipelines
    #[command(subcommand)]
    Events(events::EventsCommand),
    /// Write a consistent copy of the database to a new file, also while the server runs
    Backup(backup::BackupArgs),
    /// Put a backup in the database's place; the present database is kept beside it under another name
    Restore(backup::RestoreArgs),
    /// Copy everything from one store into another, empty one, and compare; a run that was cut off is taken up by the next
    Migrate(migrate::MigrateArgs),
    /// Ask whether a server answers; exit with 1 when it does not
    Health(Box<health::HealthArgs>),
    /// Make steady traffic like a day's, somewhere else, to watch dashboards with
    Load(Box<load::LoadArgs>),
    /// Print the OpenAPI document of the interface
    Openapi(openapi::OpenapiArgs),
    /// Make and look at the tables on DynamoDB
    #[cfg(feature = "aws")]
    #[command(subcommand)]
    Tables(tables::TablesCommand),
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// For those who write templates for AWS
    #[cfg(feature = "lambda")]
    #[command(subcommand, hide = true)]
    Aws(aws::AwsCommand),
}

#[derive(Subcommand, Debug)]
enum ConfigCommand {
    /// Check the configuration, policies included, and print what it comes to, without secrets
    Check(Box<ServeArgs>),
}

/// Runs the program and says how it went; errors are printed here, once.
pub fn main() -> ExitCode {
    #[cfg(feature = "lambda")]
    if roles::is_function() {
        return roles::main();
    }
    let matches = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match run(cli, &matches) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&error.report());
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(cli: Cli, matches: &ArgMatches) -> Outcome {
    let warnings = warnings();
    let command = match cli.command {
        None => return serve::run(&cli.serve, &warnings),
        Some(Command::Serve(args)) => return serve::run(&args, &warnings),
        Some(command) => command,
    };
    for warning in &warnings {
        print_error(&format!("warning: {warning}"));
    }
    match command {
        Command::Token(args) => token::run(args),
        Command::User(command) => users::run(command),
        Command::Tz(command) => zones::run(command),
        Command::Events(command) => until_unread(events::run(command)),
        Command::Backup(args) => backup::backup(args),
        #[cfg(feature = "aws")]
        Command::Tables(command) => tables::run(command),
        Command::Restore(args) => backup::restore(&args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Openapi(args) => until_unread(openapi::run(&args)),
        Command::Health(args) => health::run(&args),
        Command::Load(args) => load::run(*args),
        Command::Config(ConfigCommand::Check(args)) => config_check::run(&args, &Cli::command(), matches),
        #[cfg(feature = "lambda")]
        Command::Aws(command) => aws::run(&command),
        Command::Serve(_) => Ok(()),
    }
}

/// Of a command that only prints, or prints last: nothing failed when nobody wants to read on.
fn until_unread(outcome: Outcome) -> Outcome {
    match outcome {
        Err(error) if error.is_unread() => Ok(()),
        outcome => outcome,
    }
}

pub(crate) fn warnings() -> Vec<String> {
    let names = std::env::vars_os().map(|(name, _)| name);
    let unknown = environment::unknown(&Cli::command(), names);
    unknown
        .into_iter()
        .map(|name| format!("the variable {name} is set, but nothing reads it; see frontdesk --help"))
        .collect()
}

#[expect(clippy::print_stderr, reason = "the one place where errors reach the person who typed the command")]
pub(crate) fn print_error(text: &str) {
    eprintln!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Cli, clap::Error> {
        Cli::try_parse_from([&["frontdesk"], arguments].concat())
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serving_is_the_default() {
        let cli = parse(&["--listen", "127.0.0.1:0", "--base-path", "/Prod/"]).unwrap();
        assert!(cli.command.is_none());
        assert_eq!(cli.serve.address.base_path.as_str(), "/Prod");
        assert!(matches!(parse(&["serve", "--workers", "2"]).unwrap().command, Some(Command::Serve(_))));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for arguments in [&["--lisen", "127.0.0.1:0"][..], &["sreve"], &["user", "delete"], &["serve", "extra"]] {
            assert_eq!(parse(arguments).unwrap_err().exit_code(), 2, "{arguments:?}");
        }
    }

    #[test]
    fn wrong_values_are_refused_by_name() {
        let wrong = [
            ("--listen", "localhost"),
            ("--public-url", "api.example.com"),
            ("--base-path", "Prod"),
            ("--max-connections", "0"),
            ("--pool-id", "a/b"),
            ("--admin-email", "nobody"),
            ("--order-repeat-seconds", "-1"),
            ("--log-level", "loud"),
            ("--log-format", "xml"),
            ("--max-database-bytes", "12"),
            ("--records-table", "notes"),
        ];
        for (flag, value) in wrong {
            let error = parse(&[&format!("{flag}={value}")]).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{flag}");
            assert!(error.to_string().contains(flag), "{error}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let cli = parse(&["--admin-password", "hunter2"]).unwrap();
        assert!(!format!("{cli:?}").contains("hunter2"));
    }
}
