//! `frontdesk config check`.

use std::fs;
use std::io;

use clap::{ArgMatches, Command};
use identity::check_policies;

use crate::config::{ServeArgs, environment};
use crate::error::{Error, Outcome};
use crate::terminal;

const PATH: [&str; 2] = ["config", "check"];

pub(super) fn run(args: &ServeArgs, command: &Command, matches: &ArgMatches) -> Outcome {
    let mut place = (command, matches);
    for name in PATH {
        let (command, matches) = place;
        match (command.find_subcommand(name), matches.subcommand_matches(name)) {
            (Some(command), Some(matches)) => place = (command, matches),
            _ => break,
        }
    }
    terminal::print(environment::effective(place.0, place.1).trim_end())?;
    check_policies(args.pool.policies.as_deref())?;
    check_data(args)?;
    args.setup(args.address.listen)?;
    terminal::print("The configuration is good.")
}

/// The data directory may be missing, but must not be something else.
fn check_data(args: &ServeArgs) -> Outcome {
    let data = &args.data.data;
    match fs::metadata(data) {
        Ok(metadata) if !metadata.is_dir() => {
            Err(Error::Usage(format!("{} is not a directory; name one with --data", data.display())))
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::file("look at", data)(error)),
        _ => Ok(()),
    }
}
