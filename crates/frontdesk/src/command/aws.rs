//! `frontdesk aws`: for those who write templates.

use clap::Subcommand;

use crate::error::Outcome;
use crate::roles::Manifest;
use crate::terminal;

#[derive(Subcommand, Debug)]
pub(super) enum AwsCommand {
    /// Print what the code needs of AWS: roles, tables, routes, metrics
    Manifest,
}

pub(super) fn run(command: &AwsCommand) -> Outcome {
    match command {
        AwsCommand::Manifest => terminal::print(&Manifest::of_code().text()),
    }
}
