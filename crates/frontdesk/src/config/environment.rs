//! The `FRONTDESK_*` variables: which of them nothing reads, and what the configuration comes to.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

const PREFIX: &str = "FRONTDESK_";

/// The names, among these, that start with `FRONTDESK_` and that nothing in the command line reads.
pub fn unknown(command: &Command, names: impl Iterator<Item = OsString>) -> Vec<String> {
    let mut known = BTreeSet::new();
    collect(command, &mut known);
    let ours = names.filter_map(|name| name.into_string().ok()).filter(|name| name.starts_with(PREFIX));
    let unknown: BTreeSet<_> = ours.filter(|name| !known.contains(OsStr::new(name))).collect();
    unknown.into_iter().collect()
}

fn collect(command: &Command, known: &mut BTreeSet<OsString>) {
    known.extend(command.get_arguments().filter_map(Arg::get_env).map(OsStr::to_owned));
    for subcommand in command.get_subcommands() {
        collect(subcommand, known);
    }
}

/// The settings of a command as variables, each with where it comes from; secrets are not shown.
pub fn effective(command: &Command, matches: &ArgMatches) -> String {
    let mut text = String::new();
    for argument in command.get_arguments() {
        let Some(name) = argument.get_env().and_then(OsStr::to_str) else { continue };
        let id = argument.get_id().as_str();
        let source = match matches.value_source(id) {
            Some(ValueSource::CommandLine) => "flag",
            Some(ValueSource::EnvVariable) => "variable",
            Some(_) => "default",
            None => "not set",
        };
        let value = if argument.is_hide_env_values_set() && matches.value_source(id).is_some() {
            "(not shown)".to_owned()
        } else {
            let values = matches.get_raw(id).into_iter().flatten();
            values.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(",")
        };
        let setting = format!("{name}={value}");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{setting:<60} # {source}");
    }
    text
}
