//! `frontdesk backup` and `frontdesk restore`.

use std::path::{self, PathBuf};

use clap::Args;
use domain::Clock;
use store::sqlite;

use super::send::send;
use crate::ambient::SystemClock;
use crate::config::{DataArgs, InstanceArgs};
use crate::control::Operation;
use crate::error::{Error, Outcome};
use crate::terminal;

#[derive(Args, Debug)]
pub(super) struct BackupArgs {
    /// The file to write, which must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    instance: InstanceArgs,
}

#[derive(Args, Debug)]
pub(super) struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    data: DataArgs,
}

pub(super) fn backup(args: BackupArgs) -> Outcome {
    // The server has another working directory.
    let file = path::absolute(&args.file).map_err(Error::file("find", &args.file))?;
    let text = format!("wrote {}", file.display());
    send(&args.instance, Operation::Backup { file })?;
    terminal::print(&text)
}

pub(super) fn restore(args: &RestoreArgs) -> Outcome {
    let now = SystemClock.now().strftime("%Y-%m-%dT%H-%M-%SZ").to_string();
    let kept = sqlite::replace(&args.file, &args.data.data, &now)?;
    if let Some(kept) = kept {
        terminal::print(&format!("the database that was there is now {}", kept.display()))?;
    }
    terminal::print(&format!("restored {} into {}", args.file.display(), args.data.data.display()))
}
